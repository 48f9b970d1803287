/* SPDX-License-Identifier: ISC */
/* What a supervisor that was taken over by somebody could still do. Each lock in its own child. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "supervise/lock.h"
#include "sys/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

typedef int child_function(void);

/* A locked child writes its result and then waits: the sanitizers' own exit needs more calls. */
static void be_the_child(child_function *child, int writer, int hold)
{
	unsigned char byte = (unsigned char)child();

	(void)sys_write(writer, &byte, 1);
	for (;;)
		(void)sys_read(hold, &byte, 1);
}

/* The number that the child says, which is 0 when all was as it should be. */
static int in_a_child(child_function *child)
{
	unsigned char result = 0;
	int ends[2];
	int hold[2];
	int pid;

	assert_int_equal(sys_pipe2(ends, 0), 0);
	assert_int_equal(sys_pipe2(hold, 0), 0);
	pid = sys_fork();
	if (pid == 0)
		be_the_child(child, ends[1], hold[0]);
	assert_true(pid > 0);
	assert_int_equal(sys_read(ends[0], &result, 1), 1);
	assert_int_equal(sys_kill(pid, SIGKILL), 0);
	assert_int_equal(sys_wait4(pid, NULL, 0, NULL), pid);
	for (int i = 0; i < 2; i++) {
		(void)sys_close(ends[i]);
		(void)sys_close(hold[i]);
	}
	return result;
}

enum { NOT_HERE = 77 };

static int no_file_and_no_signal(void)
{
	int const parent = sys_getppid();
	int result;

	if (lock_privileges() < 0)
		return 1;
	result = lock_landlock();
	if (result == -ENOSYS || result == -EOPNOTSUPP || result == -EPERM)
		return NOT_HERE;
	if (result < 0)
		return 2;
	if (sys_openat(AT_FDCWD, "/etc/passwd", O_RDONLY, 0) != -EACCES)
		return 3;
	if (sys_openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY, 0) != -EACCES)
		return 4;
	/* The signal scope came with ABI 6. */
	if (sys_landlock_create_ruleset(NULL, 0, 1) >= 6 && sys_kill(parent, 0) != -EPERM)
		return 5;
	return 0;
}

static int no_other_call(void)
{
	char byte = 'x';
	struct timespec now;
	int ends[2];

	if (sys_pipe2(ends, 0) < 0 || lock_privileges() < 0)
		return 1;
	if (lock_seccomp() < 0)
		return NOT_HERE;
	if (sys_kill(1, 0) != -EPERM || sys_fork() != -EPERM)
		return 2;
	if (sys_openat(AT_FDCWD, "/", O_RDONLY, 0) != -EPERM || sys_getpid() != -EPERM)
		return 3;
	if (sys_execve("/bin/true", NULL, NULL) != -EPERM)
		return 4;
	if (sys_write(ends[1], &byte, 1) != 1 || sys_read(ends[0], &byte, 1) != 1)
		return 5;
	return sys_clock_gettime(CLOCK_MONOTONIC, &now) == 0 ? 0 : 6;
}

static void landlock_leaves_no_file_and_no_signal(void **state)
{
	int const result = in_a_child(no_file_and_no_signal);

	(void)state;
	if (result == NOT_HERE)
		skip();
	assert_int_equal(result, 0);
}

static void seccomp_leaves_what_the_loop_needs(void **state)
{
	int const result = in_a_child(no_other_call);

	(void)state;
	if (result == NOT_HERE)
		skip();
	assert_int_equal(result, 0);
}

static void a_missing_lock_is_told_and_not_fatal(void **state)
{
	(void)state;
	fake_reset();
	fake_fail(FAKE_landlock_create_ruleset, 1, 1, ENOSYS);
	assert_int_equal(lock_landlock(), -ENOSYS);
	fake_reset();
	fake_fail(FAKE_landlock_create_ruleset, 1, 1, EOPNOTSUPP);
	assert_int_equal(lock_landlock(), -EOPNOTSUPP);
	fake_reset();
	fake_fail(FAKE_landlock_restrict_self, 1, 1, EPERM);
	assert_true(lock_landlock() < 0);
	fake_reset();
	fake_fail(FAKE_seccomp, 1, 1, EINVAL);
	assert_int_equal(lock_seccomp(), -EINVAL);
	fake_reset();
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(landlock_leaves_no_file_and_no_signal),
		cmocka_unit_test(seccomp_leaves_what_the_loop_needs),
		cmocka_unit_test(a_missing_lock_is_told_and_not_fatal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
