/* SPDX-License-Identifier: ISC */
/* The cage reads secrets as root: nobody may be able to lead it to another file. */
#include "declared.h"

/* `key` is where db's secret is, `writes` where web writes. */
static int compile(char const *key, char const *writes, char const *user)
{
	declared_file("services/db.ini",
		      arena_join(&bed.arena, "command = sleep 1\nuser = 7\nsecret = PW:",
				 declared_path(key), "\n", NULL));
	declared_file("services/web.ini", arena_join(&bed.arena, "command = sleep 1\nuser = ", user,
						     "\nwrite = ", writes, "\n", NULL));
	return declared_compile();
}

static void make_tree(void)
{
	declared_mkdir("w");
	declared_mkdir("k");
	declared_file("w/key", "secret");
	declared_file("k/key", "secret");
}

static void test_below_what_another_writes(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(compile("w/key", declared_path("w"), "8"), -ECANCELED);
	declared_fault(arena_join(&bed.arena, "db.ini:3: secret: found \"", declared_path("w/key"),
				  "\" below a write path of web, expected a file that no service "
				  "could put another in place of",
				  NULL));
}

static void test_the_written_file_itself(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(compile("k/key", declared_path("k/key"), "7"), -ECANCELED);
	declared_fault("below a write path of web");
}

static void test_through_a_link_that_another_has(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(symlink("../k", declared_path("w/away")), 0);
	assert_int_equal(symlink("w/away/key", declared_path("key")), 0);
	assert_int_equal(compile("key", declared_path("w"), "8"), -ECANCELED);
	declared_fault("below a write path of web");
}

static void test_by_another_name_of_the_directory(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(symlink("w", declared_path("alias")), 0);
	assert_int_equal(compile("w/key", declared_path("alias"), "8"), -ECANCELED);
	declared_fault("below a write path of web");
}

static void test_beside_it(void **state)
{
	(void)state;
	make_tree();
	if (compile("k/key", declared_path("w"), "8") < 0)
		fail_msg("%s", declared_report());
}

/* Root could read it without any trick. */
static void test_what_root_writes(void **state)
{
	(void)state;
	make_tree();
	if (compile("w/key", declared_path("w"), "root") < 0)
		fail_msg("%s", declared_report());
}

static void test_in_an_image_where_it_does_not_exist(void **state)
{
	(void)state;
	make_tree();
	bed.image = true;
	assert_int_equal(compile("w/later/key", declared_path("w"), "8"), -ECANCELED);
	declared_fault("below a write path of web");
}

/* Lockdown would give the directory away, and the start would fail. */
static void test_a_directory(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(compile("k", declared_path("w"), "8"), -ECANCELED);
	declared_fault("\", a directory, expected a plain file");
	bed.image = true;
	assert_int_equal(compile("k", declared_path("w"), "8"), -ECANCELED);
}

static void test_a_hard_link(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(link(declared_path("k/key"), declared_path("k/other")), 0);
	assert_int_equal(compile("k/key", declared_path("w"), "8"), 0);
	assert_true(declared_notice("is a file of several names"));
}

static void test_more_than_the_cage_has_room_for(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(truncate(declared_path("k/key"), 65533), 0);
	assert_int_equal(compile("k/key", declared_path("w"), "8"), 0);
	assert_int_equal(truncate(declared_path("k/key"), 65534), 0);
	assert_int_equal(compile("k/key", declared_path("w"), "8"), -ECANCELED);
	declared_fault("secret: found 65538 bytes in names and files, expected at most 65537");
}

static void test_more_variables_than_the_cage_has_room_for(void **state)
{
	char text[8192] = "command = sleep 1\nuser = 7\nsecret =";
	int at = (int)strlen(text);

	(void)state;
	for (int i = 0; i <= 256; i++)
		at += snprintf(text + at, sizeof text - (size_t)at, " S%d:/etc/passwd", i);
	declared_file("services/one.ini", text);
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("secret: found 257, expected at most 256 secrets");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_below_what_another_writes),
		DECLARED(test_the_written_file_itself),
		DECLARED(test_through_a_link_that_another_has),
		DECLARED(test_by_another_name_of_the_directory),
		DECLARED(test_beside_it),
		DECLARED(test_what_root_writes),
		DECLARED(test_in_an_image_where_it_does_not_exist),
		DECLARED(test_a_directory),
		DECLARED(test_a_hard_link),
		DECLARED(test_more_than_the_cage_has_room_for),
		DECLARED(test_more_variables_than_the_cage_has_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
