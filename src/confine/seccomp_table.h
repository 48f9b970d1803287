/* SPDX-License-Identifier: ISC */
/*
 * The deny list that every caged service gets: system calls that a service has no use for and that
 * lead out of its cage, each with its reason. seccomp.c makes a filter of it, `orlop explain` shows
 * it. Two calls are answered with ENOSYS: their arguments lie in memory, where no filter can look,
 * and every libc knows what to do where they do not exist.
 */
#ifndef ORLOP_CONFINE_SECCOMP_TABLE_H
#define ORLOP_CONFINE_SECCOMP_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum seccomp_group {
	SECCOMP_PROCESSES,
	SECCOMP_NAMESPACES,
	SECCOMP_KERNEL,
	SECCOMP_SET_ID,
	SECCOMP_TERMINAL,
	SECCOMP_SOCKETS,
	SECCOMP_GROUPS
};

/* What an argument has to be like; the low 32 bits count, the kernel takes no more of any. */
enum seccomp_comparison {
	SECCOMP_ANY = 0,
	SECCOMP_EQUAL,
	SECCOMP_DIFFERENT,
	SECCOMP_HAS_BITS /* one of them is enough */
};

struct seccomp_test {
	uint8_t comparison; /* enum seccomp_comparison */
	uint8_t argument;   /* from 0 */
	uint32_t value;
};

enum { SECCOMP_TESTS = 2, SECCOMP_REASON = 64 };

/* Denied when all tests hold. The rules of one call stand together; one that holds is enough. */
struct seccomp_rule {
	uint16_t number; /* of the call */
	uint8_t group;	 /* enum seccomp_group */
	uint8_t error;	 /* EPERM or ENOSYS */
	struct seccomp_test when[SECCOMP_TESTS];
	char why[SECCOMP_REASON]; /* what it would do; no pointer, so nothing to relocate */
};

extern struct seccomp_rule const seccomp_rules[];
extern uint32_t const seccomp_rule_count;

/* "other processes" …: what the rules of a group are about. */
char const *seccomp_group_name(enum seccomp_group group);

/* Whether the cage itself still makes this call behind the filter: it cannot be denied. */
bool seccomp_is_needed(uint32_t number);

#endif
