/* SPDX-License-Identifier: ISC */
/* The map from pids to slots: a wrong answer would end somebody else's run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/pidmap.h"

static void an_unknown_pid_is_found(void **state)
{
	(void)state;
	pidmap_clear();
	assert_int_equal(pidmap_find(1), PIDMAP_NONE);
	pidmap_add(1, 0);
	assert_int_equal(pidmap_find(1), 0);
	assert_int_equal(pidmap_find(1 + 4096), PIDMAP_NONE);
	pidmap_remove(2);
	assert_int_equal(pidmap_find(1), 0);
}

static void pids_of_one_chain_are_confused(void **state)
{
	(void)state;
	pidmap_clear();
	for (int i = 0; i < 5; i++)
		pidmap_add(7 + 4096 * i, i);
	pidmap_remove(7 + 4096 * 2);
	for (int i = 0; i < 5; i++)
		assert_int_equal(pidmap_find(7 + 4096 * i), i == 2 ? PIDMAP_NONE : i);
	pidmap_add(8, 2);
	assert_int_equal(pidmap_find(8), 2);
}

static void a_full_map_loses_one(void **state)
{
	(void)state;
	pidmap_clear();
	for (int i = 0; i < PIDMAP_SIZE; i++)
		pidmap_add(100 + i * 3, i);
	for (int i = 0; i < PIDMAP_SIZE; i++)
		assert_int_equal(pidmap_find(100 + i * 3), i);
	for (int i = 0; i < PIDMAP_SIZE; i++)
		pidmap_remove(100 + i * 3);
	for (int i = 0; i < PIDMAP_SIZE; i++)
		assert_int_equal(pidmap_find(100 + i * 3), PIDMAP_NONE);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(an_unknown_pid_is_found),
		cmocka_unit_test(pids_of_one_chain_are_confused),
		cmocka_unit_test(a_full_map_loses_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
