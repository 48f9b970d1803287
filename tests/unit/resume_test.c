/* SPDX-License-Identifier: ISC */
/* A supervisor that is killed anywhere must leave a story as it would have been without that. */
#include "story.h"

static void three_in_a_row(struct sim *sim)
{
	sim_plan(sim, 3);
	sim_needs(sim, 0, 1);
	sim_needs(sim, 1, 2);
	sim_slot(sim, 1)->ready = PLAN_READY_FD;
	sim_slot(sim, 1)->start_timeout = 60 * SECOND;
}

static void boot_and_stop(struct sim *sim)
{
	sim_boot(sim);
	assert_state(sim, 1, STARTING);
	sim_notify(sim, 1);
	sim_stop_signal(sim, SIGTERM);
	assert_int_equal(sim->exit_status, 0);
}

static void crash_loop(struct sim *sim)
{
	sim_boot(sim);
	sim_notify(sim, 1);
	for (int i = 0; i < 3; i++) {
		sim_ends(sim, 2, 5 << 8);
		sim_pass(sim, 4 * SECOND);
	}
	assert_state(sim, 2, UP);
	assert_state(sim, 0, UP);
}

static void failure_for_good(struct sim *sim)
{
	sim_slot(sim, 2)->restart_limit = 2;
	sim_boot(sim);
	sim_notify(sim, 1);
	sim_ends(sim, 2, 5 << 8);
	sim_pass(sim, 4 * SECOND);
	sim_ends(sim, 2, SIGSEGV);
	assert_state(sim, 0, FAILED);
	assert_state(sim, 1, FAILED);
}

static void essential_failure(struct sim *sim)
{
	sim_slot(sim, 2)->flags |= PLAN_ESSENTIAL;
	sim_slot(sim, 2)->restart = PLAN_NEVER;
	sim_boot(sim);
	sim_notify(sim, 1);
	sim_ends(sim, 2, 42 << 8);
	assert_int_equal(sim->exit_status, 42);
}

static void stubborn_stop(struct sim *sim)
{
	sim->behaviour[1] = SIM_STUBBORN;
	sim_boot(sim);
	sim_notify(sim, 1);
	sim_stop_signal(sim, SIGTERM);
	assert_state(sim, 1, STOPPING);
	sim_pass(sim, 8 * SECOND);
	assert_int_equal(sim->kills[1], 2);
	assert_int_equal(sim->exit_status, 0);
}

static void start_timeout(struct sim *sim)
{
	sim->behaviour[1] = SIM_STUBBORN;
	sim_boot(sim);
	sim_pass(sim, 68 * SECOND);
	assert_state(sim, 1, BACKOFF);
	sim_pass(sim, SECOND);
	sim_notify(sim, 1);
	assert_state(sim, 0, UP);
}

static void operator_commands(struct sim *sim)
{
	sim_boot(sim);
	sim_notify(sim, 1);
	sim_operate(sim, VERB_STOP, 2, 0);
	assert_state(sim, 0, DOWN);
	/* Half a start that was undone is asked for again, as its operator would. */
	sim_operate(sim, VERB_START, 0, 0);
	sim_notify(sim, 1);
	assert_state(sim, 0, UP);
}

static void a_pool(struct sim *sim)
{
	sim_plan(sim, 4);
	sim_pool(sim, 1, 2, 3);
	sim_needs(sim, 0, 1);
}

static void pool_and_operator(struct sim *sim)
{
	sim_boot(sim);
	sim_operate(sim, VERB_STOP, 2, 0);
	assert_state(sim, 0, UP);
	sim_operate(sim, VERB_STOP, 3, 0);
	assert_state(sim, 0, DOWN);
	sim_operate(sim, VERB_START, 2, 0);
	assert_state(sim, 1, UP);
	sim_operate(sim, VERB_START, 0, 0);
	sim_ends(sim, 2, 1 << 8);
	sim_pass(sim, SECOND);
	assert_state(sim, 0, UP);
	sim_operate(sim, VERB_SHUTDOWN, 0, 3);
	assert_int_equal(sim->exit_status, 3);
}

static void no_fork(struct sim *sim)
{
	sim->behaviour[2] = SIM_NO_FORK;
	sim_boot(sim);
	sim->behaviour[2] = 0;
	sim_pass(sim, SECOND);
	sim_notify(sim, 1);
	assert_state(sim, 0, UP);
}

static void job_and_probe(struct sim *sim)
{
	struct plan_slot *job;

	sim_plan(sim, 4);
	sim_slot(sim, 0)->ready = PLAN_READY_PROBE;
	sim_slot(sim, 0)->ready_probe = 3;
	sim_slot(sim, 3)->kind = PLAN_PROBE;
	sim_slot(sim, 3)->parent = 0;
	((struct plan_header *)(void *)sim->plan)->visible = 3;
	sim_needs(sim, 1, 0);
	sim_slot(sim, 2)->kind = PLAN_BUNDLE;
	sim_needs(sim, 2, 0);
	sim_needs(sim, 2, 1);
	job = sim_slot(sim, 1);
	job->kind = PLAN_ONESHOT;
	job->scheduled = 1;
	job->schedule.every = 30 * SECOND;
}

static void jobs_run_once(struct sim *sim)
{
	sim_boot(sim);
	sim_ends(sim, 3, 1 << 8);
	sim_pass(sim, 100 * MILLISECOND);
	sim_ends(sim, 3, 0);
	assert_state(sim, 2, UP);
	sim_pass(sim, 31 * SECOND);
	assert_state(sim, 1, STARTING);
	sim_pass(sim, 30 * SECOND); /* an overlap */
	sim_ends(sim, 1, 1 << 8);
	sim_pass(sim, 30 * SECOND);
	sim_ends(sim, 1, 0);
	assert_int_equal(sim->spawns[1], 2);
	assert_int_equal(sim->exit_status, -1);
	sim_stop_signal(sim, SIGTERM);
	assert_int_equal(sim->exit_status, 0);
}

STORY(three_in_a_row, boot_and_stop)
STORY(three_in_a_row, crash_loop)
STORY(three_in_a_row, failure_for_good)
STORY(three_in_a_row, essential_failure)
STORY(three_in_a_row, stubborn_stop)
STORY(three_in_a_row, start_timeout)
STORY(three_in_a_row, operator_commands)
STORY(a_pool, pool_and_operator)
STORY(three_in_a_row, no_fork)
STORY(job_and_probe, jobs_run_once)

/* Up stays up with the same pid, starting keeps its deadline, and nothing is asked of init. */
static void a_new_supervisor_changes_nothing(void **state)
{
	struct sim sim;
	uint64_t deadline;
	uint64_t since;

	(void)state;
	three_in_a_row(&sim);
	sim_boot(&sim);
	deadline = atomic_load(&sim_status(&sim, 1)->deadline);
	since = atomic_load(&sim_status(&sim, 2)->since);
	sim.now += SECOND;
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	assert_state(&sim, 2, UP);
	assert_state(&sim, 1, STARTING);
	assert_true(atomic_load(&sim_status(&sim, 1)->deadline) == deadline);
	assert_true(atomic_load(&sim_status(&sim, 2)->since) == since);
	assert_true(supervisor_next(&sim.supervisor) == deadline);
	assert_string_equal(sim.trace, "+2 +1 ");
	assert_int_equal(sim.ignored, 0);
	assert_int_equal(sim.readies, 2);
	assert_said(&sim, "supervisor restarted, 2 services kept");
	sim_free(&sim);
}

/* A run that ended while there was no supervisor is taken in, once, by the next one. */
static void an_end_without_a_supervisor_is_not_lost(void **state)
{
	struct sim sim;

	(void)state;
	three_in_a_row(&sim);
	sim_boot(&sim);
	sim_exit(&sim, 2, 9 << 8);
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	assert_state(&sim, 2, BACKOFF);
	assert_int_equal(atomic_load(&sim_status(&sim, 2)->last_wait_status), 9 << 8);
	assert_int_equal(atomic_load(&sim_status(&sim, 2)->failures), 1);
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	assert_int_equal(atomic_load(&sim_status(&sim, 2)->failures), 1);
	sim_free(&sim);
}

/* A status table that was lost: what runs is taken over, not started beside itself. */
static void a_lost_status_starts_nothing_twice(void **state)
{
	struct sim sim;

	(void)state;
	three_in_a_row(&sim);
	sim_boot(&sim);
	memset(sim.status, 0, status_table_size(3));
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	assert_int_equal(sim.twice, 0);
	assert_int_equal(sim.spawns[2], 1);
	assert_state(&sim, 2, UP);
	sim_notify(&sim, 1);
	assert_state(&sim, 0, UP);
	sim_free(&sim);
}

/* Whatever the status says, a run that is not over is not started beside itself. */
static void never_two_instances(void **state)
{
	struct sim sim;

	(void)state;
	three_in_a_row(&sim);
	sim_boot(&sim);
	atomic_store(&sim_status(&sim, 2)->state, STATUS_WAITING);
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	assert_int_equal(sim.twice, 0);
	assert_int_equal(sim.spawns[2], 1);
	sim_ends(&sim, 2, 0);
	sim_pass(&sim, SECOND);
	assert_int_equal(sim.spawns[2], 2);
	assert_state(&sim, 2, UP);
	sim_free(&sim);
}

static void a_supervisor_that_dies_after_the_end_says_exit_again(void **state)
{
	struct sim sim;

	(void)state;
	three_in_a_row(&sim);
	sim_boot(&sim);
	sim_operate(&sim, VERB_SHUTDOWN, 0, 3);
	sim_init(&sim);
	sim.exit_status = -1;
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	sim_init(&sim);
	assert_int_equal(sim.exit_status, 3);
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_new_supervisor_changes_nothing),
		cmocka_unit_test(an_end_without_a_supervisor_is_not_lost),
		cmocka_unit_test(a_lost_status_starts_nothing_twice),
		cmocka_unit_test(never_two_instances),
		cmocka_unit_test(a_supervisor_that_dies_after_the_end_says_exit_again),
		cmocka_unit_test(boot_and_stop_survives_a_kill_anywhere),
		cmocka_unit_test(crash_loop_survives_a_kill_anywhere),
		cmocka_unit_test(failure_for_good_survives_a_kill_anywhere),
		cmocka_unit_test(essential_failure_survives_a_kill_anywhere),
		cmocka_unit_test(stubborn_stop_survives_a_kill_anywhere),
		cmocka_unit_test(start_timeout_survives_a_kill_anywhere),
		cmocka_unit_test(operator_commands_survives_a_kill_anywhere),
		cmocka_unit_test(pool_and_operator_survives_a_kill_anywhere),
		cmocka_unit_test(no_fork_survives_a_kill_anywhere),
		cmocka_unit_test(jobs_run_once_survives_a_kill_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
