/* SPDX-License-Identifier: ISC */
/* The status line of HTTP: whole, in pieces, and as garbage. */
#include "probe/probe_http.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

char const *PROG = "test";

static int status(char const *answer)
{
	return probe_http_status(answer, strlen(answer));
}

static void a_status_is_read_wrong(void **state)
{
	(void)state;
	assert_int_equal(status("HTTP/1.1 200 OK\r\n"), 200);
	assert_int_equal(status("HTTP/1.0 404\r\n"), 404);
	assert_int_equal(status("HTTP/1.1 503 "), 503);
	assert_int_equal(status("HTTP/1.1 302\n"), 302);
}

static void garbage_is_a_status(void **state)
{
	static char const *const wrong[] = {
		"SSH-2.0-OpenSSH_9.2\r\n",
		"HTTP/1.1 20 OK\r\n",
		"HTTP/1.1 2000 OK\r\n",
		"HTTP/1.1 999 OK\r\n",
		"HTTP/1.1 000 OK\r\n",
		"http/1.1 200 OK\r\n",
		"HTTP/x.1 200 OK\r\n",
		"\r\n",
		"<html>",
		"HTTP/1.1  200 OK\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(status(wrong[i]), -EPROTO);
	assert_int_equal(probe_http_status("\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14), -EPROTO);
}

static void a_piece_is_taken_for_the_whole(void **state)
{
	char const answer[] = "HTTP/1.1 200 OK";

	(void)state;
	for (size_t i = 0; i <= 12; i++)
		assert_int_equal(probe_http_status(answer, i), -EAGAIN);
	assert_int_equal(probe_http_status(answer, 13), 200);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_status_is_read_wrong),
		cmocka_unit_test(garbage_is_a_status),
		cmocka_unit_test(a_piece_is_taken_for_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
