/* SPDX-License-Identifier: ISC */
/* Puts the last of what was sent into a slot's ring; see wire/log_ring.h. */
#ifndef ORLOP_LOG_LOG_RING_H
#define ORLOP_LOG_LOG_RING_H

#include "log/log_output.h"

void log_ring_put(struct log_outputs *outputs, struct log_source const *source, char const *bytes,
		  size_t count);

#endif
