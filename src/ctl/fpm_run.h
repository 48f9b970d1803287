/* SPDX-License-Identifier: ISC */
/*
 * Running `php-fpm -tt` as its service would run it: with the service's arguments, environment and
 * directory, under its uid and in a cage where that can be had, through the orlop-confine that
 * lies beside this program.
 */
#ifndef ORLOP_CTL_FPM_RUN_H
#define ORLOP_CTL_FPM_RUN_H

#include "wire/plan.h"

#include <skalibs/stralloc.h>

/* Nanoseconds that one php-fpm has to answer, or less: the service's start-timeout. */
#define FPM_RUN_LIMIT UINT64_C(30000000000)

/* The index of the word that is php-fpm in the slot's command, or PLAN_NONE. */
uint32_t fpm_run_find(void const *plan, struct plan_slot const *slot);

/*
 * Its exit status, 128 + n for signal n, or a negative errno, -ETIME after too long: what is called
 * php-fpm need not know -tt, and would run on. `output` gets all that it wrote, up to a megabyte,
 * and a NUL byte behind it.
 */
int fpm_run(void const *plan, struct plan_slot const *slot, char const *const *environment,
	    stralloc *output);

#endif
