/* SPDX-License-Identifier: ISC */
/*
 * What runs when a program runs: the interpreter of a `#!` line (behind env(1) the program that it
 * looks for), and the ELF interpreter, which loads the shared libraries. Read from the first bytes
 * of the files; one that cannot be read has none.
 */
#ifndef ORLOP_PLAN_INTERPRETER_H
#define ORLOP_PLAN_INTERPRETER_H

#include "plan/lookup.h"

enum { INTERPRETERS_MAX = 8 };

struct interpreters {
	char const *paths[INTERPRETERS_MAX]; /* absolute */
	uint32_t count;
};

/* `path` is where env(1) will look: the service's PATH. */
void interpreter_find(struct lookup *lookup, char const *program, char const *path,
		      struct interpreters *found);

#endif
