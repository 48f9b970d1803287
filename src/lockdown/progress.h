/* SPDX-License-Identifier: ISC */
/*
 * One line on a terminal that tells that a long walk goes on: after the first second, rewritten
 * ten times a second at most, and gone at the end. Nothing where standard error is no terminal.
 */
#ifndef ORLOP_LOCKDOWN_PROGRESS_H
#define ORLOP_LOCKDOWN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool terminal;
	bool shown;
	uint64_t next; /* CLOCK_MONOTONIC nanoseconds */
};

void progress_begin(struct progress *progress);

/* To be called often. */
void progress_tick(struct progress *progress, uint64_t files, char const *path);

/* Takes the line away, before another one is written. */
void progress_clear(struct progress *progress);

#endif
