/* SPDX-License-Identifier: ISC */
/* The numbers of orlop-confine's options: their ends, their units, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/arguments_parts.h"

#include <string.h>
#include <sys/resource.h>

static struct arguments arguments;
static struct arguments_fault fault;
static struct parser parser = { .arguments = &arguments, .fault = &fault };
static struct plan_slot const *const slot = &arguments.plan.slot;

static int reset(void **state)
{
	(void)state;
	memset(&arguments, 0, sizeof arguments);
	return 0;
}

static void test_umask(void **state)
{
	(void)state;
	assert_int_equal(arguments_umask(&parser, "0777"), 0);
	assert_int_equal(slot->umask, 0777);
	assert_int_equal(arguments_umask(&parser, "27"), 0);
	assert_int_equal(slot->umask, 027);
	assert_int_equal(arguments_umask(&parser, "1000"), 100);
	assert_int_equal(arguments_umask(&parser, "08"), 100);
	assert_int_equal(arguments_umask(&parser, ""), 100);
	assert_int_equal(arguments_umask(&parser, "-1"), 100);
	assert_int_equal(arguments_umask(&parser, "u=rwx"), 100);
}

static void test_nice(void **state)
{
	(void)state;
	assert_int_equal(arguments_nice(&parser, "-20"), 0);
	assert_int_equal(slot->nice, -20);
	assert_int_equal(slot->flags, PLAN_NICE);
	assert_int_equal(arguments_nice(&parser, "+19"), 0);
	assert_int_equal(slot->nice, 19);
	assert_int_equal(arguments_nice(&parser, "20"), 100);
	assert_int_equal(arguments_nice(&parser, "-21"), 100);
	assert_int_equal(arguments_nice(&parser, "-"), 100);
	assert_int_equal(arguments_nice(&parser, "--5"), 100);
	assert_int_equal(arguments_nice(&parser, "5x"), 100);
}

static void test_oom_score(void **state)
{
	(void)state;
	assert_int_equal(arguments_oom_score(&parser, "-1000"), 0);
	assert_int_equal(slot->oom_score_adjust, -1000);
	assert_int_equal(slot->flags, PLAN_OOM);
	assert_int_equal(arguments_oom_score(&parser, "1000"), 0);
	assert_int_equal(arguments_oom_score(&parser, "1001"), 100);
	assert_int_equal(arguments_oom_score(&parser, "-1001"), 100);
	assert_int_equal(arguments_oom_score(&parser, "99999999999999999999"), 100);
}

static void test_capabilities(void **state)
{
	(void)state;
	assert_int_equal(arguments_capability(&parser, "CHOWN"), 0);
	assert_int_equal(arguments_capability(&parser, "cap_checkpoint_restore"), 0);
	assert_int_equal(slot->capabilities, 1 | (uint64_t)1 << 40);
	assert_int_equal(arguments_capability(&parser, "everything"), 100);
}

static void assert_limit(char const *text, uint64_t soft, uint64_t hard)
{
	arguments.plan.slot.limits.count = 0;
	assert_int_equal(arguments_limit(&parser, text), 0);
	assert_int_equal(slot->limits.count, 1);
	assert_int_equal(arguments.plan.limits[0].soft, soft);
	assert_int_equal(arguments.plan.limits[0].hard, hard);
}

static void test_limits(void **state)
{
	(void)state;
	assert_limit("nofile=64", 64, 64);
	assert_int_equal(arguments.plan.limits[0].resource, RLIMIT_NOFILE);
	assert_limit("as=1G", 1 << 30, 1 << 30);
	assert_limit("as=1K:2M", 1024, 2 << 20);
	assert_limit("as=3T", 3ULL << 40, 3ULL << 40);
	assert_limit("as=1:unlimited", 1, UINT64_MAX);
	assert_limit("core=unlimited", UINT64_MAX, UINT64_MAX);
	assert_limit("core=18446744073709551614", UINT64_MAX - 1, UINT64_MAX - 1);
}

/* A limit that wraps around would be one of a few bytes. */
static void test_limits_that_are_none(void **state)
{
	static char const *const texts[] = {
		"",
		"nofile",
		"nofile=",
		"nofile=x",
		"nofile=1x",
		"nofile=1:",
		"nofile=2:1",
		"nofile=-1",
		"files=1",
		"nofile=1KK",
		"nofile=K",
		"=1",
		"nofile=1:2:3",
		"nofile= 1",
		"averyveryverylongname=1",
		"as=18446744073709551615",
		"as=17179869184G",
		"as=unlimited:1",
		"as=unlimitedx",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(arguments_limit(&parser, texts[i]), 100);
	assert_int_equal(slot->limits.count, 0);
}

static void test_too_many_limits(void **state)
{
	(void)state;
	for (int i = 0; i < ARGUMENTS_LIMITS_MAX; i++)
		assert_int_equal(arguments_limit(&parser, "core=0"), 0);
	assert_int_equal(arguments_limit(&parser, "core=0"), 100);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(umask),	       TEST(nice),   TEST(oom_score),
		TEST(capabilities),    TEST(limits), TEST(limits_that_are_none),
		TEST(too_many_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
