/* SPDX-License-Identifier: ISC */
/* A command written for a shell must not run as something else without a word. */
#include "declared.h"

static int compile(char const *keys)
{
	declared_file("services/a.ini", keys);
	return declared_compile();
}

static void test_operators(void **state)
{
	(void)state;
	assert_int_equal(compile("command = sleep 1 && sleep 2\n"), 0);
	assert_true(
	    declared_notice("a.ini:1: command: found \"&&\", a mere argument here: expected "
			    "sh -c \"...\" around what is a shell's"));
	assert_int_equal(compile("command = sleep 1\nready-command = true | cat\n"), 0);
	assert_true(declared_notice("a.ini:2: ready-command: found \"|\""));
}

static void test_single_quotes(void **state)
{
	(void)state;
	assert_int_equal(compile("command = sh -c 'sleep 1; sleep 2'\n"), 0);
	assert_true(
	    declared_notice("a.ini:1: command: found \"'sleep\", which quotes nothing here: "
			    "expected double quotes"));
}

static void test_what_is_meant(void **state)
{
	(void)state;
	assert_int_equal(compile("command = sh -c \"sleep 1 && sleep 2 | cat\" it's\n"), 0);
	assert_false(declared_notice("command: found"));
	assert_int_equal(compile("command = sleep 1 &&\nenabled-if = env:NOT_SET\n"), -ECANCELED);
	assert_false(declared_notice("command: found"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_operators),
		DECLARED(test_single_quotes),
		DECLARED(test_what_is_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
