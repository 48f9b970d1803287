/* SPDX-License-Identifier: ISC */
/*
 * What a php-fpm under Orlop has to be set to, so that a stop cuts off no request, every line of
 * its workers reaches the log whole, and the socket that it is handed is the one it listens on.
 * Pure: the configuration as php-fpm tells it against what the service's file says.
 */
#ifndef ORLOP_CTL_FPM_RULES_H
#define ORLOP_CTL_FPM_RULES_H

#include "ctl/fpm_dump.h"

struct fpm_service {
	char const *name;
	uint64_t stop_timeout; /* nanoseconds */
	char const *sockets;   /* FPM_SOCKETS, "" when it is handed none */
	bool has_variables;    /* more than HOME and the like comes into its environment */
};

/* Adds a line to `faults` for each thing that is wrong; how many. */
unsigned fpm_rules_check(struct fpm_dump const *dump, struct fpm_service const *service,
			 struct text *faults);

/* Whether php-fpm takes the inherited socket `key` of FPM_SOCKETS for its own `listen`. */
bool fpm_rules_listen_is(char const *listen, char const *key, size_t length);

#endif
