/* SPDX-License-Identifier: ISC */
/* A growing list of what a file cage allows, each path once. */
#ifndef ORLOP_PLAN_ALLOWED_H
#define ORLOP_PLAN_ALLOWED_H

#include "plan/declaration.h"

/* Rights of one path come together; it may be missing only where nobody wants it to be there. */
void allowed_add(struct arena *arena, struct allowed_list *list, char const *path, uint32_t rights);

/* Without a look at what is there already. */
void allowed_append(struct arena *arena, struct allowed_list *list, char const *path,
		    uint32_t rights);

#endif
