/* SPDX-License-Identifier: ISC */
/* Where lines end, and prefixes: in front of every line, nowhere else, whatever the room. */
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

/* Lays out in as many pieces as the room asks for. */
static void assert_laid_out(char const *bytes, bool continues, size_t room, char const *expected)
{
	struct log_prefix prefix = { .name = "ab", .continues = continues };
	char got[256] = "";
	char out[64];
	size_t done = 0;
	size_t used = 0;

	for (int i = 0; i < 64 && done < strlen(bytes); i++) {
		size_t const n = log_lines_prefix(&prefix, bytes + done, strlen(bytes) - done, out,
						  room, &used);

		assert_true(n > 0 && n <= room);
		strncat(got, out, n);
		done += used;
		prefix.continues = bytes[done - 1] != '\n';
	}
	assert_string_equal(got, expected);
}

static void a_prefix_is_missing_or_doubled(void **state)
{
	(void)state;
	for (size_t room = 6; room <= sizeof(char[64]); room++) {
		assert_laid_out("one\ntwo\n", false, room, "ab | one\nab | two\n");
		assert_laid_out("one\ntwo\n", true, room, "one\nab | two\n");
		assert_laid_out("\n\nx", false, room, "ab | \nab | \nab | x");
	}
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(an_unfinished_line_counts_as_whole),
		cmocka_unit_test(a_full_pipe_is_never_long),
		cmocka_unit_test(a_prefix_is_missing_or_doubled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
