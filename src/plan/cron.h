/* SPDX-License-Identifier: ISC */
/*
 * The value of `schedule`: `@every DURATION`, or the five fields of cron(8) as bit sets. When a
 * run is due is the supervisor's business.
 */
#ifndef ORLOP_PLAN_CRON_H
#define ORLOP_PLAN_CRON_H

#include "plan/words.h"
#include "wire/plan.h"

/* 0, or -EINVAL with *found (part of `words`, NULL: all of them) and *expected told. */
int cron_parse(struct words const *words, struct plan_schedule *schedule, char const **found,
	       char const **expected);

#endif
