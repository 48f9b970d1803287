/* SPDX-License-Identifier: ISC */
/*
 * A file cage must not show other services' secrets. Landlock cannot take a file out of a directory
 * that it allows, so such a directory is replaced by its entries without the one that leads to the
 * secret, and so on down, by whatever link or mount it is reached. What is made there later is not
 * allowed. Links among the entries are left out: to follow one takes no right, and where it leads
 * has its own.
 */
#ifndef ORLOP_PLAN_CAGE_CUTS_H
#define ORLOP_PLAN_CAGE_CUTS_H

#include "plan/declaration.h"

struct secret_file {
	char const *path; /* without links, as far as it exists */
	uint32_t owner;	  /* service that declares it */
};

struct cage_cuts {
	struct declarations *declarations;
	genalloc list;		   /* of struct secret_file */
	struct secret_file *files; /* the same, sorted by path */
	uint32_t count;
	struct names listed; /* index in lists: the entries of a directory */
	genalloc lists;	     /* of struct allowed_list */
};

void cage_cuts_begin(struct cage_cuts *cuts, struct declarations *declarations);

/* The secret at or below `path` that is not the service's own, or NULL. */
struct secret_file const *cage_cuts_below(struct cage_cuts *cuts, uint32_t service,
					  char const *path);

/* Whether `path` is that secret itself. */
bool cage_cuts_is(struct cage_cuts *cuts, uint32_t service, char const *path);

/* Takes them out of what the service is allowed. */
void cage_cuts_apply(struct cage_cuts *cuts, uint32_t service, struct allowed_list *list);
void cage_cuts_end(struct cage_cuts *cuts);

#endif
