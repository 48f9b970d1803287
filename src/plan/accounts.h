/* SPDX-License-Identifier: ISC */
/* Users and groups of passwd(5) and group(5), each looked up once. */
#ifndef ORLOP_PLAN_ACCOUNTS_H
#define ORLOP_PLAN_ACCOUNTS_H

#include "lib/names.h"
#include "wire/plan.h"

#include <skalibs/genalloc.h>
#include <stdbool.h>

/* What a `user` or `group` value means. */
struct account {
	int error;   /* 0, -ENOENT: nobody is called so, -ERANGE: no such number, … */
	bool number; /* written in digits */
	bool listed; /* the file has it */
	uint32_t uid;
	uint32_t gid;
	char const *name; /* its name, or its number as text */
	char const *home;
	char const *shell;
	uint32_t groups[PLAN_GROUPS_MAX]; /* that name it as a member */
	uint32_t group_count;
};

struct accounts {
	struct arena *arena;
	char const *passwd;
	char const *group;
	struct names users; /* index in list */
	struct names groups;
	genalloc list; /* of struct account * */
};

struct account const *accounts_user(struct accounts *accounts, char const *text);
void accounts_free(struct accounts *accounts);

struct account const *accounts_group(struct accounts *accounts, char const *text);

/* Makes what was looked up in vain an account with these numbers. */
void accounts_invent_user(struct accounts *accounts, char const *name, uint32_t uid, uint32_t gid);
void accounts_invent_group(struct accounts *accounts, char const *name, uint32_t gid);

/*
 * Sets bit n of `taken` when uid (or gid) `low` + n is in the third field of a line of `file`, for
 * n below `count`. A file that is not there takes nothing.
 */
void accounts_taken(char const *file, uint32_t low, uint32_t count, unsigned char *taken);

#endif
