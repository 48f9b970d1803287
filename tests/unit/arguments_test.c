/* SPDX-License-Identifier: ISC */
/* The command line of orlop-confine as a whole: where options end, and what they leave behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/arguments.h"
#include "sys/fake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct arguments arguments;
static struct arguments_fault fault;
static struct host const host = { .uid = 0, .gid = 0 };

static int reset(void **state)
{
	(void)state;
	fake_reset();
	memset(&arguments, 0, sizeof arguments);
	return 0;
}

static int parse(char *const *argv)
{
	return arguments_parse(&arguments, argv, &host, &fault);
}

#define PARSE(...) parse((char *const[]){ "orlop-confine", __VA_ARGS__, NULL })

static char const *variable(uint32_t which)
{
	return arguments_text(&arguments, arguments.plan.environment[which]);
}

/* An option of the program must not become one of ours. */
static void test_options_end_at_the_program(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-k", "ls", "-u", "nobody"), 0);
	assert_string_equal(arguments.program[0], "ls");
	assert_string_equal(arguments.program[1], "-u");
	assert_true(arguments.keep_descriptors);
	assert_false(arguments.wants_ids);
	reset(state);
	assert_int_equal(PARSE("-m077", "--", "-k"), 0);
	assert_string_equal(arguments.program[0], "-k");
	assert_false(arguments.keep_descriptors);
	assert_int_equal(arguments.plan.slot.umask, 077);
	reset(state);
	assert_int_equal(PARSE("-", "x"), 0);
	assert_string_equal(arguments.program[0], "-");
}

static void test_mistakes(void **state)
{
	(void)state;
	assert_int_equal(parse((char *const[]){ NULL }), 100);
	assert_int_equal(parse((char *const[]){ "orlop-confine", NULL }), 100);
	assert_int_equal(PARSE("-k"), 100);
	assert_int_equal(PARSE("--"), 100);
	assert_int_equal(PARSE("-u"), 100);
	assert_int_equal(PARSE("-q", "ls"), 100);
	assert_string_equal(fault.object, "-q");
	assert_int_equal(PARSE("-kk", "ls"), 100);
	assert_int_equal(PARSE("--unknown", "ls"), 100);
	assert_int_equal(PARSE("-\377", "ls"), 100);
	assert_int_equal(PARSE("-d", "", "ls"), 100);
	assert_int_equal(PARSE("-e", "NAME", "ls"), 100);
	assert_int_equal(PARSE("-e", "=value", "ls"), 100);
}

static void test_help_and_version_need_no_program(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-h"), 0);
	assert_true(arguments.help);
	assert_int_equal(PARSE("--version"), 0);
	assert_true(arguments.version);
}

static void test_defaults(void **state)
{
	unsigned const mask = umask(022);

	(void)state;
	assert_int_equal(PARSE("ls"), 0);
	assert_int_equal(arguments.plan.slot.umask, 022);
	assert_int_equal(umask(mask), 022);
	assert_int_equal(arguments.plan.slot.capabilities, 0);
	assert_int_equal(arguments.plan.slot.confine, PLAN_BEST_EFFORT);
	assert_int_equal(arguments.plan.slot.limits.count, 1); /* core=0 */
	assert_int_equal(arguments.plan.slot.environment.count, 0);
	assert_string_equal(arguments_text(&arguments, arguments.plan.slot.directory), ".");
	assert_false(arguments.wants_ids);
}

static void test_strict(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--strict", "ls"), 0);
	assert_int_equal(arguments.plan.slot.confine, PLAN_STRICT);
}

/* Of the user's own variables those that were given stay, and are not there twice. */
static void test_environment_of_the_user(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-u", "root", "-e", "USER=x", "-e", "A=", "ls"), 0);
	assert_int_equal(arguments.plan.slot.environment.count, 5);
	assert_string_equal(variable(0), "USER=x");
	assert_string_equal(variable(1), "A=");
	assert_string_equal(variable(2), "HOME=/root");
	assert_string_equal(variable(3), "LOGNAME=root");
	assert_int_equal(strncmp(variable(4), "SHELL=/", 7), 0);
}

static void test_too_much_text(void **state)
{
	char *text = malloc(ARGUMENTS_TEXT_MAX + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', ARGUMENTS_TEXT_MAX);
	text[1] = '=';
	text[ARGUMENTS_TEXT_MAX] = '\0';
	assert_int_equal(PARSE("-e", text, "ls"), 111);
	assert_int_equal(fault.error, -E2BIG);
	free(text);
}

static void test_too_many_variables(void **state)
{
	static char *argv[2 * ARGUMENTS_ENVIRONMENT_MAX + 8] = { "orlop-confine" };
	int count = 1;

	(void)state;
	for (int i = 0; i <= ARGUMENTS_ENVIRONMENT_MAX; i++) {
		argv[count++] = "-e";
		argv[count++] = "A=b";
	}
	argv[count] = "ls";
	assert_int_equal(parse(argv), 100);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(options_end_at_the_program),
		TEST(mistakes),
		TEST(help_and_version_need_no_program),
		TEST(defaults),
		TEST(strict),
		TEST(environment_of_the_user),
		TEST(too_much_text),
		TEST(too_many_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
