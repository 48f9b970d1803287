/* SPDX-License-Identifier: ISC */
/*
 * The supervisor's world: the descriptors that init gave it, the two clocks, and the wait. It
 * wakes when init, an operator or a service has something to say, or at the next timer; when
 * nothing happens it sleeps for ever.
 */
#ifndef ORLOP_SUPERVISE_LOOP_H
#define ORLOP_SUPERVISE_LOOP_H

#include "supervise/ready.h"
#include "supervise/supervisor.h"

enum { LOOP_VERBS = 64, LOOP_CONTROL = 128 };

struct loop {
	struct supervisor supervisor;
	struct supervisor_host host;
	struct ready ready;
	int epoll;
	int clock; /* readable when the wall clock is set; negative for none */
	uint32_t first_fd;
	int failure; /* negative errno of a write to init, 0 for none */
	unsigned dropped;
	unsigned verb_count;
	size_t control_used;
	unsigned char verbs[LOOP_VERBS * VERB_SIZE];
	unsigned char control[LOOP_CONTROL * VERB_SIZE];
};

/* Opens everything that it will ever need; 0 or a negative errno. */
int loop_open(struct loop *loop, void const *plan, void const *slots, void *status);

/* Runs until the container has ended (0), or init is gone (a negative errno). */
int loop_run(struct loop *loop);

/* How long it may sleep: -1 for ever, else milliseconds, rounded up. */
int loop_wait(struct loop const *loop);

/* One line on standard error, with "orlop: " before it; lost and counted when nobody reads. */
void loop_say(void *context, char const *line);

#endif
