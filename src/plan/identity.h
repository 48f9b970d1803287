/* SPDX-License-Identifier: ISC */
/*
 * Names of users and groups become numbers, and services without `user` get a uid of their own, by
 * their name (uid_pool.h), so a service keeps its uid as long as its neighbours stay. Names that an
 * image lacks get a number in the same way, and become accounts for `orlop build` to make.
 */
#ifndef ORLOP_PLAN_IDENTITY_H
#define ORLOP_PLAN_IDENTITY_H

#include "plan/declaration.h"

/* Fills in uid, gid, groups and names of all services, the operators, and the owners of [files].
 * `etc` has passwd and group in it ("/etc"). */
void identity_resolve(struct declarations *declarations, char const *etc);

/* The user that the logger and the supervisor run as. */
void identity_nobody(char const *etc, uint32_t *uid, uint32_t *gid);

#endif
