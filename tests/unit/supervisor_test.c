/* SPDX-License-Identifier: ISC */
/* Boot, order and readiness, told as stories of a container. */
#include "simulator.h"

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
	/* … and is not while one of them is away. */
	sim_ends(&sim, 1, 1 << 8);
	assert_state(&sim, 0, WAITING);
	assert_state(&sim, 3, UP);
	sim_pass(&sim, SECOND);
	assert_state(&sim, 0, UP);
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
	assert_true(sim.cuts < 60L * COUNT);
	sim_stop_signal(&sim, SIGTERM);
	assert_int_equal(sim.exit_status, 0);
	assert_true(sim.cuts < 160L * COUNT);
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
		cmocka_unit_test(main_program_survives_a_service_that_is_not_essential),
		cmocka_unit_test(restart_of_a_need_leaves_dependents_up),
		cmocka_unit_test(five_thousand_slots_take_linear_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
