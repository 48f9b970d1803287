/* SPDX-License-Identifier: ISC */
/* The search along PATH, and what its failures become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/exec.h"
#include "sys/fake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const arguments[] = { "sh", "-c", "exit 7", NULL };
static char *const environment[] = { NULL };

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int search(char const *path, char const *program)
{
	return exec_search(path, program, arguments, environment);
}

static int run(char const *path, char const *program)
{
	int status;
	int const child = fork();

	if (child == 0)
		_exit(exec_status(search(path, program)));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_program_is_found(void **state)
{
	(void)state;
	assert_int_equal(run("/nonexistent:/dev/null:/bin", "sh"), 7);
	assert_int_equal(run(NULL, "sh"), 7);
	assert_int_equal(run("/nonexistent", "/bin/sh"), 7);
}

static void test_program_is_not_found(void **state)
{
	(void)state;
	assert_int_equal(run("/bin", "no-such-program"), 127);
	assert_int_equal(run("/bin", "/no/such/program"), 127);
	assert_int_equal(run("", "no-such-program"), 127);
	assert_int_equal(search("/bin", ""), -ENOENT);
	assert_int_equal(fake_count(FAKE_execve), 0);
}

static void test_program_is_not_one(void **state)
{
	(void)state;
	assert_int_equal(run("/bin", "/etc/passwd"), 126);
	assert_int_equal(run("/bin", "/etc"), 126);
}

/* "Permission denied" tells more than "not found" in the directory after it. */
static void test_permission_wins(void **state)
{
	(void)state;
	fake_fail(FAKE_execve, 1, 1, EACCES);
	assert_int_equal(search("/a:/b:/c", "no-such-program"), -EACCES);
	assert_int_equal(fake_count(FAKE_execve), 3);
}

/* Another program of that name further on would be a surprise. */
static void test_other_errors_end_the_search(void **state)
{
	(void)state;
	fake_fail(FAKE_execve, 2, 1, ENOEXEC);
	assert_int_equal(search("/a:/b:/c", "no-such-program"), -ENOEXEC);
	assert_int_equal(fake_count(FAKE_execve), 2);
}

static void test_long_directories_are_passed_over(void **state)
{
	static char path[10000];

	(void)state;
	memset(path, 'd', sizeof path);
	path[0] = '/';
	strcpy(path + sizeof path - 6, ":/bin");
	assert_int_equal(run(path, "sh"), 7);
}

/* An empty element is the working directory, wherever it stands. */
static void test_empty_elements(void **state)
{
	(void)state;
	assert_int_equal(chdir("/bin"), 0);
	assert_int_equal(run("", "sh"), 7);
	assert_int_equal(run(":/nonexistent", "sh"), 7);
	assert_int_equal(run("/nonexistent::/nonexistent", "sh"), 7);
	assert_int_equal(run("/nonexistent:", "sh"), 7);
	assert_int_equal(chdir("/"), 0);
}

static void test_status(void **state)
{
	(void)state;
	assert_int_equal(exec_status(-ENOENT), 127);
	assert_int_equal(exec_status(-ENOTDIR), 127);
	assert_int_equal(exec_status(-EACCES), 126);
	assert_int_equal(exec_status(-ENOEXEC), 126);
	assert_int_equal(exec_status(-EISDIR), 126);
	assert_int_equal(exec_status(-ETXTBSY), 126);
	assert_int_equal(exec_status(-ENOMEM), 111);
	assert_int_equal(exec_status(-E2BIG), 111);
	assert_int_equal(exec_status(-EMFILE), 111);
	assert_int_equal(exec_status(-EAGAIN), 111);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(program_is_found),
		TEST(program_is_not_found),
		TEST(program_is_not_one),
		TEST(permission_wins),
		TEST(other_errors_end_the_search),
		TEST(long_directories_are_passed_over),
		TEST(empty_elements),
		TEST(status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
