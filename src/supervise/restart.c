/* SPDX-License-Identifier: ISC */
/* The verdicts of restart.h, from the rules of the keys restart, restart-delay, restart-limit. */
#include "supervise/restart.h"

#include "wire/step.h"

#include <sys/wait.h>

static uint64_t const settled_after = UINT64_C(10000000000);
static uint64_t const probe_delay = UINT64_C(100000000);

bool restart_success(struct plan_slot const *slot, struct restart_facts const *facts)
{
	unsigned code;

	if (facts->error_step != STEP_NONE || (facts->flags & (FLAG_TIMED_OUT | FLAG_SICK)))
		return false;
	if (!WIFEXITED(facts->wait_status))
		return false;
	code = (unsigned)WEXITSTATUS(facts->wait_status);
	return slot->success[code / 8] >> (code % 8) & 1;
}

int restart_exit_status(int32_t wait_status, bool failed)
{
	int status = WEXITSTATUS(wait_status);

	if (WIFSIGNALED(wait_status))
		status = 128 + WTERMSIG(wait_status);
	return failed && status == 0 ? 1 : status;
}

uint64_t restart_delay(struct plan_slot const *slot, uint32_t n, uint32_t random)
{
	uint64_t delay = slot->restart_delay_minimum;
	uint64_t tenth;

	for (; n > 1 && delay < slot->restart_delay_maximum; n--)
		delay *= 2;
	if (delay > slot->restart_delay_maximum)
		delay = slot->restart_delay_maximum;
	/* A tenth more or less, so that what fell together does not come back together. */
	tenth = delay / 10;
	return tenth ? delay - tenth + random % (2 * tenth + 1) : delay;
}

static bool settled(struct plan_slot const *slot, struct restart_facts const *facts)
{
	uint64_t const since = slot->ready == PLAN_READY_STARTED ? facts->start : facts->ready;

	return since != 0 && facts->end >= since && facts->end - since >= settled_after;
}

static void later(struct plan_slot const *slot, struct restart_facts const *facts,
		  struct restart_verdict *v)
{
	v->event = EVENT_ENDED_LATER;
	if (v->failures < UINT32_MAX)
		v->failures++;
	v->delay = restart_delay(slot, v->failures, facts->random);
}

/* Counts a failure; true when there were too many in the window. */
static bool limit_reached(struct plan_slot const *slot, struct restart_facts const *facts,
			  struct restart_verdict *v)
{
	if (v->window == 0 || facts->end - v->window > slot->restart_window) {
		v->window = facts->end;
		v->window_failures = 0;
	}
	v->window_failures++;
	return slot->restart_limit != 0 && v->window_failures >= slot->restart_limit;
}

static void failed(struct plan_slot const *slot, struct restart_facts const *facts,
		   struct restart_verdict *v)
{
	if (slot->kind == PLAN_MAIN || slot->restart == PLAN_NEVER) {
		v->event = EVENT_ENDED_FAILED;
	} else if (limit_reached(slot, facts, v)) {
		v->event = EVENT_ENDED_FAILED;
		v->limited = true;
	} else if (settled(slot, facts)) {
		v->event = EVENT_ENDED_AGAIN;
		v->failures = 0;
	} else {
		later(slot, facts, v);
	}
}

static void succeeded(struct plan_slot const *slot, struct restart_facts const *facts,
		      struct restart_verdict *v)
{
	v->failures = 0;
	if (slot->kind != PLAN_LONGRUN || slot->restart != PLAN_ALWAYS) {
		v->event = EVENT_ENDED_DONE;
		return;
	}
	/* A success never grows the delay, but must not make the machine spin either. */
	v->event = EVENT_ENDED_AGAIN;
	if (facts->end - facts->start >= slot->restart_delay_minimum)
		return;
	v->event = EVENT_ENDED_LATER;
	v->delay = slot->restart_delay_minimum;
}

static void judge_probe(struct restart_facts const *facts, struct restart_verdict *v)
{
	bool const success = facts->wait_status == 0 && facts->error_step == STEP_NONE &&
			     !(facts->flags & FLAG_STOPPED);

	/* Taken back, and wanted again before it had ended: it was asked of an earlier run. */
	if ((facts->flags & FLAG_STOPPED) && !(facts->flags & FLAG_TIMED_OUT)) {
		v->silent = true;
		v->event = EVENT_ENDED_AGAIN;
		return;
	}
	/* A service is not sick because the system can fork nothing. */
	if (facts->interval && facts->error_step == STEP_FORK) {
		v->silent = true;
		v->event = EVENT_ENDED_LATER;
		v->delay = facts->interval;
		return;
	}
	v->failures = success ? 0 : v->failures + 1;
	v->event = EVENT_ENDED_LATER;
	v->delay = facts->interval ? facts->interval : probe_delay;
	if (facts->once || (success && !facts->interval))
		v->event = EVENT_ENDED_DONE;
}

struct restart_verdict restart_judge(struct plan_slot const *slot,
				     struct restart_facts const *facts)
{
	struct restart_verdict v = {
		.event = EVENT_ENDED_DOWN,
		.failures = facts->failures,
		.window = facts->window,
		.window_failures = facts->window_failures,
	};

	if (!facts->wanted) {
		if (facts->flags & FLAG_NEED_FAILED)
			v.event = EVENT_ENDED_FAILED;
	} else if (slot->kind == PLAN_PROBE) {
		judge_probe(facts, &v);
	} else if ((facts->flags & FLAG_STOPPED) &&
		   !(facts->flags & (FLAG_TIMED_OUT | FLAG_SICK))) {
		v.event = EVENT_ENDED_AGAIN; /* an operator's restart, or a start during a stop */
	} else if (facts->error_step == STEP_FORK) {
		later(slot, facts, &v); /* the system's fault, not the service's */
	} else if (slot->scheduled) {
		v.event = EVENT_ENDED_DONE; /* its next time is its next chance */
	} else if (restart_success(slot, facts)) {
		succeeded(slot, facts, &v);
	} else {
		failed(slot, facts, &v);
	}
	return v;
}
