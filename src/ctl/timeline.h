/* SPDX-License-Identifier: ISC */
/*
 * The past of a service tree as bars, and the picture of them: timeline_bars.c makes bars of the
 * ring of events and of what the tables say now, timeline_svg.c draws.
 */
#ifndef ORLOP_CTL_TIMELINE_H
#define ORLOP_CTL_TIMELINE_H

#include "ctl/house.h"
#include "lib/text.h"

#include <skalibs/genalloc.h>

struct timeline_bar {
	uint64_t from;
	uint64_t to;
	uint32_t row;
	struct status_event_view view; /* of the state: why, which generation */
};

struct timeline_row {
	uint32_t slot;
	uint64_t first; /* when its first bar begins, UINT64_MAX: it has none */
	uint64_t start; /* its first start, UINT64_MAX: not known */
	uint64_t ready; /* when it was up or done first, UINT64_MAX: never, or not known */
};

struct timeline {
	struct house const *house;
	struct timeline_row *rows; /* in the order of their starts */
	uint32_t row_count;
	uint32_t *row_of;     /* of each slot; PLAN_NONE: not shown */
	genalloc bars;	      /* of struct timeline_bar, in order of their beginnings */
	genalloc supervisors; /* of uint64_t: when a new one came */
	uint64_t boot;
	uint64_t booted; /* 0: it still boots */
	uint64_t now;
	uint64_t known; /* events before this are not kept; 0: all are there */
};

/* Of the named slots: 0 or -ENOMEM. */
int timeline_gather(struct timeline *timeline, struct house const *house, uint32_t const *slots,
		    uint32_t count);
void timeline_free(struct timeline *timeline);

/* The whole picture; `title` is its first line. */
void timeline_draw(struct timeline const *timeline, char const *title, struct text *svg);

/* It has ended as it should not. */
bool timeline_is_failure(struct status_event_view const *view);

#endif
