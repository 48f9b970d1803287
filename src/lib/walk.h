/* SPDX-License-Identifier: ISC */
/*
 * A walk over a tree by directory descriptors: no path is ever looked up twice, no symbolic link
 * followed. It needs memory for the names of the directories yet to be entered and a few dozen
 * descriptors, however many files there are and however deep they lie. Every entry is shown once:
 * a directory before what is in it and, to `leave`, after it.
 */
#ifndef ORLOP_LIB_WALK_H
#define ORLOP_LIB_WALK_H

#include "lib/text.h"

#include <stdbool.h>
#include <sys/stat.h>

enum walk_answer {
	WALK_ON = 0,
	WALK_SKIP = 1,	 /* of `enter`, for a directory: not what is below; nor is it left */
	WALK_FOLDERS = 2 /* the same: of what is in it only the directories */
};

struct walk_entry {
	int directory;		   /* descriptor of the directory that it is in */
	char const *name;	   /* in there */
	char const *path;	   /* the whole of it; may be longer than PATH_MAX */
	struct stat const *status; /* of itself, not of what a symbolic link points at */
};

struct walk {
	/* Each answers an enum walk_answer, or a negative number that ends the walk. */
	int (*enter)(struct walk_entry const *entry, void *context);
	int (*leave)(struct walk_entry const *entry, void *context); /* may be NULL */
	/*
	 * What cannot be looked at or entered, with a negative errno: -EXDEV another file system,
	 * -ESTALE another directory than the one that was shown. What has vanished is not told.
	 */
	int (*trouble)(char const *path, int error, void *context);
	void *context;
	bool cross; /* enter other file systems too */
};

/*
 * Walks from `name` in `directory`, shown first, whose whole path is `path`. 0, what a function
 * above ended it with, or -ENOMEM.
 */
int walk_tree(struct walk const *walk, int directory, char const *name, char const *path);

#endif
