/* SPDX-License-Identifier: ISC */
/*
 * Who may write next. A source is one log pipe; for each output there is a queue of sources that
 * have something, and while a line of one of them is open on the output, the others wait for its
 * newline, for a second of silence, or for its end; for one that has neither not for ever. A line
 * that is not finished yet stays in its pipe, where it is safe, until it is whole, too long, silent
 * for a second, or at its end.
 */
#ifndef ORLOP_LOG_LOG_PUMP_H
#define ORLOP_LOG_LOG_PUMP_H

#include "log/log_lines.h"
#include "log/log_output.h"
#include "log/log_queue.h"

#include <stdbool.h>
#include <stdint.h>

#define LOG_SILENCE UINT64_C(1000000000) /* nanoseconds */
#define LOG_RETRY   UINT64_C(1000000000)
#define LOG_ENDLESS UINT64_C(16777216)	 /* bytes of a line that others have to wait for */
#define LOG_SLOW    UINT64_C(5000000000) /* nanoseconds that they wait for one that trickles */

struct log_pump {
	struct log_outputs outputs; /* and the sources */
	struct log_queue *queues;   /* one for each output */
	uint32_t living;	    /* sources that are not at their end */
	uint64_t wake;		    /* when a held line may have become stale, 0 for none */
};

/* `queues` and what log_outputs_init() wants are set, each source's too; the rest is zero. */
int log_pump_init(struct log_pump *pump, int state_fd, uint64_t now);

/* Something happened to source `index`. */
void log_pump_hear(struct log_pump *pump, uint32_t index, bool hung_up);

/* Sends on some of what can go at time `now`; true when there may be more. */
bool log_pump_run(struct log_pump *pump, uint64_t now);

/* When log_pump_run() is to be called again although nothing happens; 0 for never. */
uint64_t log_pump_deadline(struct log_pump const *pump);

/* Nothing will come any more and all is written. */
bool log_pump_done(struct log_pump const *pump);

#endif
