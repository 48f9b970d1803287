/* SPDX-License-Identifier: ISC */
/* Programs by name: along PATH when the plan is made, so that no start has to search. */
#ifndef ORLOP_PLAN_LOOKUP_H
#define ORLOP_PLAN_LOOKUP_H

#include "plan/declaration.h"

struct lookup {
	struct declarations *declarations;
	char const *usual;  /* the PATH of most, by pointer: their names are remembered alone */
	struct names known; /* "NAME" or "NAME\nPATH", index in found */
	genalloc found;	    /* of char const * */
};

/*
 * The absolute path of `program`: with a slash in it, below `directory` where it does not begin
 * with one; else in the directories of `path`. NULL with *reason told.
 */
char const *lookup_program(struct lookup *lookup, char const *program, char const *directory,
			   char const *path, char const **reason);

void lookup_free(struct lookup *lookup);

/* Finds the programs of all services; what is missing is a fault where the service is enabled. */
void lookup_all(struct declarations *declarations);

#endif
