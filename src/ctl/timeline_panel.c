/* SPDX-License-Identifier: ISC */
/* See timeline_panel.h. */
#include "ctl/timeline_panel.h"

#include "lib/duration.h"

#include <stddef.h>

#define MILLISECOND UINT64_C(1000000)
#define SECOND	    UINT64_C(1000000000)

enum { TICK_WIDTH = 900 };

uint32_t panel_place(struct panel const *panel, uint64_t time)
{
	uint64_t const span = panel->to - panel->from;

	if (time <= panel->from)
		return panel->x;
	if (time >= panel->to)
		return panel->x + panel->width;
	/* A month in nanoseconds times the width is too much for 64 bits. */
	if (span > UINT64_MAX / panel->width)
		return panel->x + (uint32_t)((time - panel->from) / (span / panel->width + 1));
	return panel->x + (uint32_t)((time - panel->from) * panel->width / span);
}

uint64_t panel_step(struct panel const *panel)
{
	static uint64_t const units[] = { MILLISECOND / 10,  MILLISECOND, 10 * MILLISECOND,
					  100 * MILLISECOND, SECOND,	  10 * SECOND };
	static uint64_t const long_steps[] = { 60,   120,   300,   600,	  1800,	  3600,
					       7200, 21600, 43200, 86400, 172800, 604800 };
	uint64_t const least = (panel->to - panel->from) / (panel->width / TICK_WIDTH);

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		for (uint64_t factor = 1; factor <= 5; factor += factor == 1 ? 1 : 3)
			if (units[i] * factor >= least)
				return units[i] * factor;
	for (size_t i = 0; i < sizeof long_steps / sizeof long_steps[0]; i++)
		if (long_steps[i] * SECOND >= least)
			return long_steps[i] * SECOND;
	return least;
}

void panel_add_time(struct text *text, uint64_t time, uint64_t step)
{
	if (step >= SECOND || time >= 60 * SECOND) {
		duration_add(text, time);
		return;
	}
	text_add_unsigned(text, time / MILLISECOND);
	if (time % MILLISECOND) {
		text_add(text, ".");
		text_add_unsigned(text, time % MILLISECOND / (MILLISECOND / 10));
	}
	text_add(text, " ms");
}
