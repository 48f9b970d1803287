/* SPDX-License-Identifier: ISC */
/*
 * The timers: at most one for each slot, kept as a heap, so that the loop knows how long it may
 * sleep without looking at every slot, and sleeps for ever when there is none.
 */
#ifndef ORLOP_SUPERVISE_CLOCK_H
#define ORLOP_SUPERVISE_CLOCK_H

#include <stdint.h>

struct clock {
	uint64_t *times;     /* by slot; 0: no timer */
	uint32_t *heap;	     /* slots, the earliest first */
	uint32_t *positions; /* by slot, its place in the heap */
	uint32_t used;
};

/* 0 or -ENOMEM. */
int clock_open(struct clock *clock, uint32_t count);
void clock_close(struct clock *clock);

/* Sets the timer of `slot` to `time`, 0 for none. */
void clock_set(struct clock *clock, uint32_t slot, uint64_t time);

/* The earliest time, UINT64_MAX when there is none; *slot is whose it is. */
uint64_t clock_first(struct clock const *clock, uint32_t *slot);

#endif
