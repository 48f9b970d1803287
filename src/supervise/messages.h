/* SPDX-License-Identifier: ISC */
/*
 * The supervisor's lines for people: one for each thing worth knowing, with the reason and what
 * happens next. A boot in which nothing fails says nothing.
 */
#ifndef ORLOP_SUPERVISE_MESSAGES_H
#define ORLOP_SUPERVISE_MESSAGES_H

#include "supervise/restart.h"
#include "supervise/supervisor.h"

enum { MESSAGE_SIZE = 384, MESSAGE_DURATION_SIZE = 32, MESSAGE_CAUSE_SIZE = 288 };

/* "NAME: …"; without a name when slot is PLAN_NONE. */
void message(struct supervisor const *s, uint32_t slot, char const *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "400 ms", "1.5 s", "8 s"; returns `buffer`. */
char const *message_duration(uint64_t nanoseconds, char buffer[MESSAGE_DURATION_SIZE]);

/* "exited 3", "killed by SIGKILL", "cannot start: exec /bin/x: No such file or directory". */
char const *message_cause(struct supervisor const *s, uint32_t slot, struct slot_view const *view,
			  char buffer[MESSAGE_CAUSE_SIZE]);

/* An end and its consequence, unless it was asked for. */
void message_end(struct supervisor const *s, uint32_t slot, struct slot_view const *view,
		 struct restart_facts const *facts, struct restart_verdict const *verdict);

#endif
