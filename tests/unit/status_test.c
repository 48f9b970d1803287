/* SPDX-License-Identifier: ISC */
/* The status table and the names that people read in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "wire/status.h"
#include "wire/step.h"

static void fields_are_not_at_the_documented_bytes(void **state)
{
	(void)state;
	assert_int_equal(offsetof(struct status_slot, since), 32);
	assert_int_equal(offsetof(struct status_slot, next_run), 56);
	assert_int_equal(offsetof(struct status_slot, reason), 76);
	assert_int_equal(offsetof(struct status_slot, last_start), 96);
	assert_int_equal(offsetof(struct status_slot, handled), 120);
	assert_int_equal(offsetof(struct status_header, phase), 16);
	assert_int_equal(offsetof(struct status_header, booted), 40);
}

static void a_foreign_or_short_table_is_taken_for_one(void **state)
{
	static _Alignas(8) unsigned char table[128 + 2 * 128];
	struct status_header *header = (struct status_header *)table;

	(void)state;
	header->magic = STATUS_MAGIC;
	header->version = STATUS_VERSION;
	header->count = 2;
	assert_int_equal(status_table_check(table, sizeof table), 0);
	assert_int_equal(status_table_check(table, sizeof table - 1), -EPROTO);
	assert_int_equal(status_table_check(table, 0), -EPROTO);
	header->count = UINT32_MAX;
	assert_int_equal(status_table_check(table, sizeof table), -EPROTO);
	header->count = 2;
	header->magic = 0;
	assert_int_equal(status_table_check(table, sizeof table), -EPROTO);
}

static void a_state_or_step_has_no_name(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < STATUS_STATES; i++)
		assert_true(strlen(status_state_name(i)) > 1);
	assert_string_equal(status_state_name(STATUS_STATES), "?");
	for (uint32_t i = 0; i < STEP_COUNT; i++)
		assert_true(strlen(step_name(i)) > 1);
	assert_string_equal(step_name(STEP_COUNT), "unknown step");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(fields_are_not_at_the_documented_bytes),
		cmocka_unit_test(a_foreign_or_short_table_is_taken_for_one),
		cmocka_unit_test(a_state_or_step_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
