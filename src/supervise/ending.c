/* SPDX-License-Identifier: ISC */
/* See ending.h. */
#include "supervise/ending.h"

#include "lib/signal_text.h"
#include "supervise/act.h"
#include "supervise/events.h"
#include "supervise/messages.h"
#include "supervise/restart.h"

static void unwant(struct supervisor *s, uint32_t slot)
{
	struct status_slot *t = supervisor_status(s, slot);
	uint32_t const state = atomic_load(&t->state);

	if (state != STATUS_DOWN && state != STATUS_FAILED)
		act_reason(s, slot, REASON_SHUTDOWN, 0);
	put32(s, &t->wanted, 0);
}

void ending_unwant_all(struct supervisor *s)
{
	/* A probe follows the slot that it serves. */
	for (uint32_t i = 0; i < s->graph.count; i++)
		if (atomic_load(&supervisor_status(s, i)->wanted) &&
		    plan_slot(s->plan, i)->kind != PLAN_PROBE)
			unwant(s, i);
	/* The phase changes where a slot stands even if nothing else did. */
	for (uint32_t i = 0; i < s->graph.count; i++)
		act_settle(s, i);
}

void ending_begin(struct supervisor *s, int32_t status, uint32_t slot)
{
	struct status_header *h = supervisor_header(s);

	if (ending_begun(s))
		return;
	put_int(s, &h->exit_status, status);
	put32(s, &h->failed_slot, slot);
	put64(s, &h->ending_since, s->now);
	events_write_phase(s, STATUS_ENDING);
	put32(s, &h->phase, STATUS_ENDING);
	events_commit(s);
	ending_unwant_all(s);
}

void ending_look_for_stop(struct supervisor *s)
{
	struct slot_header const *h = s->slots;
	char name[SIGNAL_TEXT_SIZE];

	if (atomic_load(&h->stop) == SLOT_STOP_NONE || ending_begun(s))
		return;
	message(s, PLAN_NONE, "stopping: %s",
		signal_text_name((int)atomic_load(&h->stop_signal), name));
	ending_begin(s, 0, PLAN_NONE);
}

static bool essential(struct plan_slot const *p)
{
	if (p->kind == PLAN_MAIN)
		return true;
	/* A bundle is a name; whoever needs it speaks for itself. */
	if (p->kind == PLAN_BUNDLE || p->kind == PLAN_PROBE || p->scheduled)
		return false;
	return p->flags & PLAN_ESSENTIAL;
}

struct failure {
	struct supervisor *s;
	uint32_t root;
};

/* Takes a slot along that needs what has failed; a oneshot that is done has had what it needed. */
static bool take_along(void *context, uint32_t slot)
{
	struct failure const *f = context;
	struct status_slot *t = supervisor_status(f->s, slot);
	struct plan_slot const *p = plan_slot(f->s->plan, slot);

	if (!atomic_load(&t->wanted) || act_pool_stands(f->s, slot))
		return false;
	if (p->kind == PLAN_ONESHOT && !p->scheduled && atomic_load(&t->state) == STATUS_DONE)
		return false;
	put32(f->s, &t->flags, atomic_load(&t->flags) | FLAG_NEED_FAILED);
	act_reason(f->s, slot, REASON_NEED_FAILED, (int32_t)f->root);
	put32(f->s, &t->wanted, 0);
	return true;
}

static int32_t exit_status(struct supervisor const *s, uint32_t slot, bool failed)
{
	int32_t const wait_status = atomic_load(&supervisor_status(s, slot)->last_wait_status);

	return wait_status < 0 ? 1 : restart_exit_status(wait_status, failed);
}

static char const *name_of(struct supervisor const *s, uint32_t slot)
{
	return slot == PLAN_NONE ? "" : plan_string(s->plan, plan_slot(s->plan, slot)->name);
}

/* `need` completes what `why` says, or is PLAN_NONE. */
static void end_because_of(struct supervisor *s, uint32_t slot, int32_t status, char const *why,
			   uint32_t need)
{
	if (ending_begun(s))
		return;
	message(s, PLAN_NONE, "stopping: %s %s%s%s", name_of(s, slot), why, name_of(s, need),
		need == PLAN_NONE ? "" : ", which has failed");
	ending_begin(s, status, slot);
}

/* What has failed for good, and ends the container with its status, if `slot` is down with it. */
static uint32_t root_of(struct supervisor const *s, uint32_t slot)
{
	struct status_slot const *t = supervisor_status(s, slot);
	uint32_t const root = (uint32_t)atomic_load(&t->reason_argument);

	/* Its own end may have overwritten the reason, as when it had to be killed. */
	if (atomic_load(&t->reason) != REASON_NEED_FAILED || root >= s->graph.count)
		return slot;
	return root;
}

static void follow_failure(struct supervisor *s, uint32_t slot)
{
	uint32_t const root = root_of(s, slot);
	struct failure f = { .s = s, .root = root };
	uint32_t fatal = essential(plan_slot(s->plan, slot)) ? slot : PLAN_NONE;
	uint32_t const count = graph_needed_by(&s->graph, slot, take_along, &f);

	for (uint32_t i = 1; i < count; i++) {
		uint32_t const other = s->graph.scratch[i];

		act_settle(s, other);
		if (essential(plan_slot(s->plan, other)))
			fatal = fatal == PLAN_NONE ? other : fatal;
		else if (fatal == PLAN_NONE)
			message(s, other, "goes down, as %s, which it needs, has failed",
				plan_string(s->plan, plan_slot(s->plan, root)->name));
	}
	if (fatal != PLAN_NONE)
		end_because_of(s, fatal, exit_status(s, root, true),
			       fatal == root ? "has failed" : "cannot do without ",
			       fatal == root ? PLAN_NONE : root);
}

void ending_follow(struct supervisor *s, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);
	struct status_slot const *t = supervisor_status(s, slot);
	uint32_t const state = atomic_load(&t->state);
	bool const lasting = p->kind == PLAN_LONGRUN || p->kind == PLAN_MAIN;
	bool const taken_along = !atomic_load(&t->wanted) &&
				 (atomic_load(&t->flags) & FLAG_NEED_FAILED);

	if (ending_begun(s))
		return;
	if (state == STATUS_FAILED || taken_along)
		follow_failure(s, slot);
	else if (state == STATUS_DONE && lasting && essential(p))
		end_because_of(s, slot, exit_status(s, slot, false), "has finished", PLAN_NONE);
}

void ending_finish(struct supervisor *s)
{
	struct status_header *h = supervisor_header(s);
	struct verb const verb = {
		.kind = VERB_EXIT,
		.argument = atomic_load(&h->exit_status),
	};

	if (s->ended)
		return;
	/* A supervisor that finds it there says only EXIT again. */
	if (atomic_load(&h->phase) != STATUS_ENDED) {
		events_write_phase(s, STATUS_ENDED);
		put32(s, &h->phase, STATUS_ENDED);
		events_commit(s);
	}
	s->host->verb(s->host->context, &verb);
	s->ended = true;
}
