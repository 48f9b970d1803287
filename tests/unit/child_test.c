/* SPDX-License-Identifier: ISC */
/* A child's status must come back, its last line be kept, and no descriptor stay open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build/child.h"
#include "sys/fake.h"

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

static char const *const environment[] = { NULL };

static int open_count(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

/* Runs a shell script with standard output led away, so that the test's own stays readable. */
static int run(char const *script, struct text *last)
{
	char const *words[] = { "sh", "-c", script, NULL };
	struct child const child = { "/bin/sh", words, environment, -1, last };
	int const before = open_count();
	int ends[2];
	int const saved = dup(STDOUT_FILENO);
	int result;

	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDOUT_FILENO) >= 0);
	result = child_run(&child);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)close(saved);
	assert_int_equal(open_count(), before);
	return result;
}

static int fresh(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void test_status_comes_back(void **state)
{
	(void)state;
	assert_int_equal(run("exit 0", NULL), 0);
	assert_int_equal(run("exit 7", NULL), 7);
	assert_int_equal(run("kill -KILL $$", NULL), 137);
}

static void expect_last(char const *script, char const *line)
{
	struct text last = TEXT_EMPTY;

	assert_int_equal(run(script, &last), 0);
	assert_string_equal(text_string(&last), line);
	text_free(&last);
}

static void test_last_line_is_kept(void **state)
{
	(void)state;
	expect_last("echo one; echo two", "two");
	expect_last("echo one; echo; echo", "one");
	expect_last("printf 'one\\ntwo'", "two");
	expect_last("printf one; printf two", "onetwo");
	expect_last(":", "");
}

static void test_input_is_given(void **state)
{
	char const *words[] = { "sh", "-c", "read line; test \"$line\" = yes", NULL };
	struct child child = { "/bin/sh", words, environment, -1, NULL };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "yes\n", 4), 4);
	child.input = ends[0];
	assert_int_equal(child_run(&child), 0);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void test_program_that_is_not_there(void **state)
{
	char const *words[] = { "none", NULL };
	struct child const child = { "/no/such/program", words, environment, -1, NULL };

	(void)state;
	assert_int_equal(child_run(&child), 127);
}

static void test_refusals_are_told(void **state)
{
	struct text last = TEXT_EMPTY;

	(void)state;
	fake_fail(FAKE_pipe2, 1, 1, EMFILE);
	assert_int_equal(run(":", &last), -EMFILE);
	fake_reset();
	fake_fail(FAKE_fork, 1, 1, EAGAIN);
	assert_int_equal(run(":", &last), -EAGAIN);
	fake_reset();
	fake_fail(FAKE_wait4, 1, 1, EINTR);
	assert_int_equal(run("exit 3", &last), 3);
	fake_reset();
	fake_fail(FAKE_read, 1, 1, EINTR);
	assert_int_equal(run("echo line", &last), 0);
	assert_string_equal(text_string(&last), "line");
	fake_reset();
	fake_fail(FAKE_write, 1, 1, EIO); /* standard output: read to its end all the same */
	assert_int_equal(run("echo line; echo end", &last), -EIO);
	text_free(&last);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup(test_status_comes_back, fresh),
		cmocka_unit_test_setup(test_last_line_is_kept, fresh),
		cmocka_unit_test_setup(test_input_is_given, fresh),
		cmocka_unit_test_setup(test_program_that_is_not_there, fresh),
		cmocka_unit_test_setup(test_refusals_are_told, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
