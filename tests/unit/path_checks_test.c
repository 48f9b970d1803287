/* SPDX-License-Identifier: ISC */
/* A path that was mistyped must be found when it is checked, not when the service first needs it. */
#include "declared.h"

static int compile(char const *keys)
{
	declared_file("services/a.ini", arena_join(&bed.arena, "command = sleep 1\n", keys, NULL));
	return declared_compile();
}

static void test_missing(void **state)
{
	(void)state;
	assert_int_equal(compile("read = /nosuch/a\nwrite = /nosuch/b\nexecute = /nosuch/c\n"
				 "secret = S:/nosuch/d\n"),
			 -ECANCELED);
	declared_fault("a.ini:2: read: found \"/nosuch/a\" (No such file or directory), expected "
		       "a path that exists; ? in front of one that may be missing");
	declared_fault("a.ini:3: write: found \"/nosuch/b\"");
	declared_fault("a.ini:4: execute: found \"/nosuch/c\"");
	declared_fault("a.ini:5: secret: found \"/nosuch/d\"");
	assert_int_equal(faults_count(&bed.faults), 4);
}

static void test_may_be_missing(void **state)
{
	(void)state;
	assert_int_equal(compile("read = ?/nosuch\nsecret = S:?/nosuch/d\n"), 0);
}

static void test_refused_words(void **state)
{
	(void)state;
	assert_int_equal(compile("read = /srv/../etc\nwrite = var\nexecute = /usr ?/usr/\n"),
			 -ECANCELED);
	declared_fault("a.ini:2: read: found \"/srv/../etc\", expected a path without ..");
	declared_fault("a.ini:3: write: found \"var\", expected absolute paths");
	declared_fault("a.ini:4: execute: found \"?/usr/\", expected each path once");
}

/* One image, many roles: a volume is mounted where its role runs. */
static void test_another_role(void **state)
{
	(void)state;
	declared_file("services/b.ini", "command = sleep 1\n");
	bed.services = "b";
	assert_int_equal(compile("write = /nosuch\n"), 0);
}

static void test_an_image(void **state)
{
	(void)state;
	bed.image = true;
	assert_int_equal(compile("write = /nosuch/w\nsecret = S:/nosuch/s\n"), 0);
	assert_int_equal(compile("read = /nosuch/r\n"), -ECANCELED);
	declared_fault("a.ini:2: read: found \"/nosuch/r\"");
}

static void test_an_image_that_is_being_made(void **state)
{
	(void)state;
	bed.image = true;
	declared_file("services/b.ini", "type = oneshot\nphase = build\ncommand = true\n");
	assert_int_equal(compile("read = /nosuch/r\n"), 0);
	assert_true(declared_notice("a.ini:2: read: found \"/nosuch/r\""));
}

/* Lockdown would give them to the service, which could change what was said. */
static void test_logs_below_a_write_path(void **state)
{
	(void)state;
	declared_file("services/b.ini", "command = sleep 1\nlog = file:/srv//logs/b size=1M\n");
	assert_int_equal(compile("write = ?/srv/logs\n"), -ECANCELED);
	declared_fault("a.ini:2: write: found \"?/srv/logs\", expected a path that does not hold "
		       "\"/srv/logs/b\", where b is logged");
	declared_file("services/b.ini", "command = sleep 1\nlog = file:/srv/logs2\n");
	faults_free(&bed.faults);
	bed.faults = (struct faults){ .arena = &bed.arena };
	assert_int_equal(compile("write = ?/srv/logs\n"), 0);
}

/* Each start would fail, five times, and nothing that was checked had said why. */
static void test_a_directory_that_is_missing(void **state)
{
	(void)state;
	assert_int_equal(compile("directory = /nosuch/d\n"), 0);
	assert_true(declared_notice("a.ini:2: directory: found \"/nosuch/d\" (No such file or "
				    "directory), expected a directory, unless something makes it"));
	assert_int_equal(compile("directory = /dev/null\n"), 0);
	assert_true(declared_notice("a.ini:2: directory: found \"/dev/null\" (Not a directory)"));
}

static void test_a_directory_that_is_there_or_will_be(void **state)
{
	(void)state;
	assert_int_equal(compile("directory = /usr\n"), 0);
	assert_int_equal(compile(""), 0);
	bed.image = true;
	assert_int_equal(compile("write = /nosuch/w\ndirectory = /nosuch/w/d\n"), 0);
	assert_false(declared_notice("directory: found"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_missing),
		DECLARED(test_may_be_missing),
		DECLARED(test_refused_words),
		DECLARED(test_another_role),
		DECLARED(test_an_image),
		DECLARED(test_an_image_that_is_being_made),
		DECLARED(test_logs_below_a_write_path),
		DECLARED(test_a_directory_that_is_missing),
		DECLARED(test_a_directory_that_is_there_or_will_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
