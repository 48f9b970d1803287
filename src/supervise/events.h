/* SPDX-License-Identifier: ISC */
/*
 * The ring of events of wire/status.h. What is written comes true with one store, which whoever
 * writes makes between events_write and events_commit; a supervisor that is killed in between
 * leaves it to events_resume of the next one to find out whether that store was made. Probes leave
 * no events: they would drive everything else out.
 */
#ifndef ORLOP_SUPERVISE_EVENTS_H
#define ORLOP_SUPERVISE_EVENTS_H

#include "supervise/supervisor.h"

/* Number and time are filled in here. */
void events_write(struct supervisor *s, struct status_event_view const *view);
void events_commit(struct supervisor *s);

/* `slot` goes from one state to another: committed by the state, or by the generation of a start. */
void events_write_state(struct supervisor *s, uint32_t slot, uint32_t from, uint32_t to);

/* A kill that is about to be recorded: committed by its sequence. */
void events_write_signal(struct supervisor *s, uint32_t slot, uint32_t signal, uint32_t scope);

/* Committed by the phase of the header. */
void events_write_phase(struct supervisor *s, uint32_t phase);

/* What an operator asked for is obeyed. */
void events_operator(struct supervisor *s, uint32_t slot, uint32_t verb);

/* An empty ring; then, from the next supervisor on: what was being written, and that it is here. */
void events_begin(struct supervisor *s);
void events_resume(struct supervisor *s, uint32_t kept);

#endif
