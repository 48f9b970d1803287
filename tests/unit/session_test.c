/* SPDX-License-Identifier: ISC */
/* How a service begins: signals, session, terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/steps.h"
#include "sys/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int in_child(int (*act)(void))
{
	int status;
	int const child = fork();

	if (child == 0)
		_exit(act());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool is_default(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_DFL;
}

static int block_and_ignore(void)
{
	sigset_t all;
	sigset_t now;

	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, NULL) != 0)
		return 2;
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGHUP, SIG_IGN) == SIG_ERR ||
	    signal(SIGRTMAX, SIG_IGN) == SIG_ERR)
		return 2;
	if (session_signals(&(struct confine_request){ .terminal = -1 }) != 0)
		return 3;
	if (!is_default(SIGPIPE) || !is_default(SIGHUP) || !is_default(SIGRTMAX))
		return 4;
	if (sigprocmask(SIG_SETMASK, NULL, &now) != 0)
		return 5;
	for (int signal = 1; signal <= SIGRTMAX; signal++)
		if (sigismember(&now, signal) == 1)
			return 6;
	return 0;
}

/* A php-fpm that inherits a blocked SIGQUIT cannot be stopped, one that ignores SIGPIPE lingers. */
static void test_signals_are_as_new(void **state)
{
	(void)state;
	assert_int_equal(in_child(block_and_ignore), 0);
}

static struct confine_request request = { .terminal = -1 };

static int start_session(void)
{
	if (session_start(&request) != 0)
		return 2;
	return getsid(0) == getpid() ? 0 : 1;
}

static void test_session(void **state)
{
	(void)state;
	request.same_session = false;
	assert_int_equal(in_child(start_session), 0);
	request.same_session = true;
	assert_int_equal(in_child(start_session), 1);
	request.same_session = false;
	fake_fail(FAKE_setsid, 1, 1, EPERM);
	assert_int_equal(session_start(&request), -EPERM);
}

static int take_terminal(void)
{
	char letter;
	int const terminal = posix_openpt(O_RDWR | O_NOCTTY);
	int far_end;

	if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
		return 2;
	far_end = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	request.terminal = far_end;
	if (far_end < 0 || session_start(&request) != 0 || session_terminal(&request) != 0)
		return 3;
	/* Ctrl-C reaches the foreground of a controlling terminal only. */
	if (write(terminal, "\003", 1) != 1)
		return 4;
	return read(far_end, &letter, 1) == 1 ? 5 : 6;
}

static void test_terminal_becomes_the_controlling_one(void **state)
{
	int status;
	int const child = fork();

	(void)state;
	if (child == 0)
		_exit(take_terminal());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
}

static void test_terminal_of_another_is_not_stolen(void **state)
{
	(void)state;
	request.terminal = -1;
	assert_int_equal(session_terminal(&request), 0);
	assert_int_equal(fake_count(FAKE_ioctl), 0);
	request.terminal = 0;
	fake_fail(FAKE_ioctl, 1, 1, EPERM);
	assert_int_equal(session_terminal(&request), -EPERM);
	/* `docker run` without -t: standard input is a pipe. */
	fake_fail(FAKE_ioctl, 2, 1, ENOTTY);
	assert_int_equal(session_terminal(&request), 0);
	request.terminal = -1;
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(signals_are_as_new),
		TEST(session),
		TEST(terminal_becomes_the_controlling_one),
		TEST(terminal_of_another_is_not_stolen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
