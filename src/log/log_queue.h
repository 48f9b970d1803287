/* SPDX-License-Identifier: ISC */
/* Who has something for one output, in the order of their turns. */
#ifndef ORLOP_LOG_LOG_QUEUE_H
#define ORLOP_LOG_LOG_QUEUE_H

#include "log/log_source.h"

struct log_queue {
	struct log_source *first;
	struct log_source *last;
	bool blocked;	/* until the output is writable */
	uint64_t retry; /* when to try again after an error, 0 for none */
	uint64_t open;	/* bytes that this logger sent of the open line */
	uint64_t since; /* when another first had to wait for the open line, 0 for never */
};

/* To the end; nothing when it is in the queue already, or has ended. */
void log_queue_add(struct log_queue *queue, struct log_source *source);
void log_queue_remove(struct log_queue *queue, struct log_source *source);

#endif
