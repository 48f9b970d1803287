/* SPDX-License-Identifier: ISC */
/* A child's end must be told as it was, however often the wait for it is interrupted. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "lib/exit_code.h"
#include "sys/fake.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static int child(int status, int signal_number)
{
	int const pid = fork();

	if (pid == 0) {
		if (signal_number)
			(void)kill(getpid(), signal_number);
		_exit(status);
	}
	assert_true(pid > 0);
	return pid;
}

static void ends_are_told_as_by_a_shell(void **state)
{
	(void)state;
	fake_reset();
	assert_int_equal(exit_code_of(child(0, 0)), 0);
	assert_int_equal(exit_code_of(child(255, 0)), 255);
	assert_int_equal(exit_code_of(child(0, SIGKILL)), 128 + SIGKILL);
}

static void an_interruption_is_no_end(void **state)
{
	(void)state;
	fake_reset();
	fake_fail(FAKE_wait4, 1, 3, EINTR);
	assert_int_equal(exit_code_of(child(7, 0)), 7);
	fake_reset();
}

static void no_child_is_an_error(void **state)
{
	(void)state;
	fake_reset();
	assert_int_equal(exit_code_of(getpid()), -ECHILD);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(ends_are_told_as_by_a_shell),
		cmocka_unit_test(an_interruption_is_no_end),
		cmocka_unit_test(no_child_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
