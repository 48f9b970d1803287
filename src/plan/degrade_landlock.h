/* SPDX-License-Identifier: ISC */
/*
 * What this kernel's Landlock does not know, as far as a service asks for it: one notice that names
 * all of it, once, and a fault where the service says confine = strict.
 */
#ifndef ORLOP_PLAN_DEGRADE_LANDLOCK_H
#define ORLOP_PLAN_DEGRADE_LANDLOCK_H

#include "plan/declaration.h"
#include "plan/degrade.h"

/* Adds to the bits of *missing what the service has to do without. */
void degrade_landlock(struct declarations *declarations, struct service const *service,
		      uint32_t *missing);

/* The notice for all services together. */
void degrade_landlock_tell(struct declarations *declarations, uint32_t missing);

#endif
