/* SPDX-License-Identifier: ISC */
/* Two names must never get one uid, and one name always the same. */
#include "declared.h"

#include "plan/uid_pool.h"

static struct uid_pool pool;

static void begin(void)
{
	uid_pool_begin(&pool, declared_path("etc/passwd"), declared_path("etc/group"));
}

static void test_by_name(void **state)
{
	uint32_t uid;

	(void)state;
	begin();
	uid = uid_pool_give(&pool, "app");
	assert_int_equal(uid, UID_POOL_LOW + names_hash("app") % 4336);
	assert_int_not_equal(uid_pool_give(&pool, "app"), uid);
	begin();
	uid_pool_take(&pool, uid);
	assert_int_equal(uid_pool_give(&pool, "app"), uid + 1);
}

static void test_all_of_them(void **state)
{
	unsigned char given[UID_POOL_RANGE] = { 0 };
	uint32_t count = 0;
	uint32_t uid;

	(void)state;
	begin();
	for (; (uid = uid_pool_give(&pool, arena_number(&bed.arena, count))); count++) {
		assert_in_range(uid, UID_POOL_SPILL, UID_POOL_HIGH);
		assert_int_equal(given[uid - UID_POOL_SPILL]++, 0);
	}
	assert_int_equal(count, UID_POOL_RANGE - 1); /* without passwd's "odd" */
}

static void test_others_are_nothing_to_it(void **state)
{
	(void)state;
	begin();
	uid_pool_take(&pool, 0);
	uid_pool_take(&pool, UID_POOL_SPILL - 1);
	uid_pool_take(&pool, UID_POOL_HIGH + 1);
	uid_pool_take(&pool, UINT32_MAX);
	assert_int_equal(uid_pool_give(&pool, "app"), UID_POOL_LOW + names_hash("app") % 4336);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_by_name),
		DECLARED(test_all_of_them),
		DECLARED(test_others_are_nothing_to_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
