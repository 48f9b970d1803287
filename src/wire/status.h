/* SPDX-License-Identifier: ISC */
/*
 * The supervisor's own view, in a memfd that it alone writes. `orlop status` reads it beside the
 * slot table and asks nobody; the next supervisor reads it and goes on where this one was killed.
 * For that the order of writing is a promise: intent first, then the verb. `generation` and
 * `sequence` are what was asked of init; where the slot table is behind them the verb is sent
 * again, which init takes once only.
 *
 *	offset	0	struct status_header, 128 bytes
 *		128	struct status_slot [count], 128 bytes each; i is the plan's slot i
 *		…	struct status_event [STATUS_EVENTS], 32 bytes each: a ring
 *
 * The ring holds the last STATUS_EVENTS things that happened. They are numbered from 1, and event
 * n lies at place (n - 1) % STATUS_EVENTS; `events` of the header is the last that counts. An
 * event is written behind that before what it tells, `number` 0 first and last its own, so that
 * what is being written over is never taken for whole. Then comes the one store that makes it
 * true, then `events`. So the next supervisor knows whether the event that was being written came
 * true, and none is lost or there twice. Pages of the ring are touched as it fills.
 *
 * Times are nanoseconds of CLOCK_MONOTONIC unless a comment says otherwise, 0 for never.
 */
#ifndef ORLOP_WIRE_STATUS_H
#define ORLOP_WIRE_STATUS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STATUS_MAGIC = 0x4f524c54, /* "ORLT" */
	STATUS_VERSION = 1,
	STATUS_EVENTS = 2048
};

enum status_state {
	STATUS_DOWN = 0,     /* not wanted, or not yet looked at */
	STATUS_WAITING = 1,  /* for its needs */
	STATUS_STARTING = 2, /* runs, not ready; a oneshot that runs */
	STATUS_UP = 3,	     /* ready */
	STATUS_STOPPING = 4, /* asked to stop */
	STATUS_BACKOFF = 5,  /* died, waits for `deadline` to be started again */
	STATUS_FAILED = 6,   /* for good */
	STATUS_DONE = 7, /* a oneshot that succeeded; a schedule that waits for next_run; a longrun
				that ended as its restart key allows */
	STATUS_STATES = 8
};

enum status_phase {
	STATUS_BOOTING = 0, /* something that was selected is not UP, DONE or FAILED yet */
	STATUS_RUNNING = 1,
	STATUS_ENDING = 2, /* the whole tree stops */
	STATUS_ENDED = 3   /* EXIT was sent */
};

/* Why a slot is in its state; `reason_argument` completes it. */
enum status_reason {
	REASON_NONE = 0,
	REASON_EXIT = 1,	  /* exit code */
	REASON_SIGNAL = 2,	  /* signal number; + 128 with a core dump */
	REASON_SPAWN = 3,	  /* errno; the step is reason_step */
	REASON_START_TIMEOUT = 4, /* not ready in time */
	REASON_STOP_TIMEOUT = 5,  /* killed at its stop-timeout */
	REASON_RESTART_LIMIT = 6, /* failures in the window */
	REASON_NEED_FAILED = 7,	  /* slot index of the need */
	REASON_OPERATOR = 8,	  /* stopped by hand */
	REASON_SHUTDOWN = 9,	  /* stopped with the container */
	REASON_DISABLED = 10,	  /* enabled-if does not hold */
	REASON_NOT_SELECTED = 11,
	REASON_UNHEALTHY = 12,
	REASON_WATCHDOG = 13,
	REASON_NEED_STOPPED = 14 /* by hand; slot index of what was stopped */
};

enum status_noted {
	NOTED_STATE = 1,  /* a slot came into `state`, because of `reason`, `argument` */
	NOTED_SIGNAL = 2, /* `argument` was sent to a slot; `detail`: enum verb_scope; `reason`: the
			     lowest byte of the kill's sequence */
	NOTED_PHASE = 3,  /* `state` is the container's phase; from ENDING on `argument` is its exit
			     status, and the slot the one that ended it */
	NOTED_SUPERVISOR = 4, /* the supervisor of number `generation` goes on; `argument`: services
				 that it found running */
	NOTED_OPERATOR = 5    /* `argument` is the enum verb_kind that was obeyed */
};

struct status_slot {
	_Atomic uint32_t state;		  /*   0 enum status_state */
	_Atomic uint32_t wanted;	  /*   4 1: up is desired; 0: down */
	_Atomic uint32_t generation;	  /*   8 of the last SPAWN asked for */
	_Atomic uint32_t sequence;	  /*  12 of the last KILL asked for in that generation */
	_Atomic uint32_t kill_signal;	  /*  16 its signal */
	_Atomic uint32_t kill_scope;	  /*  20 its scope */
	_Atomic uint32_t failures;	  /*  24 in a row, for the exponential back-off */
	_Atomic uint32_t restarts;	  /*  28 since boot */
	_Atomic uint64_t since;		  /*  32 when it came into this state */
	_Atomic uint64_t ready;		  /*  40 when this generation became ready */
	_Atomic uint64_t deadline;	  /*  48 next timer of this state */
	_Atomic uint64_t next_run;	  /*  56 schedule: CLOCK_REALTIME nanoseconds */
	_Atomic uint64_t window;	  /*  64 restart-limit: when the window began */
	_Atomic uint32_t window_failures; /*  72 failures in it */
	_Atomic uint32_t reason;	  /*  76 enum status_reason */
	_Atomic int32_t reason_argument;  /*  80 */
	_Atomic uint32_t reason_step;	  /*  84 enum confine_step, for REASON_SPAWN */
	_Atomic int32_t last_wait_status; /*  88 of the last run that ended, -1: none yet */
	_Atomic uint32_t flags;		  /*  92 the supervisor's own */
	_Atomic uint64_t last_start;	  /*  96 schedule: CLOCK_REALTIME nanoseconds */
	_Atomic uint64_t last_end;	  /* 104 schedule: CLOCK_REALTIME nanoseconds */
	_Atomic uint32_t missed;	  /* 112 schedule: runs missed, overlaps included */
	_Atomic uint32_t healthy;	  /* 116 0 not asked, 1 yes, 2 no */
	_Atomic uint32_t handled;	  /* 120 generation whose end is taken in; ACK follows it */
	uint32_t reserved;		  /* 124 zero */
};

struct status_event {
	_Atomic uint64_t number;  /*  0 from 1; 0: being written */
	_Atomic uint64_t time;	  /*  8 */
	_Atomic uint64_t subject; /* 16 slot index, or PLAN_NONE | generation << 32 */
	_Atomic uint64_t what;	  /* 24 enum status_noted | enum status_state << 8 |
				     enum status_reason << 16 | detail << 24 | argument << 32;
				     detail is the enum confine_step of REASON_SPAWN */
};

struct status_header {
	uint32_t magic;	  /*  0 STATUS_MAGIC */
	uint32_t version; /*  4 STATUS_VERSION */
	uint32_t count;	  /*  8 slots that follow */
	_Atomic uint32_t
	    plan_generation;	/* 12 of the plan that the slots speak of; 0: not yet written */
	_Atomic uint32_t phase; /* 16 enum status_phase */
	_Atomic int32_t exit_status;	  /* 20 of the container, once ENDING */
	_Atomic uint32_t failed_slot;	  /* 24 the slot that ended the container, or PLAN_NONE */
	_Atomic uint32_t control_records; /* 28 taken from operators */
	_Atomic uint32_t control_ignored; /* 32 unknown, stale or malformed */
	uint32_t reserved0;		  /* 36 */
	_Atomic uint64_t booted;	  /* 40 when RUNNING was reached first */
	_Atomic uint64_t ending_since;	  /* 48 */
	/* An end that is half taken in, so that it is counted once: 0 none, else generation << 32 |
	   slot + 1; then the slot's failures | restarts << 32, window, window_failures before it. */
	_Atomic uint64_t journal[4]; /* 56 */
	_Atomic uint64_t events;     /* 88 number of the last event, 0 for none */
	uint64_t reserved[4];	     /* 96 zero */
};

_Static_assert(sizeof(struct status_slot) == 128, "a status slot is 128 bytes");
_Static_assert(sizeof(struct status_header) == 128, "the status header is 128 bytes");
_Static_assert(sizeof(struct status_event) == 32, "an event is 32 bytes");

/* One event, unpacked. */
struct status_event_view {
	uint64_t number;
	uint64_t time;
	uint32_t slot;
	uint32_t generation;
	uint32_t kind;
	uint32_t state;
	uint32_t reason;
	uint32_t detail;
	int32_t argument;
};

static inline struct status_slot *status_at(void *table, uint32_t index)
{
	return (struct status_slot *)((char *)table + sizeof(struct status_header)) + index;
}

static inline struct status_slot const *status_at_const(void const *table, uint32_t index)
{
	return (struct status_slot const *)((char const *)table + sizeof(struct status_header)) +
	       index;
}

/* Where event `number`, from 1, has its place. */
static inline size_t status_event_offset(uint32_t count, uint64_t number)
{
	return sizeof(struct status_header) + (size_t)count * sizeof(struct status_slot) +
	       (size_t)((number - 1) % STATUS_EVENTS) * sizeof(struct status_event);
}

static inline size_t status_table_size(uint32_t count)
{
	return status_event_offset(count, STATUS_EVENTS) + sizeof(struct status_event);
}

/* Copies event `number`: 0, or -ENOENT when it is not there yet, or no more. */
int status_event_read(void const *table, uint64_t number, struct status_event_view *view);

/* The same, of one that does not count yet: what a supervisor that was killed was writing. */
int status_event_peek(void const *table, uint64_t number, struct status_event_view *view);

/* 0 when `table` of `size` bytes is a status table, -EPROTO when it is not. */
int status_table_check(void const *table, size_t size);

/* "down", "waiting" …; "?" for an unknown one. */
char const *status_state_name(uint32_t state);

#endif
