/* SPDX-License-Identifier: ISC */
/*
 * The way from / to a path that is to be changed on somebody's behalf, name by name. A symbolic
 * link on it is followed only where root made it in a directory that nobody but root may change
 * (/var/run, /lib); a directory on it that somebody else may write in, or that belongs to somebody
 * else, is refused: he could put another file in the place of the one that is meant.
 */
#ifndef ORLOP_LIB_REACH_H
#define ORLOP_LIB_REACH_H

#include "lib/text.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct reach {
	int directory;		 /* O_PATH descriptor of the directory that `name` is in, or -1 */
	char name[NAME_MAX + 1]; /* the last one; "." for the path / */
	struct stat status;	 /* of the last one */
	struct text path;    /* without the links; when that failed, up to what stood in the way */
	char rest[PATH_MAX]; /* what was still to come then, behind `name` */
	struct stat parent;  /* of `directory` */
	unsigned links;	     /* followed, and restarts for .. */
};

/*
 * Asked about each directory on the way, reach->path and reach->parent, where reach->status is the
 * next on the way, all zero if that is missing; `unsafe`: somebody other than root and `uid` may
 * change what is in it. 0 to go on, for instance because it has been
 * mended, or a negative result to end with.
 */
typedef int reach_judge(struct reach *reach, bool unsafe, void *context);

/*
 * Reaches `path`, absolute. 0; -ENOENT when it ends at `name`, which is not there; or another
 * negative errno or a refusal of mend.h. `judge` may be NULL: what is unsafe is refused. reach_close() in any case.
 */
int reach_open(struct reach *reach, char const *path, uint32_t uid, reach_judge *judge,
	       void *context);
void reach_close(struct reach *reach);

/* True when somebody other than root and `uid` may change what a directory holds. */
bool reach_unsafe(uint32_t owner, uint32_t gid, uint32_t mode, uint32_t uid);

/* Not so for what is root's or `uid`'s in one with the sticky bit; all zero: not there yet. */
bool reach_kept(struct stat const *parent, struct stat const *child, uint32_t uid);

#endif
