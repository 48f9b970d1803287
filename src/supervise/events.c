/* SPDX-License-Identifier: ISC */
/* See events.h, and wire/status.h for the order of the stores. */
#include "supervise/events.h"

#include "supervise/restart.h"

static struct status_event *place(struct supervisor const *s, uint64_t number)
{
	char *table = s->status;

	return (struct status_event *)(void *)(table + status_event_offset(s->graph.count, number));
}

void events_write(struct supervisor *s, struct status_event_view const *view)
{
	uint64_t const number = atomic_load(&supervisor_header(s)->events) + 1;
	struct status_event *event = place(s, number);

	if (view->slot < s->graph.count && plan_slot(s->plan, view->slot)->kind == PLAN_PROBE)
		return;
	put64(s, &event->number, 0);
	put64(s, &event->time, s->now);
	put64(s, &event->subject, view->slot | (uint64_t)view->generation << 32);
	put64(s, &event->what,
	      view->kind | view->state << 8 | view->reason << 16 |
		  (uint64_t)(view->detail & 0xff) << 24 | (uint64_t)(uint32_t)view->argument << 32);
	put64(s, &event->number, number);
	s->noting = number;
}

void events_commit(struct supervisor *s)
{
	if (s->noting)
		put64(s, &supervisor_header(s)->events, s->noting);
	s->noting = 0;
}

/* What is known of a new state's reason; that of an older one may still stand there. */
static uint32_t reason_of(struct supervisor const *s, uint32_t slot, uint32_t from, uint32_t to)
{
	struct status_slot const *t = supervisor_status(s, slot);
	uint32_t const flags = atomic_load(&t->flags);
	bool const ran = from == STATUS_STARTING || from == STATUS_UP || from == STATUS_STOPPING;

	if (to == STATUS_STARTING || to == STATUS_UP || (to == STATUS_WAITING && !ran))
		return REASON_NONE;
	if (to == STATUS_STOPPING && atomic_load(&t->wanted)) {
		if (flags & FLAG_TIMED_OUT)
			return REASON_START_TIMEOUT;
		if (!(flags & FLAG_SICK))
			return REASON_NONE;
	}
	return atomic_load(&t->reason);
}

void events_write_state(struct supervisor *s, uint32_t slot, uint32_t from, uint32_t to)
{
	struct status_slot const *t = supervisor_status(s, slot);
	struct status_event_view view = {
		.slot = slot,
		.generation = atomic_load(&t->generation) + (to == STATUS_STARTING),
		.kind = NOTED_STATE,
		.state = to,
		.reason = reason_of(s, slot, from, to),
	};

	if (view.reason == atomic_load(&t->reason))
		view.argument = atomic_load(&t->reason_argument);
	if (view.reason == REASON_SPAWN)
		view.detail = atomic_load(&t->reason_step);
	events_write(s, &view);
}

void events_write_signal(struct supervisor *s, uint32_t slot, uint32_t signal, uint32_t scope)
{
	struct status_slot const *t = supervisor_status(s, slot);
	struct status_event_view const view = {
		.slot = slot,
		.generation = atomic_load(&t->generation),
		.kind = NOTED_SIGNAL,
		.reason = (atomic_load(&t->sequence) + 1) & 0xff,
		.detail = scope,
		.argument = (int32_t)signal,
	};

	events_write(s, &view);
}

void events_write_phase(struct supervisor *s, uint32_t phase)
{
	struct status_header const *h = supervisor_header(s);
	struct status_event_view const view = {
		.slot = atomic_load(&h->failed_slot),
		.kind = NOTED_PHASE,
		.state = phase,
		.argument = atomic_load(&h->exit_status),
	};

	events_write(s, &view);
}

static void note(struct supervisor *s, struct status_event_view const *view)
{
	events_write(s, view);
	events_commit(s);
}

void events_operator(struct supervisor *s, uint32_t slot, uint32_t verb)
{
	struct status_event_view const view = {
		.slot = slot,
		.kind = NOTED_OPERATOR,
		.argument = (int32_t)verb,
	};

	note(s, &view);
}

void events_begin(struct supervisor *s)
{
	if (atomic_load(&supervisor_header(s)->events) != 0)
		put64(s, &supervisor_header(s)->events, 0);
}

/* The store that it tells of was made. */
static bool came_true(struct supervisor const *s, struct status_event_view const *view)
{
	struct status_slot const *t;

	if (view->kind == NOTED_PHASE)
		return atomic_load(&supervisor_header(s)->phase) == view->state;
	if (view->slot >= s->graph.count)
		return false;
	t = supervisor_status(s, view->slot);
	if (view->kind == NOTED_SIGNAL)
		return atomic_load(&t->generation) == view->generation &&
		       (atomic_load(&t->sequence) & 0xff) == view->reason;
	if (view->kind != NOTED_STATE)
		return false;
	if (view->state == STATUS_STARTING)
		return atomic_load(&t->generation) == view->generation;
	return atomic_load(&t->state) == view->state && atomic_load(&t->since) == view->time;
}

void events_resume(struct supervisor *s, uint32_t kept)
{
	struct slot_header const *slots = s->slots;
	uint64_t const number = atomic_load(&supervisor_header(s)->events) + 1;
	struct status_event_view view;
	struct status_event_view const here = {
		.slot = PLAN_NONE,
		.generation = atomic_load(&slots->supervisor_starts),
		.kind = NOTED_SUPERVISOR,
		.argument = (int32_t)kept,
	};

	if (status_event_peek(s->status, number, &view) == 0 && came_true(s, &view))
		s->noting = number;
	events_commit(s);
	note(s, &here);
}
