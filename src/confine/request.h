/* SPDX-License-Identifier: ISC */
/* What a child of init keeps of init's descriptors; see wire/descriptors.h for the numbers. */
#ifndef ORLOP_CONFINE_REQUEST_H
#define ORLOP_CONFINE_REQUEST_H

#include "confine/confine.h"

/*
 * Fills places, kept and terminal for plan slot `index`: a service gets /dev/null, its log pipes,
 * its notify pipe and its sockets from number 3 on; the main program keeps the container's stdio.
 * `first` is slot_header.first_fd. Called by init itself, before it forks.
 */
void request_slot(struct confine_request *request, uint32_t index, uint32_t first);

/* The same for the supervisor and the logger, which keep their descriptors' numbers. */
void request_helper(struct confine_request *request, enum plan_helper helper, uint32_t first);

#endif
