/* SPDX-License-Identifier: ISC */
/* What follows the end of a run: restart, back-off, limit, and the reason that is kept. */
#include "simulator.h"

static void a_kill_is_answered_by_a_restart(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_boot(&sim);
	sim_pass(&sim, 10 * SECOND);
	sim_ends(&sim, 0, SIGKILL);
	assert_state(&sim, 0, UP);
	assert_said(&sim, "s0: killed by SIGKILL, restarting now");
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->restarts), 1);
	assert_int_equal(sim.gone[0], 1); /* old readiness messages are no readiness of the new */
	sim_free(&sim);
}

static void a_crash_loop_backs_off_and_fails_for_good(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_slot(&sim, 0)->flags |= PLAN_ESSENTIAL;
	sim_boot(&sim);
	for (int i = 0; i < 4; i++) {
		sim_ends(&sim, 0, 3 << 8);
		assert_state(&sim, 0, BACKOFF);
		sim_pass(&sim, 5 * SECOND);
		assert_state(&sim, 0, UP);
	}
	sim_ends(&sim, 0, 3 << 8);
	assert_said(&sim, "s0: exited 3; failed for good: 5 failures in 60 s");
	assert_int_equal(sim.exit_status, 3);
	sim_free(&sim);
}

static void fork_failures_never_count_for_the_limit(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim.behaviour[0] = SIM_NO_FORK;
	sim_boot(&sim);
	sim_pass(&sim, 200 * SECOND);
	assert_state(&sim, 0, BACKOFF);
	assert_true(sim.spawns[0] > 8 && sim.spawns[0] < 30);
	assert_said(&sim, "s0: cannot start: fork: Resource temporarily unavailable; next try in");
	sim.behaviour[0] = 0;
	sim_pass(&sim, 40 * SECOND);
	assert_state(&sim, 0, UP);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->window_failures), 0);
	sim_free(&sim);
}

static void what_cannot_start_says_why(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_slot(&sim, 0)->flags |= PLAN_ESSENTIAL;
	sim_slot(&sim, 0)->restart_limit = 2;
	sim_slot(&sim, 0)->ready = PLAN_READY_FD;
	sim_boot(&sim);
	sim_cannot_start(&sim, 0, STEP_EXEC, 2);
	sim_settle(&sim);
	assert_said(&sim,
		    "s0: cannot start: exec /bin/true: No such file or directory; next try in ");
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason), REASON_SPAWN);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason_argument), 2);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason_step), STEP_EXEC);
	sim_pass(&sim, SECOND);
	sim_cannot_start(&sim, 0, STEP_EXEC, 2);
	sim_settle(&sim);
	assert_int_equal(sim.exit_status, 127);
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_kill_is_answered_by_a_restart),
		cmocka_unit_test(a_crash_loop_backs_off_and_fails_for_good),
		cmocka_unit_test(fork_failures_never_count_for_the_limit),
		cmocka_unit_test(what_cannot_start_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
