/* SPDX-License-Identifier: ISC */
/* Readiness messages, and that none is lost when the supervisor is killed while it reads one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "supervise/ready.h"
#include "supervise/supervisor.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static unsigned says(char const *text)
{
	return ready_datagram_news(text, strlen(text));
}

static void only_a_line_of_its_own_counts(void **state)
{
	(void)state;
	assert_true(says("READY=1"));
	assert_true(says("READY=1\n"));
	assert_true(says("STATUS=on my way\nREADY=1\nMAINPID=7"));
	assert_false(says(""));
	assert_false(says("\n\n"));
	assert_false(says("READY=0"));
	assert_false(says("READY=10"));
	assert_false(says("XREADY=1"));
	assert_false(says("STATUS=READY=1"));
	assert_int_equal(ready_datagram_news("WATCHDOG=1\nMAINPID=3", 20), NEWS_FED);
	assert_int_equal(ready_datagram_news("WATCHDOG=trigger\nREADY=1", 24),
			 NEWS_HUNG | NEWS_READY);
	assert_false(says("WATCHDOG=0"));
	assert_false(ready_datagram_news("READY=1", 6));
	assert_false(ready_datagram_news("READY=1\0\n", 9));
}

static void a_newline_in_a_pipe_is_still_there_after_the_look(void **state)
{
	struct ready ready;
	int ends[2];
	size_t size = 0;

	(void)state;
	assert_int_equal(ready_open(&ready), 0);
	assert_int_equal(sys_pipe2(ends, O_NONBLOCK), 0);
	assert_int_equal(ready_look(&ready, ends[0], false, &size), -EAGAIN);
	assert_int_equal(sys_write(ends[1], "hello", 5), 5);
	assert_int_equal(ready_look(&ready, ends[0], false, &size), 0);
	ready_take(ends[0], false, size);
	assert_int_equal(sys_write(ends[1], "\n", 1), 1);
	assert_int_equal(ready_look(&ready, ends[0], false, &size), 1);
	/* killed here: the next one sees it */
	assert_int_equal(ready_look(&ready, ends[0], false, &size), 1);
	assert_int_equal(size, 1);
	ready_take(ends[0], false, size);
	assert_int_equal(ready_look(&ready, ends[0], false, &size), -EAGAIN);
	for (int i = 0; i < 2; i++) {
		sys_close(ends[i]);
		sys_close(ready.copy[i]);
	}
}

static void what_comes_after_the_look_is_not_taken(void **state)
{
	struct ready ready;
	int ends[2];
	size_t size = 0;

	(void)state;
	assert_int_equal(ready_open(&ready), 0);
	assert_int_equal(sys_pipe2(ends, O_NONBLOCK), 0);
	assert_int_equal(sys_write(ends[1], "abc", 3), 3);
	assert_int_equal(ready_look(&ready, ends[0], false, &size), 0);
	assert_int_equal(sys_write(ends[1], "\n", 1), 1);
	ready_take(ends[0], false, size);
	assert_int_equal(ready_look(&ready, ends[0], false, &size), 1);
	for (int i = 0; i < 2; i++) {
		sys_close(ends[i]);
		sys_close(ready.copy[i]);
	}
}

static int send_text(int fd, char const *text)
{
	struct iovec vector = { .iov_base = (void *)(uintptr_t)text, .iov_len = strlen(text) };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };

	return (int)sys_sendmsg(fd, &message, 0);
}

static void datagrams_are_looked_at_one_by_one(void **state)
{
	struct ready ready = { .copy = { -1, -1 } };
	int ends[2];
	size_t size = 0;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	assert_int_equal(ready_look(&ready, ends[0], true, &size), -EAGAIN);
	assert_true(send_text(ends[1], "STATUS=x") > 0);
	assert_int_equal(send_text(ends[1], ""), 0);
	assert_true(send_text(ends[1], "READY=1") > 0);
	assert_int_equal(ready_look(&ready, ends[0], true, &size), 0);
	ready_take(ends[0], true, size);
	assert_int_equal(ready_look(&ready, ends[0], true, &size), 0);
	ready_take(ends[0], true, size);
	assert_int_equal(ready_look(&ready, ends[0], true, &size), 1);
	assert_int_equal(ready_look(&ready, ends[0], true, &size), 1);
	ready_forget(ends[0], true);
	assert_int_equal(ready_look(&ready, ends[0], true, &size), -EAGAIN);
	sys_close(ends[0]);
	sys_close(ends[1]);
}

static void forgetting_empties_a_pipe(void **state)
{
	struct ready ready;
	char big[10000];
	int ends[2];
	size_t size = 0;

	(void)state;
	memset(big, '\n', sizeof big);
	assert_int_equal(ready_open(&ready), 0);
	assert_int_equal(sys_pipe2(ends, O_NONBLOCK), 0);
	assert_int_equal(sys_write(ends[1], big, sizeof big), (int)sizeof big);
	ready_forget(ends[0], false);
	assert_int_equal(ready_look(&ready, ends[0], false, &size), -EAGAIN);
	for (int i = 0; i < 2; i++) {
		sys_close(ends[i]);
		sys_close(ready.copy[i]);
	}
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(only_a_line_of_its_own_counts),
		cmocka_unit_test(a_newline_in_a_pipe_is_still_there_after_the_look),
		cmocka_unit_test(what_comes_after_the_look_is_not_taken),
		cmocka_unit_test(datagrams_are_looked_at_one_by_one),
		cmocka_unit_test(forgetting_empties_a_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
