/* SPDX-License-Identifier: ISC */
/*
 * Walks over the local calendar as if local time were UTC ("wall" seconds), which knows no gaps,
 * and turns each matching minute into a real time with the offsets of the days around it.
 */
#include "supervise/schedule.h"

#include "wire/plan.h"

#include <stdbool.h>
#include <time.h>

enum {
	MINUTE = 60,
	HOUR = 3600,
	DAY = 86400,
	/* The 29th of February may be eight years away, around 2100. */
	HORIZON_DAYS = 9 * 366,
	ALL_HOURS = 0xffffff,
	/* No clock has ever been put back by more. */
	FOLD_MINUTES = 180
};

struct place {
	struct plan_schedule const *schedule;
	schedule_offset_function *offset;
	void *context;
};

static int32_t offset_at(struct place const *p, int64_t time)
{
	return p->offset(p->context, time);
}

static bool day_matches(struct plan_schedule const *s, struct tm const *wall)
{
	bool const day = s->days >> wall->tm_mday & 1;
	bool const weekday = s->weekdays >> wall->tm_wday & 1;

	if (!(s->months >> (wall->tm_mon + 1) & 1))
		return false;
	return s->either ? day || weekday : day && weekday;
}

static bool minute_matches(struct plan_schedule const *s, int64_t wall)
{
	time_t const seconds = (time_t)wall;
	struct tm tm;

	(void)gmtime_r(&seconds, &tm);
	return day_matches(s, &tm) && (s->hours >> tm.tm_hour & 1) && (s->minutes >> tm.tm_min & 1);
}

/* The first matching wall minute from `wall` on, -1 for none within the horizon. */
static int64_t next_wall(struct plan_schedule const *s, int64_t wall)
{
	int64_t const end = wall + (int64_t)HORIZON_DAYS * DAY;

	while (wall < end) {
		time_t const seconds = (time_t)wall;
		struct tm tm;

		(void)gmtime_r(&seconds, &tm);
		if (!day_matches(s, &tm))
			wall += DAY - wall % DAY;
		else if (!(s->hours >> tm.tm_hour & 1))
			wall += HOUR - wall % HOUR;
		else if (!(s->minutes >> tm.tm_min & 1))
			wall += MINUTE;
		else
			return wall;
	}
	return -1;
}

/* The first moment after `low` at which the offset is no longer that of `low`. */
static int64_t change_between(struct place const *p, int64_t low, int64_t high)
{
	int32_t const old = offset_at(p, low);

	while (high - low > 1) {
		int64_t const middle = low + (high - low) / 2;

		if (offset_at(p, middle) == old)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* The first real time at which clocks show `wall`; the end of the gap when they never do. */
static int64_t real_time(struct place const *p, int64_t wall, bool *exists)
{
	int32_t const before = offset_at(p, wall - DAY);
	int32_t const after = offset_at(p, wall + DAY);

	*exists = true;
	if (offset_at(p, wall - before) == before)
		return wall - before;
	if (offset_at(p, wall - after) == after)
		return wall - after;
	*exists = false;
	return change_between(p, wall - DAY, wall + DAY);
}

static int64_t next_by_wall(struct place const *p, int64_t after, bool all_hours)
{
	int64_t wall = after + offset_at(p, after);

	for (wall -= wall % MINUTE;; wall += MINUTE) {
		int64_t time;
		bool exists;

		wall = next_wall(p->schedule, wall);
		if (wall < 0)
			return -1;
		time = real_time(p, wall, &exists);
		if (time > after && (exists || !all_hours))
			return time;
	}
}

int64_t schedule_next(struct plan_schedule const *schedule, int64_t after,
		      schedule_offset_function *offset, void *context)
{
	struct place const p = { .schedule = schedule, .offset = offset, .context = context };
	bool const all_hours = (schedule->hours & ALL_HOURS) == ALL_HOURS;
	int64_t const found = next_by_wall(&p, after, all_hours);
	int64_t time = after + offset_at(&p, after);

	if (!all_hours || found < 0)
		return found;
	/* The second pass of a repeated hour lies before the next new time on the wall. */
	time = after - time % MINUTE;
	for (int i = 0; i < FOLD_MINUTES; i++) {
		time += MINUTE;
		if (time >= found)
			break;
		if (minute_matches(schedule, time + offset_at(&p, time)))
			return time;
	}
	return found;
}
