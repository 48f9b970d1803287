/* SPDX-License-Identifier: ISC */
/* See now.h. */
#include "lib/now.h"

#include "sys/sys.h"

uint64_t now_read(int clock)
{
	struct timespec time = { 0 };

	if (sys_clock_gettime(clock, &time) < 0)
		return 0;
	return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}
