/* SPDX-License-Identifier: ISC */
/*
 * The probes of a service: ready-command and `ready` questions while it starts, health checks while
 * it is up, stop-command while it stops. Each is a slot of its own, wanted as long as its service is
 * in the state that the probe is for; what its end means for the service is decided here. So is
 * what a watchdog that was not fed means.
 */
#ifndef ORLOP_SUPERVISE_TEND_H
#define ORLOP_SUPERVISE_TEND_H

#include "supervise/supervisor.h"

#include <stdbool.h>

/* Starts and stops the probes of `slot` as its state wants it. */
void tend(struct supervisor *s, uint32_t slot);

/* `probe` said yes, and its end is not taken in yet: a supervisor killed here judges it again. */
void tend_answered(struct supervisor *s, uint32_t probe);

/* The end of `probe` is taken in; it went well or not. */
void tend_told(struct supervisor *s, uint32_t probe, bool success);

/* What was cut between the end of a health check and what follows from it. */
void tend_resume(struct supervisor *s, uint32_t slot);

/* How long a probe waits before it asks again, whatever the answer was; 0: it is no health check. */
uint64_t tend_interval(struct supervisor const *s, uint32_t probe);

/* `probe` is a stop-command: it runs once. */
bool tend_is_stop(struct supervisor const *s, uint32_t probe);

/* The stop of `slot` begins with a command that has not ended yet: no signal so far. */
bool tend_stops_by_command(struct supervisor const *s, uint32_t slot);

/* The first deadline of the state UP: that of the watchdog, or 0. */
uint64_t tend_up_deadline(struct supervisor const *s, uint32_t slot);

/* WATCHDOG=1. */
void tend_fed(struct supervisor *s, uint32_t slot);

/* It was not fed in time, or says itself that it is hung. */
void tend_hungry(struct supervisor *s, uint32_t slot, bool said);

#endif
