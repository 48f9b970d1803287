/* SPDX-License-Identifier: ISC */
/* Names to slots: the right ones, each once, and all that are unknown told at once. */
#include "ctl/pick.h"

#include "tables.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

char const *PROG = "test";

static void build(void)
{
	tables_begin();
	(void)tables_add("mail", PLAN_LONGRUN);
	(void)tables_add("worker", PLAN_BUNDLE);
	tables_slot(1)->flags |= PLAN_INSTANCE_GROUP;
	for (uint32_t i = 1; i <= 2; i++) {
		uint32_t const slot = tables_add(i == 1 ? "worker@1" : "worker@2", PLAN_LONGRUN);

		tables_slot(slot)->service = tables_slot(1)->name;
		tables_slot(slot)->instance = i;
	}
}

static void assert_picked(char const *const *names, uint32_t count, uint32_t const *expected,
			  uint32_t expected_count)
{
	struct text problem = TEXT_EMPTY;
	struct pick pick;

	assert_int_equal(pick_slots(&pick, tables.plan, names, count, &problem), 0);
	assert_int_equal(pick.count, expected_count);
	assert_memory_equal(pick.slots, expected, expected_count * sizeof *expected);
	pick_free(&pick);
	text_free(&problem);
}

static void a_name_stands_for_the_wrong_slots(void **state)
{
	(void)state;
	build();
	assert_int_equal(plan_check(tables.plan, TABLES_SIZE), 0);
	assert_picked((char const *const[]){ "mail" }, 1, (uint32_t const[]){ 0 }, 1);
	assert_picked((char const *const[]){ "worker" }, 1, (uint32_t const[]){ 1, 2, 3 }, 3);
	assert_picked((char const *const[]){ "worker@2" }, 1, (uint32_t const[]){ 3 }, 1);
	assert_picked((char const *const[]){ "worker@2", "worker", "mail", "mail" }, 4,
		      (uint32_t const[]){ 0, 1, 2, 3 }, 4);
	assert_picked(NULL, 0, (uint32_t const[]){ 0, 1, 2, 3 }, 4);
}

static void an_unknown_name_is_not_told_or_a_probe_is_found(void **state)
{
	char const *const names[] = { "mail", "mial", "worker@3", "mail ready" };
	struct plan_header *header = (struct plan_header *)(void *)tables.plan;
	struct text problem = TEXT_EMPTY;
	struct pick pick;

	(void)state;
	build();
	(void)tables_add("mail ready", PLAN_PROBE);
	header->visible--;
	assert_int_equal(pick_slots(&pick, tables.plan, names, 4, &problem), -ENOENT);
	assert_string_equal(text_string(&problem),
			    "no such service: mial, worker@3, mail ready; there are mail worker");
	assert_int_equal(pick.count, 0);
	pick_free(&pick);
	text_free(&problem);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_name_stands_for_the_wrong_slots),
		cmocka_unit_test(an_unknown_name_is_not_told_or_a_probe_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
