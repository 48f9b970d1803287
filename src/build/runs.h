/* SPDX-License-Identifier: ISC */
/*
 * Running the services of phase = build: orlop-init starts them as it starts those of a container,
 * under their uid, in their cage, in the order of their needs, with a main program behind them that
 * ends the tree. That is this same program too: from inside the tree it reads how long each took.
 */
#ifndef ORLOP_BUILD_RUNS_H
#define ORLOP_BUILD_RUNS_H

#include "lib/text.h"

/* Whether the plan of the image has one that is to run. */
bool runs_wanted(void const *plan);

/*
 * Runs them all, with their output on standard output and error. The exit status of orlop-init, or
 * a negative errno; `took` is "NAME TIME, …" then, or empty.
 */
int runs_run(char const *directory, char const *const *environment, struct text *took);

/* The main program: writes `took` to the memfd that is its standard input. */
int runs_note(void);

#endif
