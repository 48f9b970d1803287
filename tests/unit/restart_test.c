/* SPDX-License-Identifier: ISC */
/* The keys restart, restart-delay, restart-limit and success-exit, one rule a test. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "supervise/restart.h"
#include "wire/step.h"

#include <signal.h>

#define MS     UINT64_C(1000000)
#define SECOND (1000 * MS)

static struct plan_slot service(void)
{
	return (struct plan_slot){
		.kind = PLAN_LONGRUN,
		.restart = PLAN_ALWAYS,
		.restart_limit = 5,
		.restart_window = 60 * SECOND,
		.restart_delay_minimum = 200 * MS,
		.restart_delay_maximum = 30 * SECOND,
		.success = { 1 },
	};
}

/* A run of `length` that ended at 1000 s. */
static struct restart_facts run_of(uint64_t length, int wait_status)
{
	return (struct restart_facts){
		.wanted = true,
		.wait_status = wait_status,
		.start = 1000 * SECOND - length,
		.ready = 1000 * SECOND - length,
		.end = 1000 * SECOND,
	};
}

static void the_delay_doubles_up_to_its_maximum(void **state)
{
	struct plan_slot const slot = service();
	static uint64_t const expected[] = { 200,  400,	  800,	 1600,	3200,
					     6400, 12800, 25600, 30000, 30000 };

	(void)state;
	for (uint32_t n = 1; n <= 10; n++)
		for (uint32_t random = 0; random < 4000000000; random += 399999989) {
			uint64_t const delay = restart_delay(&slot, n, random);
			uint64_t const middle = expected[n - 1] * MS;

			assert_true(delay >= middle - middle / 10);
			assert_true(delay <= middle + middle / 10);
		}
}

static void the_delay_has_jitter_and_is_deterministic(void **state)
{
	struct plan_slot const slot = service();

	(void)state;
	assert_true(restart_delay(&slot, 3, 1) != restart_delay(&slot, 3, 77777777));
	assert_true(restart_delay(&slot, 3, 5) == restart_delay(&slot, 3, 5));
}

static void a_huge_count_of_failures_does_not_overflow(void **state)
{
	struct plan_slot slot = service();

	(void)state;
	assert_true(restart_delay(&slot, UINT32_MAX, 0) >= 27 * SECOND);
	slot.restart_delay_minimum = 0;
	slot.restart_delay_maximum = 0;
	assert_true(restart_delay(&slot, 9, 3) == 0);
}

static void a_settled_slot_is_restarted_at_once(void **state)
{
	struct plan_slot const slot = service();
	struct restart_facts facts = run_of(10 * SECOND, SIGKILL);
	struct restart_verdict verdict;

	(void)state;
	facts.failures = 4;
	verdict = restart_judge(&slot, &facts);
	assert_int_equal(verdict.event, EVENT_ENDED_AGAIN);
	assert_true(verdict.delay == 0);
	assert_int_equal(verdict.failures, 0);
	facts = run_of(10 * SECOND - 1, SIGKILL);
	verdict = restart_judge(&slot, &facts);
	assert_int_equal(verdict.event, EVENT_ENDED_LATER);
}

static void what_was_never_ready_is_not_settled(void **state)
{
	struct plan_slot slot = service();
	struct restart_facts facts = run_of(100 * SECOND, SIGKILL);

	(void)state;
	slot.ready = PLAN_READY_FD;
	facts.ready = 0;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_LATER);
}

static void too_many_failures_in_the_window_are_for_good(void **state)
{
	struct plan_slot const slot = service();
	struct restart_facts facts = run_of(SECOND, 3 << 8);
	struct restart_verdict verdict;

	(void)state;
	facts.window = 950 * SECOND;
	facts.window_failures = 4;
	verdict = restart_judge(&slot, &facts);
	assert_int_equal(verdict.event, EVENT_ENDED_FAILED);
	assert_true(verdict.limited);
	assert_int_equal(verdict.window_failures, 5);
	/* The window is over: a new one begins with this failure. */
	facts.window = 939 * SECOND;
	verdict = restart_judge(&slot, &facts);
	assert_int_equal(verdict.event, EVENT_ENDED_LATER);
	assert_int_equal(verdict.window_failures, 1);
	assert_true(verdict.window == 1000 * SECOND);
}

static void no_limit_is_no_limit(void **state)
{
	struct plan_slot slot = service();
	struct restart_facts facts = run_of(SECOND, 3 << 8);

	(void)state;
	slot.restart_limit = 0;
	facts.window = 999 * SECOND;
	facts.window_failures = 1000000;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_LATER);
}

static void a_success_under_always_never_counts_and_never_grows(void **state)
{
	struct plan_slot const slot = service();
	struct restart_facts facts = run_of(SECOND, 0);
	struct restart_verdict verdict;

	(void)state;
	facts.failures = 3;
	facts.window = 990 * SECOND;
	facts.window_failures = 4;
	verdict = restart_judge(&slot, &facts);
	assert_int_equal(verdict.event, EVENT_ENDED_AGAIN);
	assert_int_equal(verdict.window_failures, 4);
	assert_int_equal(verdict.failures, 0);
	facts = run_of(199 * MS, 0);
	verdict = restart_judge(&slot, &facts);
	assert_int_equal(verdict.event, EVENT_ENDED_LATER);
	assert_true(verdict.delay == 200 * MS);
	assert_int_equal(verdict.failures, 0);
}

static void policies_decide_between_done_failed_and_again(void **state)
{
	static struct {
		enum plan_restart restart;
		int wait_status;
		enum machine_event expected;
	} const cases[] = {
		{ PLAN_ON_FAILURE, 0, EVENT_ENDED_DONE },
		{ PLAN_ON_FAILURE, 1 << 8, EVENT_ENDED_LATER },
		{ PLAN_ON_FAILURE, SIGSEGV, EVENT_ENDED_LATER },
		{ PLAN_NEVER, 0, EVENT_ENDED_DONE },
		{ PLAN_NEVER, 1 << 8, EVENT_ENDED_FAILED },
		{ PLAN_NEVER, SIGTERM, EVENT_ENDED_FAILED },
		{ PLAN_ALWAYS, 1 << 8, EVENT_ENDED_LATER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct plan_slot slot = service();
		struct restart_facts const facts = run_of(SECOND, cases[i].wait_status);

		slot.restart = cases[i].restart;
		assert_int_equal(restart_judge(&slot, &facts).event, cases[i].expected);
	}
}

static void success_exit_names_other_codes(void **state)
{
	struct plan_slot slot = service();
	struct restart_facts facts = run_of(SECOND, 12 << 8);

	(void)state;
	slot.restart = PLAN_NEVER;
	slot.success[12 / 8] |= 1 << 12 % 8;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_DONE);
	facts.wait_status = 255 << 8;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_FAILED);
	slot.success[31] = 0x80;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_DONE);
}

static void a_oneshot_that_succeeded_is_done_whatever_restart_says(void **state)
{
	struct plan_slot slot = service();
	struct restart_facts const facts = run_of(SECOND, 0);

	(void)state;
	slot.kind = PLAN_ONESHOT;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_DONE);
}

static void a_failed_fork_backs_off_without_counting(void **state)
{
	struct plan_slot slot = service();
	struct restart_facts facts = run_of(0, 111 << 8);
	struct restart_verdict verdict;

	(void)state;
	facts.error_step = STEP_FORK;
	facts.window_failures = 4;
	facts.window = 999 * SECOND;
	slot.restart = PLAN_NEVER;
	verdict = restart_judge(&slot, &facts);
	assert_int_equal(verdict.event, EVENT_ENDED_LATER);
	assert_int_equal(verdict.window_failures, 4);
	assert_int_equal(verdict.failures, 1);
}

static void an_exec_that_failed_is_never_a_success(void **state)
{
	struct plan_slot slot = service();
	struct restart_facts facts = run_of(0, 127 << 8);

	(void)state;
	slot.restart = PLAN_ON_FAILURE;
	slot.success[127 / 8] |= 1 << 127 % 8;
	facts.error_step = STEP_EXEC;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_LATER);
}

static void what_is_not_wanted_stays_down(void **state)
{
	struct plan_slot const slot = service();
	struct restart_facts facts = run_of(SECOND, SIGTERM);

	(void)state;
	facts.wanted = false;
	facts.flags = FLAG_STOPPED;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_DOWN);
	facts.flags |= FLAG_NEED_FAILED;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_FAILED);
}

static void an_operators_restart_is_no_failure_and_a_timeout_is(void **state)
{
	struct plan_slot const slot = service();
	struct restart_facts facts = run_of(SECOND, SIGTERM);
	struct restart_verdict verdict;

	(void)state;
	facts.flags = FLAG_STOPPED;
	verdict = restart_judge(&slot, &facts);
	assert_int_equal(verdict.event, EVENT_ENDED_AGAIN);
	assert_int_equal(verdict.window_failures, 0);
	/* It went down on its TERM with 0, but it had not become ready. */
	facts = run_of(SECOND, 0);
	facts.flags = FLAG_STOPPED | FLAG_TIMED_OUT;
	verdict = restart_judge(&slot, &facts);
	assert_int_equal(verdict.event, EVENT_ENDED_LATER);
	assert_int_equal(verdict.window_failures, 1);
}

static void the_main_program_ends_once(void **state)
{
	struct plan_slot slot = service();
	struct restart_facts facts = run_of(100 * SECOND, 0);

	(void)state;
	slot.kind = PLAN_MAIN;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_DONE);
	facts.wait_status = SIGKILL;
	assert_int_equal(restart_judge(&slot, &facts).event, EVENT_ENDED_FAILED);
}

static void exit_statuses_are_those_of_a_shell(void **state)
{
	(void)state;
	assert_int_equal(restart_exit_status(7 << 8, true), 7);
	assert_int_equal(restart_exit_status(SIGKILL, true), 137);
	assert_int_equal(restart_exit_status(0, false), 0);
	/* A failure that looked like a success must not make the container look well. */
	assert_int_equal(restart_exit_status(0, true), 1);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(the_delay_doubles_up_to_its_maximum),
		cmocka_unit_test(the_delay_has_jitter_and_is_deterministic),
		cmocka_unit_test(a_huge_count_of_failures_does_not_overflow),
		cmocka_unit_test(a_settled_slot_is_restarted_at_once),
		cmocka_unit_test(what_was_never_ready_is_not_settled),
		cmocka_unit_test(too_many_failures_in_the_window_are_for_good),
		cmocka_unit_test(no_limit_is_no_limit),
		cmocka_unit_test(a_success_under_always_never_counts_and_never_grows),
		cmocka_unit_test(policies_decide_between_done_failed_and_again),
		cmocka_unit_test(success_exit_names_other_codes),
		cmocka_unit_test(a_oneshot_that_succeeded_is_done_whatever_restart_says),
		cmocka_unit_test(a_failed_fork_backs_off_without_counting),
		cmocka_unit_test(an_exec_that_failed_is_never_a_success),
		cmocka_unit_test(what_is_not_wanted_stays_down),
		cmocka_unit_test(an_operators_restart_is_no_failure_and_a_timeout_is),
		cmocka_unit_test(the_main_program_ends_once),
		cmocka_unit_test(exit_statuses_are_those_of_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
