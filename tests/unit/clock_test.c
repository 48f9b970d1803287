/* SPDX-License-Identifier: ISC */
/* A timer that is lost is a service that never comes back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "supervise/clock.h"

enum { COUNT = 500 };

static void the_earliest_comes_first(void **state)
{
	struct clock clock;
	uint64_t last = 0;
	uint32_t slot;

	(void)state;
	assert_int_equal(clock_open(&clock, COUNT), 0);
	for (uint32_t i = 0; i < COUNT; i++)
		clock_set(&clock, i, 1 + (uint64_t)i * 7919 % 1009);
	for (uint32_t i = 0; i < COUNT; i++) {
		uint64_t const time = clock_first(&clock, &slot);

		assert_true(time >= last);
		assert_true(time == 1 + (uint64_t)slot * 7919 % 1009);
		last = time;
		clock_set(&clock, slot, 0);
	}
	assert_true(clock_first(&clock, &slot) == UINT64_MAX);
	clock_close(&clock);
}

static void timers_can_be_moved_and_taken_out(void **state)
{
	struct clock clock;
	uint64_t model[COUNT] = { 0 };
	uint32_t random = 1;
	uint32_t slot = 0;

	(void)state;
	assert_int_equal(clock_open(&clock, COUNT), 0);
	for (int step = 0; step < 20000; step++) {
		uint64_t first = UINT64_MAX;

		random = random * 1103515245 + 12345;
		slot = (random >> 8) % COUNT;
		random = random * 1103515245 + 12345;
		model[slot] = (random >> 8) % 4 ? (random >> 8) % 5000 : 0;
		clock_set(&clock, slot, model[slot]);
		for (uint32_t i = 0; i < COUNT; i++)
			if (model[i] && model[i] < first)
				first = model[i];
		assert_true(clock_first(&clock, &slot) == first);
	}
	clock_close(&clock);
}

static void no_timer_is_never(void **state)
{
	struct clock clock;
	uint32_t slot;

	(void)state;
	assert_int_equal(clock_open(&clock, 0), 0);
	assert_true(clock_first(&clock, &slot) == UINT64_MAX);
	clock_close(&clock);
	assert_int_equal(clock_open(&clock, 1), 0);
	clock_set(&clock, 0, 0);
	assert_true(clock_first(&clock, &slot) == UINT64_MAX);
	clock_close(&clock);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(the_earliest_comes_first),
		cmocka_unit_test(timers_can_be_moved_and_taken_out),
		cmocka_unit_test(no_timer_is_never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
