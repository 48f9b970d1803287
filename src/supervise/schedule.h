/* SPDX-License-Identifier: ISC */
/*
 * When a cron expression is due next, as a pure function of the expression, the time and the
 * local offset. The rules for days when clocks are changed:
 *
 *	a time that does not exist that day is due once, right after the gap;
 *	a time that exists twice is due once, the first time;
 *	an expression that names every hour is not bound to the time of day: it goes on through a
 *	repeated hour, and has nothing to make up for after a gap.
 */
#ifndef ORLOP_SUPERVISE_SCHEDULE_H
#define ORLOP_SUPERVISE_SCHEDULE_H

#include <stdint.h>

struct plan_schedule;

/* Seconds by which local time is ahead of UTC at `time`, in seconds since 1970. */
typedef int32_t schedule_offset_function(void *context, int64_t time);

/* The first time after `after` at which it is due, or -1 for never. */
int64_t schedule_next(struct plan_schedule const *schedule, int64_t after,
		      schedule_offset_function *offset, void *context);

#endif
