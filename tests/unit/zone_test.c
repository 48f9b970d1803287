/* SPDX-License-Identifier: ISC */
/* A TZ that libc silently takes for UTC makes every schedule run at the wrong hour. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "supervise/zone.h"
#include "sys/fake.h"

#include <errno.h>
#include <stdlib.h>

static void rules_need_no_file(void **state)
{
	(void)state;
	fake_reset();
	fake_fail(FAKE_openat, 1, 100, ENOENT);
	assert_true(zone_known(""));
	assert_true(zone_known(":"));
	assert_true(zone_known("UTC"));
	assert_true(zone_known("GMT"));
	assert_true(zone_known("UTC0"));
	assert_true(zone_known("CET-1CEST,M3.5.0,M10.5.0/3"));
	assert_true(zone_known("<+0545>-5:45"));
	fake_reset();
}

static void names_need_one(void **state)
{
	(void)state;
	fake_reset();
	fake_fail(FAKE_openat, 1, 100, ENOENT);
	assert_false(zone_known("Europe/Berlin"));
	assert_false(zone_known(":Europe/Berlin"));
	assert_false(zone_known("/no/such/file"));
	assert_false(zone_known("Berlin"));
	assert_false(zone_known("<+05"));
	assert_false(zone_known("X1"));
	fake_reset();
	(void)setenv("TZDIR", "/etc", 1);
	assert_true(zone_known("passwd"));
	assert_true(zone_known("/etc/passwd"));
	(void)unsetenv("TZDIR");
}

static void a_name_that_is_too_long_is_unknown(void **state)
{
	char name[2000];

	(void)state;
	for (size_t i = 0; i < sizeof name; i++)
		name[i] = '/';
	name[sizeof name - 1] = '\0';
	assert_false(zone_known(name));
}

static void offsets_follow_the_zone(void **state)
{
	(void)state;
	(void)setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	zone_load();
	assert_int_equal(zone_offset(1704067200), 3600); /* January */
	assert_int_equal(zone_offset(1719792000), 7200); /* July */
	(void)setenv("TZ", "<-1030>10:30", 1);
	zone_load();
	assert_int_equal(zone_offset(1704067200), -37800);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(rules_need_no_file),
		cmocka_unit_test(names_need_one),
		cmocka_unit_test(a_name_that_is_too_long_is_unknown),
		cmocka_unit_test(offsets_follow_the_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
