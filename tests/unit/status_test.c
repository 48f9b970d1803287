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
	assert_int_equal(offsetof(struct status_header, events), 88);
	assert_int_equal(status_event_offset(2, 1), 128 + 2 * 128);
	assert_int_equal(status_event_offset(2, STATUS_EVENTS), 128 + 2 * 128 + 2047 * 32);
	assert_int_equal(status_event_offset(2, STATUS_EVENTS + 1), 128 + 2 * 128);
}

static void a_foreign_or_short_table_is_taken_for_one(void **state)
{
	static _Alignas(8) unsigned char table[128 + 2 * 128 + 2048 * 32];
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

static struct status_event *event_at(void *table, uint64_t number)
{
	return (struct status_event *)(void *)((char *)table + status_event_offset(0, number));
}

static void an_event_that_is_no_more_or_not_yet_there_is_read(void **state)
{
	static _Alignas(8) unsigned char table[128 + 2048 * 32];
	struct status_header *header = (struct status_header *)table;
	struct status_event_view view;

	(void)state;
	atomic_store(&event_at(table, 7)->number, 7);
	atomic_store(&event_at(table, 7)->subject, 5 | UINT64_C(9) << 32);
	atomic_store(&event_at(table, 7)->what, NOTED_STATE | STATUS_FAILED << 8 |
						    REASON_SPAWN << 16 | UINT64_C(200) << 24 |
						    (uint64_t)(uint32_t)-13 << 32);
	assert_int_equal(status_event_read(table, 7, &view), -ENOENT);
	assert_int_equal(status_event_peek(table, 7, &view), 0);
	atomic_store(&header->events, 7);
	assert_int_equal(status_event_read(table, 7, &view), 0);
	assert_int_equal(view.slot, 5);
	assert_int_equal(view.generation, 9);
	assert_int_equal(view.kind, NOTED_STATE);
	assert_int_equal(view.state, STATUS_FAILED);
	assert_int_equal(view.reason, REASON_SPAWN);
	assert_int_equal(view.detail, 200);
	assert_int_equal(view.argument, -13);
	assert_int_equal(status_event_read(table, 6, &view), -ENOENT);
	assert_int_equal(status_event_read(table, 0, &view), -ENOENT);
	atomic_store(&header->events, 7 + STATUS_EVENTS);
	atomic_store(&event_at(table, 7)->number, 7 + STATUS_EVENTS);
	assert_int_equal(status_event_read(table, 7, &view), -ENOENT);
	assert_int_equal(status_event_read(table, 7 + STATUS_EVENTS, &view), 0);
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
		cmocka_unit_test(an_event_that_is_no_more_or_not_yet_there_is_read),
		cmocka_unit_test(a_state_or_step_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
