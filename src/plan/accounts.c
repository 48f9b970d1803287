/* SPDX-License-Identifier: ISC */
/* Users and groups with a memory; see accounts.h. */
#include "plan/accounts.h"

#include "confine/users.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static struct account *remember(struct accounts *a, struct names *names, char const *text)
{
	uint32_t const number = (uint32_t)genalloc_len(struct account *, &a->list);
	struct account *account = arena_take(a->arena, sizeof *account);

	names_enter(names, a->arena, text, number);
	if (!genalloc_append(struct account *, &a->list, &account))
		a->arena->exhausted();
	account->name = text;
	account->home = "/";
	account->shell = "/bin/sh";
	return account;
}

static struct account *recall(struct accounts const *a, struct names const *names, char const *text)
{
	uint32_t const number = names_find(names, text);

	return number == NAMES_NONE ? NULL : genalloc_s(struct account *, &a->list)[number];
}

static void fill_user(struct accounts *a, struct account *account, struct user const *user)
{
	int count;

	account->listed = true;
	account->uid = user->uid;
	account->gid = user->gid;
	account->name = arena_copy(a->arena, user->name, strlen(user->name));
	if (*user->home)
		account->home = arena_copy(a->arena, user->home, strlen(user->home));
	if (*user->shell)
		account->shell = arena_copy(a->arena, user->shell, strlen(user->shell));
	if (account->number)
		return;
	count = groups_of(a->group, user->name, account->groups, PLAN_GROUPS_MAX);
	if (count > 0)
		account->group_count = count < PLAN_GROUPS_MAX ? (uint32_t)count : PLAN_GROUPS_MAX;
	if (count > PLAN_GROUPS_MAX)
		account->error = -E2BIG;
}

struct account const *accounts_user(struct accounts *a, char const *text)
{
	struct account const *known = recall(a, &a->users, text);
	struct account *account;
	struct user user;
	int error;

	if (known)
		return known;
	account = remember(a, &a->users, text);
	error = users_number(text, &account->uid);
	account->number = error != -EINVAL;
	if (account->number && error < 0) {
		account->error = error;
		return account;
	}
	account->gid = account->uid;
	error = account->number ? users_by_uid(a->passwd, account->uid, &user)
				: users_by_name(a->passwd, text, &user);
	if (error == 0)
		fill_user(a, account, &user);
	else if (!account->number)
		account->error = error;
	return account;
}

struct account const *accounts_group(struct accounts *a, char const *text)
{
	struct account const *known = recall(a, &a->groups, text);
	struct account *account;
	int error;

	if (known)
		return known;
	account = remember(a, &a->groups, text);
	error = users_number(text, &account->gid);
	account->number = error != -EINVAL;
	account->error = account->number ? error : groups_by_name(a->group, text, &account->gid);
	return account;
}

void accounts_invent_user(struct accounts *a, char const *name, uint32_t uid, uint32_t gid)
{
	struct account *account = recall(a, &a->users, name);

	account->error = 0;
	account->uid = uid;
	account->gid = gid;
}

void accounts_invent_group(struct accounts *a, char const *name, uint32_t gid)
{
	struct account *account = recall(a, &a->groups, name);

	account->error = 0;
	account->gid = gid;
}

void accounts_free(struct accounts *a)
{
	genalloc_free(struct account *, &a->list);
}

/* Reads the file as a stream of bytes, as its size is nobody's promise. */
struct third_field {
	unsigned colons;
	bool bad; /* something else than digits in it */
	uint64_t number;
};

static void take_byte(struct third_field *f, char c, uint32_t low, uint32_t count,
		      unsigned char *taken)
{
	if (c == '\n') {
		*f = (struct third_field){ 0 };
	} else if (c == ':') {
		if (++f->colons == 3 && !f->bad && f->number >= low && f->number - low < count)
			taken[(f->number - low) / 8] |= (unsigned char)(1U
									<< (f->number - low) % 8);
	} else if (f->colons == 2) {
		f->bad = f->bad || c < '0' || c > '9' || f->number > UINT32_MAX;
		f->number = f->number * 10 + (uint64_t)(c - '0');
	}
}

void accounts_taken(char const *file, uint32_t low, uint32_t count, unsigned char *taken)
{
	struct third_field field = { 0 };
	char buffer[4096];
	ssize_t got;
	int const fd = sys_openat(AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return;
	while ((got = sys_read(fd, buffer, sizeof buffer)) > 0)
		for (ssize_t i = 0; i < got; i++)
			take_byte(&field, buffer[i], low, count, taken);
	(void)sys_close(fd); /* nothing was written */
}
