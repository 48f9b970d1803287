/* SPDX-License-Identifier: ISC */
/* A holding that is not looked at is a right that nobody hears of. */
#include "audited.h"

#include "audit/audit_related.h"

static bool is_related(uint32_t spot, char const *path)
{
	uint32_t const *list;
	uint32_t const count = audit_related(&bed.audit, spot, &list);

	for (uint32_t i = 0; i < count; i++)
		if (!strcmp(bed.audit.holdings[list[i]].path, path))
			return true;
	return false;
}

static uint32_t count_of(uint32_t spot)
{
	uint32_t const *list;

	return audit_related(&bed.audit, spot, &list);
}

static void what_is_at_the_path_or_above_is_missed(void **state)
{
	static uint32_t const alone[] = { AUDIT_NONE };
	uint32_t const root = audited_spot("/", 0, S_IFDIR | 0777);
	uint32_t const top = audited_spot("/srv/app", 0, S_IFDIR | 0777);
	uint32_t const deep = audited_spot("/srv/app/a/b", 0, S_IFREG | 0666);
	uint32_t const beside = audited_spot("/srv/app-two", 0, S_IFREG | 0666);

	(void)state;
	audited_holding(HOLD_DATA, 0, "/", alone);
	audited_holding(HOLD_DATA, 0, "/srv/app", alone);
	audited_holding(HOLD_CODE, 1, "/srv/app", alone);
	audited_holding(HOLD_CODE, 0, "/srv/app/a/b", alone);
	assert_int_equal(count_of(root), 1);
	assert_int_equal(count_of(top), 3);
	assert_int_equal(count_of(deep), 4);
	assert_int_equal(count_of(beside), 1);
	assert_true(is_related(deep, "/") && is_related(deep, "/srv/app/a/b"));
}

static void a_way_that_leads_through_is_missed(void **state)
{
	uint32_t chain[3] = { 0, 0, AUDIT_NONE };

	(void)state;
	chain[0] = audited_spot("/opt", 0, S_IFDIR | 0777);
	chain[1] = audited_spot("/srv", 0, S_IFDIR | 0777);
	audited_holding(HOLD_CODE, 0, "/usr/bin/one", chain);
	audited_holding(HOLD_CODE, 1, "/usr/bin/two", chain + 1);
	assert_int_equal(count_of(chain[0]), 1);
	assert_int_equal(count_of(chain[1]), 2);
	assert_true(is_related(chain[0], "/usr/bin/one"));
	assert_true(is_related(chain[1], "/usr/bin/one") && is_related(chain[1], "/usr/bin/two"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup_teardown(what_is_at_the_path_or_above_is_missed,
						audited_begin, audited_end),
		cmocka_unit_test_setup_teardown(a_way_that_leads_through_is_missed, audited_begin,
						audited_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
