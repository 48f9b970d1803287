/* SPDX-License-Identifier: ISC */
/* A name that is there must never come twice, and what is there must stay byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build/account_lines.h"

#include <string.h>

static struct account_line const app = {
	.name = "app", .id = 61234, .gid = 60000, .shell = "/usr/sbin/nologin"
};
static struct account_line const team = { .name = "team", .group = true, .id = 61300 };

static void expect(char const *before, enum account_file file, struct account_line const *line,
		   char const *after)
{
	struct text content = TEXT_EMPTY;

	text_add(&content, before);
	assert_int_equal(account_lines_add(&content, file, line), strcmp(before, after) != 0);
	assert_string_equal(text_string(&content), after);
	/* and once more, which must change nothing */
	assert_false(account_lines_add(&content, file, line));
	assert_string_equal(text_string(&content), after);
	text_free(&content);
}

static void test_each_file_gets_its_own_line(void **state)
{
	(void)state;
	expect("root:x:0:0::/root:/bin/sh\n", ACCOUNT_PASSWD, &app,
	       "root:x:0:0::/root:/bin/sh\n"
	       "app:x:61234:60000::/nonexistent:/usr/sbin/nologin\n");
	expect("root:x:0:\n", ACCOUNT_GROUP, &app, "root:x:0:\napp:x:60000:\n");
	expect("root:*:1::::::\n", ACCOUNT_SHADOW, &app, "root:*:1::::::\napp:!:::::::\n");
	expect("root:*::\n", ACCOUNT_GSHADOW, &app, "root:*::\napp:!::\n");
	expect("", ACCOUNT_PASSWD, &app, "app:x:61234:60000::/nonexistent:/usr/sbin/nologin\n");
}

static void test_group_alone_makes_a_user(void **state)
{
	struct text content = TEXT_EMPTY;

	(void)state;
	assert_false(account_lines_add(&content, ACCOUNT_PASSWD, &team));
	assert_false(account_lines_add(&content, ACCOUNT_SHADOW, &team));
	text_free(&content);
	expect("root:x:0:\n", ACCOUNT_GROUP, &team, "root:x:0:\nteam:x:61300:\n");
	expect("", ACCOUNT_GSHADOW, &team, "team:!::\n");
}

static void test_name_that_is_there_comes_twice(void **state)
{
	(void)state;
	expect("app:x:1:1::/:/bin/sh\n", ACCOUNT_PASSWD, &app, "app:x:1:1::/:/bin/sh\n");
	expect("a:x:5:\napp:x:7:\nb:x:6:\n", ACCOUNT_GROUP, &app, "a:x:5:\napp:x:7:\nb:x:6:\n");
	expect("a:x:5:\napp:x:7:", ACCOUNT_GROUP, &app, "a:x:5:\napp:x:7:");
	expect("a:x:5:\r\napp:x:7:\r\n", ACCOUNT_GROUP, &app, "a:x:5:\r\napp:x:7:\r\n");
}

static void test_likeness_is_taken_for_the_name(void **state)
{
	(void)state;
	expect("apple:x:1:\n", ACCOUNT_GROUP, &app, "apple:x:1:\napp:x:60000:\n");
	expect("zapp:x:1:\n", ACCOUNT_GROUP, &app, "zapp:x:1:\napp:x:60000:\n");
	expect("a:app:1:app\n", ACCOUNT_GROUP, &app, "a:app:1:app\napp:x:60000:\n");
	expect("app\n", ACCOUNT_GROUP, &app, "app\napp:x:60000:\n");
	expect("\n\n", ACCOUNT_GROUP, &app, "\n\napp:x:60000:\n");
}

static void test_last_line_is_run_together_with_ours(void **state)
{
	(void)state;
	expect("root:x:0:", ACCOUNT_GROUP, &app, "root:x:0:\napp:x:60000:\n");
	expect("root:x:0:\r\n", ACCOUNT_GROUP, &app, "root:x:0:\r\napp:x:60000:\n");
}

static void test_names_that_break_a_file_apart(void **state)
{
	static char const *const bad[] = { "",	  "a:b", "a\nb", "a b", "a\tb",
					   "a\r", "-a",	 "+a",	 "\x7f" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(account_lines_is_name(bad[i]));
	assert_true(account_lines_is_name("www-data"));
	assert_true(account_lines_is_name("_apt"));
	assert_true(account_lines_is_name("first.last"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(test_each_file_gets_its_own_line),
		cmocka_unit_test(test_group_alone_makes_a_user),
		cmocka_unit_test(test_name_that_is_there_comes_twice),
		cmocka_unit_test(test_likeness_is_taken_for_the_name),
		cmocka_unit_test(test_last_line_is_run_together_with_ours),
		cmocka_unit_test(test_names_that_break_a_file_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
