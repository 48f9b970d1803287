/* SPDX-License-Identifier: ISC */
/* The words of log = file:, and names that sort by age and are nobody else's. */
#include "lib/log_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void words_are_mixed_up(void **state)
{
	struct log_place place;

	(void)state;
	assert_int_equal(log_place_parse(&place, "/var/log/a"), 0);
	assert_int_equal(place.directory_length, 10);
	assert_int_equal(place.size, 1 << 20);
	assert_int_equal(place.keep, 10);
	assert_int_equal(place.age, 0);
	assert_false(place.json || place.fpm);
	assert_int_equal(log_place_parse(&place, "/a b size=4K keep=1 age=1d json fpm"), 0);
	assert_int_equal(place.directory_length, 4);
	assert_int_equal(place.size, 4096);
	assert_int_equal(place.keep, 1);
	assert_true(place.age == UINT64_C(86400000000000));
	assert_true(place.json && place.fpm);
	assert_true(log_place_parse(&place, "a") < 0);
	assert_true(log_place_parse(&place, "") < 0);
	assert_true(log_place_parse(&place, "json") < 0);
}

static void a_word_that_is_none_is_taken(void **state)
{
	static char const *const wrong[] = {
		"size=4095",  "size=",	"keep=0",
		"keep=10001", "age=0",	"age=1ms",
		"rotate",     "json=1", "size=11111111111111111111111111111111"
	};
	struct log_place place;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_true(log_place_word(&place, wrong[i], strlen(wrong[i])) < 0);
}

static void dates_are_wrong(void **state)
{
	static struct {
		uint64_t seconds;
		char const *text;
	} const cases[] = {
		{ 0, "1970-01-01T00:00:00.000001Z" },
		{ 951782400, "2000-02-29T00:00:00.000001Z" },
		{ 1709164799, "2024-02-28T23:59:59.000001Z" },
		{ 1795513579, "2026-11-24T09:46:19.000001Z" },
		{ 4107542400, "2100-03-01T00:00:00.000001Z" },
		{ 1735689599, "2024-12-31T23:59:59.000001Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[LOG_PLACE_TIME + 1] = "";

		log_place_time(text, cases[i].seconds * 1000000000 + 1999);
		assert_string_equal(text, cases[i].text);
	}
}

static void names_are_somebody_elses(void **state)
{
	char name[LOG_PLACE_NAME];

	(void)state;
	log_place_current(name, "worker@2");
	assert_string_equal(name, "worker@2.log");
	assert_false(log_place_is_archive(name, "worker@2"));
	log_place_archive(name, "worker@2", UINT64_C(1795513579123456789));
	assert_string_equal(name, "worker@2.20261124T094619.123456Z.log");
	assert_true(log_place_is_archive(name, "worker@2"));
	assert_false(log_place_is_archive(name, "worker"));
	assert_false(log_place_is_archive(name, "worker@"));
	assert_false(log_place_is_archive("a.20261124T094619.123456Z.log.gz", "a"));
	assert_false(log_place_is_archive("a.20261124X094619.123456Z.log", "a"));
	assert_false(log_place_is_archive("a", "a"));
	assert_false(log_place_is_archive("a.", "a"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(words_are_mixed_up),
		cmocka_unit_test(a_word_that_is_none_is_taken),
		cmocka_unit_test(dates_are_wrong),
		cmocka_unit_test(names_are_somebody_elses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
