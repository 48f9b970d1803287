/* SPDX-License-Identifier: ISC */
/* Characters of UTF-8, and everything that only looks like one. */
#include "lib/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void what_is_no_character_passes_for_one(void **state)
{
	static struct {
		char const *bytes;
		size_t length;
	} const cases[] = {
		{ "a", 1 },
		{ "\xc3\xa4", 2 },
		{ "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x98\x80", 4 },
		{ "\x80", 0 },
		{ "\xc0\x80", 0 },
		{ "\xc3(", 0 },
		{ "\xe0\x80\x80", 0 },
		{ "\xed\xa0\x80", 0 },
		{ "\xf4\x90\x80\x80", 0 },
		{ "\xf5\x80\x80\x80", 0 },
		{ "\xff", 0 },
		{ "\xe2\x82", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(utf8_length(cases[i].bytes, strlen(cases[i].bytes)),
				 cases[i].length);
	assert_int_equal(utf8_length("", 0), 0);
	assert_int_equal(utf8_length("\xc3\xa4", 1), 0);
}

static void a_character_is_cut_in_two(void **state)
{
	(void)state;
	assert_int_equal(utf8_unfinished("abc", 3), 0);
	assert_int_equal(utf8_unfinished("a\xc3\xa4", 3), 0);
	assert_int_equal(utf8_unfinished("a\xc3", 2), 1);
	assert_int_equal(utf8_unfinished("a\xf0\x9f\x98", 4), 3);
	assert_int_equal(utf8_unfinished("a\xe2\x82", 3), 2);
	assert_int_equal(utf8_unfinished("\x80\x80\x80\x80", 4), 0);
	assert_int_equal(utf8_unfinished("", 0), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(what_is_no_character_passes_for_one),
		cmocka_unit_test(a_character_is_cut_in_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
