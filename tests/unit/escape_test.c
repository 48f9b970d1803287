/* SPDX-License-Identifier: ISC */
/* Nothing that a terminal obeys, and JSON that is always valid, whatever the room. */
#include "lib/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* In as many pieces as the room asks for. */
static void assert_escaped(escape_function *escape, char const *bytes, size_t count,
			   char const *expected)
{
	for (size_t room = 6; room <= 32; room++) {
		char got[256] = "";
		char out[32];
		size_t done = 0;
		size_t used = 0;

		while (done < count) {
			size_t const n = escape(bytes + done, count - done, out, room, &used);

			assert_true(n <= room && used > 0);
			strncat(got, out, n);
			done += used;
		}
		assert_string_equal(got, expected);
	}
}

static void a_json_string_is_not_valid(void **state)
{
	(void)state;
	assert_escaped(escape_json, "plain", 5, "plain");
	assert_escaped(escape_json, "a\"b\\c\td", 7, "a\\\"b\\\\c\\td");
	assert_escaped(escape_json, "\0\x1b\x7f\r", 4, "\\u0000\\u001b\\u007f\\u000d");
	assert_escaped(escape_json, "\xff-\xc3\xa4-\xc3", 6, "\\ufffd-\xc3\xa4-\\ufffd");
}

static void a_terminal_is_commanded(void **state)
{
	(void)state;
	assert_escaped(escape_terminal, "a\tb\"\\", 5, "a\tb\"\\");
	assert_escaped(escape_terminal, "\x1b[2J\a\x7f", 6, "\\x1b[2J\\x07\\x7f");
	/* 8-bit CSI, and the same as UTF-8 */
	assert_escaped(escape_terminal,
		       "\x9b"
		       "1m",
		       3, "\\x9b1m");
	assert_escaped(escape_terminal,
		       "\xc2\x9b"
		       "1m",
		       4, "\\x9b1m");
	assert_escaped(escape_terminal, "\xc3\xa4", 2, "\xc3\xa4");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_json_string_is_not_valid),
		cmocka_unit_test(a_terminal_is_commanded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
