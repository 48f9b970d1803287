/* SPDX-License-Identifier: ISC */
/*
 * Becoming a process in a service's cage, for exec and run: the records of the plan go through the
 * same steps as in a child of orlop-init, but the caller's session, terminal and standard
 * descriptors stay.
 */
#ifndef ORLOP_CTL_ENTER_H
#define ORLOP_CTL_ENTER_H

#include "wire/plan.h"

#include <stdbool.h>
#include <stddef.h>

struct enter {
	char const *verb; /* for messages */
	void const *plan;
	size_t size;
	uint32_t slot;
	char const *const *arguments; /* NULL: the service's own command */
	char const *const *environment;
	bool sockets; /* open what the service listens on */
};

/* Returns the exit status to end with only when it did not come about, after a message. */
int enter(struct enter const *enter);

#endif
