/* SPDX-License-Identifier: ISC */
/*
 * Taking in the end of a run, once: its old counters are journalled, then everything is stored,
 * `handled` last, then init gets its ACK. Cut anywhere, it is taken in again with the same facts.
 */
#ifndef ORLOP_SUPERVISE_EXITS_H
#define ORLOP_SUPERVISE_EXITS_H

#include "supervise/supervisor.h"

void exits_take(struct supervisor *s, uint32_t slot, struct slot_view const *view);

/* Counts a scheduled run as missed, and sets the next one: both or none. */
void exits_miss(struct supervisor *s, uint32_t slot, uint64_t next_run);

/* Undoes what was half taken in. */
void exits_roll_back(struct supervisor *s);

#endif
