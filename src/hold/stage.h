/* SPDX-License-Identifier: ISC */
/* Forking a child that is not given all of init's descriptors first. */
#ifndef ORLOP_HOLD_STAGE_H
#define ORLOP_HOLD_STAGE_H

#include "confine/confine.h"

/* Once, before the first fork; without it, or where the kernel has not what it takes, every fork
   is a plain one. */
void stage_open(void);

/*
 * fork(2) for the child that `request` describes: its pid, 0 in the child, or a negative errno. In
 * the child the places' sources may have other numbers than the caller gave.
 */
int stage_fork(struct confine_request *request);

/* Closes the copies that forks have left behind. */
void stage_close(void);

#endif
