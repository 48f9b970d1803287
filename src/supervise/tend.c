/* SPDX-License-Identifier: ISC */
/* See tend.h. */
#include "supervise/tend.h"

#include "supervise/act.h"
#include "supervise/messages.h"
#include "supervise/restart.h"

enum { NOT_ASKED = 0, HEALTHY = 1, UNHEALTHY = 2 };

static uint32_t state_of(struct supervisor const *s, uint32_t slot)
{
	return atomic_load(&supervisor_status(s, slot)->state);
}

/* The service that `probe` serves, or PLAN_NONE. */
static uint32_t served_by(struct supervisor const *s, uint32_t probe)
{
	struct plan_slot const *p = plan_slot(s->plan, probe);

	return p->kind == PLAN_PROBE && p->parent < s->graph.count ? p->parent : PLAN_NONE;
}

bool tend_is_stop(struct supervisor const *s, uint32_t probe)
{
	uint32_t const slot = served_by(s, probe);

	return slot != PLAN_NONE && plan_slot(s->plan, slot)->stop_command == probe;
}

static bool is_health(struct supervisor const *s, uint32_t probe)
{
	uint32_t const slot = served_by(s, probe);

	return slot != PLAN_NONE && plan_slot(s->plan, slot)->health_probe == probe;
}

uint64_t tend_interval(struct supervisor const *s, uint32_t probe)
{
	return is_health(s, probe) ? plan_slot(s->plan, served_by(s, probe))->health_interval : 0;
}

bool tend_stops_by_command(struct supervisor const *s, uint32_t slot)
{
	struct status_slot const *t = supervisor_status(s, slot);
	uint32_t const flags = atomic_load(&t->flags);
	uint32_t const command = plan_slot(s->plan, slot)->stop_command;

	/* The kill that its stop ends with has not been recorded. */
	return command < s->graph.count && !(flags & FLAG_KILLED) &&
	       flags >> FLAGS_SEQUENCE_SHIFT == ((atomic_load(&t->sequence) + 1) & FLAGS_MASK) &&
	       state_of(s, command) != STATUS_DONE;
}

uint64_t tend_up_deadline(struct supervisor const *s, uint32_t slot)
{
	uint64_t const watchdog = plan_slot(s->plan, slot)->watchdog;

	return watchdog ? s->now + watchdog : 0;
}

static void want_probe(struct supervisor *s, uint32_t probe, bool wanted)
{
	struct status_slot *t;

	if (probe >= s->graph.count)
		return;
	t = supervisor_status(s, probe);
	if (atomic_load(&t->wanted) == wanted)
		return;
	put32(s, &t->failures, 0);
	put32(s, &t->wanted, wanted);
	act_settle(s, probe);
}

void tend(struct supervisor *s, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);
	struct status_slot *t = supervisor_status(s, slot);
	uint32_t const state = atomic_load(&t->state);

	if (p->kind == PLAN_PROBE)
		return;
	if (p->ready == PLAN_READY_PROBE)
		want_probe(s, p->ready_probe, state == STATUS_STARTING);
	want_probe(s, p->health_probe, state == STATUS_UP);
	want_probe(s, p->stop_command, state == STATUS_STOPPING && tend_stops_by_command(s, slot));
	if (state != STATUS_UP && state != STATUS_STOPPING && atomic_load(&t->healthy) != NOT_ASKED)
		put32(s, &t->healthy, NOT_ASKED);
}

/* Down and up again, as if it had failed by itself. */
static void give_up(struct supervisor *s, uint32_t slot, uint32_t reason, uint32_t argument)
{
	struct status_slot *t = supervisor_status(s, slot);

	act_reason(s, slot, reason, (int32_t)argument);
	put32(s, &t->flags, atomic_load(&t->flags) | FLAG_SICK);
	act(s, slot, EVENT_RESTART, 0);
}

static void judge_health(struct supervisor *s, uint32_t slot, uint32_t failures)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);

	/* What waits for its turn to stop is not stopped out of turn. */
	if (state_of(s, slot) != STATUS_UP || failures < p->health_failures ||
	    !atomic_load(&supervisor_status(s, slot)->wanted))
		return;
	message(s, slot, "unhealthy: %u check%s failed, stopping it", failures,
		failures == 1 ? "" : "s in a row");
	put32(s, &supervisor_status(s, slot)->healthy, UNHEALTHY);
	give_up(s, slot, REASON_UNHEALTHY, failures);
}

void tend_answered(struct supervisor *s, uint32_t probe)
{
	uint32_t const slot = served_by(s, probe);
	struct status_slot *t;

	if (slot == PLAN_NONE)
		return;
	t = supervisor_status(s, slot);
	if (plan_slot(s->plan, slot)->ready_probe == probe)
		act_ready(s, slot);
	if (is_health(s, probe) && state_of(s, slot) == STATUS_UP &&
	    atomic_load(&t->healthy) != HEALTHY)
		put32(s, &t->healthy, HEALTHY);
}

void tend_told(struct supervisor *s, uint32_t probe, bool success)
{
	uint32_t const slot = served_by(s, probe);
	struct plan_slot const *p;

	if (slot == PLAN_NONE)
		return;
	p = plan_slot(s->plan, slot);
	if (p->stop_command == probe && state_of(s, slot) == STATUS_STOPPING &&
	    act_has_process(s, slot)) {
		if (!success)
			message(s, slot, "its stop-command failed");
		act_stop_kill_once(s, slot);
		tend(s, slot);
	}
	if (p->health_probe == probe)
		judge_health(s, slot, atomic_load(&supervisor_status(s, probe)->failures));
}

void tend_resume(struct supervisor *s, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);

	if (p->kind != PLAN_PROBE && p->health_probe < s->graph.count)
		judge_health(s, slot,
			     atomic_load(&supervisor_status(s, p->health_probe)->failures));
}

void tend_fed(struct supervisor *s, uint32_t slot)
{
	if (state_of(s, slot) != STATUS_UP || plan_slot(s->plan, slot)->watchdog == 0)
		return;
	put64(s, &supervisor_status(s, slot)->deadline, tend_up_deadline(s, slot));
	act_set_timer(s, slot);
}

void tend_hungry(struct supervisor *s, uint32_t slot, bool said)
{
	char duration[MESSAGE_DURATION_SIZE];

	if (state_of(s, slot) != STATUS_UP || plan_slot(s->plan, slot)->watchdog == 0)
		return;
	if (!atomic_load(&supervisor_status(s, slot)->wanted)) {
		put64(s, &supervisor_status(s, slot)->deadline, 0);
		return;
	}
	message(s, slot, "%s%s, stopping it",
		said ? "says that it is hung" : "no WATCHDOG=1 within ",
		said ? "" : message_duration(plan_slot(s->plan, slot)->watchdog, duration));
	give_up(s, slot, REASON_WATCHDOG, 0);
}
