/* SPDX-License-Identifier: ISC */
/* Records into the control pipe of a running tree. */
#ifndef ORLOP_CTL_RECORD_H
#define ORLOP_CTL_RECORD_H

#include "ctl/house.h"
#include "wire/verb.h"

/* What the supervisor has taken so far; it answers nobody, but it counts. */
uint32_t record_taken(struct house const *house);

/* The pipe's descriptor, or a negative errno. */
int record_open(struct house const *house);

/* Fills in the plan's generation and waits for room: 0, -ETIMEDOUT, or another negative errno. */
int record_send(struct house const *house, int fd, struct verb const *verb, uint64_t deadline);

/* Says on standard error that `verb` could not be sent; returns the exit status. */
int record_complain(char const *verb, int error);

#endif
