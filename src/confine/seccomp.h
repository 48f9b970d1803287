/* SPDX-License-Identifier: ISC */
/*
 * The filter of system calls as a classic BPF program, made from the deny list and from what the
 * service adds to it or takes off. Apart from the step that installs it, for tests and measures.
 */
#ifndef ORLOP_CONFINE_SECCOMP_H
#define ORLOP_CONFINE_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Makes the program, in static memory, and returns its number of instructions; 0 when nothing is
 * denied. `adjustments` are those of the plan's slot.syscalls; of several for one call the last
 * counts. -EINVAL for a number that no call has, or for denying what the start itself needs;
 * -E2BIG when the program does not fit.
 */
int seccomp_compile(bool deny_list, uint32_t const *adjustments, uint32_t count,
		    struct sock_filter const **filter);

/* seccomp(2); no_new_privs has to be set. */
int seccomp_install(struct sock_filter const *filter, int count);

#endif
