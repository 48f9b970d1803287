/* SPDX-License-Identifier: ISC */
/* Limits by name, and what happens to one that is above the hard limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/limits.h"
#include "sys/fake.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(limits_resource("nofile"), RLIMIT_NOFILE);
	assert_int_equal(limits_resource("core"), RLIMIT_CORE);
	assert_int_equal(limits_resource("as"), RLIMIT_AS);
	assert_int_equal(limits_resource("nproc"), RLIMIT_NPROC);
	assert_int_equal(limits_resource("memlock"), RLIMIT_MEMLOCK);
	assert_int_equal(limits_resource("rttime"), RLIMIT_RTTIME);
	assert_int_equal(limits_resource(""), -EINVAL);
	assert_int_equal(limits_resource("nofiles"), -EINVAL);
	assert_int_equal(limits_resource("NOFILE"), -EINVAL);
	for (unsigned resource = 0; resource < RLIM_NLIMITS; resource++)
		assert_int_equal(limits_resource(limits_name(resource)), resource);
	assert_null(limits_name(RLIM_NLIMITS));
}

/* Lowers the test's own: they only ever fall. */
static void test_limits_are_set(void **state)
{
	struct plan_limit const wanted[] = { { RLIMIT_CORE, 0, 0, 0 },
					     { RLIMIT_NOFILE, 0, 100, 200 } };
	struct rlimit now;

	(void)state;
	assert_int_equal(limits_set(wanted, 2, true), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
	assert_int_equal(now.rlim_cur, 100);
	assert_int_equal(now.rlim_max, 200);
	assert_int_equal(getrlimit(RLIMIT_CORE, &now), 0);
	assert_int_equal(now.rlim_max, 0);
}

/* EPERM for the first call is a hard limit that may not be raised. */
static void test_too_high_becomes_as_high_as_allowed(void **state)
{
	struct plan_limit const wanted = { RLIMIT_NOFILE, 0, UINT64_MAX, UINT64_MAX };
	struct rlimit now;

	(void)state;
	fake_fail(FAKE_prlimit64, 1, 1, EPERM);
	assert_int_equal(limits_set(&wanted, 1, false), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
	assert_int_equal(now.rlim_cur, 200);
	assert_int_equal(now.rlim_max, 200);
}

static void test_too_high_is_an_error_if_strict(void **state)
{
	struct plan_limit const wanted = { RLIMIT_NOFILE, 0, 50, 50 };

	(void)state;
	fake_fail(FAKE_prlimit64, 1, 1, EPERM);
	assert_int_equal(limits_set(&wanted, 1, true), -EPERM);
	assert_int_equal(fake_count(FAKE_prlimit64), 1);
}

static void test_other_errors_are_errors(void **state)
{
	struct plan_limit const wanted = { RLIMIT_NOFILE, 0, 50, 50 };

	(void)state;
	fake_fail(FAKE_prlimit64, 1, 1, EINVAL);
	assert_int_equal(limits_set(&wanted, 1, false), -EINVAL);
	fake_fail(FAKE_prlimit64, 2, 3, EPERM);
	assert_int_equal(limits_set(&wanted, 1, false), -EPERM);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(names),
		TEST(limits_are_set),
		TEST(too_high_becomes_as_high_as_allowed),
		TEST(too_high_is_an_error_if_strict),
		TEST(other_errors_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
