/* SPDX-License-Identifier: ISC */
/* One event of the supervisor's ring in words, and as an object of JSON. */
#ifndef ORLOP_CTL_EVENT_TEXT_H
#define ORLOP_CTL_EVENT_TEXT_H

#include "ctl/house.h"
#include "lib/json.h"

/* The event's slot by name, "" for one that is about the whole container. */
char const *event_name(struct house const *house, struct status_event_view const *view);

/* "up", "signal", "supervisor" …: what a table has in its third column. */
char const *event_word(struct status_event_view const *view);

/* Why, or which; may be nothing. */
void event_detail(struct house const *house, struct status_event_view const *view,
		  struct text *text);

/* A line of JSON; `epoch` is what CLOCK_MONOTONIC counts from, in CLOCK_REALTIME nanoseconds. */
void event_json(struct house const *house, struct status_event_view const *view, uint64_t epoch,
		struct json *json);

/* Nanoseconds since the start of the container. */
uint64_t event_age(struct house const *house, uint64_t time);

#endif
