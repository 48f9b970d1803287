/* SPDX-License-Identifier: ISC */
/* Scheduled slots in a container: armed, run, never twice at once, never the container's end. */
#include "simulator.h"

static void job_plan(struct sim *sim, uint64_t every)
{
	sim_plan(sim, 2);
	sim_slot(sim, 0)->kind = PLAN_ONESHOT;
	sim_slot(sim, 0)->flags |= PLAN_ESSENTIAL;
	sim_slot(sim, 0)->scheduled = 1;
	sim_slot(sim, 0)->schedule.every = every;
}

static void it_waits_armed_and_counts_as_met(void **state)
{
	struct sim sim;

	(void)state;
	job_plan(&sim, 30 * SECOND);
	sim_needs(&sim, 1, 0);
	sim_boot(&sim);
	assert_state(&sim, 0, DONE);
	assert_state(&sim, 1, UP);
	assert_int_equal(sim.spawns[0], 0);
	assert_int_equal(atomic_load(&((struct status_header *)sim.status)->phase), STATUS_RUNNING);
	assert_true(supervisor_next(&sim.supervisor) == sim.now + 30 * SECOND);
	sim_free(&sim);
}

static void every_keeps_its_beat(void **state)
{
	struct sim sim;
	uint64_t const begin = SIM_MIDNIGHT * SECOND;

	(void)state;
	job_plan(&sim, 30 * SECOND);
	sim_boot(&sim);
	for (unsigned i = 1; i <= 5; i++) {
		sim_pass(&sim, 25 * SECOND);
		assert_state(&sim, 0, DONE);
		sim_pass(&sim, 5 * SECOND);
		assert_int_equal(sim.spawns[0], i);
		assert_true(atomic_load(&sim_status(&sim, 0)->last_start) ==
			    begin + i * 30 * SECOND);
		sim_ends(&sim, 0, 0);
	}
	sim_free(&sim);
}

static void never_twice_at_once(void **state)
{
	struct sim sim;

	(void)state;
	job_plan(&sim, 30 * SECOND);
	sim_boot(&sim);
	sim_pass(&sim, 95 * SECOND);
	assert_int_equal(sim.spawns[0], 1);
	assert_int_equal(sim.twice, 0);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->missed), 2);
	assert_said(&sim, "s0: the last run has not ended, so this one is left out (2 missed)");
	sim_ends(&sim, 0, 0);
	assert_state(&sim, 0, DONE);
	sim_pass(&sim, 25 * SECOND);
	assert_int_equal(sim.spawns[0], 2);
	sim_free(&sim);
}

static void a_failing_run_is_told_and_the_next_one_comes(void **state)
{
	struct sim sim;

	(void)state;
	job_plan(&sim, 30 * SECOND);
	sim_boot(&sim);
	sim_pass(&sim, 30 * SECOND);
	sim_ends(&sim, 0, 3 << 8);
	assert_state(&sim, 0, DONE);
	assert_int_equal(sim.exit_status, -1);
	assert_said(&sim, "s0: run failed: exited 3; next run at 2024-01-02 00:01:00");
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->reason), REASON_EXIT);
	sim_pass(&sim, 30 * SECOND);
	assert_int_equal(sim.spawns[0], 2);
	sim_free(&sim);
}

static void a_run_that_cannot_be_forked_is_tried_again(void **state)
{
	struct sim sim;

	(void)state;
	job_plan(&sim, 3600 * SECOND);
	sim.behaviour[0] = SIM_NO_FORK;
	sim_boot(&sim);
	sim_pass(&sim, 3600 * SECOND);
	assert_state(&sim, 0, BACKOFF);
	sim.behaviour[0] = 0;
	sim_pass(&sim, SECOND);
	assert_state(&sim, 0, STARTING);
	sim_ends(&sim, 0, 0);
	assert_state(&sim, 0, DONE);
	sim_free(&sim);
}

static void cron_times_are_local(void **state)
{
	struct sim sim;

	(void)state;
	job_plan(&sim, 0);
	sim_slot(&sim, 0)->schedule = (struct plan_schedule){
		.minutes = 1 << 30,
		.hours = 1 << 3,
		.days = 0xfffffffe,
		.months = 0x1ffe,
		.weekdays = 0x7f,
	};
	sim.offset = 2 * 3600;
	sim_boot(&sim);
	assert_true(atomic_load(&sim_status(&sim, 0)->next_run) == (SIM_MIDNIGHT + 5400) * SECOND);
	sim_pass(&sim, 5400 * SECOND);
	assert_int_equal(sim.spawns[0], 1);
	sim_free(&sim);
}

static void a_date_that_never_comes_keeps_nobody_waiting(void **state)
{
	struct sim sim;

	(void)state;
	job_plan(&sim, 0);
	sim_slot(&sim, 0)->schedule = (struct plan_schedule){
		.minutes = 1,
		.hours = 1,
		.days = 1u << 31,
		.months = 1 << 2,
		.weekdays = 0x7f,
	};
	sim_needs(&sim, 1, 0);
	sim_boot(&sim);
	assert_state(&sim, 1, UP);
	assert_true(supervisor_next(&sim.supervisor) == UINT64_MAX);
	sim_free(&sim);
}

static void hourly_plan(struct sim *sim)
{
	job_plan(sim, 0);
	sim_slot(sim, 0)->schedule = (struct plan_schedule){
		.minutes = 1,
		.hours = 0xffffff,
		.days = 0xfffffffe,
		.months = 0x1ffe,
		.weekdays = 0x7f,
	};
}

/* A clock that was put back must not make it spin, one that was put forward must not make it
   run once for each time that was jumped over. */
static void clocks_that_are_put_back_and_forward(void **state)
{
	struct sim sim;

	(void)state;
	hourly_plan(&sim);
	sim_boot(&sim);
	sim.real -= 20 * SECOND;
	sim_pass(&sim, 3600 * SECOND);
	assert_int_equal(sim.spawns[0], 0);
	sim_pass(&sim, 20 * SECOND);
	assert_int_equal(sim.spawns[0], 1);
	sim_ends(&sim, 0, 0);
	sim.real += 5 * 3600 * SECOND;
	sim_settle(&sim); /* whatever wakes it */
	assert_int_equal(sim.spawns[0], 2);
	sim_ends(&sim, 0, 0);
	sim_settle(&sim);
	assert_int_equal(sim.spawns[0], 2);
	assert_int_equal(atomic_load(&sim_status(&sim, 0)->missed), 0);
	sim_free(&sim);
}

/* An hour put back made @every 30s sleep for an hour; a clock of 2099 set right, for ever. */
static void every_is_stopped_or_hurried_by_the_wall_clock(void **state)
{
	struct sim sim;

	(void)state;
	job_plan(&sim, 30 * SECOND);
	sim_boot(&sim);
	sim_pass(&sim, 10 * SECOND);
	sim.real -= 35 * 365 * 86400 * SECOND;
	sim_settle(&sim);
	sim_pass(&sim, 19 * SECOND);
	assert_int_equal(sim.spawns[0], 0);
	sim_pass(&sim, SECOND);
	assert_int_equal(sim.spawns[0], 1);
	sim_ends(&sim, 0, 0);
	sim.real += 3600 * SECOND;
	sim_settle(&sim);
	sim_pass(&sim, 29 * SECOND);
	assert_int_equal(sim.spawns[0], 1);
	sim_pass(&sim, SECOND);
	assert_int_equal(sim.spawns[0], 2);
	sim_free(&sim);
}

static void every_waits_for_years_when_the_clock_was_set_between_two_supervisors(void **state)
{
	struct sim sim;

	(void)state;
	job_plan(&sim, 30 * SECOND);
	sim_boot(&sim);
	sim.real -= 10 * 365 * 86400 * SECOND;
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	sim_pass(&sim, 30 * SECOND);
	assert_int_equal(sim.spawns[0], 1);
	sim_free(&sim);
}

static void a_date_of_a_wrong_clock_is_kept_after_it_was_set_right(void **state)
{
	struct sim sim;

	(void)state;
	hourly_plan(&sim);
	sim_boot(&sim);
	sim.real -= 10 * 86400 * SECOND;
	sim_settle(&sim);
	sim_pass(&sim, 3599 * SECOND);
	assert_int_equal(sim.spawns[0], 0);
	sim_pass(&sim, SECOND);
	assert_int_equal(sim.spawns[0], 1);
	sim_free(&sim);
}

/* The line said that a run had not ended, where none had begun. */
static void a_run_that_waits_for_a_need_is_told_as_one_that_goes_on(void **state)
{
	struct sim sim;

	(void)state;
	job_plan(&sim, 30 * SECOND);
	sim_needs(&sim, 0, 1);
	sim_slot(&sim, 1)->restart_delay_minimum = sim_slot(&sim, 1)->restart_delay_maximum =
	    3600 * SECOND;
	sim_boot(&sim);
	sim_ends(&sim, 1, 1 << 8);
	sim_pass(&sim, 65 * SECOND);
	assert_state(&sim, 0, WAITING);
	assert_said(&sim,
		    "s0: the last run could not begin yet, so this one is left out (1 missed)");
	assert_not_said(&sim, "has not ended");
	sim_free(&sim);
}

static void nothing_runs_any_more_once_the_container_stops(void **state)
{
	struct sim sim;

	(void)state;
	job_plan(&sim, 5 * SECOND);
	sim_needs(&sim, 0, 1);
	sim.behaviour[1] = SIM_STUBBORN;
	sim_boot(&sim);
	sim_stop_signal(&sim, SIGTERM);
	sim_pass(&sim, 7 * SECOND);
	assert_int_equal(sim.spawns[0], 0);
	sim_pass(&sim, SECOND);
	assert_int_equal(sim.exit_status, 0);
	assert_not_said(&sim, "left out");
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(it_waits_armed_and_counts_as_met),
		cmocka_unit_test(every_keeps_its_beat),
		cmocka_unit_test(never_twice_at_once),
		cmocka_unit_test(a_failing_run_is_told_and_the_next_one_comes),
		cmocka_unit_test(a_run_that_cannot_be_forked_is_tried_again),
		cmocka_unit_test(cron_times_are_local),
		cmocka_unit_test(a_date_that_never_comes_keeps_nobody_waiting),
		cmocka_unit_test(clocks_that_are_put_back_and_forward),
		cmocka_unit_test(every_is_stopped_or_hurried_by_the_wall_clock),
		cmocka_unit_test(
		    every_waits_for_years_when_the_clock_was_set_between_two_supervisors),
		cmocka_unit_test(a_date_of_a_wrong_clock_is_kept_after_it_was_set_right),
		cmocka_unit_test(a_run_that_waits_for_a_need_is_told_as_one_that_goes_on),
		cmocka_unit_test(nothing_runs_any_more_once_the_container_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
