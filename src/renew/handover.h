/* SPDX-License-Identifier: ISC */
/* The tables of a predecessor, as its successor maps them, and the copy that it is left. */
#ifndef ORLOP_RENEW_HANDOVER_H
#define ORLOP_RENEW_HANDOVER_H

#include "wire/slot.h"

/* Maps plan, slots and status for `hold`; `protection` is that of the slots. 0 or a negative errno. */
int handover_take(void const **plan, int protection);

/* Puts a copy of the slot table in its place, the old one to FD_RENEW_TABLE; NULL with *error set. */
struct slot_header *handover_make(int *error);

/* It was in vain: the old table is in its place again. */
void handover_undo(struct slot_header *copy);

#endif
