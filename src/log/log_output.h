/* SPDX-License-Identifier: ISC */
/*
 * The two outputs and how bytes get there: spliced straight from the pipe where the output takes
 * that, else by way of the journal of log_state.h. Either way a byte leaves its pipe only when it
 * is written or safe in the journal, and whoever is killed in between is followed by one that
 * knows where to go on.
 */
#ifndef ORLOP_LOG_LOG_OUTPUT_H
#define ORLOP_LOG_LOG_OUTPUT_H

#include "log/log_lines.h"
#include "log/log_state.h"

#include <stdbool.h>
#include <stdint.h>

struct log_output {
	int fd;
	uint32_t index; /* in log_state's arrays */
	bool pipe;	/* splice does not block there */
	bool regular;	/* a file: its size tells what was written */
	bool no_splice; /* it refuses splice: append-only files, some terminals */
};

struct log_outputs {
	struct log_output out[LOG_OUTPUTS];
	struct log_state *state;
	char *journal; /* mapped behind the state */
	int journal_fd;
	uint32_t journal_length;
	char const *(*prefix_of)(uint32_t pipe, void *context); /* NULL for plain */
	void *context;
};

/* Bytes of one pipe that are to go to one output. */
struct log_parcel {
	int fd; /* the pipe's read end */
	uint32_t pipe;
	uint32_t count;
	bool ends; /* the last of them is a newline */
};

/* Looks at the descriptors of both outputs, and at what an earlier logger left in `state_fd`. */
int log_outputs_init(struct log_outputs *outputs, int const fds[LOG_OUTPUTS], int state_fd);

/* Which output to use for output `wanted`: the first one for both when they are one file. */
uint32_t log_outputs_route(struct log_outputs const *outputs, uint32_t wanted);

/*
 * Sends a parcel: 0 when it has left its pipe; -EAGAIN when the output takes no more now;
 * -EBUSY when the journal is waiting for the other output; another error (a full disk) when it is
 * to be tried again later. Part of it may have gone then: parcel->count is what is left.
 */
int log_outputs_send(struct log_outputs *outputs, uint32_t output, struct log_parcel *parcel);

/* Writes what is left in the journal for `output`; results as above. */
int log_outputs_flush(struct log_outputs *outputs, uint32_t output);

/* Ends the owner's open line with a newline, so that another may write. Results as above. */
int log_outputs_break(struct log_outputs *outputs, uint32_t output);

/* A line of the logger's own on standard error, once for each bit; lost when it cannot be written. */
void log_outputs_tell(struct log_outputs *outputs, uint32_t bit, char const *line);

enum {
	LOG_TOLD_DISK = 1 << 0,
	LOG_TOLD_OUT = 1 << 1,
	LOG_TOLD_ERR = 1 << 2,
	LOG_TOLD_MODES = 1 << 3
};

/* The pipe whose line is open on `output`, or UINT32_MAX. */
static inline uint32_t log_outputs_owner(struct log_outputs const *outputs, uint32_t output)
{
	return atomic_load(&outputs->state->owner[output]) - 1;
}

/* The journal holds bytes for `output`. */
static inline bool log_outputs_pending(struct log_outputs const *outputs, uint32_t output)
{
	return atomic_load(&outputs->state->stage) != LOG_JOURNAL_EMPTY &&
	       atomic_load(&outputs->state->output) == output;
}

#endif
