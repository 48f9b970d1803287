/* SPDX-License-Identifier: ISC */
/*
 * PID 1's own upgrade: it becomes the program that its file is now, by execve(2), and keeps its
 * pid, children, descriptors, tables and pending signals. Nothing here waits for anything.
 */
#ifndef ORLOP_RENEW_RENEW_H
#define ORLOP_RENEW_RENEW_H

#include <stdbool.h>

#include "wire/verb.h"

/* At boot: which file that is. `environment` is what its program will get. */
void renew_prepare(char *const *environment);

/* VERB_UPGRADE: tries the file in a child. False: the record is stale, or it is being tried. */
bool renew_ask(struct verb const *verb, uint64_t now);

/* False: `pid` was not the child that tries it. */
bool renew_reaped(int pid, int status);

/*
 * Once in each turn of the loop, last: becomes the new program when the trial has gone well, and
 * comes back only if it cannot. When to call it again, UINT64_MAX: nothing is under way.
 */
uint64_t renew_tick(uint64_t now);

/*
 * The new program's first act. NULL: this is no upgrade, but a start. Otherwise all that `hold`
 * knows is as it was, and the plan is returned; a trial ends here, as does a program that cannot
 * go on.
 */
void const *renew_take(int argc, char **argv, char *const *environment);

#endif
