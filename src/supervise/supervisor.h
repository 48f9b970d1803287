/* SPDX-License-Identifier: ISC */
/*
 * The supervisor without its loop: it reads the plan and the slot table, decides, writes the
 * status table, and asks its host to send verbs. It knows no descriptor and no clock, so tests
 * drive it with tables of their own and a virtual time. It is level-triggered: a step compares
 * what the slot table says with what the status table says, whatever woke it.
 *
 * Its promise is that it may be killed between any two stores: intent is written before the verb
 * is sent, `generation` after all that belongs to a start, `sequence` after all that belongs to a
 * kill, `handled` after all that an end changes. resume.c makes whole what was cut.
 */
#ifndef ORLOP_SUPERVISE_SUPERVISOR_H
#define ORLOP_SUPERVISE_SUPERVISOR_H

#include "supervise/clock.h"
#include "supervise/graph.h"
#include "wire/plan.h"
#include "wire/slot.h"
#include "wire/status.h"
#include "wire/verb.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What the supervisor asks of the world outside. */
struct supervisor_host {
	void (*verb)(void *context, struct verb const *verb);
	void (*say)(void *context, char const *line);
	/* Throws away the readiness messages of `slot` that are not read yet. */
	void (*forget)(void *context, uint32_t slot);
	/* Seconds by which local time is ahead of UTC. */
	int32_t (*offset)(void *context, int64_t time);
	/* Called after each store into the status table; NULL outside tests, which cut there. */
	void (*stored)(void *context);
	void *context;
};

struct supervisor {
	void const *plan;
	void const *slots;
	void *status;
	struct supervisor_host const *host;
	struct graph graph;
	struct clock clock;
	uint64_t *seen;	   /* by slot: state and generation when last looked at */
	uint64_t now;	   /* CLOCK_MONOTONIC, nanoseconds */
	uint64_t realtime; /* CLOCK_REALTIME, nanoseconds */
	uint64_t noting;   /* number of the event that is being written, 0 for none */
	uint64_t skew;	   /* realtime - now when the timers of schedules were set */
	uint32_t random;   /* state of the jitter; never 0 */
	bool ended;	   /* EXIT was sent */
};

/* 0 or -ENOMEM. The tables stay the caller's. */
int supervisor_open(struct supervisor *s, void const *plan, void const *slots, void *status,
		    struct supervisor_host const *host);
void supervisor_close(struct supervisor *s);

/* Tells the time; before anything else that is asked of it after a wake-up. */
void supervisor_tell_time(struct supervisor *s, uint64_t now, uint64_t realtime);

/* Goes on where the last supervisor was killed, or begins; then says READY. */
void supervisor_begin(struct supervisor *s);

/* Looks at everything that may have changed and does what follows from it. */
void supervisor_step(struct supervisor *s);

/* What a service says of itself. */
enum supervisor_news {
	NEWS_READY = 1,
	NEWS_FED = 2, /* WATCHDOG=1 */
	NEWS_HUNG = 4 /* WATCHDOG=trigger */
};

/* `slot` says so. */
void supervisor_notified(struct supervisor *s, uint32_t slot, unsigned news);

/* When the next step has to be made though nothing happens; UINT64_MAX for never. */
uint64_t supervisor_next(struct supervisor const *s);

/* Slots whose process runs, probes aside. */
uint32_t supervisor_running(struct supervisor const *s);

static inline struct status_header *supervisor_header(struct supervisor const *s)
{
	return s->status;
}

static inline struct status_slot *supervisor_status(struct supervisor const *s, uint32_t slot)
{
	return status_at(s->status, slot);
}

/* All stores into the status table go through these. */
static inline void put32(struct supervisor const *s, _Atomic uint32_t *where, uint32_t value)
{
	atomic_store(where, value);
	if (s->host->stored)
		s->host->stored(s->host->context);
}

static inline void put64(struct supervisor const *s, _Atomic uint64_t *where, uint64_t value)
{
	atomic_store(where, value);
	if (s->host->stored)
		s->host->stored(s->host->context);
}

static inline void put_int(struct supervisor const *s, _Atomic int32_t *where, int32_t value)
{
	atomic_store(where, value);
	if (s->host->stored)
		s->host->stored(s->host->context);
}

#endif
