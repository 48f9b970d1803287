/* SPDX-License-Identifier: ISC */
/* A part of the time line with an axis of its own, in tenths of a pixel. */
#ifndef ORLOP_CTL_TIMELINE_PANEL_H
#define ORLOP_CTL_TIMELINE_PANEL_H

#include "lib/text.h"

#include <stdint.h>

struct panel {
	char const *name;
	uint64_t from;
	uint64_t to;
	uint32_t x;
	uint32_t width;
};

/* Where a time has its place; what lies outside is at the edge. */
uint32_t panel_place(struct panel const *panel, uint64_t time);

/* The time between two ticks of its axis: 1, 2 or 5 of a unit, or whole minutes, hours, days. */
uint64_t panel_step(struct panel const *panel);

/* "0.5 ms", "250 ms", "12s", "3m 05s"; `step` says how exact, 0: as short as can be. */
void panel_add_time(struct text *text, uint64_t time, uint64_t step);

#endif
