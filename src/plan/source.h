/* SPDX-License-Identifier: ISC */
/*
 * Files and directories of declarations, read only when nobody but root (or we) can have written
 * them: whoever writes a declaration says what runs as whom.
 */
#ifndef ORLOP_PLAN_SOURCE_H
#define ORLOP_PLAN_SOURCE_H

#include "plan/declaration.h"

enum { SOURCE_SIZE_MAX = 1 << 20 };

/* A descriptor of the directory `path`; -ENOENT quietly, another error with a fault added. */
int source_open_directory(struct declarations *declarations, char const *path);

/*
 * Reads `name` in `directory` and cuts it up. `path` is what messages call it. 0, -ENOENT quietly,
 * another error with a fault added.
 */
int source_read(struct declarations *declarations, int directory, char const *name,
		char const *path, struct ini *ini);

/* The NAMEs of all NAME.ini in `directory`, sorted. */
int source_list(struct declarations *declarations, int directory, char const *path,
		struct words *names);

#endif
