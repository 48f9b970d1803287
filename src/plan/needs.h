/* SPDX-License-Identifier: ISC */
/* The order of services: names in `needs` and `after` become edges, and no way is a circle. */
#ifndef ORLOP_PLAN_NEEDS_H
#define ORLOP_PLAN_NEEDS_H

#include "plan/declaration.h"

/* Fills in the edges of all services. A name that is not there, a service that waits for itself
 * and every circle is a fault. */
void needs_resolve(struct declarations *declarations);

#endif
