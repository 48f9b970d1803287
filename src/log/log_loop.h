/* SPDX-License-Identifier: ISC */
/* The logger's loop over its pipes: asleep unless something is there to be written. */
#ifndef ORLOP_LOG_LOG_LOOP_H
#define ORLOP_LOG_LOG_LOOP_H

#include "log/log_pump.h"

/* Runs until every source has ended and all is written: 0, or a negative errno. */
int log_loop(struct log_pump *pump);

#endif
