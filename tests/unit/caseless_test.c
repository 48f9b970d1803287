/* SPDX-License-Identifier: ISC */
/* Letters of either case are the same, and nothing else is. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "lib/caseless.h"

static void only_letters_have_a_case(void **state)
{
	(void)state;
	assert_true(caseless_same("Status: 200", "sTATUS:", 7));
	assert_true(caseless_same("a", "A", 5));
	assert_true(caseless_same("x", "y", 0));
	assert_true(caseless_same("", "", 3));
	assert_false(caseless_same("ab", "a", 2));
	assert_false(caseless_same("a", "ab", 2));
	for (int i = 1; i < 256; i++)
		for (int k = 1; k < 256; k++) {
			char const a[2] = { (char)i, 0 };
			char const b[2] = { (char)k, 0 };
			int const x = i >= 'A' && i <= 'Z' ? i + 32 : i;
			int const y = k >= 'A' && k <= 'Z' ? k + 32 : k;

			assert_int_equal(caseless_same(a, b, 2), x == y);
		}
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(only_letters_have_a_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
