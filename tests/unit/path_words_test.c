/* SPDX-License-Identifier: ISC */
/* Two spellings of one path must be one path, and a path that only begins alike another. */
#include "declared.h"

#include "plan/path_words.h"

static char const *normal(char const *word)
{
	return path_words_normal(&bed.arena, word);
}

static void test_one_form(void **state)
{
	(void)state;
	assert_string_equal(normal("/"), "/");
	assert_string_equal(normal("//"), "/");
	assert_string_equal(normal("?/"), "?/");
	assert_string_equal(normal("/./a//b/./"), "/a/b");
	assert_string_equal(normal("?//a/"), "?/a");
	assert_string_equal(normal("/a/..b/.c/..."), "/a/..b/.c/...");
	assert_null(normal("a"));
	assert_null(normal("?"));
	assert_null(normal("?"
			   "?/a"));
	assert_null(normal(""));
	assert_null(normal("/a/.."));
	assert_null(normal("/../a"));
}

static void test_below(void **state)
{
	(void)state;
	assert_true(path_words_below("/a", "/a"));
	assert_true(path_words_below("/a/b", "/a"));
	assert_true(path_words_below("/a", "/"));
	assert_false(path_words_below("/ab", "/a"));
	assert_false(path_words_below("/", "/a"));
}

static void test_what_is_nobodys(void **state)
{
	(void)state;
	assert_true(path_words_is_system("/"));
	assert_true(path_words_is_system("/etc"));
	assert_true(path_words_is_system("/usr/lib")); /* where /lib leads */
	assert_false(path_words_is_system("/etc/app"));
	assert_true(path_words_is_kernel("/dev/shm/x"));
	assert_true(path_words_is_kernel("/proc"));
	assert_false(path_words_is_kernel("/devices"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_one_form),
		DECLARED(test_below),
		DECLARED(test_what_is_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
