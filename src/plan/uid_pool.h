/* SPDX-License-Identifier: ISC */
/*
 * Uids that are given out by name: the hash of the name within 61184-65519 (the range that systemd
 * uses for such users), the next free one when that is taken. The gid is the same number, so one
 * that is somebody's gid is taken too.
 */
#ifndef ORLOP_PLAN_UID_POOL_H
#define ORLOP_PLAN_UID_POOL_H

#include <stdbool.h>
#include <stdint.h>

enum {
	UID_POOL_LOW = 61184,
	UID_POOL_HIGH = 65519,
	UID_POOL_SPILL = 52992, /* more names than that range has go on below it, down to here */
	UID_POOL_RANGE = UID_POOL_HIGH - UID_POOL_SPILL + 1
};

struct uid_pool {
	unsigned char taken[UID_POOL_RANGE / 8 + 1]; /* uids from UID_POOL_SPILL on */
	uint32_t lowest;			     /* where to look for one below */
	bool full; /* no uid from UID_POOL_LOW on is free any more */
};

/* Takes what the files of passwd(5) and group(5) have. */
void uid_pool_begin(struct uid_pool *pool, char const *passwd, char const *group);
void uid_pool_take(struct uid_pool *pool, uint32_t uid);

/* The uid for `name`, which is taken from now on, or 0 when there is none left. */
uint32_t uid_pool_give(struct uid_pool *pool, char const *name);

#endif
