/* SPDX-License-Identifier: ISC */
/* Timers and probes: what comes and goes with the states of a slot. */
#include "simulator.h"

static void not_ready_in_time_is_a_failure(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_slot(&sim, 0)->ready = PLAN_READY_FD;
	sim_slot(&sim, 0)->start_timeout = 60 * SECOND;
	sim.behaviour[0] = SIM_STUBBORN;
	sim_boot(&sim);
	sim_pass(&sim, 60 * SECOND);
	assert_state(&sim, 0, STOPPING);
	assert_said(&sim, "s0: not ready within 60 s, stopping it");
	sim_pass(&sim, 8 * SECOND);
	assert_said(&sim, "s0: did not stop within 8 s, killed\n"
			  "s0: was not ready in time, restarting in");
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason), REASON_START_TIMEOUT);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->failures), 1);
	sim_free(&sim);
}

static void a_readiness_probe_is_asked_until_it_says_yes(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 0)->ready = PLAN_READY_PROBE;
	sim_slot(&sim, 0)->ready_probe = 1;
	sim_slot(&sim, 1)->kind = PLAN_PROBE;
	sim_slot(&sim, 1)->parent = 0;
	((struct plan_header *)(void *)sim.plan)->visible = 1;
	sim_boot(&sim);
	assert_string_equal(sim.trace, "+0 +1 ");
	sim_ends(&sim, 1, 1 << 8);
	assert_state(&sim, 0, STARTING);
	sim_pass(&sim, 100 * MILLISECOND);
	assert_int_equal(sim.spawns[1], 2);
	sim_ends(&sim, 1, 0);
	assert_state(&sim, 0, UP);
	assert_state(&sim, 1, DOWN);
	assert_string_equal(sim.said, "");
	assert_true(supervisor_next(&sim.supervisor) == UINT64_MAX);
	sim_free(&sim);
}

static void a_probe_of_a_dead_service_is_killed_and_not_believed(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 0)->ready = PLAN_READY_PROBE;
	sim_slot(&sim, 0)->ready_probe = 1;
	sim_slot(&sim, 1)->kind = PLAN_PROBE;
	sim_slot(&sim, 1)->parent = 0;
	((struct plan_header *)(void *)sim.plan)->visible = 1;
	sim_boot(&sim);
	sim_ends(&sim, 0, 1 << 8);
	assert_state(&sim, 0, BACKOFF);
	assert_state(&sim, 1, DOWN);
	assert_int_equal(sim.kills[1], 1);
	sim_pass(&sim, SECOND);
	assert_state(&sim, 0, STARTING);
	assert_int_equal(sim.spawns[1], 2);
	sim_stop_signal(&sim, SIGTERM);
	assert_int_equal(sim.exit_status, 0);
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(not_ready_in_time_is_a_failure),
		cmocka_unit_test(a_readiness_probe_is_asked_until_it_says_yes),
		cmocka_unit_test(a_probe_of_a_dead_service_is_killed_and_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
