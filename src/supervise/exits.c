/* SPDX-License-Identifier: ISC */
/* See exits.h. */
#include "supervise/exits.h"

#include "supervise/act.h"
#include "supervise/ending.h"
#include "supervise/messages.h"
#include "supervise/restart.h"
#include "supervise/tend.h"
#include "wire/step.h"

#include <sys/wait.h>

static void open_journal(struct supervisor *s, uint32_t slot, uint32_t generation)
{
	struct status_slot const *t = supervisor_status(s, slot);
	struct status_header *h = supervisor_header(s);
	uint64_t const restarts = atomic_load(&t->restarts);

	put64(s, &h->journal[1], atomic_load(&t->failures) | restarts << 32);
	put64(s, &h->journal[2], atomic_load(&t->window));
	put64(s, &h->journal[3], atomic_load(&t->window_failures));
	put64(s, &h->journal[0], (uint64_t)generation << 32 | (slot + 1));
}

/* No run has this generation, so the journal's entry is that of a missed run. */
static uint32_t const missed_key = UINT32_MAX;

void exits_miss(struct supervisor *s, uint32_t slot, uint64_t next_run)
{
	struct status_slot *t = supervisor_status(s, slot);
	struct status_header *h = supervisor_header(s);

	put64(s, &h->journal[1], atomic_load(&t->missed));
	put64(s, &h->journal[2], atomic_load(&t->next_run));
	put64(s, &h->journal[0], (uint64_t)missed_key << 32 | (slot + 1));
	put32(s, &t->missed, atomic_load(&t->missed) + 1);
	put64(s, &t->next_run, next_run);
	put64(s, &h->journal[0], 0);
}

static void roll_back_slot(struct supervisor *s, struct status_slot *t, uint32_t generation)
{
	struct status_header *h = supervisor_header(s);
	uint64_t const counters = atomic_load(&h->journal[1]);

	if (generation == missed_key) {
		if (atomic_load(&t->next_run) == atomic_load(&h->journal[2]))
			put32(s, &t->missed, (uint32_t)counters);
	} else if (atomic_load(&t->handled) != generation) {
		put32(s, &t->failures, (uint32_t)counters);
		put32(s, &t->restarts, (uint32_t)(counters >> 32));
		put64(s, &t->window, atomic_load(&h->journal[2]));
		put32(s, &t->window_failures, (uint32_t)atomic_load(&h->journal[3]));
	}
}

void exits_roll_back(struct supervisor *s)
{
	struct status_header *h = supervisor_header(s);
	uint64_t const key = atomic_load(&h->journal[0]);
	uint32_t const slot = (uint32_t)key - 1;

	if (key == 0)
		return;
	if (slot < s->graph.count)
		roll_back_slot(s, supervisor_status(s, slot), (uint32_t)(key >> 32));
	put64(s, &h->journal[0], 0);
}

static struct restart_facts facts_of(struct supervisor *s, uint32_t slot,
				     struct slot_view const *view)
{
	struct status_slot const *t = supervisor_status(s, slot);

	s->random ^= s->random << 13;
	s->random ^= s->random >> 17;
	s->random ^= s->random << 5;
	return (struct restart_facts){
		.wanted = atomic_load(&t->wanted),
		.flags = atomic_load(&t->flags) & FLAGS_MASK,
		.wait_status = view->wait_status,
		.error_step = view->error_step,
		.start = view->start,
		.ready = atomic_load(&t->ready),
		.end = view->end,
		.failures = atomic_load(&t->failures),
		.window_failures = atomic_load(&t->window_failures),
		.window = atomic_load(&t->window),
		.random = s->random,
		.interval = tend_interval(s, slot),
		.once = tend_is_stop(s, slot),
	};
}

static void store_reason(struct supervisor *s, uint32_t slot, struct slot_view const *view,
			 struct restart_facts const *facts, struct restart_verdict const *verdict)
{
	int32_t const status = view->wait_status;

	if (!facts->wanted) {
		if (facts->flags & FLAG_KILLED)
			act_reason(s, slot, REASON_STOP_TIMEOUT, 0);
	} else if (view->error_step != STEP_NONE) {
		put32(s, &supervisor_status(s, slot)->reason_step, view->error_step);
		act_reason(s, slot, REASON_SPAWN, view->error_number);
	} else if (facts->flags & FLAG_TIMED_OUT) {
		act_reason(s, slot, REASON_START_TIMEOUT, 0);
	} else if (facts->flags & FLAG_SICK) {
		return; /* told when it was stopped for it */
	} else if (facts->flags & FLAG_STOPPED) {
		act_reason(s, slot, REASON_NONE, 0);
	} else if (verdict->limited) {
		act_reason(s, slot, REASON_RESTART_LIMIT, (int32_t)verdict->window_failures);
	} else if (WIFSIGNALED(status)) {
		act_reason(s, slot, REASON_SIGNAL,
			   WTERMSIG(status) + (WCOREDUMP(status) ? 128 : 0));
	} else {
		act_reason(s, slot, REASON_EXIT, WEXITSTATUS(status));
	}
}

static void store_counters(struct supervisor *s, uint32_t slot, struct slot_view const *view,
			   struct restart_verdict const *verdict)
{
	struct status_slot *t = supervisor_status(s, slot);
	bool const again = verdict->event == EVENT_ENDED_AGAIN ||
			   verdict->event == EVENT_ENDED_LATER;

	put_int(s, &t->last_wait_status, view->wait_status);
	put32(s, &t->failures, verdict->failures);
	put64(s, &t->window, verdict->window);
	put32(s, &t->window_failures, verdict->window_failures);
	if (again)
		put32(s, &t->restarts, atomic_load(&t->restarts) + 1);
	if (plan_slot(s->plan, slot)->scheduled) {
		put64(s, &t->last_end, s->realtime);
		/* A run that could not be forked is still due. */
		if (!again)
			put32(s, &t->flags, atomic_load(&t->flags) & ~(uint32_t)FLAG_DUE);
	}
}

void exits_take(struct supervisor *s, uint32_t slot, struct slot_view const *view)
{
	struct status_slot *t = supervisor_status(s, slot);
	struct restart_facts const facts = facts_of(s, slot, view);
	struct restart_verdict const verdict = restart_judge(plan_slot(s->plan, slot), &facts);
	uint64_t const deadline = verdict.delay ? s->now + verdict.delay : 0;
	bool const heard = facts.wanted && !verdict.silent;

	message_end(s, slot, view, &facts, &verdict);
	if (heard && verdict.failures == 0)
		tend_answered(s, slot);
	open_journal(s, slot, view->generation);
	store_reason(s, slot, view, &facts, &verdict);
	store_counters(s, slot, view, &verdict);
	act(s, slot, verdict.event, deadline);
	s->host->forget(s->host->context, slot);
	put32(s, &t->handled, view->generation);
	put64(s, &supervisor_header(s)->journal[0], 0);
	act_send_ack(s, slot, view->generation);
	if (heard)
		tend_told(s, slot, verdict.failures == 0);
	ending_follow(s, slot);
}
