/* SPDX-License-Identifier: ISC */
/*
 * The fake twin of real.c, for tests: every call is counted, and can be made to fail at a given
 * index or be answered by a function of the test's. A call that is not told otherwise is made.
 */
#ifndef ORLOP_SYS_FAKE_H
#define ORLOP_SYS_FAKE_H

#include "sys/sys.h"

#include <stdbool.h>

enum fake_call {
#define FAKE_NAME(type, name, parameters, arguments) FAKE_##name,
	SYS_CALLS(FAKE_NAME)
#undef FAKE_NAME
	    FAKE_fork,
	FAKE_fork_sharing,
	FAKE_mmap,
	FAKE_munmap,
	FAKE_exit,
	FAKE_CALLS
};

/* Forgets all counts, failures and hooks. */
void fake_reset(void);

/* Call number `first` (from 1) of `call` and the `count - 1` after it return -error. */
void fake_fail(enum fake_call call, unsigned first, unsigned count, int error);

/* How often `call` was made since fake_reset(), failures included. */
unsigned fake_count(enum fake_call call);

/* Answers `call`: returns true with *value set to answer it, false to let it be made. */
typedef bool fake_hook_function(enum fake_call call, long *value, void *context);
void fake_hook(enum fake_call call, fake_hook_function *hook, void *context);

/* The name of a call, for messages. */
char const *fake_name(enum fake_call call);

#endif
