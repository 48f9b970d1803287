/* SPDX-License-Identifier: ISC */
/*
 * Readiness as services tell it: a newline in a pipe (ready = fd:N), or a datagram with READY=1
 * (ready = notify), or with WATCHDOG=1 (watchdog). A message is looked at before it is taken out of its queue, so that it is
 * still there for the next supervisor when this one is killed in between.
 */
#ifndef ORLOP_SUPERVISE_READY_H
#define ORLOP_SUPERVISE_READY_H

#include <stdbool.h>
#include <stddef.h>

struct ready {
	int copy[2]; /* a pipe of its own, to look into another one */
};

/* 0 or a negative errno. */
int ready_open(struct ready *ready);

/*
 * Looks at what `fd` holds: what it says (enum supervisor_news), 0 when that is nothing, -EAGAIN when
 * it holds nothing. *size is what ready_take() has to take out.
 */
int ready_look(struct ready const *ready, int fd, bool datagram, size_t *size);
void ready_take(int fd, bool datagram, size_t size);

/* Throws away whatever `fd` holds: it was of a run that is over. */
void ready_forget(int fd, bool datagram);

/* What the lines of a notification say, as bits of enum supervisor_news. */
unsigned ready_datagram_news(char const *message, size_t size);

#endif
