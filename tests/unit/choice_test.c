/* SPDX-License-Identifier: ISC */
/* What runs, from the words and the name that init is started with; each in a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/choice.h"
#include "play.h"

static char *words[8];

static struct choice choose(char const *first, char const *second, char const *third)
{
	char const *const given[] = { first, second, third };
	int argc = 0;

	for (; argc < 3 && given[argc]; argc++)
		words[argc] = (char *)(uintptr_t)given[argc];
	words[argc] = NULL;
	return choice_make(argc, words);
}

static int plays_a_command(void)
{
	struct choice const choice = choose("orlop-init", "--directory=/nowhere", "true");

	EXPECT(!choice.tree && strcmp(choice.command[0], "true") == 0 && !choice.command[1]);
	return 0;
}

static int plays_a_tree(void)
{
	struct choice const choice = choose("orlop-init", "--directory=/nowhere", "--services=web");

	EXPECT(choice.tree && !choice.command[0]);
	EXPECT(strcmp(choice.plan[0], "orlop-plan") == 0);
	EXPECT(strcmp(choice.plan[1], "--directory=/nowhere") == 0);
	EXPECT(strcmp(choice.plan[2], "--services=web") == 0 && !choice.plan[3]);
	return 0;
}

static int plays_both(void)
{
	struct choice choice;

	(void)setenv("ORLOP_SERVICES", "web", 1);
	choice = choose("orlop-init", "--", "-x");
	EXPECT(choice.tree && strcmp(choice.command[0], "-x") == 0);
	EXPECT(strcmp(choice.plan[1], "--") == 0 && strcmp(choice.plan[2], "-x") == 0);
	EXPECT(!choice.plan[3]);
	return 0;
}

static int plays_none(void)
{
	(void)setenv("ORLOP_SERVICES", "web", 1);
	EXPECT(!choose("init", "--services=none", "true").tree);
	return 0;
}

/* The exit status; the line is of no interest. */
static int leaves(char const *first, char const *second)
{
	pid_t const pid = fork();
	int status = -1;

	if (pid == 0) {
		(void)!freopen("/dev/null", "w", stdout);
		(void)!freopen("/dev/null", "w", stderr);
		(void)choose("orlop-init", first, second);
		_exit(99);
	}
	(void)waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void the_wrong_thing_is_run(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_command), 0);
	assert_int_equal(play(plays_a_tree), 0);
	assert_int_equal(play(plays_both), 0);
	assert_int_equal(play(plays_none), 0);
}

static void wrong_usage_runs_something(void **state)
{
	(void)state;
	assert_int_equal(leaves("--directory=/nowhere", NULL), 100);
	assert_int_equal(leaves("--unknown", "true"), 100);
	assert_int_equal(leaves("--version", "true"), 0);
	assert_int_equal(leaves("-h", NULL), 0);
	assert_int_equal(leaves("--directory=/nowhere", "true"), 99);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(the_wrong_thing_is_run),
		cmocka_unit_test(wrong_usage_runs_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
