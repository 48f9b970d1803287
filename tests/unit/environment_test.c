/* SPDX-License-Identifier: ISC */
/* What of the container's environment reaches a service, and what wins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/steps.h"
#include "sys/fake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 8, TEXT_MAX = 512 };

static struct {
	struct plan_header header;
	struct plan_slot slot;
	uint32_t set[WORDS_MAX];
	uint32_t pass[WORDS_MAX];
	char text[TEXT_MAX];
} plan;

static size_t used;
static char *const *secrets;
static struct confine_request request = { .plan = &plan, .slot = &plan.slot };
static char *const container[] = { "PATH=/bin", "APP_ENV=prod", "APP_KEY=1", "SECRET=x",
				   "APP=2",	"PATH=/sbin",	"NONSENSE",  NULL };

static int reset(void **state)
{
	(void)state;
	fake_reset();
	memset(&plan, 0, sizeof plan);
	plan.slot.environment.offset = offsetof(__typeof__(plan), set);
	plan.slot.pass.offset = offsetof(__typeof__(plan), pass);
	used = 0;
	request.environment = container;
	secrets = NULL;
	return 0;
}

static uint32_t add(char const *text)
{
	size_t const at = used;

	assert_true(used + strlen(text) < TEXT_MAX);
	strcpy(plan.text + used, text);
	used += strlen(text) + 1;
	return (uint32_t)(offsetof(__typeof__(plan), text) + at);
}

static void set(char const *text)
{
	plan.set[plan.slot.environment.count++] = add(text);
}

static void pass(char const *name)
{
	plan.pass[plan.slot.pass.count++] = add(name);
}

static void assert_environment(char const *const *expected)
{
	char *const *environment;
	size_t i = 0;

	assert_int_equal(environment_build(&request, secrets, &environment), 0);
	for (; expected[i]; i++) {
		assert_non_null(environment[i]);
		assert_string_equal(environment[i], expected[i]);
	}
	assert_null(environment[i]);
}

#define ASSERT_ENVIRONMENT(...) assert_environment((char const *const[]){ __VA_ARGS__ })

static void test_nothing_passes_unasked(void **state)
{
	(void)state;
	ASSERT_ENVIRONMENT(NULL);
	request.environment = NULL;
	set("A=b");
	ASSERT_ENVIRONMENT("A=b", NULL);
}

static void test_all_pass(void **state)
{
	(void)state;
	plan.slot.flags = PLAN_PASS_ALL;
	assert_environment((char const *const *)container);
}

/* "APP" is not "APP_ENV", and a prefix is one only with its star. */
static void test_named_ones_pass(void **state)
{
	(void)state;
	pass("APP");
	pass("SECRE");
	ASSERT_ENVIRONMENT("APP=2", NULL);
	reset(state);
	pass("APP_*");
	pass("PATH");
	ASSERT_ENVIRONMENT("PATH=/bin", "APP_ENV=prod", "APP_KEY=1", "PATH=/sbin", NULL);
}

/* Two HOMEs in one environment: programs differ in which they take. */
static void test_the_plans_own_win(void **state)
{
	(void)state;
	plan.slot.flags = PLAN_PASS_ALL;
	set("PATH=/usr/bin");
	set("APP=");
	ASSERT_ENVIRONMENT("APP_ENV=prod", "APP_KEY=1", "SECRET=x", "NONSENSE", "PATH=/usr/bin",
			   "APP=", NULL);
}

/* Whatever else there is under its name: a secret is what its file says, and there once. */
static void test_secrets_come_last_and_win(void **state)
{
	static char *const own[] = { "SECRET=y", "APP=s", NULL };

	(void)state;
	plan.slot.flags = PLAN_PASS_ALL;
	set("APP=b");
	set("C=d");
	secrets = own;
	ASSERT_ENVIRONMENT("PATH=/bin", "APP_ENV=prod", "APP_KEY=1", "PATH=/sbin", "NONSENSE",
			   "C=d", "SECRET=y", "APP=s", NULL);
}

static void test_listen_pid_is_the_childs(void **state)
{
	char *const *environment;

	(void)state;
	set("LISTEN_PID=0");
	set("LISTEN_FDS=1");
	assert_int_equal(environment_build(&request, secrets, &environment), 0);
	assert_int_equal(strncmp(environment[0], "LISTEN_PID=", 11), 0);
	assert_int_equal(strtol(environment[0] + 11, NULL, 10), sys_getpid());
	assert_string_equal(environment[1], "LISTEN_FDS=1");
}

static bool longest_pid(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = INT32_MAX;
	return true;
}

static void test_longest_pid_fits(void **state)
{
	(void)state;
	fake_hook(FAKE_getpid, longest_pid, NULL);
	set("LISTEN_PID=0");
	ASSERT_ENVIRONMENT("LISTEN_PID=2147483647", NULL);
}

static void test_too_many(void **state)
{
	static char *many[PLAN_ENVIRONMENT_MAX + 2];
	char *const *environment;

	(void)state;
	for (int i = 0; i < PLAN_ENVIRONMENT_MAX; i++)
		many[i] = "A=b";
	plan.slot.flags = PLAN_PASS_ALL;
	request.environment = many;
	assert_int_equal(environment_build(&request, secrets, &environment), 0);
	set("C=d");
	assert_int_equal(environment_build(&request, secrets, &environment), -E2BIG);
	plan.slot.environment.count = 0;
	secrets = container;
	assert_int_equal(environment_build(&request, secrets, &environment), -E2BIG);
	secrets = NULL;
	many[PLAN_ENVIRONMENT_MAX] = "A=b";
	assert_int_equal(environment_build(&request, secrets, &environment), -E2BIG);
}

static void test_value(void **state)
{
	(void)state;
	assert_string_equal(environment_value(container, "PATH"), "/bin");
	assert_string_equal(environment_value(container, "APP"), "2");
	assert_null(environment_value(container, "NONSENSE"));
	assert_null(environment_value(container, "HOME"));
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(nothing_passes_unasked),
		TEST(all_pass),
		TEST(named_ones_pass),
		TEST(the_plans_own_win),
		TEST(secrets_come_last_and_win),
		TEST(listen_pid_is_the_childs),
		TEST(longest_pid_fits),
		TEST(too_many),
		TEST(value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
