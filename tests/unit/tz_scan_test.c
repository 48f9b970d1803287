/* SPDX-License-Identifier: ISC */
/* What tzset(3) asks of sscanf(3) must be answered as the C library answers it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "lib/tz_scan.h"

#include <stdio.h>
#include <string.h>

struct answer {
	int count;
	unsigned short numbers[3];
	int consumed[3];
};

static int ours(char const *text, char const *format, ...)
{
	va_list arguments;
	int count;

	va_start(arguments, format);
	count = tz_scan(text, format, arguments);
	va_end(arguments);
	return count;
}

static char const *const offsets[] = { "",	"5",	 "05",	  "5:30",      "5:30:15", "5:",
				       "5:x",	":5",	 "x",	  "-3",	       "+3",	  " 7:1",
				       "99999", "5:30:", "5:30x", "24,M3.2.0", "5:-3",	  "-" };

static void offsets_are_read_as_by_the_library(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
		struct answer a = { 0 };
		struct answer b = { 0 };

		a.count = ours(offsets[i], "%hu%n:%hu%n:%hu%n", &a.numbers[0], &a.consumed[0],
			       &a.numbers[1], &a.consumed[1], &a.numbers[2], &a.consumed[2]);
		b.count = sscanf(offsets[i], "%hu%n:%hu%n:%hu%n", &b.numbers[0], &b.consumed[0],
				 &b.numbers[1], &b.consumed[1], &b.numbers[2], &b.consumed[2]);
		assert_int_equal(a.count, b.count);
		for (int k = 0; k < a.count; k++) {
			assert_int_equal(a.numbers[k], b.numbers[k]);
			assert_int_equal(a.consumed[k], b.consumed[k]);
		}
	}
}

static void rules_are_read_as_by_the_library(void **state)
{
	static char const *const rules[] = { "M3.2.0", "M3.2.0/2",   "M11.1.0", "M3.2",
					     "M",      "J60",	     "60",	"",
					     "m3.2.0", "M3.5.0,M10", "M 3.2.0" };

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct answer a = { .consumed = { -5 } };
		struct answer b = { .consumed = { -5 } };

		a.count = ours(rules[i], "M%hu.%hu.%hu%n", &a.numbers[0], &a.numbers[1],
			       &a.numbers[2], &a.consumed[0]);
		b.count = sscanf(rules[i], "M%hu.%hu.%hu%n", &b.numbers[0], &b.numbers[1],
				 &b.numbers[2], &b.consumed[0]);
		assert_int_equal(a.count, b.count);
		assert_int_equal(a.consumed[0], b.consumed[0]);
		for (int k = 0; k < a.count; k++)
			assert_int_equal(a.numbers[k], b.numbers[k]);
	}
}

static void another_conversion_is_not_guessed(void **state)
{
	int value = 7;

	(void)state;
	assert_int_equal(ours("12", "%d", &value), -1);
	assert_int_equal(value, 7);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(offsets_are_read_as_by_the_library),
		cmocka_unit_test(rules_are_read_as_by_the_library),
		cmocka_unit_test(another_conversion_is_not_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
