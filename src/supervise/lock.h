/* SPDX-License-Identifier: ISC */
/*
 * The supervisor locks itself in: after start it opens nothing, forks nothing, signals nobody, so
 * it gives up the ability. Each lock is taken where the system has it; a missing one is told.
 */
#ifndef ORLOP_SUPERVISE_LOCK_H
#define ORLOP_SUPERVISE_LOCK_H

/* A Landlock domain that allows no file, no port, and no signal to anyone outside. */
int lock_landlock(void);

/* The list of the few system calls that are left; all others fail with EPERM. */
int lock_seccomp(void);

/* No new privileges by exec; both locks need it. */
int lock_privileges(void);

#endif
