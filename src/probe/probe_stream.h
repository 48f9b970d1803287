/* SPDX-License-Identifier: ISC */
/* A connection with a deadline (CLOCK_MONOTONIC, nanoseconds): nothing here waits longer. */
#ifndef ORLOP_PROBE_PROBE_STREAM_H
#define ORLOP_PROBE_PROBE_STREAM_H

#include "probe/probe.h"

#include <stddef.h>

/* A non-blocking connected socket, or a negative errno with `why` filled. */
int probe_stream_open(struct probe_target const *target, uint64_t deadline, struct text *why);

/* For a kind that asks for no more than a connection. */
int probe_stream_try(struct probe_target const *target, uint64_t deadline, struct text *why);

/* Sends all: 0 or a negative errno. */
int probe_stream_send(int fd, void const *bytes, size_t count, uint64_t deadline);

/* Receives something: its bytes, 0 at the end, or a negative errno. */
ssize_t probe_stream_receive(int fd, void *bytes, size_t room, uint64_t deadline);

/* Fills `why` with "WHAT: the error". Returns the error. */
int probe_stream_why(struct text *why, char const *what, int error);

#endif
