/* SPDX-License-Identifier: ISC */
/* One command, run to its end as if it were run alone: plain mode, and orlop-plan before a tree. */
#ifndef ORLOP_PLAIN_PLAIN_H
#define ORLOP_PLAIN_PLAIN_H

#include <stdbool.h>

struct plain {
	char const *program; /* looked up in PATH without a slash */
	char *const *arguments;
	char *const *environment;
	bool terminal;	   /* it is given the terminal, if there is one */
	bool only_to_stop; /* forward only what signals_is_stop() knows, not every signal */
};

/*
 * `signals` is the descriptor of signals_take(). Returns the exit status: the command's own, 128+n
 * for signal n, 127 not found, 126 not executable, 111 when it could not be forked. With
 * only_to_stop a stop signal decides, whatever the command made of it.
 */
int plain_run(int signals, struct plain const *plain);

#endif
