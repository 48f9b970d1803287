/* SPDX-License-Identifier: ISC */
/* A field read wrongly is a job at the wrong time. */
#include "declared.h"

#include "plan/cron.h"

static struct plan_schedule schedule;
static char const *found;
static char const *expected;

static int parse(char const *text)
{
	struct words words;

	assert_int_equal(words_parse(&bed.parser, text, &words), 0);
	return cron_parse(&words, &schedule, &found, &expected);
}

static void test_fields(void **state)
{
	(void)state;
	assert_int_equal(parse("0 3 * * *"), 0);
	assert_true(schedule.minutes == 1);
	assert_int_equal(schedule.hours, 1 << 3);
	assert_int_equal(schedule.days, 0xfffffffeU);
	assert_int_equal(schedule.months, 0x1ffe);
	assert_int_equal(schedule.weekdays, 0x7f);
	assert_int_equal(schedule.either, 0);
	assert_int_equal(schedule.every, 0);
}

static void test_lists_ranges_steps_names(void **state)
{
	(void)state;
	assert_int_equal(parse("*/20 8-10,20 1-10/3 jan,DEC mon-fri"), 0);
	assert_true(schedule.minutes == (1ULL | 1ULL << 20 | 1ULL << 40));
	assert_int_equal(schedule.hours, 1 << 8 | 1 << 9 | 1 << 10 | 1 << 20);
	assert_int_equal(schedule.days, 1 << 1 | 1 << 4 | 1 << 7 | 1 << 10);
	assert_int_equal(schedule.months, 1 << 1 | 1 << 12);
	assert_int_equal(schedule.weekdays, 0x3e);
	assert_int_equal(schedule.either, 1);
	assert_int_equal(parse("55/2 * * * *"), 0);
	assert_true(schedule.minutes == (1ULL << 55 | 1ULL << 57 | 1ULL << 59));
}

/* Sunday has two numbers and is one day. */
static void test_sunday(void **state)
{
	(void)state;
	assert_int_equal(parse("0 0 * * 7"), 0);
	assert_int_equal(schedule.weekdays, 1);
	assert_int_equal(parse("0 0 * * 5-7"), 0);
	assert_int_equal(schedule.weekdays, 1 | 1 << 5 | 1 << 6);
	assert_int_equal(parse("0 0 * * */2"), 0);
	assert_int_equal(schedule.weekdays, 1 | 1 << 2 | 1 << 4 | 1 << 6);
	assert_int_equal(parse("0 0 * * sun"), 0);
	assert_int_equal(schedule.weekdays, 1);
}

static void test_every(void **state)
{
	(void)state;
	assert_int_equal(parse("@every 30s"), 0);
	assert_true(schedule.every == 30000000000);
	assert_int_equal(parse("@every 999ms"), -EINVAL);
	assert_int_equal(parse("@every"), -EINVAL);
	assert_int_equal(parse("@every 1m 2"), -EINVAL);
}

static void test_what_is_wrong_is_named(void **state)
{
	(void)state;
	assert_int_equal(parse("0 24 * * *"), -EINVAL);
	assert_string_equal(found, "24");
	assert_non_null(strstr(expected, "an hour"));
	for (char const *const *bad = (char const *const[]){ "0 0 * *",
							     "0 0 * * * *",
							     "60 0 * * *",
							     "0 0 0 * *",
							     "0 0 32 * *",
							     "0 0 * 13 *",
							     "0 0 * 0 *",
							     "0 0 * * 8",
							     "0 0 * * foo",
							     "5-3 0 * * *",
							     "*/0 0 * * *",
							     "1, 0 * * *",
							     ",1 0 * * *",
							     "a 0 * * *",
							     "1-2-3 0 * * *",
							     "/5 0 * * *",
							     "",
							     "- 0 * * *",
							     "001 0 * * *",
							     "@daily",
							     NULL };
	     *bad; bad++)
		assert_int_equal(parse(*bad), -EINVAL);
}

static void test_a_day_that_never_comes(void **state)
{
	(void)state;
	assert_int_equal(parse("0 0 30 2 *"), -EINVAL);
	assert_int_equal(parse("0 0 31 apr,jun *"), -EINVAL);
	assert_int_equal(parse("0 0 29 2 *"), 0);
	assert_int_equal(parse("0 0 30 2 mon"), 0); /* a Monday in February will do */
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_fields),
		DECLARED(test_lists_ranges_steps_names),
		DECLARED(test_sunday),
		DECLARED(test_every),
		DECLARED(test_what_is_wrong_is_named),
		DECLARED(test_a_day_that_never_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
