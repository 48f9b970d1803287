/* SPDX-License-Identifier: ISC */
/* FastCGI answers: in pieces of any size, malformed, short, huge; and the request that is sent. */
#include "probe/probe_fastcgi.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

char const *PROG = "test";

enum { END_REQUEST = 3, STDOUT = 6, STDERR = 7 };

static unsigned char answer[200000];
static size_t length;

static void record(unsigned type, char const *content, size_t size, unsigned padding)
{
	unsigned char const head[8] = { 1,
					(unsigned char)type,
					0,
					1,
					(unsigned char)(size >> 8),
					(unsigned char)size,
					(unsigned char)padding,
					0 };

	memcpy(answer + length, head, 8);
	memcpy(answer + length + 8, content, size);
	memset(answer + length + 8 + size, 0xee, padding);
	length += 8 + size + padding;
}

static void out(char const *content)
{
	record(STDOUT, content, strlen(content), 3);
}

static void end(void)
{
	record(END_REQUEST, "\0\0\0\0\0\0\0\0", 8, 0);
}

static int status(void)
{
	int const result = probe_fastcgi_status(answer, length);

	length = 0;
	return result;
}

static void a_pong_is_no_yes(void **state)
{
	(void)state;
	out("Content-Type: text/plain\r\n\r\npong");
	end();
	assert_int_equal(status(), 200);
	out("Content-Type: text/plain\n\npong");
	assert_int_equal(status(), 200);
}

static void a_status_header_is_not_seen(void **state)
{
	(void)state;
	out("Status: 404 Not Found\r\nContent-Type: text/html\r\n\r\nFile not found.");
	assert_int_equal(status(), 404);
	out("X: y\r\nstatus:503\r\n\r\nno");
	assert_int_equal(status(), 503);
	out("Status: abc\r\n\r\nno");
	assert_int_equal(status(), -EPROTO);
	out("Status: 2\r\n\r\nStatus: 200");
	assert_int_equal(status(), -EPROTO);
}

static void an_empty_answer_is_a_yes(void **state)
{
	(void)state;
	out("Content-Type: text/plain\r\n\r\n");
	end();
	assert_int_equal(status(), -ENODATA);
	end();
	assert_int_equal(status(), -ENODATA);
	record(STDERR, "Primary script unknown", 22, 0);
	end();
	assert_int_equal(status(), -ENODATA);
}

static void a_split_answer_is_misread(void **state)
{
	int seen = -EAGAIN;

	(void)state;
	out("Content-Type: te");
	record(STDERR, "warning\n\nStatus: 500\n\nx", 23, 7);
	out("xt/plain\r");
	out("\n\r\n");
	out("p");
	for (size_t i = 0; i <= length; i++) {
		seen = probe_fastcgi_status(answer, i);
		assert_true(seen == -EAGAIN || (seen == 200 && i > length - 8));
	}
	assert_int_equal(seen, 200);
	length = 0;
}

static void garbage_is_an_answer(void **state)
{
	(void)state;
	memcpy(answer, "HTTP/1.1 400 Bad Request\r\n", 26);
	assert_int_equal(probe_fastcgi_status(answer, 26), -EPROTO);
	memset(answer, 0, 100);
	assert_int_equal(probe_fastcgi_status(answer, 100), -EPROTO);
	assert_int_equal(probe_fastcgi_status(answer, 7), -EAGAIN);
	memset(answer, 0xff, sizeof answer);
	assert_int_equal(probe_fastcgi_status(answer, sizeof answer), -EPROTO);
}

static void headers_without_end_are_read_for_ever(void **state)
{
	static char content[60000];

	(void)state;
	memset(content, 'h', sizeof content);
	record(STDOUT, content, sizeof content, 255);
	record(STDOUT, content, sizeof content, 0);
	assert_int_equal(status(), -E2BIG);
}

static void a_request_is_malformed(void **state)
{
	struct text request = TEXT_EMPTY;
	unsigned char const *bytes;
	char path[300];
	size_t seen = 0;
	int types = 0;

	(void)state;
	memset(path, 'p', sizeof path);
	path[0] = '/';
	path[299] = '\0';
	probe_fastcgi_request(&request, path);
	bytes = (unsigned char const *)request.bytes.s;
	while (seen < request.bytes.len) {
		assert_int_equal(bytes[seen], 1);
		types = types * 10 + bytes[seen + 1];
		seen += 8 + ((size_t)bytes[seen + 4] << 8 | bytes[seen + 5]) + bytes[seen + 6];
	}
	assert_int_equal(seen, request.bytes.len);
	/* begin, parameters, their end, the end of standard input */
	assert_int_equal(types, 1445);
	assert_non_null(memmem(bytes, seen, "\013\200\000\001\053SCRIPT_NAME/ppp", 20));
	assert_non_null(memmem(bytes, seen, "\016\003REQUEST_METHODGET", 19));
	text_free(&request);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_pong_is_no_yes),
		cmocka_unit_test(a_status_header_is_not_seen),
		cmocka_unit_test(an_empty_answer_is_a_yes),
		cmocka_unit_test(a_split_answer_is_misread),
		cmocka_unit_test(garbage_is_an_answer),
		cmocka_unit_test(headers_without_end_are_read_for_ever),
		cmocka_unit_test(a_request_is_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
