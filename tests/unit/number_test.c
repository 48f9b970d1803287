/* SPDX-License-Identifier: ISC */
/* Anything but a whole number in its range must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/number.h"

#include <errno.h>

static void test_parse(void **state)
{
	uint64_t number;

	(void)state;
	assert_int_equal(number_parse("0", 10, 5, &number), 0);
	assert_int_equal(number, 0);
	assert_int_equal(number_parse("0777", 8, 0777, &number), 0);
	assert_int_equal(number, 0777);
	assert_int_equal(number_parse("18446744073709551615", 10, UINT64_MAX, &number), 0);
	assert_true(number == UINT64_MAX);
	assert_int_equal(number_parse("18446744073709551616", 10, UINT64_MAX, &number), -ERANGE);
	assert_int_equal(number_parse("6", 10, 5, &number), -ERANGE);
	for (char const *const *bad =
		 (char const *const[]){ "", " 1", "1 ", "+1", "-1", "0x1", "1.5", "8", NULL };
	     *bad; bad++)
		assert_int_equal(number_parse(*bad, 8, 100, &number), -EINVAL);
}

static void test_signed(void **state)
{
	int64_t number;

	(void)state;
	assert_int_equal(number_signed("-20", -20, 19, &number), 0);
	assert_int_equal(number, -20);
	assert_int_equal(number_signed("-21", -20, 19, &number), -ERANGE);
	assert_int_equal(number_signed("20", -20, 19, &number), -ERANGE);
	assert_int_equal(number_signed("--1", -20, 19, &number), -EINVAL);
	assert_int_equal(number_signed("-", -20, 19, &number), -EINVAL);
}

static void test_size(void **state)
{
	uint64_t bytes;

	(void)state;
	assert_int_equal(number_size("10", &bytes), 0);
	assert_int_equal(bytes, 10);
	assert_int_equal(number_size("2K", &bytes), 0);
	assert_int_equal(bytes, 2048);
	assert_int_equal(number_size("1G", &bytes), 0);
	assert_int_equal(bytes, 1 << 30);
	assert_int_equal(number_size("16777216T", &bytes), -ERANGE);
	assert_int_equal(number_size("K", &bytes), -EINVAL);
	assert_int_equal(number_size("", &bytes), -EINVAL);
	assert_int_equal(number_size("1KB", &bytes), -EINVAL);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
