/* SPDX-License-Identifier: ISC */
/*
 * Carrying out what the machine says of one slot: the stores, in the order that a killed
 * supervisor's successor relies on, then the verb, then the news for graph and clock.
 */
#ifndef ORLOP_SUPERVISE_ACT_H
#define ORLOP_SUPERVISE_ACT_H

#include "supervise/machine.h"
#include "supervise/supervisor.h"

/* Moves `slot` by `event`; `deadline` is the timer of the new state unless that has its own. */
void act(struct supervisor *s, uint32_t slot, enum machine_event event, uint64_t deadline);

/* It is ready, if it is starting. */
void act_ready(struct supervisor *s, uint32_t slot);

void act_reason(struct supervisor *s, uint32_t slot, uint32_t reason, int32_t argument);

/* Records a kill and sends it. */
void act_kill(struct supervisor *s, uint32_t slot, uint32_t signal, uint32_t scope);
/* The kill that a stop begins with, or, once its time is over, the one that ends it. */
void act_stop_kill(struct supervisor *s, uint32_t slot);

/* The same, unless a stop-command has to end first. */
void act_stop_kill_once(struct supervisor *s, uint32_t slot);

/* Sends what is recorded, again. */
void act_send_spawn(struct supervisor *s, uint32_t slot);
void act_send_kill(struct supervisor *s, uint32_t slot);
void act_send_ack(struct supervisor *s, uint32_t slot, uint32_t generation);

/* Tells graph, clock and the probes where the slot stands now. */
void act_settle(struct supervisor *s, uint32_t slot);

/* Sets the timer of `slot` from its deadline and its next run. */
void act_set_timer(struct supervisor *s, uint32_t slot);

/* A process was asked for and its end was not yet taken in. */
bool act_has_process(struct supervisor const *s, uint32_t slot);

bool act_enabled(struct plan_slot const *slot);

/* A group of which an instance is left: the end of another one does not take it along. */
bool act_pool_stands(struct supervisor const *s, uint32_t slot);

#endif
