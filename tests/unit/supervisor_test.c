/* SPDX-License-Identifier: ISC */
/* The rules of boot, readiness, restart and stop, told as stories of a container. */
#include "simulator.h"

#include "supervise/restart.h"

static void boot_starts_in_order_of_needs(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 3);
	sim_needs(&sim, 0, 1);
	sim_needs(&sim, 1, 2);
	sim_boot(&sim);
	assert_string_equal(sim.trace, "+2 +1 +0 ");
	assert_state(&sim, 0, UP);
	assert_int_equal(atomic_load(&((struct status_header *)sim.status)->phase), STATUS_RUNNING);
	sim_free(&sim);
}

static void boot_is_quiet_and_says_ready_once(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 4);
	sim_boot(&sim);
	assert_string_equal(sim.said, "");
	assert_int_equal(sim.readies, 1);
	assert_int_equal(sim.ignored, 0);
	sim_free(&sim);
}

static void idle_means_no_timer(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 3);
	sim_slot(&sim, 0)->ready = PLAN_READY_FD;
	sim_slot(&sim, 0)->start_timeout = 60 * SECOND;
	sim_boot(&sim);
	assert_true(supervisor_next(&sim.supervisor) != UINT64_MAX);
	sim_notify(&sim, 0);
	assert_true(supervisor_next(&sim.supervisor) == UINT64_MAX);
	sim_free(&sim);
}

static void needs_wait_for_readiness(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 1)->ready = PLAN_READY_NOTIFY;
	sim_needs(&sim, 0, 1);
	sim_boot(&sim);
	assert_state(&sim, 1, STARTING);
	assert_state(&sim, 0, WAITING);
	sim_notify(&sim, 1);
	assert_state(&sim, 0, UP);
	sim_free(&sim);
}

static void after_orders_and_failure_passes(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 1)->kind = PLAN_ONESHOT;
	sim_slot(&sim, 1)->restart = PLAN_NEVER;
	sim_after(&sim, 0, 1);
	sim_boot(&sim);
	assert_state(&sim, 0, WAITING);
	sim_ends(&sim, 1, 3 << 8);
	assert_state(&sim, 1, FAILED);
	assert_state(&sim, 0, UP);
	sim_free(&sim);
}

static void after_does_not_keep_a_restart_down(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_after(&sim, 0, 1);
	sim_boot(&sim);
	sim_ends(&sim, 1, 1 << 8);
	assert_state(&sim, 1, BACKOFF);
	sim_pass(&sim, 11 * SECOND);
	sim_exit(&sim, 1, 1 << 8);
	sim_exit(&sim, 0, SIGSEGV);
	sim_settle(&sim);
	assert_state(&sim, 0, UP);
	assert_said(&sim, "s0: killed by SIGSEGV, restarting now");
	sim_free(&sim);
}

static void disabled_counts_as_met(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 1)->flags = 0;
	sim_needs(&sim, 0, 1);
	sim_boot(&sim);
	assert_state(&sim, 0, UP);
	assert_state(&sim, 1, DOWN);
	assert_int_equal(atomic_load(&sim_status(&sim, 1)->reason), REASON_DISABLED);
	sim_free(&sim);
}

static void unselected_stays_down(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 1)->flags = PLAN_ENABLED;
	sim_boot(&sim);
	assert_state(&sim, 1, DOWN);
	assert_int_equal(sim.spawns[1], 0);
	assert_int_equal(atomic_load(&sim_status(&sim, 1)->reason), REASON_NOT_SELECTED);
	sim_free(&sim);
}

static void bundle_is_up_with_all_of_its_needs(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 4);
	sim_slot(&sim, 0)->kind = PLAN_BUNDLE;
	sim_slot(&sim, 2)->ready = PLAN_READY_FD;
	sim_needs(&sim, 0, 1);
	sim_needs(&sim, 0, 2);
	sim_needs(&sim, 3, 0);
	sim_boot(&sim);
	assert_state(&sim, 0, WAITING);
	sim_notify(&sim, 2);
	assert_state(&sim, 0, UP);
	assert_state(&sim, 3, UP);
	assert_int_equal(sim.spawns[0], 0);
	sim_free(&sim);
}

static void oneshot_is_done_before_what_needs_it(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 1)->kind = PLAN_ONESHOT;
	sim_slot(&sim, 1)->restart = PLAN_NEVER;
	sim_needs(&sim, 0, 1);
	sim_boot(&sim);
	assert_state(&sim, 1, STARTING);
	assert_int_equal(sim.spawns[0], 0);
	sim_ends(&sim, 1, 0);
	assert_state(&sim, 1, DONE);
	assert_state(&sim, 0, UP);
	sim_free(&sim);
}

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

static void main_program_survives_a_service_that_is_not_essential(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 0)->kind = PLAN_MAIN;
	((struct plan_header *)(void *)sim.plan)->main = 0;
	sim_needs(&sim, 0, 1);
	sim_slot(&sim, 1)->restart = PLAN_NEVER;
	sim_boot(&sim);
	sim_ends(&sim, 1, 1 << 8);
	assert_state(&sim, 1, FAILED);
	assert_state(&sim, 0, UP);
	assert_int_equal(sim.exit_status, -1);
	sim_free(&sim);
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
	assert_said(&sim, "s0: cannot start: exec: No such file or directory; next try in ");
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason), REASON_SPAWN);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason_argument), 2);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason_step), STEP_EXEC);
	sim_pass(&sim, SECOND);
	sim_cannot_start(&sim, 0, STEP_EXEC, 2);
	sim_settle(&sim);
	assert_int_equal(sim.exit_status, 127);
	sim_free(&sim);
}

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

static void restart_of_a_need_leaves_dependents_up(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_needs(&sim, 0, 1);
	sim_boot(&sim);
	sim_ends(&sim, 1, 1 << 8);
	assert_state(&sim, 1, BACKOFF);
	assert_state(&sim, 0, UP);
	sim_pass(&sim, SECOND);
	assert_int_equal(sim.spawns[0], 1);
	assert_int_equal(sim.kills[0], 0);
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

/* The graph's counters: a boot and a stop of n slots must not look at n slots n times. */
static void five_thousand_slots_take_linear_work(void **state)
{
	enum { COUNT = 5000 };
	struct sim sim;

	(void)state;
	sim_plan(&sim, COUNT);
	for (uint32_t i = 1; i < COUNT; i++)
		sim_needs(&sim, i, i - 1);
	sim_open(&sim);
	sim.cut_at = INT32_MAX; /* counts the stores */
	sim_call(&sim, SIM_BEGIN, 0, NULL);
	sim_settle(&sim);
	assert_int_equal(sim_state(&sim, COUNT - 1), STATUS_UP);
	assert_true(sim.cuts < 40L * COUNT);
	sim_stop_signal(&sim, SIGTERM);
	assert_int_equal(sim.exit_status, 0);
	assert_true(sim.cuts < 100L * COUNT);
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(boot_starts_in_order_of_needs),
		cmocka_unit_test(boot_is_quiet_and_says_ready_once),
		cmocka_unit_test(idle_means_no_timer),
		cmocka_unit_test(needs_wait_for_readiness),
		cmocka_unit_test(after_orders_and_failure_passes),
		cmocka_unit_test(after_does_not_keep_a_restart_down),
		cmocka_unit_test(disabled_counts_as_met),
		cmocka_unit_test(unselected_stays_down),
		cmocka_unit_test(bundle_is_up_with_all_of_its_needs),
		cmocka_unit_test(oneshot_is_done_before_what_needs_it),
		cmocka_unit_test(failed_essential_oneshot_ends_the_boot),
		cmocka_unit_test(main_program_ends_the_container_with_its_status),
		cmocka_unit_test(main_program_survives_a_service_that_is_not_essential),
		cmocka_unit_test(stop_is_the_exact_reverse),
		cmocka_unit_test(stop_order_goes_through_what_does_not_run),
		cmocka_unit_test(nothing_is_restarted_after_stop),
		cmocka_unit_test(a_stop_takes_what_starts_waits_and_backs_off),
		cmocka_unit_test(a_kill_is_answered_by_a_restart),
		cmocka_unit_test(a_crash_loop_backs_off_and_fails_for_good),
		cmocka_unit_test(fork_failures_never_count_for_the_limit),
		cmocka_unit_test(what_cannot_start_says_why),
		cmocka_unit_test(not_ready_in_time_is_a_failure),
		cmocka_unit_test(restart_of_a_need_leaves_dependents_up),
		cmocka_unit_test(failure_for_good_takes_dependents_along_in_turn),
		cmocka_unit_test(essential_dependent_of_a_failure_ends_the_container),
		cmocka_unit_test(finished_essential_longrun_ends_the_container),
		cmocka_unit_test(a_readiness_probe_is_asked_until_it_says_yes),
		cmocka_unit_test(a_probe_of_a_dead_service_is_killed_and_not_believed),
		cmocka_unit_test(five_thousand_slots_take_linear_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
