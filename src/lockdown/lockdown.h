/* SPDX-License-Identifier: ISC */
/*
 * The work itself: everything that the rules of a plan name is compared with them, and what is
 * wrong is mended, unless outcomes->mode says that it is only to be told.
 */
#ifndef ORLOP_LOCKDOWN_LOCKDOWN_H
#define ORLOP_LOCKDOWN_LOCKDOWN_H

#include "lockdown/outcomes.h"
#include "lockdown/rules.h"

#include "lib/reach.h"

struct lockdown {
	struct outcomes *outcomes;
	struct rules rules;
	struct located_rule *present; /* the rule at work */
};

/* The whole of it; 0, or -ENOMEM. What goes wrong with single files is told to `outcomes`. */
int lockdown_run(struct outcomes *outcomes);

/* Tells what is the matter with the path of the present rule, where `reach` ended with `error`. */
void lockdown_give_up(struct lockdown *lockdown, struct reach *reach, int error);

/* For reach_open(): a directory in the path that a rule has is mended, or counted as mended. */
reach_judge lockdown_judge;

/*
 * Looks, in two processes that have half of the directories each, whether everything is right
 * already, as it mostly is. Tells nothing but the number of files; false as soon as anything is
 * not, or cannot be looked at.
 */
bool lockdown_is_right(struct lockdown *lockdown);

/*
 * Makes the directory of the present rule, and what is missing above it, if it is one that is
 * made; or gives the rule up. 0, or -ENOMEM.
 */
int lockdown_make(struct lockdown *lockdown);

#endif
