/* SPDX-License-Identifier: ISC */
/* Health checks, watchdogs and stop-commands: what they make of the service that they are for. */
#include "simulator.h"

#include "supervise/restart.h"

enum { SERVICE, CHECK, OTHER };

static void one_with_health(struct sim *sim)
{
	sim_plan(sim, 2);
	sim_probe(sim, SERVICE, CHECK);
	sim_slot(sim, SERVICE)->health_probe = CHECK;
	sim_slot(sim, SERVICE)->health_interval = 10 * SECOND;
	sim_slot(sim, SERVICE)->health_failures = 3;
	sim_slot(sim, CHECK)->start_timeout = 10 * SECOND;
	sim_boot(sim);
}

static uint32_t health_of(struct sim *sim)
{
	return atomic_load(&sim_status(sim, SERVICE)->healthy);
}

static uint32_t reason_of(struct sim *sim)
{
	return atomic_load(&sim_status(sim, SERVICE)->reason);
}

static void checks_are_made_at_their_interval_while_it_is_up(void **state)
{
	struct sim sim;

	(void)state;
	one_with_health(&sim);
	assert_int_equal(health_of(&sim), 0);
	for (uint32_t n = 1; n <= 5; n++) {
		assert_int_equal(sim.spawns[CHECK], n);
		sim_ends(&sim, CHECK, 0);
		assert_int_equal(health_of(&sim), 1);
		sim_pass(&sim, 10 * SECOND - MILLISECOND);
		assert_int_equal(sim.spawns[CHECK], n);
		sim_pass(&sim, MILLISECOND);
	}
	assert_string_equal(sim.said, "");
	sim_operate(&sim, VERB_STOP, SERVICE, 0);
	assert_state(&sim, CHECK, DOWN);
	assert_int_equal(health_of(&sim), 0);
	sim_pass(&sim, 60 * SECOND);
	assert_int_equal(sim.spawns[CHECK], 6);
	sim_free(&sim);
}

static void fail_check(struct sim *sim, int times)
{
	while (times-- > 0) {
		sim_ends(sim, CHECK, 1 << 8);
		sim_pass(sim, 10 * SECOND);
	}
}

static void only_failures_in_a_row_count(void **state)
{
	struct sim sim;

	(void)state;
	one_with_health(&sim);
	for (int i = 0; i < 4; i++) {
		fail_check(&sim, 2);
		sim_ends(&sim, CHECK, 0);
		sim_pass(&sim, 10 * SECOND);
	}
	assert_state(&sim, SERVICE, UP);
	assert_int_equal(sim.spawns[SERVICE], 1);
	sim_free(&sim);
}

static void an_unhealthy_service_is_stopped_and_started_as_one_that_failed(void **state)
{
	struct sim sim;

	(void)state;
	one_with_health(&sim);
	sim_ends(&sim, CHECK, 0);
	sim_pass(&sim, 10 * SECOND);
	fail_check(&sim, 2);
	sim.behaviour[SERVICE] = SIM_STUBBORN;
	sim_ends(&sim, CHECK, 1 << 8);
	assert_state(&sim, SERVICE, STOPPING);
	assert_int_equal(health_of(&sim), 2);
	assert_int_equal(reason_of(&sim), REASON_UNHEALTHY);
	assert_said(&sim, "s0: unhealthy: 3 checks in a row failed, stopping it\n");
	sim_pass(&sim, 8 * SECOND);
	assert_said(&sim, "s0: was stopped, restarting now\n");
	assert_state(&sim, SERVICE, UP);
	assert_int_equal(atomic_load(&sim_status(&sim, SERVICE)->window_failures), 1);
	assert_int_equal(atomic_load(&sim_status(&sim, SERVICE)->restarts), 1);
	assert_int_equal(health_of(&sim), 0);
	sim_free(&sim);
}

static void health_counts_for_the_restart_limit(void **state)
{
	struct sim sim;

	(void)state;
	one_with_health(&sim);
	sim_slot(&sim, SERVICE)->flags |= PLAN_ESSENTIAL;
	sim_slot(&sim, SERVICE)->restart_limit = 2;
	sim_slot(&sim, SERVICE)->restart_window = 3600 * SECOND;
	fail_check(&sim, 2);
	sim_ends(&sim, CHECK, 1 << 8);
	assert_int_equal(sim.exit_status, -1);
	fail_check(&sim, 2);
	sim_ends(&sim, CHECK, 1 << 8);
	assert_said(&sim, "s0: was stopped; failed for good: 2 failures in 3600 s\n");
	assert_int_equal(sim.exit_status, 128 + SIGTERM);
	sim_free(&sim);
}

/* A check that hangs must neither be waited for nor be taken for a yes. */
static void a_check_that_hangs_is_killed_and_is_a_failure(void **state)
{
	struct sim sim;

	(void)state;
	one_with_health(&sim);
	sim.behaviour[CHECK] = SIM_STUBBORN;
	sim_pass(&sim, 10 * SECOND);
	assert_int_equal(sim.kills[CHECK], 1);
	assert_int_equal(atomic_load(&sim_status(&sim, CHECK)->failures), 1);
	assert_not_said(&sim, "s1");
	sim_pass(&sim, 40 * SECOND);
	assert_said(&sim, "s0: unhealthy: 3 checks in a row failed");
	sim_free(&sim);
}

static void a_watchdog_that_is_fed_lets_live(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_slot(&sim, SERVICE)->watchdog = 5 * SECOND;
	sim_boot(&sim);
	for (int i = 0; i < 10; i++) {
		sim_pass(&sim, 4 * SECOND);
		sim_watchdog(&sim, SERVICE, false);
	}
	assert_state(&sim, SERVICE, UP);
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	sim_pass(&sim, 4 * SECOND);
	assert_state(&sim, SERVICE, UP);
	assert_int_equal(sim.kills[SERVICE], 0);
	sim_pass(&sim, SECOND);
	assert_int_equal(sim.kills[SERVICE], 1);
	assert_said(&sim, "s0: no WATCHDOG=1 within 5 s, stopping it\ns0: was stopped, restarting");
	sim_free(&sim);
}

static void who_says_that_it_hangs_is_believed(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 0)->watchdog = 3600 * SECOND;
	sim_boot(&sim);
	sim_watchdog(&sim, 0, true);
	assert_int_equal(sim.kills[0], 1);
	assert_said(&sim, "s0: says that it is hung, stopping it\n");
	/* Without the key nobody asked. */
	sim_watchdog(&sim, 1, true);
	assert_int_equal(sim.kills[1], 0);
	sim_free(&sim);
}

/* Its answer would be that of the run before. */
static void a_check_that_was_taken_back_says_nothing(void **state)
{
	struct sim sim;

	(void)state;
	one_with_health(&sim);
	sim_slot(&sim, SERVICE)->health_failures = 1;
	sim.behaviour[CHECK] = SIM_LATE;
	sim_operate(&sim, VERB_RESTART, SERVICE, 0);
	assert_int_equal(sim.spawns[SERVICE], 2);
	assert_state(&sim, SERVICE, UP);
	assert_state(&sim, CHECK, STOPPING);
	sim.behaviour[CHECK] = 0;
	sim_ends(&sim, CHECK, SIGKILL);
	assert_state(&sim, SERVICE, UP);
	assert_int_equal(sim.spawns[SERVICE], 2);
	assert_int_equal(sim.spawns[CHECK], 2);
	assert_int_equal(health_of(&sim), 0);
	/* One that was about to say yes is not heard either. */
	sim.behaviour[CHECK] = SIM_LATE;
	sim_operate(&sim, VERB_RESTART, SERVICE, 0);
	sim_ends(&sim, CHECK, 0);
	assert_int_equal(health_of(&sim), 0);
	sim_free(&sim);
}

static void a_check_that_cannot_be_forked_is_not_the_services_fault(void **state)
{
	struct sim sim;

	(void)state;
	one_with_health(&sim);
	sim_slot(&sim, SERVICE)->health_failures = 1;
	sim_ends(&sim, CHECK, 0);
	sim.behaviour[CHECK] = SIM_NO_FORK;
	sim_pass(&sim, 30 * SECOND);
	assert_int_equal(sim.spawns[CHECK], 4);
	assert_state(&sim, SERVICE, UP);
	assert_int_equal(sim.kills[SERVICE], 0);
	assert_int_equal(health_of(&sim), 1);
	assert_said(&sim, "s1: cannot start: fork");
	sim_free(&sim);
}

/* SERVICE waits until OTHER, which needs it and does not end, is down. */
static void stop_behind_another(struct sim *sim)
{
	sim_plan(sim, 3);
	sim_probe(sim, SERVICE, CHECK);
	sim_needs(sim, OTHER, SERVICE);
	sim->behaviour[OTHER] = SIM_STUBBORN;
	sim_slot(sim, OTHER)->stop_timeout = 100 * SECOND;
	sim_slot(sim, SERVICE)->health_probe = CHECK;
	sim_slot(sim, SERVICE)->health_interval = SECOND;
	sim_slot(sim, SERVICE)->health_failures = 1;
	sim_slot(sim, SERVICE)->watchdog = 20 * SECOND;
	sim_boot(sim);
	assert_state(sim, OTHER, UP);
	sim_stop_signal(sim, SIGTERM);
}

static void what_waits_for_its_turn_to_stop_keeps_it(void **state)
{
	struct sim sim;

	(void)state;
	stop_behind_another(&sim);
	sim_ends(&sim, CHECK, 1 << 8);
	assert_state(&sim, SERVICE, UP);
	sim_pass(&sim, 60 * SECOND);
	sim_watchdog(&sim, SERVICE, true);
	assert_state(&sim, SERVICE, UP);
	assert_int_equal(sim.kills[SERVICE], 0);
	sim_ends(&sim, OTHER, 0);
	assert_int_equal(sim.kills[SERVICE], 1);
	assert_not_said(&sim, "s0:");
	assert_int_equal(sim.exit_status, 0);
	sim_free(&sim);
}

static void one_with_stop_command(struct sim *sim)
{
	sim_plan(sim, 2);
	sim_probe(sim, SERVICE, CHECK);
	sim_slot(sim, SERVICE)->stop_command = CHECK;
	sim_slot(sim, CHECK)->start_timeout = 8 * SECOND;
	sim_boot(sim);
	assert_int_equal(sim->spawns[CHECK], 0);
}

static void a_stop_command_comes_before_the_signal(void **state)
{
	struct sim sim;

	(void)state;
	one_with_stop_command(&sim);
	sim_operate(&sim, VERB_STOP, SERVICE, 0);
	assert_state(&sim, SERVICE, STOPPING);
	assert_int_equal(sim.spawns[CHECK], 1);
	assert_int_equal(sim.kills[SERVICE], 0);
	sim_ends(&sim, CHECK, 0);
	assert_int_equal(sim.kills[SERVICE], 1);
	assert_state(&sim, SERVICE, DOWN);
	assert_state(&sim, CHECK, DOWN);
	/* The second stop is like the first. */
	sim_operate(&sim, VERB_START, SERVICE, 0);
	sim_operate(&sim, VERB_STOP, SERVICE, 0);
	assert_int_equal(sim.spawns[CHECK], 2);
	assert_int_equal(sim.kills[SERVICE], 1);
	sim_ends(&sim, CHECK, 3 << 8);
	assert_said(&sim, "s0: its stop-command failed\n");
	assert_state(&sim, SERVICE, DOWN);
	sim_free(&sim);
}

static void a_service_that_its_stop_command_ends_gets_no_signal(void **state)
{
	struct sim sim;

	(void)state;
	one_with_stop_command(&sim);
	sim_stop_signal(&sim, SIGTERM);
	sim_ends(&sim, SERVICE, 0);
	assert_int_equal(sim.kills[SERVICE], 0);
	assert_int_equal(sim.kills[CHECK], 1);
	assert_int_equal(sim.exit_status, 0);
	sim_free(&sim);
}

static void a_stop_command_that_hangs_ends_at_the_deadline(void **state)
{
	struct sim sim;

	(void)state;
	one_with_stop_command(&sim);
	sim.behaviour[CHECK] = SIM_STUBBORN;
	sim_stop_signal(&sim, SIGTERM);
	sim_pass(&sim, 8 * SECOND - 1);
	assert_int_equal(sim.kills[SERVICE], 0);
	sim_pass(&sim, 1);
	assert_said(&sim, "s0: did not stop within 8 s, killed\n");
	assert_int_equal(sim.exit_status, 0);
	sim_free(&sim);
}

static void a_stop_command_that_cannot_start_is_not_waited_for(void **state)
{
	struct sim sim;

	(void)state;
	one_with_stop_command(&sim);
	sim_operate(&sim, VERB_RESTART, SERVICE, 0);
	sim_cannot_start(&sim, CHECK, STEP_EXEC, 2);
	sim_settle(&sim);
	assert_int_equal(sim.spawns[SERVICE], 2);
	assert_state(&sim, SERVICE, UP);
	assert_int_equal(atomic_load(&sim_status(&sim, SERVICE)->window_failures), 0);
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(checks_are_made_at_their_interval_while_it_is_up),
		cmocka_unit_test(only_failures_in_a_row_count),
		cmocka_unit_test(an_unhealthy_service_is_stopped_and_started_as_one_that_failed),
		cmocka_unit_test(health_counts_for_the_restart_limit),
		cmocka_unit_test(a_check_that_hangs_is_killed_and_is_a_failure),
		cmocka_unit_test(a_watchdog_that_is_fed_lets_live),
		cmocka_unit_test(who_says_that_it_hangs_is_believed),
		cmocka_unit_test(a_check_that_was_taken_back_says_nothing),
		cmocka_unit_test(a_check_that_cannot_be_forked_is_not_the_services_fault),
		cmocka_unit_test(what_waits_for_its_turn_to_stop_keeps_it),
		cmocka_unit_test(a_stop_command_comes_before_the_signal),
		cmocka_unit_test(a_service_that_its_stop_command_ends_gets_no_signal),
		cmocka_unit_test(a_stop_command_that_hangs_ends_at_the_deadline),
		cmocka_unit_test(a_stop_command_that_cannot_start_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
