/* SPDX-License-Identifier: ISC */
/*
 * The local time of schedules. libc reads the zone's file once, before the supervisor locks
 * itself in; a TZ that libc does not understand silently means UTC, so that is found out here.
 */
#ifndef ORLOP_SUPERVISE_ZONE_H
#define ORLOP_SUPERVISE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

/* Makes libc read the zone that the variable TZ names. */
void zone_load(void);

/* True when `name`, a value of TZ, means something here: a file, or a rule written out. */
bool zone_known(char const *name);

/* Seconds by which local time is ahead of UTC at `time`. */
int32_t zone_offset(int64_t time);

#endif
