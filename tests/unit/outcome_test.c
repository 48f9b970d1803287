/* SPDX-License-Identifier: ISC */
/* When start, stop, restart and signal are done, have failed, or are still to be waited for. */
#include "ctl/outcome.h"

#include "tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

char const *PROG = "test";

static struct plan_slot plan;

static struct described at(uint32_t state, uint32_t wanted, uint32_t generation, bool runs)
{
	return (struct described){
		.plan = &plan,
		.state = state,
		.wanted = wanted,
		.generation = generation,
		.slot = { .state = runs ? SLOT_RUNNING : SLOT_IDLE, .generation = generation },
	};
}

static enum outcome outcome(enum verb_kind kind, struct described before, struct described now)
{
	return outcome_of(kind, &before, &now, true);
}

static void an_answer_comes_before_the_question_was_read(void **state)
{
	struct described const up = at(STATUS_UP, 1, 1, true);

	(void)state;
	for (enum verb_kind kind = VERB_START; kind <= VERB_SIGNAL; kind++)
		assert_int_equal(outcome_of(kind, &up, &up, false), OUTCOME_PENDING);
}

static void a_start_is_judged_wrong(void **state)
{
	struct described const down = at(STATUS_DOWN, 0, 1, false);

	(void)state;
	plan = (struct plan_slot){ 0 };
	assert_int_equal(outcome(VERB_START, down, at(STATUS_WAITING, 1, 1, false)), 0);
	assert_int_equal(outcome(VERB_START, down, at(STATUS_STARTING, 1, 2, true)), 0);
	assert_int_equal(outcome(VERB_START, down, at(STATUS_BACKOFF, 1, 2, false)), 0);
	assert_int_equal(outcome(VERB_START, down, at(STATUS_UP, 1, 2, true)), OUTCOME_YES);
	assert_int_equal(outcome(VERB_START, down, at(STATUS_DONE, 1, 2, false)), OUTCOME_YES);
	assert_int_equal(outcome(VERB_START, down, at(STATUS_FAILED, 1, 2, false)), OUTCOME_NO);
	assert_int_equal(outcome(VERB_START, down, at(STATUS_DOWN, 0, 2, false)), OUTCOME_NO);
}

static void a_scheduled_job_has_run_before_it_ran(void **state)
{
	struct described const before = at(STATUS_DONE, 1, 4, false);

	(void)state;
	plan = (struct plan_slot){ .scheduled = 1 };
	assert_int_equal(outcome(VERB_START, before, before), OUTCOME_PENDING);
	assert_int_equal(outcome(VERB_START, before, at(STATUS_STARTING, 1, 5, true)), 0);
	assert_int_equal(outcome(VERB_START, before, at(STATUS_DONE, 1, 5, false)), OUTCOME_YES);
	assert_int_equal(outcome(VERB_START, before, at(STATUS_FAILED, 1, 5, false)), OUTCOME_NO);
	plan = (struct plan_slot){ 0 };
}

static void a_stop_is_done_while_something_runs(void **state)
{
	struct described const up = at(STATUS_UP, 1, 1, true);

	(void)state;
	assert_int_equal(outcome(VERB_STOP, up, up), OUTCOME_PENDING);
	assert_int_equal(outcome(VERB_STOP, up, at(STATUS_STOPPING, 0, 1, true)), 0);
	assert_int_equal(outcome(VERB_STOP, up, at(STATUS_DOWN, 0, 1, true)), OUTCOME_PENDING);
	assert_int_equal(outcome(VERB_STOP, up, at(STATUS_DOWN, 0, 1, false)), OUTCOME_YES);
	assert_int_equal(outcome(VERB_STOP, up, at(STATUS_DONE, 1, 1, false)), OUTCOME_PENDING);
}

static void a_restart_is_done_with_the_old_process(void **state)
{
	struct described const up = at(STATUS_UP, 1, 3, true);

	(void)state;
	assert_int_equal(outcome(VERB_RESTART, up, up), OUTCOME_PENDING);
	assert_int_equal(outcome(VERB_RESTART, up, at(STATUS_DOWN, 1, 3, false)), OUTCOME_PENDING);
	assert_int_equal(outcome(VERB_RESTART, up, at(STATUS_UP, 1, 4, true)), OUTCOME_YES);
	assert_int_equal(outcome(VERB_RESTART, up, at(STATUS_FAILED, 1, 4, false)), OUTCOME_NO);
}

static void a_signal_is_sent_without_being_sent(void **state)
{
	struct described const up = at(STATUS_UP, 1, 3, true);
	struct described hit = up;

	(void)state;
	hit.slot.sequence = 1;
	assert_int_equal(outcome(VERB_SIGNAL, up, up), OUTCOME_PENDING);
	assert_int_equal(outcome(VERB_SIGNAL, up, hit), OUTCOME_YES);
	assert_int_equal(outcome(VERB_SIGNAL, up, at(STATUS_UP, 1, 4, true)), OUTCOME_YES);
	assert_int_equal(outcome(VERB_SIGNAL, up, at(STATUS_DOWN, 1, 3, false)), OUTCOME_YES);
}

static void patience_is_shorter_than_the_declared_limits(void **state)
{
	uint64_t const second = 1000000000;

	(void)state;
	tables_begin();
	(void)tables_add("one", PLAN_LONGRUN);
	assert_int_equal(outcome_patience(VERB_START, tables.plan), 32 * second);
	assert_int_equal(outcome_patience(VERB_STOP, tables.plan), 12 * second);
	tables_slot(0)->start_timeout = 60 * second;
	tables_slot(0)->stop_timeout = 100 * second;
	assert_int_equal(outcome_patience(VERB_START, tables.plan), 62 * second);
	assert_int_equal(outcome_patience(VERB_STOP, tables.plan), 102 * second);
	assert_int_equal(outcome_patience(VERB_RESTART, tables.plan), 162 * second);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(an_answer_comes_before_the_question_was_read),
		cmocka_unit_test(a_start_is_judged_wrong),
		cmocka_unit_test(a_scheduled_job_has_run_before_it_ran),
		cmocka_unit_test(a_stop_is_done_while_something_runs),
		cmocka_unit_test(a_restart_is_done_with_the_old_process),
		cmocka_unit_test(a_signal_is_sent_without_being_sent),
		cmocka_unit_test(patience_is_shorter_than_the_declared_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
