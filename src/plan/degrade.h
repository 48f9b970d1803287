/* SPDX-License-Identifier: ISC */
/*
 * What is declared and cannot be had on this host: a notice for each distinct thing, a fault where
 * the service says confine = strict. What is declared then gives way to what can be had.
 */
#ifndef ORLOP_PLAN_DEGRADE_H
#define ORLOP_PLAN_DEGRADE_H

#include "plan/declaration.h"

/* For all services; `etc` is where passwd is. */
void degrade_all(struct declarations *declarations, char const *etc);

/* Best effort: a notice. Strict: a fault at the key that asks for it. */
void degrade_miss(struct declarations *declarations, struct service const *service,
		  enum service_key key, char const *notice);

#endif
