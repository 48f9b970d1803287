/* SPDX-License-Identifier: ISC */
/* Whatever fails, a file has its old lines or all of the new ones, and nothing is left beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build/account_files.h"
#include "sys/fake.h"
#include "wire/plan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[32];

/* What account_files.c looks at of a plan. */
static struct {
	struct plan_header header;
	struct plan_account accounts[2];
	char names[16];
} plan;

static void path_of(char const *name, char path[64])
{
	(void)snprintf(path, 64, "%s/%s", folder, name);
}

static void put(char const *name, char const *text, unsigned mode)
{
	char path[64];
	FILE *file;

	path_of(name, path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static char const *get(char const *name)
{
	static char text[512];
	char path[64];
	FILE *file;

	path_of(name, path);
	file = fopen(path, "r");
	if (!file)
		return NULL;
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	assert_int_equal(fclose(file), 0);
	return text;
}

static unsigned files(void)
{
	DIR *directory = opendir(folder);
	unsigned count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2;
}

static void fill_folder(void)
{
	put("passwd", "root:x:0:0::/root:/bin/sh\n", 0644);
	put("group", "root:x:0:\n", 0644);
	put("shadow", "root:*:::::::\n", 0640);
	put("gshadow", "root:*::\n", 0600);
}

static int begin(void **state)
{
	(void)state;
	fake_reset();
	strcpy(folder, "/tmp/orlop-unit-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	memset(&plan, 0, sizeof plan);
	strcpy(plan.names, "app");
	strcpy(plan.names + 8, "team");
	plan.header.accounts = (struct plan_list){ (uint32_t)offsetof(__typeof__(plan), accounts),
						   2 };
	plan.accounts[0] = (struct plan_account){ (uint32_t)offsetof(__typeof__(plan), names) + 8,
						  1, 61300, 0 };
	plan.accounts[1] = (struct plan_account){ (uint32_t)offsetof(__typeof__(plan), names), 0,
						  61234, 61234 };
	fill_folder();
	return 0;
}

static int end(void **state)
{
	char command[64];

	(void)state;
	fake_reset();
	(void)snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static int make(void)
{
	char const *file;

	return account_files_make(folder, &plan, &file);
}

static void expect_all(void)
{
	assert_non_null(strstr(get("passwd"), "\napp:x:61234:61234::/nonexistent:/"));
	assert_string_equal(get("group"), "root:x:0:\nteam:x:61300:\napp:x:61234:\n");
	assert_string_equal(get("shadow"), "root:*:::::::\napp:!:::::::\n");
	assert_string_equal(get("gshadow"), "root:*::\nteam:!::\napp:!::\n");
	assert_int_equal(files(), 4);
}

static unsigned mode_of(char const *name)
{
	struct stat status;
	char path[64];

	path_of(name, path);
	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static void test_accounts_are_made(void **state)
{
	(void)state;
	assert_int_equal(make(), 4);
	expect_all();
	assert_int_equal(mode_of("passwd"), 0644);
	assert_int_equal(mode_of("shadow"), 0640);
	assert_int_equal(mode_of("gshadow"), 0600);
}

static void test_second_run_writes_something(void **state)
{
	(void)state;
	assert_int_equal(make(), 4);
	fake_reset();
	assert_int_equal(make(), 0);
	assert_int_equal(fake_count(FAKE_renameat), 0);
	assert_int_equal(fake_count(FAKE_write), 0);
}

static void test_nothing_missing_opens_a_file(void **state)
{
	(void)state;
	plan.header.accounts.count = 0;
	assert_int_equal(make(), 0);
	assert_int_equal(fake_count(FAKE_openat), 1);
}

static void remove_file(char const *name)
{
	char path[64];

	path_of(name, path);
	assert_int_equal(unlink(path), 0);
}

static void test_shadows_that_are_not_there_are_made(void **state)
{
	(void)state;
	remove_file("shadow");
	remove_file("gshadow");
	assert_int_equal(make(), 2);
	assert_int_equal(files(), 2);
}

static void test_image_without_accounts_gets_its_files(void **state)
{
	(void)state;
	remove_file("passwd");
	remove_file("group");
	assert_int_equal(make(), 4);
	assert_int_equal(mode_of("passwd"), 0644);
	assert_string_equal(get("group"), "team:x:61300:\napp:x:61234:\n");
}

static void test_half_made_account_is_not_completed(void **state)
{
	(void)state;
	put("group", "root:x:0:\nteam:x:61300:\napp:x:61234:\n", 0644);
	put("shadow", "root:*:::::::\napp:!:::::::\n", 0640);
	assert_int_equal(make(), 2);
	expect_all();
}

static void test_link_is_replaced_by_a_file(void **state)
{
	char path[64];

	(void)state;
	remove_file("passwd");
	path_of("passwd", path);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(make(), -ELOOP);
	assert_int_equal(readlink(path, (char[64]){ 0 }, 64), 9);
}

static void test_name_that_breaks_a_file_is_written(void **state)
{
	(void)state;
	strcpy(plan.names, "a:b");
	assert_int_equal(make(), -EINVAL);
	assert_string_equal(get("shadow"), "root:*:::::::\n");
}

static void test_left_over_file_of_a_killed_run_stays(void **state)
{
	(void)state;
	put(".passwd.orlop", "root:x:0", 0600);
	plan.header.accounts.count = 0;
	assert_int_equal(make(), 0);
	assert_int_equal(files(), 4);
}

/* Each call fails once, at each of its uses: the files are whole, and the next run finishes. */
static void test_failure_leaves_something_half_made(void **state)
{
	static struct {
		enum fake_call call;
		int error;
	} const failures[] = {
		{ FAKE_openat, EMFILE }, { FAKE_write, ENOSPC },   { FAKE_fchmod, EIO },
		{ FAKE_fsync, EIO },	 { FAKE_renameat, EROFS }, { FAKE_read, EIO },
		{ FAKE_fstat, EIO },	 { FAKE_newfstatat, EIO }, { FAKE_close, EIO },
	};

	for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
		for (unsigned n = 1; n <= 8; n++) {
			assert_int_equal(end(state), 0);
			assert_int_equal(begin(state), 0);
			fake_fail(failures[i].call, n, 1, failures[i].error);
			if (make() >= 0 && fake_count(failures[i].call) >= n)
				/* of a reader, or of the directory when all is done */
				assert_true(failures[i].call == FAKE_close ||
					    (failures[i].call == FAKE_fsync && n % 2 == 0));
			assert_int_equal(files(), 4);
			assert_int_equal(strncmp(get("passwd"), "root:x:0:0::/root:/bin/sh\n", 26),
					 0);
			fake_reset();
			assert_true(make() >= 0);
			expect_all();
		}
	}
}

static void test_read_only_etc_without_anything_to_do_fails(void **state)
{
	(void)state;
	plan.header.accounts.count = 0;
	fake_fail(FAKE_unlinkat, 1, 4, EROFS);
	assert_int_equal(make(), 0);
}

int main(void)
{
#define BED(test) cmocka_unit_test_setup_teardown(test, begin, end)
	struct CMUnitTest const tests[] = {
		BED(test_accounts_are_made),
		BED(test_second_run_writes_something),
		BED(test_nothing_missing_opens_a_file),
		BED(test_shadows_that_are_not_there_are_made),
		BED(test_image_without_accounts_gets_its_files),
		BED(test_half_made_account_is_not_completed),
		BED(test_link_is_replaced_by_a_file),
		BED(test_name_that_breaks_a_file_is_written),
		BED(test_left_over_file_of_a_killed_run_stays),
		BED(test_failure_leaves_something_half_made),
		BED(test_read_only_etc_without_anything_to_do_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
