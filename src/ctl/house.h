/* SPDX-License-Identifier: ISC */
/*
 * The running tree as its tables show it: the plan and the two tables of orlop-init, mapped
 * read-only through /proc/PID/fd, which needs no socket, no file and nobody's answer.
 */
#ifndef ORLOP_CTL_HOUSE_H
#define ORLOP_CTL_HOUSE_H

#include "lib/options.h"
#include "lib/text.h"
#include "wire/plan.h"
#include "wire/slot.h"
#include "wire/status.h"

#include <stdbool.h>

struct house {
	int pid; /* orlop-init */
	void const *plan;
	void const *slots;
	void const *status;
	uint64_t now; /* CLOCK_MONOTONIC when the tables were looked at, nanoseconds */
	size_t sizes[3];
};

/*
 * Maps the tables of `pid`: 0, or negative with `problem` filled: -ESRCH no such process, -ENOENT
 * no tree runs there, -EAGAIN it has not started yet, anything else: the system refused.
 */
int house_open(struct house *house, int pid, struct text *problem);
void house_close(struct house *house);

/* False once orlop-init has ended: the tables stay as they were then. */
bool house_is_alive(struct house const *house);

enum { HOUSE_NAP = 1000000 }; /* nanoseconds, the first between two looks at the tables */

/* Sleeps; the next time longer by a half, up to 50 ms. A signal cuts it short. */
void house_nap(uint64_t *length);

/* For whoever looks again and again: orlop-init's upgrade has made another slot table. */
void house_refresh(struct house *house);

/* The process to ask: --pid, else $ORLOP_PID, else 1. 0 when $ORLOP_PID is no process id. */
int house_pid(struct options const *options, char const *const *envp);

/* house_open for a verb: 0, or the exit status after a line on standard error. */
int house_enter(struct house *house, struct options const *options, char const *const *envp);

/* Opens descriptor `number` of orlop-init anew; a negative errno when that is refused. */
int house_descriptor(int pid, int number, int flags);

static inline struct slot_header const *house_slots(struct house const *house)
{
	return house->slots;
}

static inline struct status_header const *house_status(struct house const *house)
{
	return house->status;
}

#endif
