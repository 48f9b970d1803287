/* SPDX-License-Identifier: ISC */
/* A report must have every fault, sorted, once, and never let a value command the terminal. */
#include "declared.h"

static void test_sorted_and_counted(void **state)
{
	(void)state;
	faults_add(&bed.faults, (struct place){ "b.ini", 2 }, "third", NULL);
	faults_add(&bed.faults, (struct place){ "a.ini", 10 }, "second", NULL);
	faults_add(&bed.faults, (struct place){ "a.ini", 9 }, "fir", "st", NULL);
	assert_string_equal(declared_report(), "a.ini:9: first\na.ini:10: second\nb.ini:2: third\n"
					       "orlop: 3 errors in the declarations\n");
}

static void test_the_same_twice_is_one(void **state)
{
	(void)state;
	faults_add(&bed.faults, (struct place){ "preset.ini", 2 }, "wrong", NULL);
	faults_add(&bed.faults, (struct place){ "preset.ini", 2 }, "wrong", NULL);
	assert_string_equal(declared_report(),
			    "preset.ini:2: wrong\norlop: 1 error in the declarations\n");
}

static void test_a_file_as_a_whole_has_no_line(void **state)
{
	(void)state;
	faults_add(&bed.faults, (struct place){ "a.ini", 0 }, "is a directory", NULL);
	declared_fault("a.ini: is a directory\n");
}

static void test_values_are_quoted_harmless_and_short(void **state)
{
	char large[200];

	(void)state;
	memset(large, 'x', sizeof large - 1);
	large[199] = '\0';
	assert_string_equal(faults_quote(&bed.faults, "a\033[2Jb\n"), "\"a?[2Jb?\"");
	assert_int_equal(strlen(faults_quote(&bed.faults, large)), 80 + 5);
}

static void test_a_notice_is_given_once(void **state)
{
	(void)state;
	faults_notice(&bed.faults, "no CAP_SETUID");
	faults_notice(&bed.faults, arena_join(&bed.arena, "no CAP_", "SETUID", NULL));
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 1);
	assert_int_equal(faults_count(&bed.faults), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_sorted_and_counted),
		DECLARED(test_the_same_twice_is_one),
		DECLARED(test_a_file_as_a_whole_has_no_line),
		DECLARED(test_values_are_quoted_harmless_and_short),
		DECLARED(test_a_notice_is_given_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
