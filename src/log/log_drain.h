/* SPDX-License-Identifier: ISC */
/*
 * Taking what was written out of its pipe, exactly: it is spliced into the drain of the state's
 * file, whose position then tells how much has left the pipe, and forgotten there.
 */
#ifndef ORLOP_LOG_LOG_DRAIN_H
#define ORLOP_LOG_LOG_DRAIN_H

#include "log/log_output.h"

/* Takes what the written chunk of `output` stands for; then it has no chunk any more. */
int log_drain_take(struct log_outputs *outputs, uint32_t output);

/* Finishes what another logger had begun. */
int log_drain_recover(struct log_outputs *outputs);

/* Gives the drain's memory back, when there is nothing to do. */
void log_drain_tidy(struct log_outputs *outputs);

#endif
