/* SPDX-License-Identifier: ISC */
/*
 * Where secrets come from. NAME alone takes the path from NAME_FILE in the container's environment,
 * as many images do; where that is unset and NAME itself is there, the service gets it by name,
 * and nobody else does. No value is ever in the plan.
 */
#ifndef ORLOP_PLAN_SECRET_SOURCES_H
#define ORLOP_PLAN_SECRET_SOURCES_H

#include "plan/declaration.h"

/* For all services; a secret without a source is a fault where its service is wanted. */
void secret_sources_find(struct declarations *declarations);

/*
 * Whether `service` may see the container's variable `name` (of `length` bytes), as far as it is
 * anybody's secret.
 */
bool secret_sources_pass(struct declarations const *declarations, struct service const *service,
			 char const *name, size_t length);

#endif
