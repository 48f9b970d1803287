/* SPDX-License-Identifier: ISC */
/* What the table promises whoever walks it: no way to two runs at once, no way out of sight. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "supervise/machine.h"
#include "wire/status.h"

/* Two starts without an end between them would be two instances of one service. */
static void a_run_is_started_only_where_none_is(void **state)
{
	(void)state;
	for (uint32_t from = 0; from < STATUS_STATES; from++)
		for (int event = 0; event < EVENT_COUNT; event++) {
			struct machine_step const step = machine_next(from,
								      (enum machine_event)event);

			if (step.action != ACTION_SPAWN)
				continue;
			assert_int_equal(from, STATUS_WAITING);
			assert_int_equal(event, EVENT_MET);
			assert_int_equal(step.state, STATUS_STARTING);
		}
}

/* A cell that was forgotten is zero, DOWN, and would lose a running process. */
static void what_runs_goes_down_only_by_its_end(void **state)
{
	static uint32_t const running[] = { STATUS_STARTING, STATUS_UP, STATUS_STOPPING };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (int event = 0; event < EVENT_ENDED_DOWN; event++) {
			uint32_t const next =
			    machine_next(running[i], (enum machine_event)event).state;

			assert_int_not_equal(next, STATUS_DOWN);
			assert_int_not_equal(next, STATUS_FAILED);
			assert_int_not_equal(next, STATUS_DONE);
		}
}

static void a_stop_leads_to_stopping_and_a_second_one_does_nothing(void **state)
{
	(void)state;
	assert_int_equal(machine_next(STATUS_UP, EVENT_UNWANT).action, ACTION_STOP);
	assert_int_equal(machine_next(STATUS_STARTING, EVENT_UNWANT).action, ACTION_STOP);
	assert_int_equal(machine_next(STATUS_STOPPING, EVENT_UNWANT).action, ACTION_NONE);
	assert_int_equal(machine_next(STATUS_STOPPING, EVENT_DEADLINE).action, ACTION_KILL);
}

static void an_end_means_the_same_wherever_it_comes(void **state)
{
	static uint32_t const live[] = { STATUS_WAITING, STATUS_STARTING, STATUS_UP,
					 STATUS_STOPPING, STATUS_BACKOFF };

	(void)state;
	for (size_t i = 0; i < sizeof live / sizeof *live; i++) {
		assert_int_equal(machine_next(live[i], EVENT_ENDED_DOWN).state, STATUS_DOWN);
		assert_int_equal(machine_next(live[i], EVENT_ENDED_DONE).state, STATUS_DONE);
		assert_int_equal(machine_next(live[i], EVENT_ENDED_AGAIN).state, STATUS_WAITING);
		assert_int_equal(machine_next(live[i], EVENT_ENDED_LATER).state, STATUS_BACKOFF);
		assert_int_equal(machine_next(live[i], EVENT_ENDED_FAILED).state, STATUS_FAILED);
	}
}

static void readiness_counts_only_while_it_starts(void **state)
{
	(void)state;
	for (uint32_t from = 0; from < STATUS_STATES; from++) {
		uint32_t const next = machine_next(from, EVENT_READY).state;
		/* WAITING: a bundle, which has no process */
		uint32_t const expected = from == STATUS_STARTING || from == STATUS_WAITING
					      ? STATUS_UP
					      : from;

		assert_int_equal(next, expected);
	}
}

static void failed_is_for_good_until_somebody_asks(void **state)
{
	(void)state;
	for (int event = 0; event < EVENT_COUNT; event++) {
		uint32_t const next = machine_next(STATUS_FAILED, (enum machine_event)event).state;

		if (event == EVENT_WANT || event == EVENT_RESTART)
			assert_int_equal(next, STATUS_WAITING);
		else if (event == EVENT_UNWANT || event == EVENT_ENDED_DOWN)
			assert_int_equal(next, STATUS_DOWN);
		else
			assert_int_equal(next, STATUS_FAILED);
	}
}

static void an_unknown_state_is_taken_for_down(void **state)
{
	(void)state;
	assert_int_equal(machine_next(77, EVENT_WANT).state, STATUS_WAITING);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_run_is_started_only_where_none_is),
		cmocka_unit_test(what_runs_goes_down_only_by_its_end),
		cmocka_unit_test(a_stop_leads_to_stopping_and_a_second_one_does_nothing),
		cmocka_unit_test(an_end_means_the_same_wherever_it_comes),
		cmocka_unit_test(readiness_counts_only_while_it_starts),
		cmocka_unit_test(failed_is_for_good_until_somebody_asks),
		cmocka_unit_test(an_unknown_state_is_taken_for_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
