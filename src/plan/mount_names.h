/* SPDX-License-Identifier: ISC */
/*
 * Other names of a file: where a file system, or a part of it, is mounted at several places, as
 * with a volume and a directory of it for secrets, each place has the file.
 */
#ifndef ORLOP_PLAN_MOUNT_NAMES_H
#define ORLOP_PLAN_MOUNT_NAMES_H

#include "lib/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct mount {
	char const *device; /* major:minor */
	char const *root;   /* what of the file system it shows */
	char const *point;  /* where */
};

struct mount_names {
	bool known;
	struct mount *list;
	uint32_t count;
};

/* Fills `names` from /proc/self/mountinfo; without it there are no other names. */
void mount_names_read(struct mount_names *names, struct arena *arena);

/* The mount that `path`, which has no links in it, is seen by, or NULL. */
struct mount const *mount_names_own(struct mount_names const *names, char const *path);

/*
 * The name by mount number `index` of what `path` is by its `own` mount; NULL where it has none
 * there, or that is `path` itself.
 */
char const *mount_names_at(struct mount_names const *names, struct arena *arena, char const *path,
			   struct mount const *own, uint32_t index);

#endif
