/* SPDX-License-Identifier: ISC */
/*
 * The outputs and how bytes get there: spliced straight from the pipe where lines stay as they are
 * and the output takes that, else as chunks (log_chunk.h). Either way a byte leaves its pipe only
 * when it is written, and whoever is killed in between is followed by one that knows where to go
 * on. Outputs 0 and 1 are the container's own; the others are files of the logger's.
 */
#ifndef ORLOP_LOG_LOG_OUTPUT_H
#define ORLOP_LOG_LOG_OUTPUT_H

#include "log/log_file.h"
#include "log/log_peek.h"
#include "log/log_source.h"
#include "log/log_state.h"

#include <stdbool.h>
#include <stdint.h>

struct log_output {
	int fd;		       /* -1: not open, or the same file as output 0 */
	uint32_t index;	       /* of its record */
	struct log_file *file; /* NULL for the container's own */
	struct log_record *record;
	bool pipe;	/* splice does not block there */
	bool regular;	/* a file: its size tells what was written */
	bool terminal;	/* it obeys control characters */
	bool no_splice; /* it refuses splice: append-only files, some terminals */
	bool no_move;	/* it refuses sendfile too: what was written is not known for certain */
	bool clean;	/* no reader of a pipe can still see what is in its area */
};

struct log_outputs {
	struct log_output *out;
	uint32_t count;
	struct log_source *sources; /* index: the pipe's number */
	uint32_t source_count;
	struct log_state *state;
	char *map;
	int state_fd;
	uint32_t laid[LOG_OUTPUTS + 1]; /* output + 1 whose chunk is in the area, or in memory */
	bool drained;			/* there is memory in the drain */
	struct log_peek peek;
};

/* Bytes of one pipe that are to go to one output. */
struct log_parcel {
	char const *bytes; /* as peeked */
	uint32_t pipe;
	uint32_t count;
	bool ends; /* the last of them is a newline */
};

/*
 * `out`, `count`, `sources` and `source_count` are set: each output's fd (files: -1), index and
 * file. Looks at the descriptors and at what an earlier logger left in `state_fd`.
 */
int log_outputs_init(struct log_outputs *outputs, int state_fd);

/* Which output to use for output `wanted`: the first one for both when they are one file. */
uint32_t log_outputs_route(struct log_outputs const *outputs, uint32_t wanted);

/* Opens an output that is a file and not open: 0, or why that cannot be now. */
int log_outputs_open(struct log_outputs *outputs, uint32_t output);

/* Closes it, so that the file is opened anew. */
void log_outputs_close(struct log_outputs *outputs, uint32_t output);

/*
 * Sends a parcel: 0 when it is written; -EAGAIN when the output takes no more now; another error
 * (a full disk) when it is to be tried again later. Part of it may have gone then: parcel->count
 * is what is left.
 */
int log_outputs_send(struct log_outputs *outputs, uint32_t output, struct log_parcel *parcel);

/* Ends the owner's open line with a newline, so that another may write. Results as above. */
int log_outputs_break(struct log_outputs *outputs, uint32_t output);

/* A line of the logger's own on standard error, once for each bit; lost when it cannot be written. */
void log_outputs_tell(struct log_outputs *outputs, uint32_t bit, char const *line);

/* The same, said again each time. */
void log_outputs_say(struct log_outputs *outputs, char const *line);

enum { LOG_TOLD_DISK = 1 << 0, LOG_TOLD_OUT = 1 << 1, LOG_TOLD_ERR = 1 << 2 };

/* For log_chunk.c. */
void log_output_own(struct log_record *record, uint32_t pipe, uint32_t line);
void log_output_tell_gone(struct log_outputs *outputs, uint32_t output);
bool log_output_gone(struct log_output const *output, int error);
int log_output_ready(struct log_output const *output);

/* The pipe whose line is open on `output`, or UINT32_MAX. */
static inline uint32_t log_outputs_owner(struct log_outputs const *outputs, uint32_t output)
{
	return atomic_load(&outputs->out[output].record->owner) - 1;
}

/* A chunk is on its way to `output`. */
static inline bool log_outputs_pending(struct log_outputs const *outputs, uint32_t output)
{
	return atomic_load(&outputs->out[output].record->pipe) != 0;
}

#endif
