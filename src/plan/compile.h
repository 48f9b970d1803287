/* SPDX-License-Identifier: ISC */
/*
 * Declarations in, plan out: the whole way in one call, so that tests can walk it with a directory
 * and a passwd file of their own.
 */
#ifndef ORLOP_PLAN_COMPILE_H
#define ORLOP_PLAN_COMPILE_H

#include "plan/declaration.h"

#include <skalibs/stralloc.h>

struct compile_request {
	char const *directory; /* of the declarations */
	char const *etc;       /* where passwd and group are */
	char const *services;  /* of --services, or NULL */
	char const *program;   /* the file `orlop` */
	char const *const *main;
	char const *const *environment;
	uint32_t init_pid;
	bool write; /* directories for sockets may be made */
	bool image; /* all services, for the files of an image: nothing starts from it */
	struct host const *host; /* what can be had here */
};

/* 0 with the plan; -ECANCELED when there are faults; another error when the plan is not whole. */
int compile_plan(struct compile_request const *request, struct arena *arena, struct faults *faults,
		 stralloc *plan);

#endif
