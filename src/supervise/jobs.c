/* SPDX-License-Identifier: ISC */
/* See jobs.h. */
#include "supervise/jobs.h"

#include "supervise/act.h"
#include "supervise/exits.h"
#include "supervise/messages.h"
#include "supervise/restart.h"
#include "supervise/schedule.h"

static uint64_t const second = UINT64_C(1000000000);
/* cron(8)'s own bound: put back by less, no time comes twice; by more, the clock was wrong. */
static int64_t const correction = INT64_C(3) * 3600 * 1000000000;

/* @every keeps its beat: the next multiple after the last time, however late that was seen. */
static uint64_t next_beat(uint64_t every, uint64_t last, uint64_t realtime)
{
	if (last == 0 || last > realtime)
		return realtime + every;
	return last + every * ((realtime - last) / every + 1);
}

static uint64_t next_time(struct supervisor const *s, uint32_t slot)
{
	struct plan_schedule const *schedule = &plan_slot(s->plan, slot)->schedule;
	int64_t next;

	if (schedule->every)
		return next_beat(schedule->every,
				 atomic_load(&supervisor_status(s, slot)->next_run), s->realtime);
	next = schedule_next(schedule, (int64_t)(s->realtime / second), s->host->offset,
			     s->host->context);
	/* A date that never comes: armed all the same, so that who needs it may start. */
	return next < 0 ? UINT64_MAX : (uint64_t)next * second;
}

void jobs_arm(struct supervisor *s, uint32_t slot)
{
	put64(s, &supervisor_status(s, slot)->next_run, next_time(s, slot));
	act_set_timer(s, slot);
}

void jobs_follow_clock(struct supervisor *s, uint32_t slot, int64_t change)
{
	struct status_slot *t = supervisor_status(s, slot);
	uint64_t const run = atomic_load(&t->next_run);
	uint64_t const every = plan_slot(s->plan, slot)->schedule.every;
	uint64_t const moved = run + (uint64_t)change;

	/* A change of which no supervisor has seen both sides must not make it wait for years. */
	if (run != 0 && every)
		put64(s, &t->next_run, moved < s->realtime + every ? moved : s->realtime + every);
	else if (run != 0 && change <= -correction)
		put64(s, &t->next_run, next_time(s, slot));
	act_set_timer(s, slot);
}

static void mark_due(struct supervisor *s, uint32_t slot)
{
	struct status_slot *t = supervisor_status(s, slot);

	put32(s, &t->flags, atomic_load(&t->flags) | FLAG_DUE);
}

void jobs_due(struct supervisor *s, uint32_t slot)
{
	struct status_slot *t = supervisor_status(s, slot);

	if (atomic_load(&t->state) == STATUS_DONE) {
		mark_due(s, slot);
		jobs_arm(s, slot);
		act(s, slot, EVENT_RUN, 0);
		return;
	}
	exits_miss(s, slot, next_time(s, slot));
	act_set_timer(s, slot);
	/* Without a process it waits for what it needs, or the system cannot fork. */
	message(s, slot, "the last run %s, so this one is left out (%u missed)",
		act_has_process(s, slot) ? "has not ended" : "could not begin yet",
		atomic_load(&t->missed));
}

void jobs_run_now(struct supervisor *s, uint32_t slot)
{
	uint32_t const state = atomic_load(&supervisor_status(s, slot)->state);

	if (act_has_process(s, slot))
		return;
	mark_due(s, slot);
	act(s, slot, state == STATUS_DONE ? EVENT_RUN : EVENT_WANT, 0);
}

void jobs_resume(struct supervisor *s, uint32_t slot)
{
	struct status_slot const *t = supervisor_status(s, slot);

	if (atomic_load(&t->state) != STATUS_DONE || !(atomic_load(&t->flags) & FLAG_DUE))
		return;
	if (atomic_load(&t->next_run) <= s->realtime)
		jobs_arm(s, slot);
	act(s, slot, EVENT_RUN, 0);
}
