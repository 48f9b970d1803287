/* SPDX-License-Identifier: ISC */
/*
 * Names of users and groups become numbers, and services without `user` get a uid of their own:
 * the hash of their name within 61184-65519 (the range that systemd uses for such users), the next
 * free one when that is taken, so a service keeps its uid as long as its neighbours stay.
 */
#ifndef ORLOP_PLAN_IDENTITY_H
#define ORLOP_PLAN_IDENTITY_H

#include "plan/declaration.h"

enum {
	IDENTITY_LOW = 61184,
	IDENTITY_HIGH = 65519,
	IDENTITY_SPILL = 52992 /* more services than that range has go on below it, down to here */
};

/* Fills in uid, gid, groups and names of all services, and the operators. `etc` has passwd and
 * group in it ("/etc"). */
void identity_resolve(struct declarations *declarations, char const *etc);

/* The user that the logger and the supervisor run as. */
void identity_nobody(char const *etc, uint32_t *uid, uint32_t *gid);

#endif
