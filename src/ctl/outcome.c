/* SPDX-License-Identifier: ISC */
/* One function for each verb; see outcome.h. */
#include "ctl/outcome.h"

#define SECOND UINT64_C(1000000000)

static bool runs(struct described const *d)
{
	return d->slot.state == SLOT_RUNNING;
}

static bool at_rest(struct described const *d)
{
	return !runs(d) &&
	       (d->state == STATUS_DOWN || d->state == STATUS_FAILED || d->state == STATUS_DONE);
}

/* A scheduled job is DONE between its runs, so only a new generation is an answer. */
static enum outcome started(struct described const *before, struct described const *now)
{
	bool const again = now->plan->scheduled && now->generation == before->generation;

	if (again)
		return OUTCOME_PENDING;
	if (now->state == STATUS_FAILED)
		return OUTCOME_NO;
	if (now->state == STATUS_UP || now->state == STATUS_DONE)
		return OUTCOME_YES;
	if (now->state == STATUS_DOWN && !now->wanted)
		return OUTCOME_NO;
	return OUTCOME_PENDING;
}

static enum outcome restarted(struct described const *before, struct described const *now)
{
	bool const fresh = now->plan->kind == PLAN_BUNDLE || now->generation != before->generation;

	if (now->state == STATUS_FAILED)
		return OUTCOME_NO;
	if (fresh && (now->state == STATUS_UP || now->state == STATUS_DONE))
		return OUTCOME_YES;
	return OUTCOME_PENDING;
}

static enum outcome signalled(struct described const *before, struct described const *now)
{
	bool const same = runs(now) && now->slot.generation == before->slot.generation;

	return !same || now->slot.sequence != before->slot.sequence ? OUTCOME_YES : OUTCOME_PENDING;
}

enum outcome outcome_of(enum verb_kind kind, struct described const *before,
			struct described const *now, bool taken)
{
	if (!taken)
		return OUTCOME_PENDING;
	switch (kind) {
	case VERB_START:
		return started(before, now);
	case VERB_STOP:
		return !now->wanted && at_rest(now) ? OUTCOME_YES : OUTCOME_PENDING;
	case VERB_RESTART:
		return restarted(before, now);
	case VERB_SIGNAL:
		return signalled(before, now);
	default:
		return OUTCOME_NO;
	}
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* A start may wait for others to start, a stop for others to stop: the longest of all counts. */
uint64_t outcome_patience(enum verb_kind kind, void const *plan)
{
	uint64_t start = 30 * SECOND;
	uint64_t stop = 10 * SECOND;

	for (uint32_t i = 0; i < plan_header(plan)->visible; i++) {
		start = larger(start, plan_slot(plan, i)->start_timeout);
		stop = larger(stop, plan_slot(plan, i)->stop_timeout);
	}
	if (kind == VERB_START)
		return start + 2 * SECOND;
	if (kind == VERB_STOP)
		return stop + 2 * SECOND;
	return kind == VERB_RESTART ? start + stop + 2 * SECOND : 5 * SECOND;
}
