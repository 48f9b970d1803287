/* SPDX-License-Identifier: ISC */
/*
 * The parts of PID 1. nursery: the slots, forked, killed and reaped as the supervisor asks.
 * children: orlop-plan, once, and the two helpers, kept alive. tree: the loop that joins them.
 * Times are nanoseconds of CLOCK_MONOTONIC.
 */
#ifndef ORLOP_INIT_INIT_H
#define ORLOP_INIT_INIT_H

#include <stdbool.h>
#include <stdint.h>

#include "confine/request.h"
#include "wire/verb.h"

struct init_context {
	void const *plan; /* NULL until orlop-plan is done */
	char *const *environment;
};
extern struct init_context init;

uint64_t init_now(void);
_Noreturn void init_become(struct confine_request *request); /* a forked child goes on as this */

/* The verbs: false for a record that is stale or makes no sense; nothing is done then. */
void nursery_open(void);
bool nursery_spawn(struct verb const *verb);
bool nursery_ack(struct verb const *verb);
bool nursery_kill(struct verb const *verb);
void nursery_forward(int signal);	  /* to each running slot that claimed it */
bool nursery_dying(int pid);		  /* not reaped yet: ends its group; false: no slot */
void nursery_reaped(int pid, int status); /* a slot's process, by nursery_dying */
void nursery_kill_all(void);

int children_plan(char *const *arguments); /* forks orlop-plan; its pid or a negative errno */
void children_open(void);		   /* from now on both helpers are kept alive */
uint64_t children_tick(uint64_t now);	   /* starts what is due; when to call again */
void children_wake(uint64_t now);	   /* the supervisor is to look at the slot table */
void children_ready(void);		   /* it said READY */
bool children_reaped(int pid, int status); /* false: it was neither helper */
void children_drain(void);		   /* only a fresh logger is wanted, until all is read */
bool children_drained(void);

/* `arguments` are orlop-plan's. Returns the container's exit status. */
int tree_run(int signals, char *const *arguments);

#endif
