/* SPDX-License-Identifier: ISC */
/* Places and ticks of an axis, from a fraction of a millisecond to years. */
#include "ctl/timeline_panel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MILLISECOND UINT64_C(1000000)
#define SECOND	    UINT64_C(1000000000)
#define DAY	    (86400 * SECOND)

static struct panel panel(uint64_t span)
{
	return (struct panel){ "run", 50, 50 + span, 500, 9000 };
}

static void a_time_has_a_place_outside_the_panel(void **state)
{
	uint64_t const spans[] = { 1, MILLISECOND, SECOND, DAY, 40 * DAY, 3000 * DAY };

	(void)state;
	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
		struct panel const p = panel(spans[i]);

		assert_int_equal(panel_place(&p, 0), 500);
		assert_int_equal(panel_place(&p, 50), 500);
		assert_int_equal(panel_place(&p, p.to), 9500);
		assert_int_equal(panel_place(&p, UINT64_MAX), 9500);
		if (spans[i] > 1)
			assert_in_range(panel_place(&p, 50 + spans[i] / 2), 4900, 5000);
	}
}

static void an_axis_has_no_ticks_or_too_many(void **state)
{
	(void)state;
	for (uint64_t span = MILLISECOND; span < 5000 * DAY; span += span / 3) {
		struct panel const p = panel(span);

		assert_true(span / panel_step(&p) <= 10);
		assert_true(span >= 1000 * DAY || span / panel_step(&p) >= 2);
	}
}

static void reads(uint64_t time, uint64_t step, char const *expected)
{
	struct text text = TEXT_EMPTY;

	panel_add_time(&text, time, step);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void a_time_reads_wrong(void **state)
{
	(void)state;
	reads(0, 0, "0 ms");
	reads(500000, 100000, "0.5 ms");
	reads(250 * MILLISECOND, 50 * MILLISECOND, "250 ms");
	reads(1500 * MILLISECOND, 500 * MILLISECOND, "1500 ms");
	reads(2 * SECOND, SECOND, "2s");
	reads(3 * 3600 * SECOND, 0, "3h 00m");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_time_has_a_place_outside_the_panel),
		cmocka_unit_test(an_axis_has_no_ticks_or_too_many),
		cmocka_unit_test(a_time_reads_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
