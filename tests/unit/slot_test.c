/* SPDX-License-Identifier: ISC */
/* The slot table: a reader in another process must never see half of a change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "wire/slot.h"

static _Alignas(8) unsigned char table[sizeof(struct slot_header) + 4 * sizeof(struct slot)];

static void fresh(void)
{
	struct slot_header *header = (struct slot_header *)table;

	memset(table, 0, sizeof table);
	header->magic = SLOT_MAGIC;
	header->version = SLOT_VERSION;
	header->count = 4;
}

static void fields_are_not_at_the_documented_bytes(void **state)
{
	(void)state;
	assert_int_equal(offsetof(struct slot, pid), 8);
	assert_int_equal(offsetof(struct slot, start), 16);
	assert_int_equal(offsetof(struct slot, error_step), 36);
	assert_int_equal(offsetof(struct slot_header, plan_generation), 16);
	assert_int_equal(offsetof(struct slot_header, stop), 48);
	assert_int_equal(offsetof(struct slot_header, boot), 64);
	assert_int_equal(offsetof(struct slot_header, orphans), 88);
}

static void a_run_is_not_read_back_whole(void **state)
{
	struct slot_view view;

	(void)state;
	fresh();
	slot_begin(slot_at(table, 2), 5, 4711, 1000);
	slot_read(table, 2, &view);
	assert_int_equal(view.state, SLOT_RUNNING);
	assert_int_equal(view.generation, 5);
	assert_int_equal(view.pid, 4711);
	assert_int_equal(view.start, 1000);
	slot_end(slot_at(table, 2), 3 << 8, 2000);
	slot_read(table, 2, &view);
	assert_int_equal(view.state, SLOT_EXITED);
	assert_int_equal(view.wait_status, 3 << 8);
	assert_int_equal(view.end, 2000);
	assert_int_equal(view.pid, 4711);
}

static void a_new_run_inherits_the_last_ones_error(void **state)
{
	struct slot *slot = slot_at(table, 0);
	struct slot_view view;

	(void)state;
	fresh();
	slot_begin(slot, 1, 10, 1);
	atomic_store(&slot->sequence, 4);
	atomic_store(&slot->error_step, 23);
	atomic_store(&slot->error_number, ENOENT);
	slot_end(slot, 127 << 8, 2);
	slot_begin(slot, 2, 11, 3);
	slot_read(table, 0, &view);
	assert_int_equal(view.sequence, 0);
	assert_int_equal(view.error_step, 0);
	assert_int_equal(view.error_number, 0);
	assert_int_equal(view.wait_status, 0);
	assert_int_equal(view.end, 0);
}

static void a_foreign_or_short_table_is_taken_for_one(void **state)
{
	struct slot_header *header = (struct slot_header *)table;

	(void)state;
	fresh();
	assert_int_equal(slot_table_check(table, sizeof table), 0);
	assert_int_equal(slot_table_check(table, sizeof table - 1), -EPROTO);
	assert_int_equal(slot_table_check(table, 3), -EPROTO);
	header->magic++;
	assert_int_equal(slot_table_check(table, sizeof table), -EPROTO);
	header->magic--;
	header->version++;
	assert_int_equal(slot_table_check(table, sizeof table), -EPROTO);
	header->version--;
	header->count = SLOT_MAX + 1;
	assert_int_equal(slot_table_check(table, sizeof table), -EPROTO);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(fields_are_not_at_the_documented_bytes),
		cmocka_unit_test(a_run_is_not_read_back_whole),
		cmocka_unit_test(a_new_run_inherits_the_last_ones_error),
		cmocka_unit_test(a_foreign_or_short_table_is_taken_for_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
