/* SPDX-License-Identifier: ISC */
/* The way to a file: every directory on it is there, whatever links lead through. */
#include "audited.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char top[64];

static int begin(void **state)
{
	(void)audited_begin(state);
	strcpy(top, "/tmp/orlop-unit-XXXXXX");
	return mkdtemp(top) ? 0 : -1;
}

static char const *path_of(char const *name)
{
	return arena_join(&bed.audit.arena, top, "/", name, NULL);
}

static int end(void **state)
{
	static char const *const names[] = { "d/e/file", "d/e",	  "d", "l/up",
					     "l/round",	 "l/abs", "l", "" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)remove(path_of(names[i]));
	return audited_end(state);
}

static void make(void)
{
	FILE *file;

	assert_int_equal(mkdir(path_of("d"), 0755), 0);
	assert_int_equal(mkdir(path_of("d/e"), 0755), 0);
	assert_int_equal(mkdir(path_of("l"), 0755), 0);
	file = fopen(path_of("d/e/file"), "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(symlink("../d/./e//file", path_of("l/up")), 0);
	assert_int_equal(symlink("round", path_of("l/round")), 0);
	assert_int_equal(symlink(path_of("d"), path_of("l/abs")), 0);
}

static bool has(struct audit_way const *way, char const *path)
{
	for (uint32_t i = 0; i < way->count; i++)
		if (!strcmp(bed.audit.spots[way->chain[i]].path, path))
			return true;
	return false;
}

static void a_directory_behind_a_link_is_forgotten(void **state)
{
	struct audit_way way;

	(void)state;
	make();
	assert_int_equal(audit_follow(&bed.audit, path_of("l/up"), &way), 0);
	assert_string_equal(way.path, path_of("d/e/file"));
	assert_true(has(&way, "/"));
	assert_true(has(&way, "/tmp"));
	assert_true(has(&way, path_of("l")));
	assert_true(has(&way, path_of("d")));
	assert_true(has(&way, path_of("d/e")));
	assert_string_equal(bed.audit.spots[way.chain[way.count - 1]].path, path_of("d/e/file"));
	assert_int_equal(audit_follow(&bed.audit, path_of("l/abs/e"), &way), 0);
	assert_string_equal(way.path, path_of("d/e"));
	assert_true(has(&way, path_of("l")));
}

static void a_loop_is_followed_for_ever(void **state)
{
	struct audit_way way;

	(void)state;
	make();
	assert_int_equal(audit_follow(&bed.audit, path_of("l/round"), &way), -ELOOP);
	assert_int_equal(audit_follow(&bed.audit, path_of("d/none"), &way), -ENOENT);
	assert_int_equal(audit_follow(&bed.audit, path_of("d/e/file/x"), &way), -ENOTDIR);
	assert_int_equal(audit_follow(&bed.audit, "relative", &way), -EINVAL);
	assert_int_equal(audit_follow(&bed.audit, "/", &way), 0);
	assert_string_equal(way.path, "/");
	assert_int_equal(audit_follow(&bed.audit, "/../..//", &way), 0);
	assert_string_equal(way.path, "/");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup_teardown(a_directory_behind_a_link_is_forgotten, begin, end),
		cmocka_unit_test_setup_teardown(a_loop_is_followed_for_ever, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
