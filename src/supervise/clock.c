/* SPDX-License-Identifier: ISC */
/* A binary heap with positions, so that any timer can be moved or taken out. */
#include "supervise/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

int clock_open(struct clock *c, uint32_t count)
{
	*c = (struct clock){ 0 };
	c->times = calloc(count + 1, sizeof *c->times);
	c->heap = calloc(count + 1, sizeof *c->heap);
	c->positions = calloc(count + 1, sizeof *c->positions);
	if (c->times && c->heap && c->positions)
		return 0;
	clock_close(c);
	return -ENOMEM;
}

void clock_close(struct clock *c)
{
	free(c->times);
	free(c->heap);
	free(c->positions);
	*c = (struct clock){ 0 };
}

static void place(struct clock *c, uint32_t at, uint32_t slot)
{
	c->heap[at] = slot;
	c->positions[slot] = at;
}

static void rise(struct clock *c, uint32_t at, uint32_t slot)
{
	while (at > 0) {
		uint32_t const parent = (at - 1) / 2;

		if (c->times[c->heap[parent]] <= c->times[slot])
			break;
		place(c, at, c->heap[parent]);
		at = parent;
	}
	place(c, at, slot);
}

static void sink(struct clock *c, uint32_t at, uint32_t slot)
{
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= c->used)
			break;
		if (child + 1 < c->used && c->times[c->heap[child + 1]] < c->times[c->heap[child]])
			child++;
		if (c->times[slot] <= c->times[c->heap[child]])
			break;
		place(c, at, c->heap[child]);
		at = child;
	}
	place(c, at, slot);
}

static void take_out(struct clock *c, uint32_t slot)
{
	uint32_t const at = c->positions[slot];
	uint32_t const last = c->heap[--c->used];

	c->times[slot] = 0;
	if (last == slot)
		return;
	rise(c, at, last);
	sink(c, c->positions[last], last);
}

void clock_set(struct clock *c, uint32_t slot, uint64_t time)
{
	uint64_t const old = c->times[slot];

	if (time == old)
		return;
	if (time == 0) {
		take_out(c, slot);
		return;
	}
	c->times[slot] = time;
	if (old == 0)
		rise(c, c->used++, slot);
	else if (time < old)
		rise(c, c->positions[slot], slot);
	else
		sink(c, c->positions[slot], slot);
}

uint64_t clock_first(struct clock const *c, uint32_t *slot)
{
	if (c->used == 0)
		return UINT64_MAX;
	*slot = c->heap[0];
	return c->times[c->heap[0]];
}
