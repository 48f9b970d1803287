/* SPDX-License-Identifier: ISC */
/*
 * Whether what was asked for has come about: pure, from what the tables said of a slot before the
 * record was sent and what they say now.
 */
#ifndef ORLOP_CTL_OUTCOME_H
#define ORLOP_CTL_OUTCOME_H

#include "ctl/describe.h"
#include "wire/verb.h"

enum outcome { OUTCOME_PENDING, OUTCOME_YES, OUTCOME_NO };

/* `taken`: the supervisor has read the records since. */
enum outcome outcome_of(enum verb_kind kind, struct described const *before,
			struct described const *now, bool taken);

/* How long `kind` may take by the limits that the plan declares, nanoseconds. */
uint64_t outcome_patience(enum verb_kind kind, void const *plan);

#endif
