/* SPDX-License-Identifier: ISC */
/*
 * A monkey at the keyboard of random containers: runs end, become ready, operators command, time
 * passes, the supervisor is killed anywhere. Whatever it does, no service runs twice, the two
 * tables agree once it is quiet, nothing waits for what is there, and a stop ends it all.
 */
#include "simulator.h"

enum { SEEDS = 1000, ACTIONS = 60, SLOTS_MAX = 9 };

static uint32_t dice(uint32_t *random, uint32_t sides)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random % sides;
}

static void random_slot(struct sim *sim, uint32_t slot, uint32_t *random)
{
	struct plan_slot *p = sim_slot(sim, slot);

	p->kind = dice(random, 3);
	p->restart = dice(random, 3);
	p->ready = p->kind == PLAN_LONGRUN ? dice(random, 2) : 0;
	p->start_timeout = dice(random, 2) ? 60 * SECOND : 0;
	p->flags = dice(random, 8) ? PLAN_ENABLED | PLAN_SELECTED : 0;
	if (p->kind == PLAN_ONESHOT && dice(random, 3) == 0) {
		p->scheduled = 1;
		p->schedule.every = (1 + dice(random, 20)) * SECOND;
	}
	if (dice(random, 4) == 0)
		sim->behaviour[slot] = SIM_STUBBORN;
	for (uint32_t other = 0; other < slot; other++)
		if (dice(random, 3) == 0)
			sim_needs(sim, slot, other);
	if (slot > 0 && dice(random, 3) == 0)
		sim_after(sim, slot, dice(random, slot));
}

/* The last slot is a readiness probe of the first longrun that has none of its own. */
static void random_probe(struct sim *sim, uint32_t count)
{
	struct plan_header *h = (struct plan_header *)(void *)sim->plan;
	struct plan_slot *probe = sim_slot(sim, count - 1);

	probe->kind = PLAN_PROBE;
	h->visible = count - 1;
	for (uint32_t i = 0; i < count - 1; i++)
		if (sim_slot(sim, i)->kind == PLAN_LONGRUN && sim_slot(sim, i)->ready == 0) {
			sim_slot(sim, i)->ready = PLAN_READY_PROBE;
			sim_slot(sim, i)->ready_probe = count - 1;
			probe->parent = i;
			return;
		}
}

static void random_plan(struct sim *sim, uint32_t *random)
{
	uint32_t const count = 3 + dice(random, SLOTS_MAX - 3);

	sim_plan(sim, count);
	for (uint32_t i = 0; i < count - 1; i++)
		random_slot(sim, i, random);
	random_probe(sim, count);
}

static void act_randomly(struct sim *sim, uint32_t *random)
{
	static int const ends[] = { 0, 0, 1 << 8, 111 << 8, SIGKILL, SIGSEGV };
	static uint32_t const verbs[] = { VERB_START, VERB_STOP, VERB_RESTART };
	uint32_t const slot = dice(random, plan_header(sim->plan)->count);
	bool const runs = atomic_load(&sim_run_of(sim, slot)->state) == SLOT_RUNNING;

	switch (dice(random, 6)) {
	case 0:
	case 1:
		if (runs)
			sim_ends(sim, slot, ends[dice(random, 6)]);
		break;
	case 2:
		if (runs && sim_slot(sim, slot)->ready == PLAN_READY_FD)
			sim_notify(sim, slot);
		break;
	case 3:
		sim_operate(sim, verbs[dice(random, 3)], slot, 0);
		break;
	case 4:
		sim_pass(sim, dice(random, 12000) * MILLISECOND);
		break;
	default:
		sim->cut_at = sim->cuts + 1 + dice(random, 40);
	}
}

static bool met(struct sim *sim, uint32_t need)
{
	uint32_t const state = sim_state(sim, need);

	if (!(sim_slot(sim, need)->flags & PLAN_ENABLED))
		return true;
	if (sim_slot(sim, need)->scheduled)
		return state != STATUS_DOWN && state != STATUS_FAILED &&
		       atomic_load(&sim_status(sim, need)->next_run) != 0;
	return state == STATUS_UP || state == STATUS_DONE;
}

/* Waiting for nothing: it would wait for ever. */
static bool hangs(struct sim *sim, uint32_t slot)
{
	struct plan_slot const *p = sim_slot(sim, slot);

	if (sim_state(sim, slot) != STATUS_WAITING)
		return false;
	if (p->after.count > 0)
		return false;
	for (uint32_t j = 0; j < p->needs.count; j++)
		if (!met(sim, plan_words(sim->plan, p->needs)[j]))
			return false;
	return true;
}

static void check_slot(struct sim *sim, uint32_t slot)
{
	uint32_t const state = sim_state(sim, slot);
	bool const runs = atomic_load(&sim_run_of(sim, slot)->state) == SLOT_RUNNING;
	bool const expected = state == STATUS_STARTING || state == STATUS_UP ||
			      state == STATUS_STOPPING;

	assert_false(hangs(sim, slot));
	if (sim_slot(sim, slot)->kind == PLAN_BUNDLE)
		return;
	if (runs != expected)
		fail_msg("slot %u %s, but the table says %s", slot, runs ? "runs" : "is gone",
			 status_state_name(state));
	assert_int_equal(atomic_load(&sim_run_of(sim, slot)->generation),
			 atomic_load(&sim_status(sim, slot)->generation));
}

static void play(uint32_t seed)
{
	uint32_t random = seed * 2654435761u + 1;
	struct sim sim;

	random_plan(&sim, &random);
	sim.init_is_quick = dice(&random, 2);
	sim_boot(&sim);
	for (int i = 0; i < ACTIONS && sim.exit_status < 0; i++) {
		act_randomly(&sim, &random);
		assert_int_equal(sim.twice, 0);
		for (uint32_t slot = 0; slot < plan_header(sim.plan)->count; slot++)
			check_slot(&sim, slot);
	}
	sim_stop_signal(&sim, SIGTERM);
	for (uint32_t i = 0; i <= SLOTS_MAX && sim.exit_status < 0; i++)
		sim_pass(&sim, 8 * SECOND);
	assert_int_equal(sim.exit_status, 0);
	assert_int_equal(sim.twice, 0);
	sim_free(&sim);
}

static void whatever_the_monkey_does(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= SEEDS; seed++)
		play(seed);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(whatever_the_monkey_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
