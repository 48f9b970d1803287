/* SPDX-License-Identifier: ISC */
/* The clocks in nanoseconds, as all tables have them. */
#ifndef ORLOP_LIB_NOW_H
#define ORLOP_LIB_NOW_H

#include <stdint.h>

/* CLOCK_MONOTONIC or CLOCK_REALTIME; 0 when there is no such clock. */
uint64_t now_read(int clock);

#endif
