/* SPDX-License-Identifier: ISC */
/* nice and oom score: set, or excused unless confine = strict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/steps.h"
#include "sys/fake.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>

static struct plan_slot slot;

static int reset(void **state)
{
	(void)state;
	fake_reset();
	slot = (struct plan_slot){ .flags = PLAN_NICE | PLAN_OOM };
	return 0;
}

static void test_nothing_unasked(void **state)
{
	(void)state;
	slot.flags = 0;
	assert_int_equal(priority_nice(&slot), 0);
	assert_int_equal(priority_oom_score(&slot), 0);
	assert_int_equal(fake_count(FAKE_setpriority), 0);
	assert_int_equal(fake_count(FAKE_openat), 0);
}

static int score(void)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "r");
	int value = -9999;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &value), 1);
	(void)fclose(file);
	return value;
}

/* Only raised, so that it works without privilege too. */
static void test_set(void **state)
{
	(void)state;
	slot.nice = 19;
	assert_int_equal(priority_nice(&slot), 0);
	assert_int_equal(getpriority(PRIO_PROCESS, 0), 19);
	slot.oom_score_adjust = 997;
	assert_int_equal(priority_oom_score(&slot), 0);
	assert_int_equal(score(), 997);
	slot.oom_score_adjust = 1000;
	assert_int_equal(priority_oom_score(&slot), 0);
	assert_int_equal(score(), 1000);
}

/* The text of a negative number; the kernel may refuse it, but not as nonsense. */
static void test_negative_score(void **state)
{
	int result;

	(void)state;
	slot.confine = PLAN_STRICT;
	slot.oom_score_adjust = -1000;
	result = priority_oom_score(&slot);
	assert_true(result == -EACCES || (result == 0 && score() == -1000));
	slot.oom_score_adjust = INT32_MIN;
	assert_int_equal(priority_oom_score(&slot), -EINVAL);
}

static void test_refusals(void **state)
{
	static uint32_t const levels[] = { PLAN_BEST_EFFORT, PLAN_UNCONFINED, PLAN_STRICT };

	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		bool const strict = levels[i] == PLAN_STRICT;

		reset(state);
		slot.confine = levels[i];
		fake_fail(FAKE_setpriority, 1, 1, EACCES);
		assert_int_equal(priority_nice(&slot), strict ? -EACCES : 0);
		fake_fail(FAKE_write, 1, 1, EACCES);
		assert_int_equal(priority_oom_score(&slot), strict ? -EACCES : 0);
		assert_int_equal(fake_count(FAKE_close), 1);
		fake_fail(FAKE_openat, 2, 1, ENOENT);
		assert_int_equal(priority_oom_score(&slot), strict ? -ENOENT : 0);
	}
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(nothing_unasked),
		TEST(refusals),
		TEST(set),
		TEST(negative_score),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
