/* SPDX-License-Identifier: ISC */
/*
 * The cage: everything between fork and exec. confine_exec() is called in a freshly forked child,
 * takes the steps of order.c one after the other, each from the plan's fixed records, and execs.
 * It reads no text, uses no heap and never returns: a step that fails writes a struct spawn_error
 * to `error_fd` (when that is not negative) and the child exits 111, 126 or 127.
 */
#ifndef ORLOP_CONFINE_CONFINE_H
#define ORLOP_CONFINE_CONFINE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/plan.h"
#include "wire/step.h"

enum { CONFINE_PLACES_MAX = 4 + PLAN_LISTEN_MAX, CONFINE_KEPT_MAX = 16, CONFINE_SECRETS_MAX = 256 };

/* Descriptor `from` becomes number `to` in the service. A service gets these and nothing else. */
struct confine_place {
	int from;
	int to;
};

/*
 * Descriptors that keep their numbers and their flags, for the helpers and the main program: one
 * that is close-on-exec is still closed by exec.
 */
struct confine_range {
	unsigned first;
	unsigned last;
};

/* Told of what failed, before the exit; for a caller without an error pipe. */
typedef void confine_report_function(struct spawn_error const *error);

struct confine_request {
	void const *plan;
	struct plan_slot const *slot;
	char *const *environment; /* the container's, as init got it */
	struct confine_place places[CONFINE_PLACES_MAX];
	uint32_t place_count;
	struct confine_range kept[CONFINE_KEPT_MAX];
	uint32_t kept_count;
	int error_fd;
	int terminal; /* descriptor of the terminal to take as controlling one, or -1 */
	uint32_t index;
	uint32_t generation;
	bool default_signals; /* every disposition is known to be the default: 62 calls less */

	confine_report_function *report; /* or NULL */

	/* for orlop-confine; zero for everyone else */
	bool same_session;	/* no setsid: a shell's job stays a job */
	char *const *arguments; /* instead of the plan's; [0] is the program too */
};

_Noreturn void confine_exec(struct confine_request const *request);

#endif
