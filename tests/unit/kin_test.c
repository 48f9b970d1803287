/* SPDX-License-Identifier: ISC */
/* The count of children decides whether something is left to be killed at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
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

/* Children that wait to be killed; the list does not fit the buffer that it is read with. */
enum { MANY = 1000 };

static void one_is_forgotten_or_not_spared(void **state)
{
	static pid_t pids[MANY];
	int status;

	(void)state;
	assert_int_equal(kin_kill(0), 0);
	for (int i = 0; i < MANY; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			for (;;)
				pause();
	}
	assert_int_equal(kin_kill(pids[7]), MANY - 1);
	for (int i = 0; i < MANY; i++) {
		if (i == 7)
			continue;
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(WTERMSIG(status), SIGKILL);
	}
	assert_int_equal(waitpid(pids[7], &status, WNOHANG), 0);
	assert_int_equal(kin_kill(0), 1);
	assert_int_equal(waitpid(pids[7], &status, 0), pids[7]);
}

static void the_dead_are_not_counted(void **state)
{
	pid_t const pid = fork();
	siginfo_t dead;

	(void)state;
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &dead, WEXITED | WNOWAIT), 0);
	assert_int_equal(kin_kill(0), 1); /* its own children become ours when it is reaped */
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(kin_kill(0), 0);
}

static bool fails(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = -EIO;
	return true;
}

static void an_unreadable_list_is_taken_for_an_empty_one(void **state)
{
	(void)state;
	fake_reset();
	fake_fail(FAKE_openat, 1, 1, ENOENT);
	assert_int_equal(kin_kill(0), -ENOENT);
	fake_reset();
	fake_hook(FAKE_read, fails, NULL);
	assert_int_equal(kin_kill(0), -EIO);
	fake_reset();
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_child_is_not_counted),
		cmocka_unit_test(an_unknown_count_is_taken_for_none),
		cmocka_unit_test(one_is_forgotten_or_not_spared),
		cmocka_unit_test(the_dead_are_not_counted),
		cmocka_unit_test(an_unreadable_list_is_taken_for_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
