/* SPDX-License-Identifier: ISC */
/* What operators may do, and that nothing else gets through the pipe. */
#include "simulator.h"

#include "supervise/control.h"

static uint32_t ignored(struct sim *sim)
{
	return atomic_load(&((struct status_header *)sim->status)->control_ignored);
}

static uint32_t taken(struct sim *sim)
{
	return atomic_load(&((struct status_header *)sim->status)->control_records);
}

static void stop_takes_dependents_first(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 4);
	sim_needs(&sim, 0, 1);
	sim_needs(&sim, 1, 2);
	sim_after(&sim, 3, 2);
	sim_boot(&sim);
	sim.trace[0] = '\0';
	sim_operate(&sim, VERB_STOP, 2, 0);
	assert_string_equal(sim.trace, "-0 -1 -2 ");
	assert_state(&sim, 3, UP);
	assert_state(&sim, 2, DOWN);
	assert_int_equal(atomic_load(&sim_status(&sim, 2)->reason), REASON_OPERATOR);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(atomic_load(&sim_status(&sim, i)->reason), REASON_NEED_STOPPED);
		assert_int_equal(atomic_load(&sim_status(&sim, i)->reason_argument), 2);
	}
	assert_int_equal(sim.exit_status, -1);
	assert_int_equal(taken(&sim), 1);
	sim_free(&sim);
}

/* 0 needs the pool 1, whose instances are 2 and 3. */
static void a_pool_and_its_user(struct sim *sim)
{
	sim_plan(sim, 4);
	sim_pool(sim, 1, 2, 3);
	sim_needs(sim, 0, 1);
}

static void a_pool_goes_down_with_one_instance(void **state)
{
	struct sim sim;

	(void)state;
	a_pool_and_its_user(&sim);
	sim_boot(&sim);
	assert_string_equal(sim.trace, "+2 +3 +0 ");
	sim.trace[0] = '\0';
	sim_operate(&sim, VERB_STOP, 2, 0);
	assert_string_equal(sim.trace, "-2 ");
	assert_state(&sim, 1, UP);
	/* What is started meanwhile finds a pool. */
	sim_operate(&sim, VERB_RESTART, 0, 0);
	assert_state(&sim, 0, UP);
	assert_state(&sim, 2, DOWN);
	sim.trace[0] = '\0';
	sim_operate(&sim, VERB_STOP, 3, 0);
	assert_string_equal(sim.trace, "-0 -3 ");
	assert_state(&sim, 1, DOWN);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason), REASON_NEED_STOPPED);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason_argument), 3);
	sim_free(&sim);
}

static void a_pool_is_not_there_again_with_its_first_instance(void **state)
{
	struct sim sim;

	(void)state;
	a_pool_and_its_user(&sim);
	sim_boot(&sim);
	sim_operate(&sim, VERB_STOP, 1, 0);
	assert_state(&sim, 0, DOWN);
	assert_state(&sim, 2, UP);
	sim_operate(&sim, VERB_STOP, 2, 0);
	sim_operate(&sim, VERB_STOP, 3, 0);
	assert_state(&sim, 1, DOWN);
	sim_operate(&sim, VERB_START, 3, 0);
	assert_state(&sim, 3, UP);
	assert_state(&sim, 1, UP);
	assert_state(&sim, 2, DOWN);
	/* The user brings up what it needs, and no more. */
	sim_operate(&sim, VERB_START, 0, 0);
	assert_state(&sim, 0, UP);
	assert_state(&sim, 2, DOWN);
	sim_operate(&sim, VERB_STOP, 3, 0);
	sim_operate(&sim, VERB_START, 0, 0);
	assert_state(&sim, 2, UP);
	assert_state(&sim, 3, UP);
	sim_free(&sim);
}

static void a_pool_blinks_when_one_instance_starts_again(void **state)
{
	struct sim sim;
	uint64_t since;

	(void)state;
	a_pool_and_its_user(&sim);
	sim_boot(&sim);
	since = atomic_load(&sim_status(&sim, 1)->since);
	sim_pass(&sim, SECOND);
	sim_ends(&sim, 2, 1 << 8);
	sim_pass(&sim, SECOND);
	assert_state(&sim, 2, UP);
	assert_true(atomic_load(&sim_status(&sim, 1)->since) == since);
	/* All of them at once: it is away, its user stays. */
	sim_exit(&sim, 2, 1 << 8);
	sim_ends(&sim, 3, 1 << 8);
	assert_state(&sim, 1, WAITING);
	assert_state(&sim, 0, UP);
	sim_pass(&sim, SECOND);
	assert_state(&sim, 1, UP);
	sim_free(&sim);
}

static void a_pool_is_up_before_all_of_it_is(void **state)
{
	struct sim sim;

	(void)state;
	a_pool_and_its_user(&sim);
	sim_slot(&sim, 2)->ready = PLAN_READY_FD;
	sim_boot(&sim);
	assert_state(&sim, 3, UP);
	assert_state(&sim, 1, WAITING);
	assert_state(&sim, 0, WAITING);
	sim_notify(&sim, 2);
	assert_state(&sim, 0, UP);
	sim.trace[0] = '\0';
	sim_stop_signal(&sim, SIGTERM);
	assert_string_equal(sim.trace, "-0 -2 -3 ");
	sim_free(&sim);
}

static void stop_of_an_essential_slot_does_not_end_the_container(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_slot(&sim, 0)->flags |= PLAN_ESSENTIAL;
	sim_boot(&sim);
	sim_operate(&sim, VERB_STOP, 0, 0);
	assert_state(&sim, 0, DOWN);
	assert_int_equal(sim.exit_status, -1);
	sim_free(&sim);
}

static void start_raises_all_that_it_needs(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 4);
	for (uint32_t i = 0; i < 4; i++)
		sim_slot(&sim, i)->flags = PLAN_ENABLED;
	sim_needs(&sim, 0, 1);
	sim_needs(&sim, 1, 2);
	sim_boot(&sim);
	assert_string_equal(sim.trace, "");
	sim_operate(&sim, VERB_START, 0, 0);
	assert_string_equal(sim.trace, "+2 +1 +0 ");
	assert_state(&sim, 3, DOWN);
	sim_free(&sim);
}

static void start_forgives_a_failure_and_its_dependents_needs(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_needs(&sim, 0, 1);
	sim_slot(&sim, 1)->restart_limit = 1;
	sim_boot(&sim);
	sim_ends(&sim, 1, 1 << 8);
	assert_state(&sim, 0, FAILED);
	assert_state(&sim, 1, FAILED);
	sim_operate(&sim, VERB_START, 0, 0);
	assert_state(&sim, 1, UP);
	assert_state(&sim, 0, UP);
	assert_int_equal(atomic_load(&sim_status(&sim, 1)->window_failures), 0);
	/* The old failure is forgotten: an operator's stop is a stop, not a failure. */
	sim_operate(&sim, VERB_STOP, 1, 0);
	assert_state(&sim, 0, DOWN);
	sim_free(&sim);
}

static void start_ends_a_backoff(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_boot(&sim);
	sim_ends(&sim, 0, 1 << 8);
	assert_state(&sim, 0, BACKOFF);
	sim_operate(&sim, VERB_START, 0, 0);
	assert_state(&sim, 0, UP);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->failures), 0);
	sim_free(&sim);
}

static void start_during_a_stop_comes_up_again(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim.behaviour[0] = SIM_STUBBORN;
	sim_boot(&sim);
	sim_operate(&sim, VERB_STOP, 0, 0);
	assert_state(&sim, 0, STOPPING);
	sim_operate(&sim, VERB_START, 0, 0);
	sim_ends(&sim, 0, 0);
	assert_state(&sim, 0, UP);
	assert_int_equal(sim.spawns[0], 2);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->failures), 0);
	sim_free(&sim);
}

static void a_disabled_slot_is_not_started(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_slot(&sim, 0)->flags = PLAN_SELECTED;
	sim_boot(&sim);
	sim_operate(&sim, VERB_START, 0, 0);
	assert_state(&sim, 0, DOWN);
	assert_said(&sim, "s0: not started, as its enabled-if does not hold");
	assert_int_equal(ignored(&sim), 1);
	sim_free(&sim);
}

static void restart_is_down_and_up_of_one_slot(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_needs(&sim, 0, 1);
	sim_boot(&sim);
	sim.trace[0] = '\0';
	sim_operate(&sim, VERB_RESTART, 1, 0);
	assert_string_equal(sim.trace, "-1 +1 ");
	assert_state(&sim, 1, UP);
	assert_int_equal(atomic_load(&sim_status(&sim, 1)->window_failures), 0);
	sim_free(&sim);
}

static void signals_are_sent_once_each(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_boot(&sim);
	sim_operate(&sim, VERB_SIGNAL, 0, SIGHUP);
	sim_operate(&sim, VERB_SIGNAL, 0, SIGHUP);
	assert_int_equal(sim.kills[0], 2);
	assert_state(&sim, 0, UP);
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	assert_int_equal(sim.kills[0], 2);
	sim_operate(&sim, VERB_SIGNAL, 0, 0);
	sim_operate(&sim, VERB_SIGNAL, 0, 65);
	assert_int_equal(ignored(&sim), 2);
	sim_free(&sim);
}

static void shutdown_ends_with_its_status_and_what_comes_later_is_ignored(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim.behaviour[0] = SIM_STUBBORN;
	sim_boot(&sim);
	sim_operate(&sim, VERB_SHUTDOWN, 0, 5);
	sim_operate(&sim, VERB_START, 1, 0);
	sim_operate(&sim, VERB_RESTART, 1, 0);
	sim_operate(&sim, VERB_SHUTDOWN, 0, 6);
	assert_int_equal(ignored(&sim), 3);
	sim_ends(&sim, 0, 0);
	assert_int_equal(sim.exit_status, 5);
	assert_int_equal(sim.spawns[1], 1);
	sim_free(&sim);
}

static void an_upgrade_is_not_passed_on_or_ends_something(void **state)
{
	struct sim sim;
	uint32_t readies;

	(void)state;
	sim_plan(&sim, 1);
	sim.behaviour[0] = SIM_STUBBORN;
	sim_boot(&sim);
	readies = sim.readies; /* all verbs that are no slot's */
	sim_operate(&sim, VERB_UPGRADE, UINT32_MAX, 0);
	assert_int_equal(sim.readies, readies + 1);
	assert_int_equal(taken(&sim), 1);
	assert_state(&sim, 0, UP);
	sim_operate(&sim, VERB_SHUTDOWN, 0, 0);
	sim_operate(&sim, VERB_UPGRADE, UINT32_MAX, 0);
	assert_int_equal(sim.readies, readies + 1);
	assert_int_equal(ignored(&sim), 1);
	sim_free(&sim);
}

static void a_scheduled_slot_runs_now_and_never_twice(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_slot(&sim, 0)->kind = PLAN_ONESHOT;
	sim_slot(&sim, 0)->scheduled = 1;
	sim_slot(&sim, 0)->schedule.every = 3600 * SECOND;
	sim_boot(&sim);
	sim_operate(&sim, VERB_START, 0, 0);
	assert_state(&sim, 0, STARTING);
	sim_operate(&sim, VERB_START, 0, 0);
	sim_operate(&sim, VERB_RESTART, 0, 0);
	assert_int_equal(sim.spawns[0], 1);
	sim_ends(&sim, 0, 0);
	assert_state(&sim, 0, DONE);
	assert_true(atomic_load(&sim_status(&sim, 0)->next_run) == sim.real + 3600 * SECOND);
	sim_operate(&sim, VERB_STOP, 0, 0);
	assert_state(&sim, 0, DOWN);
	assert_true(supervisor_next(&sim.supervisor) == UINT64_MAX);
	sim_operate(&sim, VERB_START, 0, 0);
	assert_int_equal(sim.spawns[0], 2);
	sim_free(&sim);
}

static void a_done_oneshot_runs_again(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_slot(&sim, 0)->kind = PLAN_ONESHOT;
	sim_boot(&sim);
	sim_ends(&sim, 0, 0);
	sim_operate(&sim, VERB_START, 0, 0);
	assert_int_equal(sim.spawns[0], 2);
	sim_free(&sim);
}

/* At night nobody knows whether a colleague or a fault has stopped it. */
static void what_an_operator_did_is_not_told(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_needs(&sim, 1, 0);
	sim_boot(&sim);
	sim_operate(&sim, VERB_RESTART, 0, 0);
	assert_said(&sim, "s0: restarting: asked by an operator\n");
	sim_operate(&sim, VERB_SIGNAL, 0, SIGHUP);
	assert_said(&sim, "s0: SIGHUP sent by an operator\n");
	sim_operate(&sim, VERB_START, 0, 0);
	assert_not_said(&sim, "starting: asked by an operator\ns0: starting");
	sim_operate(&sim, VERB_STOP, 0, 0);
	assert_said(&sim, "s0: stopping: asked by an operator\n");
	assert_said(&sim, "s1: goes down, as s0, which it needs, is stopped\n");
	sim.said[0] = '\0';
	sim_operate(&sim, VERB_STOP, 0, 0);
	assert_string_equal(sim.said, ""); /* it is down */
	sim_operate(&sim, VERB_START, 1, 0);
	assert_string_equal(sim.said, "s1: starting: asked by an operator\n");
	sim_free(&sim);
}

static void stale_and_foreign_records_are_ignored(void **state)
{
	static struct verb const bad[] = {
		{ .kind = VERB_STOP, .slot = 0, .generation = 2 },
		{ .kind = VERB_STOP, .slot = 0, .generation = 0 },
		{ .kind = VERB_STOP, .slot = 1, .generation = 1 },
		{ .kind = VERB_STOP, .slot = UINT32_MAX, .generation = 1 },
		{ .kind = VERB_SPAWN, .slot = 0, .generation = 1 },
		{ .kind = VERB_EXIT, .slot = 0, .generation = 1 },
		{ .kind = VERB_SHUTDOWN, .generation = 1, .argument = 256 },
		{ .kind = VERB_SHUTDOWN, .generation = 1, .argument = -1 },
	};
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	((struct plan_header *)(void *)sim.plan)->visible = 1; /* slot 1 is a probe */
	sim_boot(&sim);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		unsigned char record[VERB_SIZE];

		verb_pack(record, &bad[i]);
		assert_int_equal(control_take(&sim.supervisor, record, VERB_SIZE, true), VERB_SIZE);
		assert_int_equal(ignored(&sim), i + 1);
	}
	sim_settle(&sim);
	assert_state(&sim, 0, UP);
	assert_state(&sim, 1, UP);
	sim_free(&sim);
}

static void rubbish_is_skipped_up_to_the_next_record(void **state)
{
	struct verb const verb = { .kind = VERB_STOP, .slot = 0, .generation = 1 };

	(void)state;
	for (size_t rubbish = 0; rubbish <= 70; rubbish++) {
		unsigned char bytes[256] = { 0 };
		struct sim sim;

		sim_plan(&sim, 1);
		sim_boot(&sim);
		memset(bytes, 'O', rubbish);
		verb_pack(bytes + rubbish, &verb);
		assert_int_equal(control_take(&sim.supervisor, bytes, rubbish + VERB_SIZE, true),
				 rubbish + VERB_SIZE);
		assert_int_equal(taken(&sim), 1);
		assert_true((rubbish == 0) == (ignored(&sim) == 0));
		sim_free(&sim);
	}
}

static void half_a_record_waits_unless_the_pipe_is_empty(void **state)
{
	struct verb const verb = { .kind = VERB_STOP, .slot = 0, .generation = 1 };
	unsigned char bytes[2 * VERB_SIZE];
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_boot(&sim);
	verb_pack(bytes, &verb);
	assert_int_equal(control_take(&sim.supervisor, bytes, 20, false), 0);
	assert_int_equal(ignored(&sim), 0);
	assert_int_equal(control_take(&sim.supervisor, bytes, 20, true), 20);
	assert_int_equal(ignored(&sim), 1);
	assert_int_equal(control_take(&sim.supervisor, bytes, 0, true), 0);
	assert_int_equal(ignored(&sim), 1);
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(stop_takes_dependents_first),
		cmocka_unit_test(a_pool_goes_down_with_one_instance),
		cmocka_unit_test(a_pool_is_not_there_again_with_its_first_instance),
		cmocka_unit_test(a_pool_blinks_when_one_instance_starts_again),
		cmocka_unit_test(a_pool_is_up_before_all_of_it_is),
		cmocka_unit_test(stop_of_an_essential_slot_does_not_end_the_container),
		cmocka_unit_test(start_raises_all_that_it_needs),
		cmocka_unit_test(start_forgives_a_failure_and_its_dependents_needs),
		cmocka_unit_test(start_ends_a_backoff),
		cmocka_unit_test(start_during_a_stop_comes_up_again),
		cmocka_unit_test(a_disabled_slot_is_not_started),
		cmocka_unit_test(restart_is_down_and_up_of_one_slot),
		cmocka_unit_test(signals_are_sent_once_each),
		cmocka_unit_test(shutdown_ends_with_its_status_and_what_comes_later_is_ignored),
		cmocka_unit_test(an_upgrade_is_not_passed_on_or_ends_something),
		cmocka_unit_test(a_scheduled_slot_runs_now_and_never_twice),
		cmocka_unit_test(a_done_oneshot_runs_again),
		cmocka_unit_test(what_an_operator_did_is_not_told),
		cmocka_unit_test(stale_and_foreign_records_are_ignored),
		cmocka_unit_test(rubbish_is_skipped_up_to_the_next_record),
		cmocka_unit_test(half_a_record_waits_unless_the_pipe_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
