/* SPDX-License-Identifier: ISC */
/* The end of one slot and the end of all: order, reasons, exit statuses. */
#include "simulator.h"

static void failed_essential_oneshot_ends_the_boot(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 3);
	sim_slot(&sim, 1)->kind = PLAN_ONESHOT;
	sim_slot(&sim, 1)->restart = PLAN_NEVER;
	sim_slot(&sim, 1)->flags |= PLAN_ESSENTIAL;
	sim_needs(&sim, 0, 1);
	sim_boot(&sim);
	sim_ends(&sim, 1, 3 << 8);
	assert_int_equal(sim.exit_status, 3);
	assert_int_equal(sim.spawns[0], 0);
	assert_string_equal(sim.trace, "+1 +2 -1 -2 ");
	assert_said(&sim, "s1: exited 3; failed for good\nstopping: s1 has failed");
	sim_free(&sim);
}

static void main_program_ends_the_container_with_its_status(void **state)
{
	static struct {
		int wait_status;
		int expected;
	} const cases[] = { { 0, 0 }, { 7 << 8, 7 }, { SIGTERM, 143 } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim sim;

		sim_plan(&sim, 3);
		sim_slot(&sim, 0)->kind = PLAN_MAIN;
		sim_slot(&sim, 0)->flags = PLAN_KEEP_USER;
		((struct plan_header *)(void *)sim.plan)->main = 0;
		sim_needs(&sim, 0, 1);
		sim_needs(&sim, 0, 2);
		sim_boot(&sim);
		assert_string_equal(sim.trace, "+1 +2 +0 ");
		sim_ends(&sim, 0, cases[i].wait_status);
		assert_int_equal(sim.exit_status, cases[i].expected);
		assert_int_equal(sim.spawns[0], 1);
		sim_free(&sim);
	}
}

static void stop_is_the_exact_reverse(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 5);
	/* 0 needs 1 needs 2; 3 after 2; 2 needs the oneshot 4 */
	sim_needs(&sim, 0, 1);
	sim_needs(&sim, 1, 2);
	sim_after(&sim, 3, 2);
	sim_needs(&sim, 2, 4);
	sim_boot(&sim);
	assert_string_equal(sim.trace, "+4 +2 +1 +3 +0 ");
	sim.trace[0] = '\0';
	sim_stop_signal(&sim, SIGQUIT);
	/* 0 and 3 depend on nobody's stop and go together; each other one waits for its turn. */
	assert_string_equal(sim.trace, "-0 -3 -1 -2 -4 ");
	assert_int_equal(sim.exit_status, 0);
	assert_said(&sim, "stopping: SIGQUIT");
	sim_free(&sim);
}

/* Two ways in which a stop waits for nobody's needs: order alone, and one that has failed. */
static void stop_order_follows_after_and_what_has_failed(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 4);
	sim_after(&sim, 0, 1);
	sim_after(&sim, 1, 2);
	sim_slot(&sim, 1)->restart = PLAN_NEVER;
	sim.behaviour[0] = SIM_STUBBORN;
	sim_boot(&sim);
	sim_ends(&sim, 1, 1 << 8);
	assert_state(&sim, 1, FAILED);
	sim_stop_signal(&sim, SIGTERM);
	assert_state(&sim, 0, STOPPING);
	assert_state(&sim, 2, UP);
	assert_state(&sim, 3, DOWN);
	sim_ends(&sim, 0, 0);
	assert_int_equal(sim.exit_status, 0);
	sim_free(&sim);
}

static void stop_order_goes_through_what_does_not_run(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 3);
	/* 0 needs the oneshot 1, which is done, and needs 2 */
	sim_slot(&sim, 1)->kind = PLAN_ONESHOT;
	sim_needs(&sim, 0, 1);
	sim_needs(&sim, 1, 2);
	sim.behaviour[0] = SIM_STUBBORN;
	sim_boot(&sim);
	sim_ends(&sim, 1, 0);
	sim_stop_signal(&sim, SIGTERM);
	assert_state(&sim, 0, STOPPING);
	assert_state(&sim, 2, UP);
	sim_pass(&sim, 8 * SECOND);
	assert_string_equal(sim.trace, "+2 +1 -1 +0 -0 -2 ");
	assert_said(&sim, "s0: did not stop within 8 s, killed");
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason), REASON_STOP_TIMEOUT);
	sim_free(&sim);
}

static void nothing_is_restarted_after_stop(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 3);
	sim.behaviour[0] = SIM_STUBBORN;
	sim_needs(&sim, 0, 1);
	sim_boot(&sim);
	sim_exit(&sim, 2, 1 << 8); /* dies before the stop is seen */
	sim_stop_signal(&sim, SIGTERM);
	sim_ends(&sim, 1, SIGSEGV); /* dies while the stop waits for 0 */
	sim_pass(&sim, 100 * SECOND);
	assert_int_equal(sim.spawns[0] + sim.spawns[1] + sim.spawns[2], 3);
	assert_int_equal(sim.exit_status, 0);
	sim_free(&sim);
}

static void a_stop_takes_what_starts_waits_and_backs_off(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 4);
	sim_slot(&sim, 0)->ready = PLAN_READY_FD;
	sim_needs(&sim, 1, 0);
	sim_slot(&sim, 3)->kind = PLAN_ONESHOT;
	sim_boot(&sim);
	sim_ends(&sim, 2, 1 << 8);
	assert_state(&sim, 0, STARTING);
	assert_state(&sim, 1, WAITING);
	assert_state(&sim, 2, BACKOFF);
	assert_state(&sim, 3, STARTING);
	sim_stop_signal(&sim, SIGTERM);
	assert_int_equal(sim.exit_status, 0);
	assert_int_equal(sim.supervisor.ended, 1);
	sim_free(&sim);
}

static void failure_for_good_takes_dependents_along_in_turn(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 4);
	sim_needs(&sim, 0, 1);
	sim_needs(&sim, 1, 2);
	sim_slot(&sim, 2)->restart = PLAN_NEVER;
	sim_boot(&sim);
	sim.trace[0] = '\0';
	sim_ends(&sim, 2, 1 << 8);
	assert_string_equal(sim.trace, "-2 -0 -1 ");
	assert_state(&sim, 0, FAILED);
	assert_state(&sim, 1, FAILED);
	assert_state(&sim, 3, UP);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason), REASON_NEED_FAILED);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason_argument), 2);
	assert_int_equal(sim.exit_status, -1);
	sim_free(&sim);
}

/* The need's end and the dependent's start are seen in one step: the start cleared the reason. */
static void a_need_that_fails_while_its_dependent_starts_is_forgotten(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 0)->restart = PLAN_NEVER;
	sim_needs(&sim, 1, 0);
	sim_open(&sim);
	sim_call(&sim, SIM_BEGIN, 0, NULL);
	while (sim.spawns[1] == 0) {
		sim_call(&sim, SIM_STEP, 0, NULL);
		sim_init(&sim);
	}
	sim_ends(&sim, 0, 3 << 8);
	assert_state(&sim, 1, FAILED);
	assert_int_equal(atomic_load(&sim_status(&sim, 1)->reason), REASON_NEED_FAILED);
	sim_free(&sim);
}

/* A service that has to be killed on its way down loses the reason; slot 0 was blamed instead. */
static void a_killed_dependent_blames_a_stranger(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 4);
	sim_slot(&sim, 1)->restart = PLAN_NEVER;
	sim_needs(&sim, 2, 1);
	sim_needs(&sim, 3, 2);
	sim.behaviour[2] = SIM_STUBBORN;
	sim_boot(&sim);
	sim_ends(&sim, 1, 3 << 8);
	sim_pass(&sim, 9 * SECOND);
	assert_state(&sim, 2, FAILED);
	assert_int_equal(atomic_load(&sim_status(&sim, 2)->reason), REASON_STOP_TIMEOUT);
	/* An operator that has started 3 alone is followed by a supervisor that looks again. */
	atomic_store(&sim_status(&sim, 3)->wanted, 1);
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	assert_not_said(&sim, "as s0");
	assert_int_equal(sim.exit_status, -1);
	sim_free(&sim);
}

/* The pool goes on with what is left of it; with the last one it fails, and its user too. */
static void one_failed_instance_takes_its_pool_along(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 4);
	sim_pool(&sim, 1, 2, 3);
	sim_needs(&sim, 0, 1);
	sim_slot(&sim, 2)->restart = sim_slot(&sim, 3)->restart = PLAN_NEVER;
	sim_boot(&sim);
	sim_ends(&sim, 2, 1 << 8);
	assert_state(&sim, 2, FAILED);
	assert_state(&sim, 1, UP);
	assert_state(&sim, 0, UP);
	sim_ends(&sim, 3, 1 << 8);
	assert_state(&sim, 1, FAILED);
	assert_state(&sim, 0, FAILED);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason), REASON_NEED_FAILED);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason_argument), 3);
	sim_free(&sim);
}

static void essential_dependent_of_a_failure_ends_the_container(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_needs(&sim, 0, 1);
	sim_slot(&sim, 0)->flags |= PLAN_ESSENTIAL;
	sim_slot(&sim, 1)->restart = PLAN_NEVER;
	sim_boot(&sim);
	sim_ends(&sim, 1, 9 << 8);
	assert_int_equal(sim.exit_status, 9);
	sim_free(&sim);
}

static void finished_essential_longrun_ends_the_container(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 0)->flags |= PLAN_ESSENTIAL;
	sim_slot(&sim, 0)->restart = PLAN_ON_FAILURE;
	sim_slot(&sim, 0)->success[1] = 1 << 4; /* 12 */
	sim_boot(&sim);
	sim_ends(&sim, 0, 12 << 8);
	assert_int_equal(sim.exit_status, 12);
	assert_said(&sim, "stopping: s0 has finished");
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(failed_essential_oneshot_ends_the_boot),
		cmocka_unit_test(main_program_ends_the_container_with_its_status),
		cmocka_unit_test(stop_is_the_exact_reverse),
		cmocka_unit_test(stop_order_follows_after_and_what_has_failed),
		cmocka_unit_test(stop_order_goes_through_what_does_not_run),
		cmocka_unit_test(nothing_is_restarted_after_stop),
		cmocka_unit_test(a_stop_takes_what_starts_waits_and_backs_off),
		cmocka_unit_test(failure_for_good_takes_dependents_along_in_turn),
		cmocka_unit_test(a_need_that_fails_while_its_dependent_starts_is_forgotten),
		cmocka_unit_test(a_killed_dependent_blames_a_stranger),
		cmocka_unit_test(one_failed_instance_takes_its_pool_along),
		cmocka_unit_test(essential_dependent_of_a_failure_ends_the_container),
		cmocka_unit_test(finished_essential_longrun_ends_the_container),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
