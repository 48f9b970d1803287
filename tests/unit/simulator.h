/* SPDX-License-Identifier: ISC */
/*
 * A container without processes: a plan made by hand, an init that answers verbs by the rules of
 * wire/verb.h, two clocks that tests push, and a supervisor that can be killed after any store
 * and any verb. Runs end when a test says so, or when a signal reaches them.
 */
#ifndef ORLOP_TESTS_SIMULATOR_H
#define ORLOP_TESTS_SIMULATOR_H

#include "simulator_plan.h"

static inline void sim_note(struct sim *sim, char sign, uint32_t slot)
{
	size_t const used = strlen(sim->trace);

	if (used + 16 < SIM_TRACE)
		(void)snprintf(sim->trace + used, SIM_TRACE - used, "%c%u ", sign, slot);
}

/* A run ends by itself. */
static inline void sim_exit(struct sim *sim, uint32_t slot, int wait_status)
{
	struct slot *run = sim_run_of(sim, slot);

	assert_int_equal(atomic_load(&run->state), SLOT_RUNNING);
	sim_note(sim, '-', slot);
	slot_end(run, wait_status, sim->now);
}

/* … before its exec, at `step`. */
static inline void sim_cannot_start(struct sim *sim, uint32_t slot, uint32_t step, int error)
{
	struct slot *run = sim_run_of(sim, slot);

	atomic_store(&run->error_step, step);
	atomic_store(&run->error_number, error);
	sim_exit(sim, slot, 127 << 8);
}

static inline void sim_init_spawn(struct sim *sim, struct verb const *verb)
{
	struct slot *run = sim_run_of(sim, verb->slot);

	if (atomic_load(&run->generation) + 1 != verb->generation ||
	    atomic_load(&run->state) != SLOT_IDLE) {
		sim->ignored++;
		if (atomic_load(&run->generation) < verb->generation)
			sim->twice++;
		return;
	}
	sim->spawns[verb->slot]++;
	slot_begin(run, verb->generation, (int)(1000 + verb->slot), sim->now);
	if (sim->behaviour[verb->slot] & SIM_NO_FORK) {
		atomic_store(&run->error_step, STEP_FORK);
		atomic_store(&run->error_number, 11);
		slot_end(run, 111 << 8, sim->now);
		return;
	}
	sim_note(sim, '+', verb->slot);
}

static inline void sim_init_kill(struct sim *sim, struct verb const *verb)
{
	struct slot *run = sim_run_of(sim, verb->slot);

	if (atomic_load(&run->generation) != verb->generation ||
	    atomic_load(&run->state) != SLOT_RUNNING ||
	    verb->sequence != atomic_load(&run->sequence) + 1) {
		sim->ignored++;
		return;
	}
	atomic_store(&run->sequence, verb->sequence);
	sim->kills[verb->slot]++;
	if (verb->argument == SIGHUP || sim->behaviour[verb->slot] & SIM_LATE)
		return;
	if (verb->argument == SIGKILL || !(sim->behaviour[verb->slot] & SIM_STUBBORN))
		sim_exit(sim, verb->slot, verb->argument);
}

static inline void sim_init_ack(struct sim *sim, struct verb const *verb)
{
	struct slot *run = sim_run_of(sim, verb->slot);

	if (atomic_load(&run->generation) == verb->generation &&
	    atomic_load(&run->state) == SLOT_EXITED)
		atomic_store(&run->state, SLOT_IDLE);
	else
		sim->ignored++;
}

/* Init takes what lies in the pipe. */
static inline void sim_init(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->verb_count; i++) {
		struct verb const *verb = &sim->verbs[i];

		if (verb->kind == VERB_SPAWN)
			sim_init_spawn(sim, verb);
		else if (verb->kind == VERB_KILL)
			sim_init_kill(sim, verb);
		else if (verb->kind == VERB_ACK)
			sim_init_ack(sim, verb);
		else if (verb->kind == VERB_EXIT)
			sim->exit_status = verb->argument;
		else
			sim->readies++;
	}
	sim->verb_count = 0;
}

static inline void sim_count_cut(struct sim *sim)
{
	if (sim->cutting && sim->cut_at && ++sim->cuts == sim->cut_at)
		longjmp(sim->cut, 1);
}

static inline void sim_on_verb(void *context, struct verb const *verb)
{
	struct sim *sim = context;

	sim_count_cut(sim);
	assert_true(sim->verb_count < SIM_VERBS);
	sim->verbs[sim->verb_count++] = *verb;
	sim_count_cut(sim);
}

static inline void sim_on_say(void *context, char const *line)
{
	struct sim *sim = context;
	size_t const used = strlen(sim->said);

	if (used + strlen(line) + 2 < SIM_TEXT)
		(void)snprintf(sim->said + used, SIM_TEXT - used, "%s\n", line);
}

static inline void sim_on_forget(void *context, uint32_t slot)
{
	((struct sim *)context)->gone[slot]++;
}

static inline int32_t sim_on_offset(void *context, int64_t time)
{
	(void)time;
	return ((struct sim *)context)->offset;
}

static inline void sim_on_stored(void *context)
{
	sim_count_cut(context);
}

static inline void sim_open(struct sim *sim)
{
	sim->host = (struct supervisor_host){
		.verb = sim_on_verb,
		.say = sim_on_say,
		.forget = sim_on_forget,
		.offset = sim_on_offset,
		.stored = sim_on_stored,
		.context = sim,
	};
	assert_int_equal(
	    supervisor_open(&sim->supervisor, sim->plan, sim->slots, sim->status, &sim->host), 0);
	sim->open = true;
	sim->supervisor.random = 12345;
	supervisor_tell_time(&sim->supervisor, sim->now, sim->real);
}

/* kill -9 of the supervisor: all that it knew is gone, its successor begins. */
static inline void sim_kill_supervisor(struct sim *sim)
{
	bool const cutting = sim->cutting;

	sim->kills_of_supervisor++;
	supervisor_close(&sim->supervisor);
	sim_open(sim);
	sim->cutting = false;
	supervisor_begin(&sim->supervisor);
	sim->cutting = cutting;
}

enum sim_call { SIM_BEGIN, SIM_STEP, SIM_NOTIFIED, SIM_FED, SIM_HUNG, SIM_CONTROL };

static inline void sim_call_once(struct sim *sim, enum sim_call call, uint32_t slot,
				 unsigned char const *record)
{
	supervisor_tell_time(&sim->supervisor, sim->now, sim->real);
	if (call == SIM_BEGIN)
		supervisor_begin(&sim->supervisor);
	else if (call == SIM_STEP)
		supervisor_step(&sim->supervisor);
	else if (call == SIM_NOTIFIED)
		supervisor_notified(&sim->supervisor, slot, NEWS_READY);
	else if (call == SIM_FED)
		supervisor_notified(&sim->supervisor, slot, NEWS_FED);
	else if (call == SIM_HUNG)
		supervisor_notified(&sim->supervisor, slot, NEWS_HUNG);
	else
		(void)control_take(&sim->supervisor, record, VERB_SIZE, true);
}

/* A call that may be cut; the successor is asked the same again, as the world still asks it. */
static inline void sim_call(struct sim *sim, enum sim_call call, uint32_t slot,
			    unsigned char const *record)
{
	if (setjmp(sim->cut) == 0) {
		sim->cutting = true;
		sim_call_once(sim, call, slot, record);
		sim->cutting = false;
		return;
	}
	sim->cutting = false;
	if (sim->init_is_quick)
		sim_init(sim);
	sim_kill_supervisor(sim);
	if (call != SIM_BEGIN)
		sim_call_once(sim, call, slot, record);
}

/* Steps until nothing happens any more at this time. */
static inline void sim_settle(struct sim *sim)
{
	do {
		sim_init(sim);
		sim_call(sim, SIM_STEP, 0, NULL);
	} while (sim->verb_count > 0);
}

static inline void sim_boot(struct sim *sim)
{
	sim_open(sim);
	sim_call(sim, SIM_BEGIN, 0, NULL);
	sim_settle(sim);
}

static inline void sim_notify(struct sim *sim, uint32_t slot)
{
	sim_call(sim, SIM_NOTIFIED, slot, NULL);
	sim_settle(sim);
}

/* WATCHDOG=1, or WATCHDOG=trigger. */
static inline void sim_watchdog(struct sim *sim, uint32_t slot, bool hung)
{
	sim_call(sim, hung ? SIM_HUNG : SIM_FED, slot, NULL);
	sim_settle(sim);
}

static inline void sim_operate(struct sim *sim, uint32_t kind, uint32_t slot, int32_t argument)
{
	struct verb const verb = {
		.kind = kind, .slot = slot, .generation = 1, .argument = argument
	};
	unsigned char record[VERB_SIZE];

	verb_pack(record, &verb);
	sim->asked++;
	sim_call(sim, SIM_CONTROL, slot, record);
	sim_settle(sim);
}

/* Lets time pass, waking at each timer. */
static inline void sim_pass(struct sim *sim, uint64_t nanoseconds)
{
	uint64_t const end = sim->now + nanoseconds;

	for (;;) {
		uint64_t const next = supervisor_next(&sim->supervisor);
		uint64_t const to = next > end ? end : next;

		if (to > sim->now) {
			sim->real += to - sim->now;
			sim->now = to;
		}
		sim_settle(sim);
		if (sim->now >= end && supervisor_next(&sim->supervisor) > sim->now)
			return;
	}
}

static inline void sim_ends(struct sim *sim, uint32_t slot, int wait_status)
{
	sim_exit(sim, slot, wait_status);
	sim_settle(sim);
}

static inline void sim_stop_signal(struct sim *sim, int signal)
{
	struct slot_header *h = sim->slots;

	atomic_store(&h->stop_signal, (uint32_t)signal);
	atomic_store(&h->stop, SLOT_STOP_ORDERED);
	sim_settle(sim);
}

#define assert_state(sim, slot, wanted)                              \
	assert_string_equal(status_state_name(sim_state(sim, slot)), \
			    status_state_name(STATUS_##wanted))
#define assert_said(sim, text)                                                 \
	do {                                                                   \
		if (!strstr((sim)->said, text))                                \
			fail_msg("not said: %s\nbut:\n%s", text, (sim)->said); \
	} while (0)
#define assert_not_said(sim, text) assert_null(strstr((sim)->said, text))

#endif
