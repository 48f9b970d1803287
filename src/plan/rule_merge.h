/* SPDX-License-Identifier: ISC */
/* Many rules for one path become one, or a fault where they cannot. */
#ifndef ORLOP_PLAN_RULE_MERGE_H
#define ORLOP_PLAN_RULE_MERGE_H

#include "plan/file_rules.h"

/* Which of the rules for one path holds: the one of the highest rank. */
uint32_t rule_merge_rank(uint32_t flags, bool build);

/* Sorts the rules and merges those of one path. */
void rule_merge_all(struct declarations *declarations, struct file_rules *rules);

#endif
