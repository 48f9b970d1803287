/* SPDX-License-Identifier: ISC */
/*
 * The complete list of paths that each file cage allows: the base paths, what is declared, the
 * program itself with its interpreters, TMPDIR, and nothing of another service's secrets.
 */
#ifndef ORLOP_PLAN_CAGE_PATHS_H
#define ORLOP_PLAN_CAGE_PATHS_H

#include "plan/declaration.h"

/* For all services that are in the plan, once their programs are known. */
void cage_paths_all(struct declarations *declarations);

/* The same for a probe of the service, which runs `program`. */
struct allowed_list cage_paths_probe(struct declarations *declarations,
				     struct service const *service, char const *program);

#endif
