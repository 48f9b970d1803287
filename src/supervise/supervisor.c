/* SPDX-License-Identifier: ISC */
/* The step: what changed in the slot table, which timers ran out, who may move now. */
#include "supervise/supervisor.h"

#include "supervise/act.h"
#include "supervise/ending.h"
#include "supervise/events.h"
#include "supervise/exits.h"
#include "supervise/jobs.h"
#include "supervise/messages.h"
#include "supervise/restart.h"
#include "supervise/resume.h"
#include "supervise/tend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The two clocks are read one after the other, and the wall clock is slewed. */
static int64_t const clock_tolerance = INT64_C(500000000);

int supervisor_open(struct supervisor *s, void const *plan, void const *slots, void *status,
		    struct supervisor_host const *host)
{
	uint32_t const count = plan_header(plan)->count;

	*s = (struct supervisor){
		.plan = plan, .slots = slots, .status = status, .host = host, .random = 1
	};
	if (graph_open(&s->graph, plan) < 0)
		return -ENOMEM;
	s->seen = calloc(count + 1, sizeof *s->seen);
	if (s->seen && clock_open(&s->clock, count) == 0) {
		memset(s->seen, 0xff, count * sizeof *s->seen);
		return 0;
	}
	free(s->seen);
	graph_close(&s->graph);
	return -ENOMEM;
}

void supervisor_close(struct supervisor *s)
{
	graph_close(&s->graph);
	clock_close(&s->clock);
	free(s->seen);
}

void supervisor_tell_time(struct supervisor *s, uint64_t now, uint64_t realtime)
{
	s->now = now;
	s->realtime = realtime;
}

uint32_t supervisor_running(struct supervisor const *s)
{
	uint32_t running = 0;

	for (uint32_t i = 0; i < plan_header(s->plan)->visible; i++)
		running += atomic_load(&slot_at_const(s->slots, i)->state) == SLOT_RUNNING;
	return running;
}

void supervisor_begin(struct supervisor *s)
{
	struct verb const ready = { .kind = VERB_READY };

	resume(s);
	s->host->verb(s->host->context, &ready);
}

void supervisor_notified(struct supervisor *s, uint32_t slot, unsigned news)
{
	if (news & NEWS_READY)
		act_ready(s, slot);
	if (news & NEWS_FED)
		tend_fed(s, slot);
	if (news & NEWS_HUNG)
		tend_hungry(s, slot, true);
}

static void changed(struct supervisor *s, uint32_t slot, struct slot_view const *view)
{
	struct status_slot const *t = supervisor_status(s, slot);
	struct plan_slot const *p = plan_slot(s->plan, slot);
	bool const lasting = p->kind == PLAN_LONGRUN || p->kind == PLAN_MAIN;

	/* Of a run that is taken in already, or that nobody asked for. */
	if (view->generation != atomic_load(&t->generation) || !act_has_process(s, slot))
		return;
	if (view->state == SLOT_EXITED)
		exits_take(s, slot, view);
	else if (view->state == SLOT_RUNNING && lasting && p->ready == PLAN_READY_STARTED)
		act_ready(s, slot);
}

static uint64_t seen_value(uint32_t state, uint32_t generation)
{
	return (uint64_t)generation << 32 | state;
}

static void look_at_slots(struct supervisor *s)
{
	for (uint32_t i = 0; i < s->graph.count; i++) {
		struct slot const *slot = slot_at_const(s->slots, i);
		struct slot_view view;

		if (s->seen[i] ==
		    seen_value(atomic_load(&slot->state), atomic_load(&slot->generation)))
			continue;
		slot_read(s->slots, i, &view);
		s->seen[i] = seen_value(view.state, view.generation);
		changed(s, i, &view);
	}
}

static void start_timed_out(struct supervisor *s, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);
	struct status_slot *t = supervisor_status(s, slot);
	char duration[MESSAGE_DURATION_SIZE];

	if (p->kind != PLAN_PROBE) /* whose no is no news */
		message(s, slot, "not %s within %s, stopping it",
			p->kind == PLAN_ONESHOT ? "done" : "ready",
			message_duration(p->start_timeout, duration));
	put32(s, &t->flags, atomic_load(&t->flags) | FLAG_TIMED_OUT);
	act(s, slot, EVENT_DEADLINE, 0);
}

static void stop_timed_out(struct supervisor *s, uint32_t slot)
{
	char duration[MESSAGE_DURATION_SIZE];

	message(s, slot, "did not stop within %s, killed",
		message_duration(plan_slot(s->plan, slot)->stop_timeout, duration));
	act(s, slot, EVENT_DEADLINE, 0);
}

static void deadline_passed(struct supervisor *s, uint32_t slot)
{
	struct status_slot *t = supervisor_status(s, slot);
	uint32_t const state = atomic_load(&t->state);

	if (state == STATUS_STARTING)
		start_timed_out(s, slot);
	else if (state == STATUS_STOPPING)
		stop_timed_out(s, slot);
	else if (state == STATUS_BACKOFF)
		act(s, slot, EVENT_DEADLINE, 0);
	else if (state == STATUS_UP && plan_slot(s->plan, slot)->watchdog)
		tend_hungry(s, slot, false);
	else
		put64(s, &t->deadline, 0); /* of a state that was left when its writer was killed */
}

/* The wall clock was put back or forward: timers of schedules follow it. */
static void look_at_clocks(struct supervisor *s)
{
	uint64_t const skew = s->realtime - s->now;
	int64_t const change = s->skew ? (int64_t)(skew - s->skew) : 0;

	if (s->skew && change < clock_tolerance && change > -clock_tolerance)
		return;
	s->skew = skew;
	for (uint32_t i = 0; i < s->graph.count; i++)
		if (plan_slot(s->plan, i)->scheduled)
			jobs_follow_clock(s, i, change);
}

static void run_timers(struct supervisor *s)
{
	uint32_t slot = 0;

	while (clock_first(&s->clock, &slot) <= s->now) {
		struct status_slot const *t = supervisor_status(s, slot);
		uint64_t const deadline = atomic_load(&t->deadline);
		uint64_t const run = atomic_load(&t->next_run);

		if (deadline != 0 && deadline <= s->now)
			deadline_passed(s, slot);
		if (run != 0 && run <= s->realtime)
			jobs_due(s, slot);
		act_set_timer(s, slot);
	}
}

static void let_down(struct supervisor *s, uint32_t slot)
{
	struct status_slot *t = supervisor_status(s, slot);
	uint32_t const state = atomic_load(&t->state);
	bool const ending = ending_begun(s);
	bool const failed = (atomic_load(&t->flags) & FLAG_NEED_FAILED) && !ending;

	if (state == STATUS_DOWN || state == STATUS_STOPPING || (state == STATUS_FAILED && !ending))
		return;
	if (!graph_may_stop(&s->graph, slot))
		return;
	if (plan_slot(s->plan, slot)->scheduled)
		put64(s, &t->next_run, 0);
	if (act_has_process(s, slot)) {
		act(s, slot, EVENT_UNWANT, 0);
		return;
	}
	act(s, slot, failed ? EVENT_ENDED_FAILED : EVENT_ENDED_DOWN, 0);
}

static void let_start(struct supervisor *s, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);
	struct status_slot *t = supervisor_status(s, slot);

	/* The end of the last run comes first, always: never two at once. */
	if (act_has_process(s, slot) ||
	    !graph_may_start(&s->graph, slot, atomic_load(&t->generation) == 0))
		return;
	if (p->kind == PLAN_BUNDLE) {
		put64(s, &t->ready, s->now);
		act(s, slot, EVENT_READY, 0);
		return;
	}
	if (p->scheduled && atomic_load(&t->next_run) == 0)
		jobs_arm(s, slot);
	if (p->scheduled && !(atomic_load(&t->flags) & FLAG_DUE))
		act(s, slot, EVENT_ARMED, 0);
	else
		act(s, slot, EVENT_MET, 0);
}

static void consider(struct supervisor *s, uint32_t slot)
{
	struct status_slot const *t = supervisor_status(s, slot);
	uint32_t const state = atomic_load(&t->state);

	if (!atomic_load(&t->wanted))
		let_down(s, slot);
	else if (state == STATUS_DOWN)
		act(s, slot, EVENT_WANT, 0);
	else if (state == STATUS_WAITING)
		let_start(s, slot);
	else if (state == STATUS_UP && plan_slot(s->plan, slot)->kind == PLAN_BUNDLE &&
		 graph_has_lost(&s->graph, slot))
		act(s, slot, EVENT_LOST, 0);
}

static void note_phase(struct supervisor *s)
{
	struct status_header *h = supervisor_header(s);
	uint32_t const phase = atomic_load(&h->phase);

	if (phase == STATUS_ENDING && s->graph.active == 0) {
		ending_finish(s);
	} else if (phase == STATUS_BOOTING && s->graph.unsettled == 0) {
		put64(s, &h->booted, s->now);
		events_write_phase(s, STATUS_RUNNING);
		put32(s, &h->phase, STATUS_RUNNING);
		events_commit(s);
	}
}

void supervisor_step(struct supervisor *s)
{
	uint32_t slot;

	if (s->ended)
		return;
	ending_look_for_stop(s);
	look_at_slots(s);
	look_at_clocks(s);
	run_timers(s);
	while ((slot = graph_pop(&s->graph)) != PLAN_NONE)
		consider(s, slot);
	note_phase(s);
}

uint64_t supervisor_next(struct supervisor const *s)
{
	uint32_t slot;

	return clock_first(&s->clock, &slot);
}
