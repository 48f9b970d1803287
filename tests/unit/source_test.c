/* SPDX-License-Identifier: ISC */
/* Who can write a declaration says what runs as whom: such files must not be read. */
#include "declared.h"

#include "plan/source.h"
#include "sys/fake.h"

static struct ini ini;

static int read_one(void)
{
	int const fd = source_open_directory(&bed.declarations, declared_path("services"));
	int error;

	assert_true(fd >= 0);
	error = source_read(&bed.declarations, fd, "one.ini", "one.ini", &ini);
	close(fd);
	return error;
}

static void test_a_file_of_our_own(void **state)
{
	(void)state;
	declared_file("services/one.ini", "a = b\n");
	assert_int_equal(read_one(), 0);
	declared_no_fault();
	assert_int_equal(ini.count, 1);
}

static void test_a_link_is_followed(void **state)
{
	(void)state;
	declared_file("target", "a = b\n");
	assert_int_equal(symlink("../target", declared_path("services/one.ini")), 0);
	assert_int_equal(read_one(), 0);
	declared_no_fault();
}

static void test_writable_by_others(void **state)
{
	(void)state;
	declared_file("services/one.ini", "a = b\n");
	assert_int_equal(chmod(declared_path("services/one.ini"), 0646), 0);
	assert_int_equal(read_one(), -EPERM);
	declared_fault("one.ini: found mode 0646");
	assert_int_equal(chmod(declared_path("services/one.ini"), 0660), 0);
	assert_int_equal(read_one(), -EPERM);
	declared_fault("one.ini: found mode 0660");
}

static void test_a_directory_writable_by_others(void **state)
{
	(void)state;
	assert_int_equal(chmod(declared_path("services"), 01777), 0);
	assert_int_equal(source_open_directory(&bed.declarations, declared_path("services")),
			 -EPERM);
	declared_fault("services: found mode 1777");
	assert_int_equal(chmod(declared_path("services"), 0755), 0);
}

static void test_what_is_no_file(void **state)
{
	(void)state;
	declared_mkdir("services/one.ini");
	assert_int_equal(read_one(), -EPERM);
	declared_fault("one.ini: found a directory, expected a file");
	assert_int_equal(rmdir(declared_path("services/one.ini")), 0);
	assert_int_equal(mkfifo(declared_path("services/one.ini"), 0600), 0);
	assert_int_equal(read_one(), -EPERM); /* and does not hang */
	declared_fault("one.ini: found a named pipe, expected a file");
	assert_int_equal(unlink(declared_path("services/one.ini")), 0);
	assert_int_equal(symlink("/dev/zero", declared_path("services/one.ini")), 0);
	assert_int_equal(read_one(), -EPERM);
	declared_fault("one.ini: found a device, expected a file");
}

static void test_too_large(void **state)
{
	(void)state;
	declared_file("services/one.ini", "");
	assert_int_equal(truncate(declared_path("services/one.ini"), SOURCE_SIZE_MAX + 1), 0);
	assert_int_equal(read_one(), -EPERM);
	declared_fault("found a file of more than 1 MiB");
}

static void test_the_system_refuses(void **state)
{
	(void)state;
	declared_file("services/one.ini", "a = b\n");
	fake_reset();
	fake_fail(FAKE_openat, 2, 1, EACCES);
	assert_int_equal(read_one(), -EACCES);
	declared_fault("one.ini: cannot be read: Permission denied");
	fake_reset();
	fake_fail(FAKE_read, 1, 1, EIO);
	assert_int_equal(read_one(), -EIO);
	fake_reset();
	fake_fail(FAKE_read, 1, 3, EINTR);
	assert_int_equal(read_one(), 0);
	fake_reset();
	fake_fail(FAKE_fstat, 1, 1, EIO);
	assert_int_equal(source_open_directory(&bed.declarations, declared_path("services")), -EIO);
	fake_reset();
}

static void test_missing_is_quiet(void **state)
{
	(void)state;
	assert_int_equal(read_one(), -ENOENT);
	assert_int_equal(source_open_directory(&bed.declarations, declared_path("nothing")),
			 -ENOENT);
	declared_no_fault();
	declared_file("file", "");
	assert_int_equal(source_open_directory(&bed.declarations, declared_path("file")), -ENOTDIR);
	declared_fault("file: found a file, expected a directory");
}

static void test_the_list_is_sorted_by_name(void **state)
{
	struct words names;
	int fd;

	(void)state;
	/* "a.ini" stands behind "a-b.ini", "a" before "a-b": names are what is sorted. */
	for (char const *const *name = (char const *const[]){ "a-b.ini", "b.ini", "a.ini", ".c.ini",
							      "d.ini~", "README", ".ini", NULL };
	     *name; name++)
		declared_file(arena_join(&bed.arena, "services/", *name, NULL), "");
	fd = source_open_directory(&bed.declarations, declared_path("services"));
	assert_int_equal(source_list(&bed.declarations, fd, "services", &names), 0);
	close(fd);
	assert_int_equal(names.count, 3);
	assert_string_equal(names.at[0], "a");
	assert_string_equal(names.at[1], "a-b");
	assert_string_equal(names.at[2], "b");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_file_of_our_own),
		DECLARED(test_a_link_is_followed),
		DECLARED(test_writable_by_others),
		DECLARED(test_a_directory_writable_by_others),
		DECLARED(test_what_is_no_file),
		DECLARED(test_too_large),
		DECLARED(test_the_system_refuses),
		DECLARED(test_missing_is_quiet),
		DECLARED(test_the_list_is_sorted_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
