/* SPDX-License-Identifier: ISC */
/*
 * What the end of a run means: done, failed for good, again now, again later and when. Pure; the
 * same facts give the same verdict, so an end that was half taken in when the supervisor was
 * killed can be judged again.
 */
#ifndef ORLOP_SUPERVISE_RESTART_H
#define ORLOP_SUPERVISE_RESTART_H

#include "supervise/machine.h"
#include "wire/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* status_slot.flags; the upper half is the sequence number of the KILL that stops the run. */
enum restart_flag {
	FLAG_STOPPED = 1,     /* it was told to end */
	FLAG_TIMED_OUT = 2,   /* … because it was not ready in time: a failure */
	FLAG_KILLED = 4,      /* it did not stop in time */
	FLAG_NEED_FAILED = 8, /* not wanted, because something that it needs has failed */
	FLAG_DUE = 16,	      /* scheduled: its time has come, the run has not ended yet */
	FLAG_SICK = 32,	      /* … because its health or its watchdog failed: a failure */
	FLAGS_MASK = 0xffff,
	FLAGS_SEQUENCE_SHIFT = 16
};

struct restart_facts {
	bool wanted;
	uint32_t flags;
	int32_t wait_status;
	uint32_t error_step;
	uint64_t start;
	uint64_t ready; /* 0: never was */
	uint64_t end;
	uint32_t failures;
	uint32_t window_failures;
	uint64_t window;
	uint32_t random;
	uint64_t interval; /* of a health check, else 0 */
	bool once;	   /* a stop-command */
};

struct restart_verdict {
	enum machine_event event; /* one of EVENT_ENDED_* */
	bool limited;		  /* failed because of restart-limit */
	bool silent;		  /* a probe that says nothing about its service */
	uint64_t delay;
	uint32_t failures;
	uint32_t window_failures;
	uint64_t window;
};

struct restart_verdict restart_judge(struct plan_slot const *slot,
				     struct restart_facts const *facts);

/* The wait before the n-th start in a row, from 1, with its jitter. */
uint64_t restart_delay(struct plan_slot const *slot, uint32_t n, uint32_t random);

/* It ended as its success-exit key allows. */
bool restart_success(struct plan_slot const *slot, struct restart_facts const *facts);

/* What a container exits with that this end ended: a failure is never 0. */
int restart_exit_status(int32_t wait_status, bool failed);

#endif
