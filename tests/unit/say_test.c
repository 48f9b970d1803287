/* SPDX-License-Identifier: ISC */
/* Messages of PID 1: one whole line, and never a wait for a reader that has gone to sleep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sys/fake.h"
#include "sys/moment.h"
#include "sys/say.h"

static int ends[2];

static int open_pipe(void **state)
{
	(void)state;
	fake_reset();
	if (pipe(ends) < 0)
		return -1;
	say_to(ends[1]);
	return 0;
}

static int close_pipe(void **state)
{
	(void)state;
	say_to(2);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static void a_line_is_not_whole(void **state)
{
	char got[64] = "";

	(void)state;
	say("orlop", "a", " and ", "b", NULL);
	assert_int_equal(read(ends[0], got, sizeof got), 15);
	assert_string_equal(got, "orlop: a and b\n");
	assert_int_equal(fake_count(FAKE_write), 1);
}

static void a_long_line_overflows(void **state)
{
	static char text[2000];
	char got[1024];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	say("orlop", text, text, NULL);
	assert_int_equal(read(ends[0], got, sizeof got), 512);
	assert_int_equal(got[511], '\n');
}

static void a_full_pipe_blocks(void **state)
{
	static char fill[4096];

	(void)state;
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	while (write(ends[1], fill, sizeof fill) > 0)
		continue;
	assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
	say("orlop", "lost", NULL); /* would hang here */
	assert_int_equal(fake_count(FAKE_write), 0);
}

static void time_left_is_wrong(void **state)
{
	struct timespec const left = moment_until(3 * MOMENT_SECOND + 7, MOMENT_SECOND);
	struct timespec const none = moment_until(1, 2);

	(void)state;
	assert_int_equal(left.tv_sec, 2);
	assert_int_equal(left.tv_nsec, 7);
	assert_int_equal(none.tv_sec, 0);
	assert_int_equal(none.tv_nsec, 0);
	assert_true(moment_now() > 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup_teardown(a_line_is_not_whole, open_pipe, close_pipe),
		cmocka_unit_test_setup_teardown(a_long_line_overflows, open_pipe, close_pipe),
		cmocka_unit_test_setup_teardown(a_full_pipe_blocks, open_pipe, close_pipe),
		cmocka_unit_test(time_left_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
