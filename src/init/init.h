/* SPDX-License-Identifier: ISC */
/* PID 1: nursery (the slots), children (supervisor and logger) and tree, the loop of both. */
#ifndef ORLOP_INIT_INIT_H
#define ORLOP_INIT_INIT_H

#include <stdbool.h>

#include "confine/request.h"
#include "wire/verb.h"

extern struct init_context {
	void const *plan;
	char *const *environment;
} init;
_Noreturn void init_become(struct confine_request *request); /* a forked child goes on as this */

/* The verbs: false for a record that is stale or makes no sense; nothing is done then. */
bool nursery_spawn(struct verb const *verb);
bool nursery_ack(struct verb const *verb);
bool nursery_kill(struct verb const *verb);
void nursery_signal(int signal, bool claimed); /* to every group; to those that forward it */
bool nursery_dying(int pid);		       /* not reaped yet: ends its group; false: no slot */
void nursery_reaped(int pid, int status);      /* a slot's process, by nursery_dying */

uint64_t children_tick(uint64_t now); /* starts what is due; when to call again, 0: all ended */
void children_wake(uint64_t now);     /* the supervisor is to look at the slot table */
void children_ready(void);	      /* it said READY */
void children_renew(void);	      /* after an upgrade: both come again, as new programs */
bool children_reaped(int pid, int status); /* false: it was neither of them */
bool children_alone(void);		   /* init has no other child than these two */
void children_drain(bool logger_anew);	   /* only a logger is wanted, until all is read */

/* `arguments` are orlop-plan's. Returns the container's exit status. */
int tree_run(int signals, char *const *arguments);
int tree_go_on(void const *plan); /* after an upgrade */

#endif
