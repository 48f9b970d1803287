/* SPDX-License-Identifier: ISC */
/* Monotonic time in one number; see moment.h. */
#include "sys/moment.h"

#include "sys/sys.h"

uint64_t moment_now(void)
{
	struct timespec now = { 0, 0 };

	(void)sys_clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * MOMENT_SECOND + (uint64_t)now.tv_nsec;
}

struct timespec moment_until(uint64_t then, uint64_t now)
{
	uint64_t const left = then > now ? then - now : 0;

	return (struct timespec){ .tv_sec = (time_t)(left / MOMENT_SECOND),
				  .tv_nsec = (long)(left % MOMENT_SECOND) };
}
