/* SPDX-License-Identifier: ISC */
/*
 * The way of bytes for outputs that take no splice, and for prefixed lines: from the pipe into the
 * journal of log_state.h, from there by write. Private to the outputs.
 */
#ifndef ORLOP_LOG_LOG_JOURNAL_H
#define ORLOP_LOG_LOG_JOURNAL_H

#include "log/log_output.h"

/* Maps the state, begins it when it is new, and takes over what a journal holds. */
int log_journal_open(struct log_outputs *outputs, int state_fd);

/* Moves the parcel into the empty journal: 0, -EBUSY or another error. */
int log_journal_fill(struct log_outputs *outputs, uint32_t output, struct log_parcel const *parcel);

/* Shared with log_output.c, which says what they are. */
void log_output_own(struct log_outputs *outputs, uint32_t output, uint32_t pipe, uint32_t line);
void log_output_tell_gone(struct log_outputs *outputs, uint32_t output);
bool log_output_gone(struct log_output const *output, int error);
int log_output_ready(struct log_output const *output);

#endif
