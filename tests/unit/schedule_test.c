/* SPDX-License-Identifier: ISC */
/* When a cron expression is due, above all on the two days a year on which clocks are changed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "supervise/schedule.h"
#include "supervise/zone.h"
#include "wire/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ALL_MINUTES ((UINT64_C(1) << 60) - 1)
#define ALL_HOURS   0xffffffu
#define ALL_DAYS    0xfffffffeu
#define ALL_MONTHS  0x1ffeu

static int32_t by_zone(void *context, int64_t time)
{
	(void)context;
	return zone_offset(time);
}

static void zone(char const *rule)
{
	(void)setenv("TZ", rule, 1);
	zone_load();
}

static struct plan_schedule at(uint64_t minutes, uint32_t hours)
{
	return (struct plan_schedule){
		.minutes = minutes,
		.hours = hours,
		.days = ALL_DAYS,
		.months = ALL_MONTHS,
		.weekdays = 0x7f,
	};
}

/* UTC seconds of "2024-03-31 01:00" and the like. */
static int64_t utc(char const *text)
{
	struct tm tm = { 0 };

	assert_int_equal(sscanf(text, "%d-%d-%d %d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
				&tm.tm_hour, &tm.tm_min),
			 5);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return timegm(&tm);
}

static void expect(struct plan_schedule const *schedule, char const *after, char const *expected)
{
	int64_t const next = schedule_next(schedule, utc(after), by_zone, NULL);
	time_t const seconds = (time_t)next;
	struct tm tm;
	char text[32];

	(void)gmtime_r(&seconds, &tm);
	(void)strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
	assert_string_equal(text, expected);
	assert_int_equal(next % 60, 0);
}

static void plain_times(void **state)
{
	struct plan_schedule schedule = at(1 << 30, 1 << 2);

	(void)state;
	zone("UTC0");
	expect(&schedule, "2024-01-01 00:00", "2024-01-01 02:30");
	expect(&schedule, "2024-01-01 02:30", "2024-01-02 02:30");
	expect(&schedule, "2024-12-31 02:31", "2025-01-01 02:30");
	schedule = at(ALL_MINUTES, ALL_HOURS);
	expect(&schedule, "2024-01-01 00:00", "2024-01-01 00:01");
}

static void it_is_strictly_later_even_within_a_minute(void **state)
{
	struct plan_schedule const schedule = at(ALL_MINUTES, ALL_HOURS);

	(void)state;
	zone("UTC0");
	assert_int_equal(schedule_next(&schedule, utc("2024-01-01 00:00") + 59, by_zone, NULL),
			 utc("2024-01-01 00:01"));
}

static void days_and_weekdays(void **state)
{
	struct plan_schedule schedule = at(1, 1);

	(void)state;
	zone("UTC0");
	schedule.days = 1u << 13;
	schedule.weekdays = 1 << 5; /* Friday */
	schedule.either = 1;
	expect(&schedule, "2024-01-01 00:00", "2024-01-05 00:00");
	expect(&schedule, "2024-01-12 00:00", "2024-01-13 00:00");
	schedule.either = 0;
	expect(&schedule, "2024-01-01 00:00", "2024-09-13 00:00");
	schedule = at(1, 1);
	schedule.days = 1u << 29;
	schedule.months = 1 << 2;
	expect(&schedule, "2024-03-01 00:00", "2028-02-29 00:00");
	expect(&schedule, "2096-03-01 00:00", "2104-02-29 00:00");
}

static void a_date_that_never_comes_is_never(void **state)
{
	struct plan_schedule schedule = at(1, 1);

	(void)state;
	zone("UTC0");
	schedule.days = 1u << 30;
	schedule.months = 1 << 2;
	assert_int_equal(schedule_next(&schedule, utc("2024-01-01 00:00"), by_zone, NULL), -1);
}

static void local_time_is_what_counts(void **state)
{
	struct plan_schedule const schedule = at(1 << 0, 1 << 3);

	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	expect(&schedule, "2024-01-10 00:00", "2024-01-10 02:00");
	expect(&schedule, "2024-07-10 00:00", "2024-07-10 01:00");
	zone("<+0545>-5:45");
	expect(&schedule, "2024-01-10 00:00", "2024-01-10 21:15");
	zone("<-1030>10:30");
	expect(&schedule, "2024-01-10 00:00", "2024-01-10 13:30");
}

/* In Berlin 02:00 to 03:00 does not exist on 2024-03-31; 03:00 is 01:00 UTC. */
static void a_time_in_the_gap_is_due_right_after_it(void **state)
{
	struct plan_schedule schedule = at(1 << 30, 1 << 2);

	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	expect(&schedule, "2024-03-30 12:00", "2024-03-31 01:00");
	expect(&schedule, "2024-03-31 01:00", "2024-04-01 00:30");
	/* Several times of the gap are one run, and so is one with the time at its end. */
	schedule = at(1 | 1 << 20, 1 << 2 | 1 << 3);
	expect(&schedule, "2024-03-30 12:00", "2024-03-31 01:00");
	expect(&schedule, "2024-03-31 01:00", "2024-03-31 01:20");
}

/* In Berlin 02:00 to 03:00 comes twice on 2024-10-27: from 00:00 and from 01:00 UTC. */
static void a_time_that_comes_twice_is_due_once(void **state)
{
	struct plan_schedule const schedule = at(1 << 30, 1 << 2);

	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	expect(&schedule, "2024-10-26 12:00", "2024-10-27 00:30");
	expect(&schedule, "2024-10-27 00:30", "2024-10-28 01:30");
	expect(&schedule, "2024-10-27 01:10", "2024-10-28 01:30");
}

static void every_hour_goes_on_through_both(void **state)
{
	struct plan_schedule const schedule = at(1 << 30, ALL_HOURS);

	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	expect(&schedule, "2024-10-26 23:30", "2024-10-27 00:30");
	expect(&schedule, "2024-10-27 00:30", "2024-10-27 01:30");
	expect(&schedule, "2024-10-27 01:30", "2024-10-27 02:30");
	/* and has nothing to make up for after the gap */
	expect(&schedule, "2024-03-31 00:30", "2024-03-31 01:30");
}

static void half_an_hour_of_difference(void **state)
{
	struct plan_schedule const schedule = at(1 << 15, 1 << 2);

	(void)state;
	/* Lord Howe: 02:00 becomes 02:30 on 2024-10-06, at 15:30 UTC the day before. */
	zone("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
	expect(&schedule, "2024-10-05 12:00", "2024-10-05 15:30");
	/* 02:00 becomes 01:30 on 2024-04-07: 02:15 comes once, after it. */
	expect(&schedule, "2024-04-06 12:00", "2024-04-06 15:45");
}

/* A whole year, minute by minute: nothing is left out and nothing comes twice a day. */
static void once_a_day_all_year_round(void **state)
{
	struct plan_schedule const schedule = at(1 << 30, 1 << 2);
	int64_t time = utc("2023-12-31 12:00");
	int runs = 0;

	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	while (time < utc("2024-12-31 12:00")) {
		int64_t const next = schedule_next(&schedule, time, by_zone, NULL);

		assert_true(next > time + 22 * 3600 || runs == 0);
		assert_true(next < time + 26 * 3600);
		time = next;
		runs++;
	}
	assert_int_equal(runs, 367); /* 366 days and the first of the next year */
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(plain_times),
		cmocka_unit_test(it_is_strictly_later_even_within_a_minute),
		cmocka_unit_test(days_and_weekdays),
		cmocka_unit_test(a_date_that_never_comes_is_never),
		cmocka_unit_test(local_time_is_what_counts),
		cmocka_unit_test(a_time_in_the_gap_is_due_right_after_it),
		cmocka_unit_test(a_time_that_comes_twice_is_due_once),
		cmocka_unit_test(every_hour_goes_on_through_both),
		cmocka_unit_test(half_an_hour_of_difference),
		cmocka_unit_test(once_a_day_all_year_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
