/* SPDX-License-Identifier: ISC */
/* A name must be found whatever else was entered, and the first number must stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/names.h"

#include <stdlib.h>

static void test_thousands_are_found(void **state)
{
	struct arena arena = { .exhausted = abort };
	struct names names = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(names_enter(&names, &arena, arena_number(&arena, i), i), i);
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(names_find(&names, arena_number(&arena, i)), i);
	assert_int_equal(names_find(&names, "5000"), NAMES_NONE);
	arena_free(&arena);
}

static void test_the_first_number_stays(void **state)
{
	struct arena arena = { .exhausted = abort };
	struct names names = { 0 };

	(void)state;
	assert_int_equal(names_find(&names, "a"), NAMES_NONE);
	assert_int_equal(names_enter(&names, &arena, "a", 7), 7);
	assert_int_equal(names_enter(&names, &arena, "a", 8), 7);
	assert_int_equal(names_find(&names, "a"), 7);
	arena_free(&arena);
}

/* The uid of a service hangs on it: another hash would change who owns its files. */
static void test_the_hash_is_fixed(void **state)
{
	(void)state;
	assert_int_equal(names_hash(""), 2166136261U);
	assert_int_equal(names_hash("a"), 0xe40c292cU);
	assert_int_equal(names_hash("foobar"), 0xbf9cf968U);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(test_thousands_are_found),
		cmocka_unit_test(test_the_first_number_stays),
		cmocka_unit_test(test_the_hash_is_fixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
