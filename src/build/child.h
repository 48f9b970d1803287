/* SPDX-License-Identifier: ISC */
/*
 * A program that is run to its end, and is told to stop when this one is killed: a build that is
 * broken off leaves nothing running behind it.
 */
#ifndef ORLOP_BUILD_CHILD_H
#define ORLOP_BUILD_CHILD_H

#include "lib/text.h"

struct child {
	char const *program; /* path */
	char const *const *words;
	char const *const *environment;
	int input; /* becomes its standard input; -1: as it is */
	struct text
	    *last; /* the last line of its standard output, which is passed on; NULL: none */
};

/* The exit status of what could not be run, which has been said then. */
enum { CHILD_NOT_RUN = 127 };

/* Its exit status, 128 + n for signal n, or a negative errno. */
int child_run(struct child const *child);

#endif
