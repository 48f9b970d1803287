/* SPDX-License-Identifier: ISC */
/*
 * Paths without symbolic links in them, each asked for once: what does not exist stays as it is
 * written, also behind a link that leads nowhere yet. On the way it is noted whether one of a set of
 * directories is passed, which whoever owns that could have lead elsewhere.
 */
#ifndef ORLOP_PLAN_REAL_PATHS_H
#define ORLOP_PLAN_REAL_PATHS_H

#include "lib/arena.h"
#include "lib/names.h"

struct real_path {
	char const *path;
	uint32_t passed; /* value in `tops` of the first one on the way, or NAMES_NONE */
};

struct real_paths {
	struct arena *arena;
	struct names const *tops; /* directories without links in their paths, or NULL */
	struct names known;	  /* index in list */
	struct real_path *list;
	uint32_t count;
	uint32_t hops; /* links followed for what is looked for */
};

/* `path` is absolute, without .. and in the form of path_words_normal(). */
struct real_path real_paths_find(struct real_paths *paths, char const *path);

#endif
