/* SPDX-License-Identifier: ISC */
/* A look at what is in a pipe, without taking it. */
#ifndef ORLOP_LOG_LOG_PEEK_H
#define ORLOP_LOG_LOG_PEEK_H

#include <sys/types.h>

enum { LOG_TAIL = 4096 };

struct log_peek {
	int scratch[2]; /* what tee(2) copies into, to be looked at */
	int null;	/* /dev/null, or -1 */
};

int log_peek_open(struct log_peek *peek);

/* The first bytes, until the next call; 0 at the pipe's end, or a negative errno. */
ssize_t log_peek_at(struct log_peek *peek, int fd, char const **bytes);

/* The same, but of more than LOG_TAIL bytes only these last ones, when a newline is in them. */
ssize_t log_peek_tail(struct log_peek *peek, int fd, char const **bytes);

#endif
