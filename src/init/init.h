/* SPDX-License-Identifier: ISC */
/*
 * The parts of PID 1. nursery: the slots, forked, killed and reaped as the supervisor asks.
 * children: the supervisor and the logger, kept alive. tree: the loop that joins them.
 */
#ifndef ORLOP_INIT_INIT_H
#define ORLOP_INIT_INIT_H

#include <stdbool.h>
#include <stdint.h>

#include "confine/request.h"
#include "wire/verb.h"

struct init_context {
	void const *plan;
	char *const *environment;
};
extern struct init_context init;

_Noreturn void init_become(struct confine_request *request); /* a forked child goes on as this */

/* The verbs: false for a record that is stale or makes no sense; nothing is done then. */
void nursery_open(void);
bool nursery_spawn(struct verb const *verb);
bool nursery_ack(struct verb const *verb);
bool nursery_kill(struct verb const *verb);
void nursery_signal(int signal, bool claimed); /* to every group; to those that forward it */
bool nursery_dying(int pid);		       /* not reaped yet: ends its group; false: no slot */
void nursery_reaped(int pid, int status);      /* a slot's process, by nursery_dying */

void children_open(void);		   /* from now on both are kept alive */
uint64_t children_tick(uint64_t now);	   /* starts what is due; when to call again */
void children_wake(uint64_t now);	   /* the supervisor is to look at the slot table */
void children_ready(void);		   /* it said READY */
bool children_reaped(int pid, int status); /* false: it was neither of them */
void children_drain(void);		   /* only a fresh logger is wanted, until all is read */
bool children_drained(void);

/* `arguments` are orlop-plan's. Returns the container's exit status. */
int tree_run(int signals, char *const *arguments);

#endif
