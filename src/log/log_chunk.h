/* SPDX-License-Identifier: ISC */
/*
 * Chunks: how lines are written that do not go out as they are, or to what takes no splice. The
 * chunk of an output is laid out from the first bytes of one pipe, written, and only then taken out
 * of the pipe. A chunk that waits for its output holds up nobody else.
 */
#ifndef ORLOP_LOG_LOG_CHUNK_H
#define ORLOP_LOG_LOG_CHUNK_H

#include "log/log_output.h"

/* Maps the state, begins it when it is new, and finishes what another logger had in hand. */
int log_chunk_open(struct log_outputs *outputs, int state_fd);

/* What another logger had written to this output, a file, but not noted. */
void log_chunk_recover(struct log_outputs *outputs, uint32_t output);

/* Makes the output's chunk from the parcel, and takes what it stands for off parcel->count. */
void log_chunk_fill(struct log_outputs *outputs, uint32_t output, struct log_parcel *parcel);

/* Writes what is left of the chunk and takes it out of its pipe; results as log_outputs_send(). */
int log_chunk_flush(struct log_outputs *outputs, uint32_t output);

#endif
