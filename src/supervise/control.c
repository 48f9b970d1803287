/* SPDX-License-Identifier: ISC */
/* See control.h. */
#include "supervise/control.h"

#include "lib/signal_text.h"
#include "supervise/act.h"
#include "supervise/ending.h"
#include "supervise/events.h"
#include "supervise/jobs.h"
#include "supervise/messages.h"
#include "supervise/restart.h"

#include <string.h>

enum { SIGNAL_MAX = 64, STATUS_MAX = 255 };

static void forgive(struct supervisor *s, uint32_t slot)
{
	struct status_slot *t = supervisor_status(s, slot);

	put32(s, &t->failures, 0);
	put64(s, &t->window, 0);
	put32(s, &t->window_failures, 0);
	put32(s, &t->flags, atomic_load(&t->flags) & ~(uint32_t)FLAG_NEED_FAILED);
}

static void raise_slot(struct supervisor *s, uint32_t slot)
{
	struct status_slot *t = supervisor_status(s, slot);

	forgive(s, slot);
	if (!act_has_process(s, slot))
		act_reason(s, slot, REASON_NONE, 0);
	put32(s, &t->wanted, 1);
	act_settle(s, slot);
}

/* A need that is down or has failed is started as well; one that tries again is left alone. */
static bool take_up(void *context, uint32_t slot)
{
	struct supervisor *s = context;
	struct status_slot const *t = supervisor_status(s, slot);
	bool const failed = atomic_load(&t->state) == STATUS_FAILED;

	if (!act_enabled(plan_slot(s->plan, slot)) || (atomic_load(&t->wanted) && !failed))
		return false;
	raise_slot(s, slot);
	if (failed)
		act(s, slot, EVENT_WANT, 0);
	return true;
}

/* With its first instance a pool is there again. */
static void take_up_pool(struct supervisor *s, uint32_t slot)
{
	uint32_t const pool = graph_pool_of(&s->graph, slot);

	if (pool == PLAN_NONE || atomic_load(&supervisor_status(s, pool)->wanted))
		return;
	raise_slot(s, pool);
	act(s, pool, EVENT_WANT, 0);
}

static bool start(struct supervisor *s, uint32_t slot)
{
	struct status_slot const *t = supervisor_status(s, slot);
	bool const runs = act_has_process(s, slot) || atomic_load(&t->state) == STATUS_UP;

	if (!act_enabled(plan_slot(s->plan, slot))) {
		message(s, slot, "not started, as its enabled-if does not hold");
		return false;
	}
	events_operator(s, slot, VERB_START);
	if (!runs || !atomic_load(&t->wanted))
		message(s, slot, "starting: asked by an operator");
	raise_slot(s, slot);
	(void)graph_needs_of(&s->graph, slot, take_up, s);
	take_up_pool(s, slot);
	if (plan_slot(s->plan, slot)->scheduled)
		jobs_run_now(s, slot);
	else
		act(s, slot, EVENT_WANT, 0);
	return true;
}

static void lower_slot(struct supervisor *s, uint32_t slot, uint32_t reason, uint32_t argument)
{
	act_reason(s, slot, reason, (int32_t)argument);
	put32(s, &supervisor_status(s, slot)->wanted, 0);
}

struct stop {
	struct supervisor *s;
	uint32_t root;
};

static bool take_down(void *context, uint32_t slot)
{
	struct stop const *stop = context;

	if (!atomic_load(&supervisor_status(stop->s, slot)->wanted) ||
	    act_pool_stands(stop->s, slot))
		return false;
	lower_slot(stop->s, slot, REASON_NEED_STOPPED, stop->root);
	return true;
}

static bool stop(struct supervisor *s, uint32_t slot)
{
	struct stop context = { .s = s, .root = slot };
	uint32_t count;

	events_operator(s, slot, VERB_STOP);
	if (atomic_load(&supervisor_status(s, slot)->wanted))
		message(s, slot, "stopping: asked by an operator");
	/* The slot itself first: resume.c finishes from it what was cut. */
	forgive(s, slot);
	lower_slot(s, slot, REASON_OPERATOR, 0);
	count = graph_needed_by(&s->graph, slot, take_down, &context);
	for (uint32_t i = 0; i < count; i++) {
		act_settle(s, s->graph.scratch[i]);
		if (i > 0)
			message(s, s->graph.scratch[i],
				"goes down, as %s, which it needs, is stopped",
				plan_string(s->plan, plan_slot(s->plan, slot)->name));
	}
	if (atomic_load(&supervisor_status(s, slot)->state) == STATUS_FAILED)
		act(s, slot, EVENT_ENDED_DOWN, 0);
	return true;
}

static bool restart(struct supervisor *s, uint32_t slot)
{
	uint32_t const state = atomic_load(&supervisor_status(s, slot)->state);
	bool const runs = act_has_process(s, slot) &&
			  (state == STATUS_UP || state == STATUS_STARTING);

	if (!runs || plan_slot(s->plan, slot)->scheduled)
		return start(s, slot);
	events_operator(s, slot, VERB_RESTART);
	message(s, slot, "restarting: asked by an operator");
	forgive(s, slot);
	act(s, slot, EVENT_RESTART, 0);
	return true;
}

static bool send_signal(struct supervisor *s, struct verb const *verb)
{
	char name[SIGNAL_TEXT_SIZE];

	if (verb->argument < 1 || verb->argument > SIGNAL_MAX || !act_has_process(s, verb->slot))
		return false;
	events_operator(s, verb->slot, VERB_SIGNAL);
	message(s, verb->slot, "%s sent by an operator", signal_text_name(verb->argument, name));
	act_kill(s, verb->slot, (uint32_t)verb->argument, verb->scope);
	return true;
}

static bool shut_down(struct supervisor *s, struct verb const *verb)
{
	if (verb->argument < 0 || verb->argument > STATUS_MAX)
		return false;
	events_operator(s, PLAN_NONE, VERB_SHUTDOWN);
	message(s, PLAN_NONE, "stopping: asked by an operator");
	ending_begin(s, verb->argument, PLAN_NONE);
	return true;
}

/* Init knows by the sequence whether it has been asked before; this process is at its end. */
static bool upgrade(struct supervisor *s, struct verb const *verb)
{
	struct verb const record = { .kind = VERB_UPGRADE, .sequence = verb->sequence };

	events_operator(s, PLAN_NONE, VERB_UPGRADE);
	message(s, PLAN_NONE, "upgrading: asked by an operator");
	s->host->verb(s->host->context, &record);
	return true;
}

static bool obey(struct supervisor *s, struct verb const *verb)
{
	struct slot_header const *slots = s->slots;

	if (verb->generation != atomic_load(&slots->plan_generation))
		return false;
	if (verb->kind == VERB_SHUTDOWN)
		return !ending_begun(s) && shut_down(s, verb);
	if (verb->kind == VERB_UPGRADE)
		return !ending_begun(s) && upgrade(s, verb);
	if (verb->slot >= plan_header(s->plan)->visible)
		return false;
	if (verb->kind == VERB_SIGNAL)
		return send_signal(s, verb);
	if (ending_begun(s))
		return false;
	switch (verb->kind) {
	case VERB_START:
		return start(s, verb->slot);
	case VERB_STOP:
		return stop(s, verb->slot);
	case VERB_RESTART:
		return restart(s, verb->slot);
	default:
		return false;
	}
}

static void count(struct supervisor *s, bool obeyed)
{
	struct status_header *h = supervisor_header(s);
	_Atomic uint32_t *counter = obeyed ? &h->control_records : &h->control_ignored;

	put32(s, counter, atomic_load(counter) + 1);
}

/* Where the next record may begin after a bad one: at a magic number, or at a part of one. */
static size_t next_magic(unsigned char const *bytes, size_t size)
{
	uint32_t const magic = VERB_MAGIC;

	for (size_t at = 1; at < size; at++) {
		size_t const left = size - at;

		if (memcmp(bytes + at, &magic, left < sizeof magic ? left : sizeof magic) == 0)
			return at;
	}
	return size;
}

size_t control_take(struct supervisor *s, unsigned char const *bytes, size_t size, bool drained)
{
	size_t at = 0;

	while (size - at >= VERB_SIZE) {
		struct verb verb;

		if (verb_unpack(bytes + at, &verb) == 0) {
			count(s, obey(s, &verb));
			at += VERB_SIZE;
			continue;
		}
		count(s, false);
		at += next_magic(bytes + at, size - at);
	}
	if (!drained || at == size)
		return at;
	count(s, false);
	return size;
}
