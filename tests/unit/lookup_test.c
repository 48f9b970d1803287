/* SPDX-License-Identifier: ISC */
/* A program that is not there must be told before the boot, with where it was looked for. */
#include "declared.h"

#include "plan/lookup.h"

static void program(char const *name, mode_t mode)
{
	declared_file(name, "#!/bin/sh\n");
	assert_int_equal(chmod(declared_path(name), mode), 0);
}

static struct service *look(char const *text)
{
	struct service *s;

	bed.environment[0] = arena_join(&bed.arena, "PATH=", declared_path("one"),
					"::relative:", declared_path("two"), NULL);
	s = declared_service(text);
	lookup_all(&bed.declarations);
	return s;
}

static int begin(void **state)
{
	int const error = declared_begin(state);

	declared_mkdir("one");
	declared_mkdir("two");
	declared_mkdir("one/third"); /* a directory is no program */
	program("one/plain", 0644);
	program("two/plain", 0755);
	program("two/second", 0755);
	program("two/third", 0755);
	program("one/only", 0644);
	return error;
}

static void test_along_the_path(void **state)
{
	(void)state;
	assert_string_equal(look("command = second a\n")->executable, declared_path("two/second"));
	assert_string_equal(look("command = plain\n")->executable, declared_path("two/plain"));
	assert_string_equal(look("command = third\n")->executable, declared_path("two/third"));
	declared_no_fault();
}

static void test_with_a_slash(void **state)
{
	struct service const *s;

	(void)state;
	s = look(arena_join(&bed.arena, "command = two/second\ndirectory = ", bed.directory, "\n",
			    NULL));
	declared_no_fault();
	assert_string_equal(s->executable, declared_path("two/second"));
	(void)look("command = /nonexistent/x\n");
	declared_fault("one.ini:1: command: found \"/nonexistent/x\", expected an executable file "
		       "(/nonexistent/x: No such file or directory)");
	(void)look(arena_join(&bed.arena, "command = ", declared_path("one/only"), "\n", NULL));
	declared_fault("one/only: not executable)");
}

static void test_missing(void **state)
{
	(void)state;
	(void)look("command = nosuch\nstop-command = only\nready-command = gone\n");
	declared_fault("one.ini:1: command: found \"nosuch\", expected a program in ");
	declared_fault(declared_path("one"));
	declared_fault("one.ini:2: stop-command: found \"only\", expected an executable file");
	declared_fault("one.ini:3: ready-command: found \"gone\"");
}

static void test_the_services_own_path_counts(void **state)
{
	(void)state;
	(void)look("command = second\n[environment]\nPATH = /nonexistent\n");
	declared_fault("expected a program in /nonexistent");
}

static void test_a_service_that_is_off_may_lack_it(void **state)
{
	(void)state;
	(void)look("command = nosuch\nenabled-if = env:NOPE\n");
	(void)look("type = oneshot\ncommand = nosuch\nphase = build\n");
	declared_no_fault();
}

#define LOOKUP(test) cmocka_unit_test_setup_teardown(test, begin, declared_end)

int main(void)
{
	struct CMUnitTest const tests[] = {
		LOOKUP(test_along_the_path),
		LOOKUP(test_with_a_slash),
		LOOKUP(test_missing),
		LOOKUP(test_the_services_own_path_counts),
		LOOKUP(test_a_service_that_is_off_may_lack_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
