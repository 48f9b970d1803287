/* SPDX-License-Identifier: ISC */
/* Accounts that an image lacks; see missing.h. */
#include "plan/missing.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 32 }; /* of useradd(8) and utmp(5) */

static bool is_name(char const *name)
{
	size_t const length = strlen(name);

	return length >= 1 && length <= NAME_MAX_LENGTH && *name != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		   length;
}

static void remember(struct declarations *d, struct missing_account const *missing)
{
	uint32_t const count = d->missing_count;
	struct missing_account *more;

	if ((count & (count - 1)) == 0) { /* 0 or a power of two: full */
		more = arena_array(d->arena, count ? 2 * (size_t)count : 1, sizeof *more);
		if (count)
			memcpy(more, d->missing, count * sizeof *more);
		d->missing = more;
	}
	d->missing[d->missing_count++] = *missing;
}

void missing_account(struct declarations *d, struct accounts *accounts, struct uid_pool *pool,
		     char const *name, bool user)
{
	bool const root = !strcmp(name, "root"); /* an image from nothing has no passwd(5) */
	uint32_t const id = root ? 0 : is_name(name) ? uid_pool_give(pool, name) : 0;
	struct missing_account missing = { name, !user, id, id };

	if (id == 0 && !root)
		return;
	if (!user) {
		accounts_invent_group(accounts, name, id);
		remember(d, &missing);
		return;
	}
	/* Its own group, the one of its name, may be there already. */
	if (accounts_group(accounts, name)->error == 0)
		missing.gid = accounts_group(accounts, name)->gid;
	else
		accounts_invent_group(accounts, name, id);
	accounts_invent_user(accounts, name, id, missing.gid);
	remember(d, &missing);
}
