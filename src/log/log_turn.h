/* SPDX-License-Identifier: ISC */
/* One turn of one source: what of it may go now, and where to. */
#ifndef ORLOP_LOG_LOG_TURN_H
#define ORLOP_LOG_LOG_TURN_H

#include "log/log_pump.h"

enum turn {
	TURN_SENT,    /* something changed, there may be more */
	TURN_NOTHING, /* nothing to send now */
	TURN_STUCK    /* the output takes nothing now */
};

/* Fills the parcel with what may go; false when that is nothing, and the source leaves the queue. */
bool log_turn_prepare(struct log_pump *pump, struct log_source *source, struct log_parcel *parcel,
		      uint64_t now);

/* The source has ended and nothing of it is left: it leaves the queue. */
bool log_turn_is_over(struct log_pump *pump, struct log_source *source);

/* Prepares and sends. */
enum turn log_turn_take(struct log_pump *pump, struct log_source *source, uint64_t now);

/* The output takes nothing: when is it to be tried again? */
enum turn log_turn_stuck(struct log_pump *pump, uint32_t output, int error, uint64_t now);

#endif
