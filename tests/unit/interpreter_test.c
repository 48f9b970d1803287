/* SPDX-License-Identifier: ISC */
/* A caged program must be able to run itself: whatever the kernel opens for it has to be found. */
#include "declared.h"

#include "plan/interpreter.h"

static struct interpreters found;

static void find(char const *program)
{
	struct lookup lookup = { .declarations = &bed.declarations };

	interpreter_find(&lookup, program, "/usr/bin:/bin", &found);
	lookup_free(&lookup);
}

static void script(char const *line)
{
	declared_file("script", line);
	find(declared_path("script"));
}

static int has(char const *piece)
{
	for (uint32_t i = 0; i < found.count; i++)
		if (strstr(found.paths[i], piece))
			return 1;
	return 0;
}

static void test_a_program_with_a_loader(void **state)
{
	(void)state;
	find("/bin/sh");
	assert_int_equal(found.count, 1);
	assert_true(has("/ld-"));
}

static void test_a_script(void **state)
{
	(void)state;
	script("#! /bin/sh -e\n");
	assert_string_equal(found.paths[0], "/bin/sh");
	assert_true(has("/ld-"));
	script("#!/bin/sh");
	assert_string_equal(found.paths[0], "/bin/sh");
}

/* env(1) is on every other script's first line, and is not what has to run. */
static void test_what_env_runs(void **state)
{
	(void)state;
	script("#!/usr/bin/env -S A=b sh -e\n");
	assert_string_equal(found.paths[0], "/usr/bin/env");
	assert_true(has("/bin/sh"));
}

static void test_nothing_to_find(void **state)
{
	(void)state;
	script("");
	assert_int_equal(found.count, 0);
	script("#!\n");
	assert_int_equal(found.count, 0);
	script("#!relative\n");
	assert_int_equal(found.count, 0);
	script("\177ELF\002\001\001 and then it ends");
	assert_int_equal(found.count, 0);
	script("#!/usr/bin/env -Ssh -e\n");
	assert_true(has("/sh"));
	script("#!/usr/bin/env\n");
	assert_false(has("(null)"));
	find("/nonexistent");
	assert_int_equal(found.count, 0);
	find("/etc");
	assert_int_equal(found.count, 0);
}

/* A script that names itself must not be followed for ever. */
static void test_a_circle_ends(void **state)
{
	(void)state;
	script(arena_join(&bed.arena, "#!", declared_path("script"), "\n", NULL));
	assert_int_equal(found.count, INTERPRETERS_MAX);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_program_with_a_loader), DECLARED(test_a_script),
		DECLARED(test_what_env_runs),		DECLARED(test_nothing_to_find),
		DECLARED(test_a_circle_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
