/* SPDX-License-Identifier: ISC */
/*
 * The one look at files that a start takes: the top of each `write` path, and nothing below it. A
 * volume that was mounted there belongs to whoever made it; where that is not the service, and it
 * can be, it is given to it, in one notice. The work on whole trees is for the image's build.
 */
#ifndef ORLOP_PLAN_RULE_TOPS_H
#define ORLOP_PLAN_RULE_TOPS_H

#include "plan/file_rules.h"

/* For the services that start. What stays wrong is a notice, a fault where confine = strict. */
void rule_tops_mend(struct declarations *declarations, struct file_rules const *rules);

#endif
