/* SPDX-License-Identifier: ISC */
/* php-fpm's decoration: taken off where it is one, pieces joined, everything else left alone. */
#include "log/log_fpm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#define BEFORE "[24-Nov-2026 09:54:14] WARNING: [pool www] child 12 said into stderr: \""

static void a_decoration_is_overlooked_or_imagined(void **state)
{
	static char const *const others[] = {
		"",
		"plain",
		"[24-Nov-2026 09:54:14] NOTICE: ready",
		"[24-Nov-2026 09:54:14] WARNING: [pool www] child 12 exited on signal 9",
		"[24-Nov-2026 09:54:14] WARNING: [pool www] child x said into stderr: \"a\"",
		"[24-Nov-2026 09:54:14] WARNING: [pool www child 12 said into stderr: \"a\"",
		BEFORE,
		BEFORE "a",
	};
	struct log_fpm parsed;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(log_fpm_parse(others[i], strlen(others[i]), &parsed));
	assert_true(log_fpm_parse(BEFORE "a\"b\"", strlen(BEFORE) + 4, &parsed));
	assert_int_equal(parsed.head, strlen(BEFORE));
	assert_int_equal(parsed.body, 3);
	assert_false(parsed.goes_on);
	assert_true(log_fpm_parse(BEFORE "a\", pipe is closed", strlen(BEFORE) + 18, &parsed));
	assert_int_equal(parsed.body, 1);
	assert_true(log_fpm_parse(BEFORE "\"", strlen(BEFORE) + 1, &parsed));
	assert_int_equal(parsed.body, 0);
}

/* A piece that is as long as the limit. */
static void piece(char *out, char const *before)
{
	size_t const start = strlen(out);

	strcat(out, before);
	memset(out + start + strlen(before), 'x', 1022 - strlen(before));
	strcpy(out + start + 1022, "\"\n");
}

static void assert_joined(char const *text, size_t length, size_t used)
{
	static char out[8192];
	size_t got;
	size_t took;

	assert_true(log_fpm_join(text, strlen(text), out, sizeof out, &got, &took));
	assert_int_equal(got, length);
	assert_int_equal(took, used);
}

static void pieces_are_not_joined(void **state)
{
	static char text[8192];
	size_t const body = 1022 - strlen(BEFORE);

	(void)state;
	piece(text, BEFORE);
	assert_int_equal(log_fpm_whole(text, strlen(text)), 0);
	piece(text, BEFORE);
	strcat(text, BEFORE "end\"\n");
	assert_joined(text, 2 * body + 3, strlen(text));
	assert_int_equal(log_fpm_whole(text, strlen(text)), strlen(text));
	strcat(text, "other\n");
	assert_joined(text, 2 * body + 3, strlen(text) - 6);
	assert_int_equal(log_fpm_whole(text, strlen(text)), strlen(text));
	/* Another worker's line is not its end. */
	text[0] = '\0';
	piece(text, BEFORE);
	strcat(text,
	       "[24-Nov-2026 09:54:14] WARNING: [pool www] child 13 said into stderr: \"a\"\n");
	assert_joined(text, body, 1024);
}

static void what_has_no_room_is_joined_in_part(void **state)
{
	char out[8];
	size_t length;
	size_t used;

	(void)state;
	assert_false(log_fpm_join(BEFORE "longer than eight\"\n", strlen(BEFORE) + 19, out,
				  sizeof out, &length, &used));
	assert_false(log_fpm_join("plain\n", 6, out, sizeof out, &length, &used));
	assert_false(
	    log_fpm_join(BEFORE "a\"", strlen(BEFORE) + 2, out, sizeof out, &length, &used));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_decoration_is_overlooked_or_imagined),
		cmocka_unit_test(pieces_are_not_joined),
		cmocka_unit_test(what_has_no_room_is_joined_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
