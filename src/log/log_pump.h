/* SPDX-License-Identifier: ISC */
/*
 * Who may write next. A source is one log pipe; for each output there is a queue of sources that
 * have something, and while a line of one of them is open on the output, the others wait for its
 * newline, for a second of silence, or for its end; for one that has neither not for ever. A line that is not finished yet stays in its
 * pipe, where it is safe, until it is whole, too long, silent for a second, or at its end.
 */
#ifndef ORLOP_LOG_LOG_PUMP_H
#define ORLOP_LOG_LOG_PUMP_H

#include "log/log_output.h"

#include <stdbool.h>
#include <stdint.h>

#define LOG_SILENCE UINT64_C(1000000000) /* nanoseconds */
#define LOG_RETRY   UINT64_C(1000000000)
#define LOG_ENDLESS UINT64_C(16777216)	 /* bytes of a line that others have to wait for */
#define LOG_SLOW    UINT64_C(5000000000) /* nanoseconds that they wait for one that trickles */

struct log_source {
	int fd;		   /* read end; -1 once it has ended */
	uint32_t output;   /* 0 or 1 */
	uint32_t too_long; /* see log_lines_long() */
	char const *name;  /* its prefix, NULL for plain */
	bool queued;
	bool hung_up;  /* nobody can write any more */
	bool stale;    /* its unfinished line was silent for a second */
	uint64_t held; /* when it was last heard of while it holds an unfinished line, else 0 */
	struct log_source *next; /* in the queue */
};

struct log_queue {
	struct log_source *first;
	struct log_source *last;
	bool blocked;	/* until the output is writable */
	uint64_t retry; /* when to try again after an error, 0 for none */
	uint64_t open;	/* bytes that this logger sent of the open line */
	uint64_t since; /* when another first had to wait for the open line, 0 for never */
};

struct log_pump {
	struct log_outputs outputs;
	struct log_queue queues[LOG_OUTPUTS];
	struct log_source *sources; /* index: the pipe's number */
	uint32_t count;
	uint32_t living; /* not at their end */
	uint64_t wake;	 /* when a held line may have become stale, 0 for none */
	int scratch[2];	 /* what tee(2) copies into, to be looked at */
};

/* `count` and the sources' fd, output and name are set; the rest is zero. */
int log_pump_init(struct log_pump *pump, int const fds[LOG_OUTPUTS], int state_fd, uint64_t now);

/* Something happened to source `index`. */
void log_pump_hear(struct log_pump *pump, uint32_t index, bool hung_up);

/* Sends on some of what can go at time `now`; true when there may be more. */
bool log_pump_run(struct log_pump *pump, uint64_t now);

/* When log_pump_run() is to be called again although nothing happens; 0 for never. */
uint64_t log_pump_deadline(struct log_pump const *pump);

/* Nothing will come any more and all is written. */
bool log_pump_done(struct log_pump const *pump);

#endif
