/* SPDX-License-Identifier: ISC */
/* See act.h; the order of the stores in each function is a promise to resume.c. */
#include "supervise/act.h"

#include "supervise/events.h"
#include "supervise/restart.h"
#include "supervise/tend.h"

#include <signal.h>

bool act_enabled(struct plan_slot const *slot)
{
	return (slot->flags & PLAN_ENABLED) || slot->kind == PLAN_MAIN;
}

bool act_has_process(struct supervisor const *s, uint32_t slot)
{
	struct status_slot const *t = supervisor_status(s, slot);

	return atomic_load(&t->generation) != atomic_load(&t->handled);
}

bool act_pool_stands(struct supervisor const *s, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);

	if (!(p->flags & PLAN_INSTANCE_GROUP))
		return false;
	for (uint32_t j = 0; j < p->needs.count; j++) {
		struct status_slot const *t = supervisor_status(s,
								plan_words(s->plan, p->needs)[j]);

		if (atomic_load(&t->wanted) && atomic_load(&t->state) != STATUS_FAILED)
			return true;
	}
	return false;
}

void act_reason(struct supervisor *s, uint32_t slot, uint32_t reason, int32_t argument)
{
	struct status_slot *t = supervisor_status(s, slot);

	put_int(s, &t->reason_argument, argument);
	put32(s, &t->reason, reason);
}

void act_send_ack(struct supervisor *s, uint32_t slot, uint32_t generation)
{
	struct verb const verb = { .kind = VERB_ACK, .slot = slot, .generation = generation };

	s->host->verb(s->host->context, &verb);
}

void act_send_spawn(struct supervisor *s, uint32_t slot)
{
	struct verb const verb = {
		.kind = VERB_SPAWN,
		.slot = slot,
		.generation = atomic_load(&supervisor_status(s, slot)->generation),
	};

	s->host->verb(s->host->context, &verb);
}

void act_send_kill(struct supervisor *s, uint32_t slot)
{
	struct status_slot const *t = supervisor_status(s, slot);
	struct verb const verb = {
		.kind = VERB_KILL,
		.slot = slot,
		.generation = atomic_load(&t->generation),
		.sequence = atomic_load(&t->sequence),
		.argument = (int32_t)atomic_load(&t->kill_signal),
		.scope = atomic_load(&t->kill_scope),
	};

	s->host->verb(s->host->context, &verb);
}

void act_kill(struct supervisor *s, uint32_t slot, uint32_t signal, uint32_t scope)
{
	struct status_slot *t = supervisor_status(s, slot);

	put32(s, &t->kill_signal, signal);
	put32(s, &t->kill_scope, scope);
	events_write_signal(s, slot, signal, scope);
	put32(s, &t->sequence, atomic_load(&t->sequence) + 1);
	events_commit(s);
	act_send_kill(s, slot);
}

void act_stop_kill(struct supervisor *s, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);

	/* Nobody waits for a probe's own idea of an end. */
	if ((atomic_load(&supervisor_status(s, slot)->flags) & FLAG_KILLED) ||
	    p->kind == PLAN_PROBE)
		act_kill(s, slot, SIGKILL, SCOPE_GROUP);
	else
		act_kill(s, slot, p->stop_signal, SCOPE_STOP);
}

void act_stop_kill_once(struct supervisor *s, uint32_t slot)
{
	if (!tend_stops_by_command(s, slot))
		act_stop_kill(s, slot);
}

/* Which kill stops this run is known before it is sent, so that it is sent once. */
static void announce_kill(struct supervisor *s, struct status_slot *t, uint32_t flags)
{
	uint32_t const all = (atomic_load(&t->flags) & FLAGS_MASK) | flags;

	put32(s, &t->flags, all | (atomic_load(&t->sequence) + 1) << FLAGS_SEQUENCE_SHIFT);
}

static uint64_t start_deadline(struct supervisor const *s, struct plan_slot const *p)
{
	bool const waits = p->ready != PLAN_READY_STARTED || p->kind == PLAN_ONESHOT ||
			   p->kind == PLAN_PROBE;

	return waits && p->start_timeout ? s->now + p->start_timeout : 0;
}

/* Timer and notes of the next state, before the state itself; returns the timer. */
static uint64_t prepare(struct supervisor *s, uint32_t slot, uint32_t action, uint64_t deadline)
{
	struct status_slot *t = supervisor_status(s, slot);
	struct plan_slot const *p = plan_slot(s->plan, slot);

	if (action == ACTION_SPAWN) {
		put64(s, &t->ready, 0);
		put32(s, &t->sequence, 0);
		put32(s, &t->flags, atomic_load(&t->flags) & FLAG_DUE);
		deadline = start_deadline(s, p);
		if (p->scheduled)
			put64(s, &t->last_start, s->realtime);
	} else if (action == ACTION_STOP) {
		announce_kill(s, t, FLAG_STOPPED);
		deadline = p->kind == PLAN_PROBE ? 0 : s->now + p->stop_timeout;
	} else if (action == ACTION_KILL) {
		announce_kill(s, t, FLAG_KILLED);
	}
	/* A timer is set before the state that waits for it, and goes after it was left: one that
	   rings without need is cheap, a state that waits for none is for ever. */
	if (deadline != 0)
		put64(s, &t->deadline, deadline);
	return deadline;
}

static void commit(struct supervisor *s, uint32_t slot, uint32_t action)
{
	struct status_slot *t = supervisor_status(s, slot);

	if (action == ACTION_SPAWN) {
		put32(s, &t->generation, atomic_load(&t->generation) + 1);
		events_commit(s);
		act_send_spawn(s, slot);
	} else if (action != ACTION_NONE) {
		act_stop_kill_once(s, slot);
	}
}

void act(struct supervisor *s, uint32_t slot, enum machine_event event, uint64_t deadline)
{
	struct status_slot *t = supervisor_status(s, slot);
	uint32_t const old = atomic_load(&t->state);
	struct machine_step const next = machine_next(old, event);

	if (next.state == old && next.action == ACTION_NONE)
		return;
	deadline = prepare(s, slot, next.action, deadline);
	if (next.state != old) {
		events_write_state(s, slot, old, next.state);
		put64(s, &t->since, s->now);
		put32(s, &t->state, next.state);
		if (next.action != ACTION_SPAWN)
			events_commit(s);
	}
	commit(s, slot, next.action);
	if (deadline == 0)
		put64(s, &t->deadline, 0);
	act_settle(s, slot);
}

void act_ready(struct supervisor *s, uint32_t slot)
{
	struct status_slot *t = supervisor_status(s, slot);

	if (atomic_load(&t->state) != STATUS_STARTING)
		return;
	/* One that shall go down keeps the reason for that. */
	if (atomic_load(&t->wanted))
		act_reason(s, slot, REASON_NONE, 0);
	put64(s, &t->ready, s->now);
	act(s, slot, EVENT_READY, tend_up_deadline(s, slot));
}

static uint32_t standing(struct supervisor const *s, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);
	struct status_slot const *t = supervisor_status(s, slot);
	uint32_t const state = atomic_load(&t->state);
	bool const wanted = atomic_load(&t->wanted);
	bool const ending = atomic_load(&supervisor_header(s)->phase) >= STATUS_ENDING;
	bool met = state == STATUS_UP || state == STATUS_DONE;
	bool active = state != STATUS_DOWN;
	uint32_t bits = 0;

	if (p->scheduled)
		met = state != STATUS_DOWN && state != STATUS_FAILED && atomic_load(&t->next_run);
	/* At the end the order goes through what has failed as well. */
	if (state == STATUS_FAILED && !ending)
		active = false;
	if (met || !act_enabled(p))
		bits |= GRAPH_MET | GRAPH_PASSED;
	if (!wanted || state == STATUS_FAILED)
		bits |= GRAPH_PASSED;
	if (active)
		bits |= GRAPH_ACTIVE;
	if (!wanted)
		bits |= GRAPH_RELEASING;
	if (met || !wanted || state == STATUS_FAILED || p->kind == PLAN_PROBE)
		bits |= GRAPH_SETTLED;
	return bits;
}

void act_set_timer(struct supervisor *s, uint32_t slot)
{
	struct status_slot const *t = supervisor_status(s, slot);
	uint64_t time = atomic_load(&t->deadline);
	uint64_t const run = atomic_load(&t->next_run);

	/* UINT64_MAX: a date that never comes. */
	if (run != 0 && run != UINT64_MAX) {
		uint64_t const wait = run > s->realtime ? run - s->realtime : 0;
		uint64_t const at = wait < UINT64_MAX - s->now ? s->now + wait : UINT64_MAX;

		if (time == 0 || at < time)
			time = at;
	}
	clock_set(&s->clock, slot, time);
}

void act_settle(struct supervisor *s, uint32_t slot)
{
	graph_stand(&s->graph, slot, standing(s, slot));
	act_set_timer(s, slot);
	tend(s, slot);
	graph_push(&s->graph, slot);
}
