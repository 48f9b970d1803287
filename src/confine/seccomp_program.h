/* SPDX-License-Identifier: ISC */
/*
 * From an answer for each call number to a classic BPF program; see seccomp.c, which alone calls
 * this.
 */
#ifndef ORLOP_CONFINE_SECCOMP_PROGRAM_H
#define ORLOP_CONFINE_SECCOMP_PROGRAM_H

#include <linux/filter.h>
#include <stdint.h>

/* AUDIT_ARCH_* of what is compiled for; 0 for others, which get no filter. */
#if defined(__x86_64__)
#define SECCOMP_ARCHITECTURE 0xc000003e
#elif defined(__aarch64__)
#define SECCOMP_ARCHITECTURE 0xc00000b7
#else
#define SECCOMP_ARCHITECTURE 0
#endif

enum {
	SECCOMP_NUMBERS = 512,	   /* calls that a filter tells apart */
	SECCOMP_PROGRAM_MAX = 1024 /* instructions; the kernel takes 4096 */
};

enum seccomp_answer {
	SECCOMP_ALLOW,
	SECCOMP_DENY,	   /* EPERM */
	SECCOMP_MISSING,   /* ENOSYS */
	SECCOMP_FIRST_RULE /* and above: the rules of one call, seccomp_rules[answer - this] on */
};

/* The number of instructions, in static memory; one answer at least is not SECCOMP_ALLOW. */
int seccomp_program(uint8_t const answers[SECCOMP_NUMBERS], struct sock_filter const **filter);

#endif
