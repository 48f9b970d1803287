/* SPDX-License-Identifier: ISC */
/* Which services this container is for: one image, many roles. */
#ifndef ORLOP_PLAN_ROLES_H
#define ORLOP_PLAN_ROLES_H

#include "plan/declaration.h"

/* The list that means the services of phase = build, and them alone; `orlop build` gives it. */
#define ROLES_BUILD "phase:build"

/*
 * Marks the services of `list` (names with commas or blanks in between, "all", "none", or NULL for
 * all) and all that they need as selected. `source` is where the list came from, for messages. A
 * name that is not declared is a fault.
 */
void roles_select(struct declarations *declarations, char const *list, char const *source);

#endif
