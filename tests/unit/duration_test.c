/* SPDX-License-Identifier: ISC */
/* Durations: what is none is refused, units are right, text is short. */
#include "lib/duration.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void units_are_mixed_up(void **state)
{
	static struct {
		char const *text;
		uint64_t milliseconds;
	} const cases[] = {
		{ "0", 0 },	  { "7", 7000 },     { "200ms", 200 },	 { "30s", 30000 },
		{ "2m", 120000 }, { "1h", 3600000 }, { "1d", 86400000 }, { "007s", 7000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint64_t value = 1;

		assert_int_equal(duration_parse(cases[i].text, &value), 0);
		assert_int_equal(value, cases[i].milliseconds * 1000000);
	}
}

static void nonsense_is_a_duration(void **state)
{
	static char const *const wrong[] = { "",     "s",    "-1s", "+1", "1.5s", "1 s",
					     "1sec", "0x10", "1s ", " 1", "1S",	  "ms" };
	uint64_t value = 0;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(duration_parse(wrong[i], &value), -EINVAL);
}

static void a_huge_number_overflows(void **state)
{
	uint64_t value = 0;

	(void)state;
	assert_int_equal(duration_parse("99999999999999999999999999", &value), -ERANGE);
	assert_int_equal(duration_parse("1000000d", &value), -ERANGE);
	assert_int_equal(duration_parse("36525d", &value), 0);
}

static void assert_text(uint64_t milliseconds, char const *expected)
{
	struct text text = TEXT_EMPTY;

	duration_add(&text, milliseconds * 1000000);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void a_duration_is_told_wrong_at_the_edge_of_a_unit(void **state)
{
	(void)state;
	assert_text(0, "0ms");
	assert_text(999, "999ms");
	assert_text(1000, "1s");
	assert_text(59999, "59s");
	assert_text(60000, "1m 00s");
	assert_text(185000, "3m 05s");
	assert_text(3600000, "1h 00m");
	assert_text(86399999, "23h 59m");
	assert_text(86400000 * UINT64_C(4) + 3600000 * 3, "4d 03h");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(units_are_mixed_up),
		cmocka_unit_test(nonsense_is_a_duration),
		cmocka_unit_test(a_huge_number_overflows),
		cmocka_unit_test(a_duration_is_told_wrong_at_the_edge_of_a_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
