/* SPDX-License-Identifier: ISC */
/* The count of children decides whether something is left to be killed at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/fake.h"
#include "sys/kin.h"

static void a_child_is_not_counted(void **state)
{
	pid_t pids[3];

	(void)state;
	assert_int_equal(kin_count(), 0);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			for (;;)
				pause();
		assert_int_equal(kin_count(), i + 1);
	}
	for (int i = 0; i < 3; i++) {
		kill(pids[i], SIGKILL);
		assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
		assert_int_equal(kin_count(), 2 - i);
	}
}

static void an_unknown_count_is_taken_for_none(void **state)
{
	(void)state;
	fake_reset();
	fake_fail(FAKE_openat, 1, 1, ENOENT);
	assert_int_equal(kin_count(), -ENOENT);
	fake_reset();
	fake_fail(FAKE_read, 1, 1, EIO);
	assert_int_equal(kin_count(), -EIO);
	fake_reset();
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_child_is_not_counted),
		cmocka_unit_test(an_unknown_count_is_taken_for_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
