/* SPDX-License-Identifier: ISC */
/* A path that was declared twice must have both rights, and no path may be lost. */
#include "declared.h"

#include "plan/allowed.h"

static void test_rights_come_together(void **state)
{
	struct allowed_list list = { NULL, 0 };

	(void)state;
	allowed_add(&bed.arena, &list, "/a", PLAN_READ | PLAN_MAY_MISS);
	allowed_add(&bed.arena, &list, "/a", PLAN_EXECUTE | PLAN_MAY_MISS);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.at[0].rights, PLAN_READ | PLAN_EXECUTE | PLAN_MAY_MISS);
	allowed_add(&bed.arena, &list, "/a", PLAN_READ);
	assert_int_equal(list.at[0].rights, PLAN_READ | PLAN_EXECUTE);
	allowed_add(&bed.arena, &list, "/a", PLAN_MAY_MISS);
	assert_int_equal(list.at[0].rights, PLAN_READ | PLAN_EXECUTE);
}

static void test_it_grows(void **state)
{
	struct allowed_list list = { NULL, 0 };

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		allowed_append(&bed.arena, &list, arena_number(&bed.arena, i), i);
	assert_int_equal(list.count, 1000);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(list.at[i].rights, i);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_rights_come_together),
		DECLARED(test_it_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
