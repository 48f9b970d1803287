/* SPDX-License-Identifier: ISC */
/* Where lines end, and when one is too long to be waited for. */
#include "log/log_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void an_unfinished_line_counts_as_whole(void **state)
{
	(void)state;
	assert_int_equal(log_lines_whole("", 0), 0);
	assert_int_equal(log_lines_whole("abc", 3), 0);
	assert_int_equal(log_lines_whole("abc\n", 4), 4);
	assert_int_equal(log_lines_whole("a\nb\nc", 5), 4);
	assert_int_equal(log_lines_whole("\n", 1), 1);
	assert_int_equal(log_lines_whole("a\0b\nc", 5), 4);
}

static void a_full_pipe_is_never_long(void **state)
{
	(void)state;
	assert_true(log_lines_long(65536) <= 32768);
	assert_int_equal(log_lines_long(4096), 1);
	assert_int_equal(log_lines_long(8192), 1);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(an_unfinished_line_counts_as_whole),
		cmocka_unit_test(a_full_pipe_is_never_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
