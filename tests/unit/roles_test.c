/* SPDX-License-Identifier: ISC */
/* A role must get all that it needs and nothing else. */
#include "declared.h"

#include "plan/needs.h"
#include "plan/roles.h"

static char selected[16];

static char const *choose(char const *list)
{
	size_t count = 0;

	bed.declarations.count = 0;
	memset(&bed.declarations.by_name, 0, sizeof bed.declarations.by_name);
	declared_file("services/a.ini", "command = x\nneeds = b\n");
	declared_file("services/b.ini", "command = x\nneeds = c\nafter = d\n");
	declared_file("services/c.ini", "command = x\n");
	declared_file("services/d.ini", "command = x\n");
	declared_file("services/e.ini", "command = x\nenabled-if = env:NOPE\nneeds = d\n");
	declared_file("services/f.ini", "command = x\ntype = oneshot\nphase = build\n");
	load_all(&bed.declarations);
	needs_resolve(&bed.declarations);
	roles_select(&bed.declarations, list, "--services");
	for (uint32_t i = 0; i < bed.declarations.count; i++)
		if (bed.declarations.services[i].slot.flags & PLAN_SELECTED)
			selected[count++] = bed.declarations.services[i].name[0];
	selected[count] = '\0';
	return selected;
}

static void test_roles(void **state)
{
	(void)state;
	assert_string_equal(choose("a"), "abc");
	assert_string_equal(choose("c"), "c");
	assert_string_equal(choose(" d,, c "), "cd");
	assert_string_equal(choose("e"), ""); /* off here: neither it nor its needs */
	assert_string_equal(choose("none"), "");
	declared_no_fault();
}

static void test_all(void **state)
{
	(void)state;
	assert_string_equal(choose(NULL), "abcd");
	assert_string_equal(choose(""), "abcd");
	assert_string_equal(choose("all"), "abcd");
	declared_no_fault();
}

static void test_a_name_that_is_not_there(void **state)
{
	(void)state;
	assert_string_equal(choose("c,nosuch"), "c");
	declared_fault("--services: found \"nosuch\", expected the name of a service");
}

static void test_a_service_of_the_build_is_left_out_in_silence(void **state)
{
	(void)state;
	assert_string_equal(choose("c,f"), "c");
	declared_fault("--services: found \"f\", which is of phase = build, expected a service");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_roles),
		DECLARED(test_all),
		DECLARED(test_a_name_that_is_not_there),
		DECLARED(test_a_service_of_the_build_is_left_out_in_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
