/* SPDX-License-Identifier: ISC */
/* Accounts that an image lacks, on paper: `orlop build` makes them from the plan. */
#ifndef ORLOP_PLAN_MISSING_H
#define ORLOP_PLAN_MISSING_H

#include "plan/accounts.h"
#include "plan/declaration.h"
#include "plan/uid_pool.h"

/*
 * Gives the user (and the group of its name) or the group `name`, which was looked up in vain, a
 * number, unless it cannot be a name of passwd(5) or no number is left.
 */
void missing_account(struct declarations *declarations, struct accounts *accounts,
		     struct uid_pool *pool, char const *name, bool user);

#endif
