/* SPDX-License-Identifier: ISC */
/* See resume.h; each repair names the cut that it mends. */
#include "supervise/resume.h"

#include "supervise/act.h"
#include "supervise/ending.h"
#include "supervise/events.h"
#include "supervise/exits.h"
#include "supervise/jobs.h"
#include "supervise/messages.h"
#include "supervise/restart.h"
#include "supervise/tend.h"

static void begin_slot(struct supervisor *s, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);
	struct status_slot *t = supervisor_status(s, slot);
	bool const selected = (p->flags & PLAN_SELECTED) || p->kind == PLAN_MAIN;

	put_int(s, &t->last_wait_status, -1);
	put64(s, &t->since, s->now);
	put32(s, &t->wanted, 0);
	if (p->kind == PLAN_PROBE)
		return;
	if (!act_enabled(p))
		put32(s, &t->reason, REASON_DISABLED);
	else if (!selected)
		put32(s, &t->reason, REASON_NOT_SELECTED);
	else
		put32(s, &t->wanted, 1);
}

/* Init is ahead: the status was lost. What runs is taken over as starting. */
static void adopt(struct supervisor *s, uint32_t slot, struct slot_view const *view)
{
	struct status_slot *t = supervisor_status(s, slot);

	if (view->generation <= atomic_load(&t->generation))
		return;
	if (view->state == SLOT_IDLE) {
		put32(s, &t->handled, view->generation);
	} else {
		put32(s, &t->handled, view->generation - 1);
		put32(s, &t->state, STATUS_STARTING);
	}
	put32(s, &t->sequence, view->sequence);
	put32(s, &t->generation, view->generation);
}

/* plan_generation comes last: before it is there, nothing was asked of init. */
static void begin(struct supervisor *s)
{
	struct status_header *h = supervisor_header(s);
	struct slot_header const *slots = s->slots;

	h->magic = STATUS_MAGIC;
	h->version = STATUS_VERSION;
	h->count = s->graph.count;
	put32(s, &h->failed_slot, PLAN_NONE);
	events_begin(s);
	for (uint32_t i = 0; i < s->graph.count; i++)
		begin_slot(s, i);
	for (uint32_t i = 0; i < s->graph.count; i++) {
		struct slot_view view;

		slot_read(s->slots, i, &view);
		adopt(s, i, &view);
	}
	events_write_phase(s, STATUS_BOOTING);
	put32(s, &h->plan_generation, atomic_load(&slots->plan_generation));
	events_commit(s);
}

static bool has_run_state(uint32_t state)
{
	return state == STATUS_STARTING || state == STATUS_UP || state == STATUS_STOPPING;
}

static bool has_timer(struct plan_slot const *p, uint32_t state)
{
	return (state == STATUS_UP && p->watchdog) || state == STATUS_STARTING ||
	       state == STATUS_STOPPING || state == STATUS_BACKOFF;
}

static void repair_state(struct supervisor *s, uint32_t slot)
{
	struct status_slot *t = supervisor_status(s, slot);
	uint32_t const state = atomic_load(&t->state);

	/* Cut between a state and the end of the last one's timer. */
	if (!has_timer(plan_slot(s->plan, slot), state) && atomic_load(&t->deadline) != 0)
		put64(s, &t->deadline, 0);

	/* Nobody was there to see it fed. */
	if (state == STATUS_UP && plan_slot(s->plan, slot)->watchdog)
		put64(s, &t->deadline, tend_up_deadline(s, slot));

	/* Cut between the state of a start and its generation: it was not asked for yet. */
	if (has_run_state(state) && !act_has_process(s, slot)) {
		put32(s, &t->state, atomic_load(&t->wanted) ? STATUS_WAITING : STATUS_DOWN);
		put64(s, &t->deadline, 0);
	}
	/* Cut between the notes of a stop and its state: it was not asked for either. A start that
	   took too long is found out again. */
	if ((state == STATUS_STARTING || state == STATUS_UP) && act_has_process(s, slot)) {
		uint32_t const flags = atomic_load(&t->flags);

		if (state == STATUS_STARTING && (flags & FLAG_TIMED_OUT))
			put64(s, &t->deadline, s->now);
		put32(s, &t->flags, flags & (FLAG_DUE | FLAG_NEED_FAILED));
	}
}

/* Cut between a stop's state and its kill. */
static void repair_stop(struct supervisor *s, uint32_t slot)
{
	struct status_slot const *t = supervisor_status(s, slot);
	uint32_t const flags = atomic_load(&t->flags);
	uint32_t const next = (atomic_load(&t->sequence) + 1) & FLAGS_MASK;

	if (atomic_load(&t->state) == STATUS_STOPPING && (flags & FLAG_STOPPED) &&
	    flags >> FLAGS_SEQUENCE_SHIFT == next)
		act_stop_kill_once(s, slot);
}

/* Cut between an intent and its verb. */
static void repeat_verbs(struct supervisor *s, uint32_t slot, struct slot_view const *view)
{
	struct status_slot const *t = supervisor_status(s, slot);
	uint32_t const generation = atomic_load(&t->generation);
	uint32_t const sequence = atomic_load(&t->sequence);
	bool const behind = view->generation < generation;

	if (view->state == SLOT_EXITED && (behind || !act_has_process(s, slot)))
		act_send_ack(s, slot, view->generation);
	if (behind)
		act_send_spawn(s, slot);
	if (!act_has_process(s, slot))
		return;
	if (behind ? sequence != 0 : view->state == SLOT_RUNNING && view->sequence < sequence)
		act_send_kill(s, slot);
	if (view->state != SLOT_EXITED)
		repair_stop(s, slot);
}

/* Cut between the kill that ends a stop and the end of the timer that asked for it. */
static void repair_timer(struct supervisor *s, uint32_t slot)
{
	struct status_slot *t = supervisor_status(s, slot);
	uint32_t const flags = atomic_load(&t->flags);
	uint32_t const sequence = atomic_load(&t->sequence) & FLAGS_MASK;

	if (atomic_load(&t->state) == STATUS_STOPPING && (flags & FLAG_KILLED) &&
	    flags >> FLAGS_SEQUENCE_SHIFT == sequence)
		put64(s, &t->deadline, 0);
}

static void repair_slot(struct supervisor *s, uint32_t slot)
{
	struct slot_view view;

	if (plan_slot(s->plan, slot)->kind == PLAN_BUNDLE)
		return;
	slot_read(s->slots, slot, &view);
	repair_state(s, slot);
	repeat_verbs(s, slot, &view);
	repair_timer(s, slot);
}

/* Cut between an end and what follows from it for others. */
static void repair_followers(struct supervisor *s, uint32_t slot)
{
	struct status_slot const *t = supervisor_status(s, slot);

	/* Ready was noted, the state was not. */
	if (atomic_load(&t->state) == STATUS_STARTING && atomic_load(&t->ready) != 0)
		act(s, slot, EVENT_READY, tend_up_deadline(s, slot));
	if (plan_slot(s->plan, slot)->scheduled && atomic_load(&t->wanted))
		jobs_resume(s, slot);
	tend_resume(s, slot);
	ending_follow(s, slot);
}

/* Of a slot that can never come up: something that it needs and that is not wanted, and not down
   yet if there is such a one, as it was stopped last. */
static uint32_t wishes_in_vain(struct supervisor const *s, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);
	uint32_t found = PLAN_NONE;

	if (!atomic_load(&supervisor_status(s, slot)->wanted) || graph_orders_only(p) ||
	    act_pool_stands(s, slot))
		return PLAN_NONE;
	for (uint32_t j = 0; j < p->needs.count; j++) {
		uint32_t const need = plan_words(s->plan, p->needs)[j];
		struct status_slot const *n = supervisor_status(s, need);

		if (act_enabled(plan_slot(s->plan, need)) && !atomic_load(&n->wanted) &&
		    !(atomic_load(&n->flags) & FLAG_NEED_FAILED) &&
		    (found == PLAN_NONE || atomic_load(&n->state) != STATUS_DOWN))
			found = need;
	}
	return found;
}

/* What was stopped by hand where `need` is down. */
static uint32_t stopped_root(struct supervisor const *s, uint32_t need)
{
	struct status_slot const *n = supervisor_status(s, need);

	return atomic_load(&n->reason) == REASON_NEED_STOPPED
		   ? (uint32_t)atomic_load(&n->reason_argument)
		   : need;
}

/* An operator's stop or start that was half marked: nothing stays up without what it needs. */
static void repair_wishes(struct supervisor *s)
{
	bool changed;

	do {
		changed = false;
		for (uint32_t i = 0; i < s->graph.count; i++) {
			uint32_t const need = wishes_in_vain(s, i);

			if (need == PLAN_NONE)
				continue;
			act_reason(s, i, REASON_NEED_STOPPED, (int32_t)stopped_root(s, need));
			put32(s, &supervisor_status(s, i)->wanted, 0);
			changed = true;
		}
	} while (changed);
}

static void take_over(struct supervisor *s)
{
	uint32_t const kept = supervisor_running(s);

	events_resume(s, kept);
	exits_roll_back(s);
	for (uint32_t i = 0; i < s->graph.count; i++)
		repair_slot(s, i);
	if (!ending_begun(s))
		repair_wishes(s);
	message(s, PLAN_NONE, "supervisor restarted, %u service%s kept", kept,
		kept == 1 ? "" : "s");
}

void resume(struct supervisor *s)
{
	struct status_header *h = supervisor_header(s);
	bool const fresh = atomic_load(&h->plan_generation) == 0;

	if (fresh)
		begin(s);
	else
		take_over(s);
	for (uint32_t i = 0; i < s->graph.count; i++)
		act_settle(s, i);
	if (fresh)
		return;
	if (atomic_load(&h->phase) == STATUS_ENDED)
		ending_finish(s);
	else if (ending_begun(s))
		ending_unwant_all(s);
	else
		for (uint32_t i = 0; i < s->graph.count; i++)
			repair_followers(s, i);
}
