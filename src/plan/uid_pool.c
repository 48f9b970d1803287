/* SPDX-License-Identifier: ISC */
/* Uids by name; see uid_pool.h. */
#include "plan/uid_pool.h"

#include "lib/names.h"
#include "plan/accounts.h"

#include <string.h>

static bool is_taken(struct uid_pool const *pool, uint32_t uid)
{
	uint32_t const n = uid - UID_POOL_SPILL;

	return pool->taken[n / 8] >> n % 8 & 1;
}

void uid_pool_begin(struct uid_pool *pool, char const *passwd, char const *group)
{
	memset(pool, 0, sizeof *pool);
	pool->lowest = UID_POOL_LOW - 1;
	accounts_taken(passwd, UID_POOL_SPILL, UID_POOL_RANGE, pool->taken);
	accounts_taken(group, UID_POOL_SPILL, UID_POOL_RANGE, pool->taken);
}

void uid_pool_take(struct uid_pool *pool, uint32_t uid)
{
	uint32_t const n = uid - UID_POOL_SPILL;

	if (uid >= UID_POOL_SPILL && n < UID_POOL_RANGE)
		pool->taken[n / 8] |= (unsigned char)(1U << n % 8);
}

uint32_t uid_pool_give(struct uid_pool *pool, char const *name)
{
	uint32_t const size = UID_POOL_HIGH - UID_POOL_LOW + 1;
	uint32_t uid = UID_POOL_LOW + names_hash(name) % size;
	uint32_t tried = pool->full ? size : 0;

	while (tried < size && is_taken(pool, uid)) {
		uid = uid == UID_POOL_HIGH ? UID_POOL_LOW : uid + 1;
		tried++;
	}
	pool->full = tried == size;
	if (pool->full)
		for (uid = pool->lowest; uid >= UID_POOL_SPILL && is_taken(pool, uid); uid--)
			pool->lowest = uid - 1;
	if (uid < UID_POOL_SPILL)
		return 0;
	uid_pool_take(pool, uid);
	return uid;
}
