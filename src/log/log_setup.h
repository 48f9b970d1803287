/* SPDX-License-Identifier: ISC */
/* From the plan to sources and outputs. */
#ifndef ORLOP_LOG_LOG_SETUP_H
#define ORLOP_LOG_LOG_SETUP_H

#include "log/log_pump.h"

/*
 * Makes the pump's sources, outputs and queues: the read end of pipe k is first_fd + k, the
 * container's own outputs are `fds`. 0 or -ENOMEM. What it allocates lives as long as the logger.
 */
int log_setup(struct log_pump *pump, void const *plan, uint32_t first_fd,
	      int const fds[LOG_OUTPUTS]);

#endif
