/* SPDX-License-Identifier: ISC */
/*
 * The quick look by two processes: a wrong file that neither of them sees would stay wrong, and
 * what cannot be looked at must not pass for right.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "files.h"
#include "lockdown/lockdown.h"
#include "play.h"
#include "ruled.h"

#include <errno.h>

enum { WEB = 33, FOLDERS = 9, FILES = 3, ALL = FOLDERS * (FILES + 1) + 3 };

char const *PROG = "halves_test";

static uint64_t seen;

static bool is_right(void)
{
	struct outcomes outcomes = { .mode = LOCKDOWN_CHECK, .plan = &ruled };
	struct lockdown lockdown = { .outcomes = &outcomes };
	bool right;

	if (rules_load(&lockdown.rules, &ruled, NULL, NULL))
		abort();
	right = lockdown_is_right(&lockdown);
	rules_free(&lockdown.rules);
	seen = outcomes.seen;
	return right;
}

static char const *file_name(int folder, int file)
{
	static char name[64];

	if (file < 0)
		snprintf(name, sizeof name, "top/d%d", folder);
	else
		snprintf(name, sizeof name, "top/d%d/%d", folder, file);
	return name;
}

static void make_tree(void)
{
	files_begin();
	files_folder("top", WEB, WEB, 0750);
	files_file("top/alone", WEB, WEB, 0600);
	files_file("key", WEB, WEB, 0400);
	for (int d = 0; d < FOLDERS; d++) {
		files_folder(file_name(d, -1), WEB, WEB, 0750);
		for (int f = 0; f < FILES; f++)
			files_file(file_name(d, f), WEB, WEB, 0640);
	}
	ruled_begin();
	ruled_add(files_path("top"), WEB, PLAN_RULE_WRITE | PLAN_RULE_RECURSIVE);
	ruled_add(files_path("top/alone"), WEB, PLAN_RULE_DECLARED)->file_mode = 0600;
	ruled_add(files_path("key"), WEB, PLAN_RULE_SECRET)->file_mode = 0400;
}

static int plays_each_wrong(void)
{
	make_tree();
	EXPECT(is_right() && seen == ALL);
	for (int d = 0; d < FOLDERS; d++)
		for (int f = -1; f < FILES; f++) {
			char const *const name = file_name(d, f);
			unsigned const mode = f < 0 ? 0750 : 0640;

			files_own(name, WEB, WEB, mode | 1);
			EXPECT(!is_right());
			files_own(name, WEB, WEB, mode);
		}
	files_own("top", WEB, WEB, 0755);
	EXPECT(!is_right());
	files_own("top", WEB, WEB, 0750);
	files_own("top/alone", WEB, WEB, 0640);
	EXPECT(!is_right());
	files_own("top/alone", WEB, WEB, 0600);
	files_own("key", WEB, WEB, 0600);
	EXPECT(!is_right());
	files_own("key", WEB, WEB, 0400);
	EXPECT(is_right());
	files_end();
	return 0;
}

static void one_wrong_file_is_seen_wherever_it_is(void **state)
{
	(void)state;
	assert_int_equal(play(plays_each_wrong), 0);
}

/* When the child is through, the parent finds the same directory with another inode number. */
static bool renumber(enum fake_call call, long *value, void *context)
{
	pid_t *const parent = context;
	siginfo_t info;

	(void)call;
	(void)value;
	if (getpid() != *parent)
		return false;
	*parent = 0;
	if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) ||
	    renameat(files_fd, "top/d", files_fd, "old"))
		abort();
	files_folder("top/d", WEB, WEB, 0750);
	files_file("top/d/wrong", WEB, WEB, 0641);
	return false;
}

static int plays_inode_numbers(void)
{
	files_begin();
	files_folder("top", WEB, WEB, 0750);
	ruled_begin();
	ruled_add(files_path("top"), WEB, PLAN_RULE_WRITE | PLAN_RULE_RECURSIVE);
	for (int i = 0; i < 30; i++) {
		pid_t parent = getpid();

		files_folder("top/d", WEB, WEB, 0750);
		files_file("top/d/wrong", WEB, WEB, 0641);
		fake_hook(FAKE_getdents64, renumber, &parent);
		EXPECT(!is_right());
		fake_reset();
		EXPECT(unlinkat(files_fd, "top/d/wrong", 0) == 0);
		EXPECT(unlinkat(files_fd, "top/d", AT_REMOVEDIR) == 0);
		EXPECT(unlinkat(files_fd, "old/wrong", 0) == 0);
		EXPECT(unlinkat(files_fd, "old", AT_REMOVEDIR) == 0);
	}
	files_end();
	return 0;
}

static void inode_numbers_may_change(void **state)
{
	(void)state;
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip(); /* one process has no halves */
	assert_int_equal(play(plays_inode_numbers), 0);
}

static int plays_rules_for_files(void)
{
	files_begin();
	files_file("one", WEB, WEB, 0640);
	ruled_begin();
	ruled_add(files_path("one"), WEB, PLAN_RULE_WRITE | PLAN_RULE_RECURSIVE);
	EXPECT(is_right() && seen == 1);
	files_own("one", WEB, WEB, 0660);
	EXPECT(!is_right());
	ruled_add(files_path("two"), WEB, PLAN_RULE_WRITE | PLAN_RULE_RECURSIVE);
	files_own("one", WEB, WEB, 0640);
	EXPECT(!is_right()); /* it is to be made */
	ruled.rules[1].flags |= PLAN_RULE_MAY_MISS;
	EXPECT(is_right());
	files_end();
	return 0;
}

static void paths_that_are_files_or_missing(void **state)
{
	(void)state;
	assert_int_equal(play(plays_rules_for_files), 0);
}

static int plays_failures(void)
{
	static enum fake_call const calls[] = { FAKE_newfstatat, FAKE_openat2, FAKE_getdents64,
						FAKE_fstat };

	make_tree();
	for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++) {
		fake_reset();
		/* rules are being located first, which makes none of these calls fail */
		fake_fail(calls[c], 12, UINT32_MAX, EIO);
		EXPECT(!is_right());
	}
	fake_reset();
	fake_fail(FAKE_fork, 1, 1, EAGAIN);
	EXPECT(!is_right());
	fake_reset();
	fake_fail(FAKE_mmap, 1, 1, ENOMEM);
	EXPECT(!is_right());
	files_end();
	return 0;
}

static void what_cannot_be_seen_is_not_right(void **state)
{
	(void)state;
	assert_int_equal(play(plays_failures), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(one_wrong_file_is_seen_wherever_it_is),
		cmocka_unit_test(inode_numbers_may_change),
		cmocka_unit_test(paths_that_are_files_or_missing),
		cmocka_unit_test(what_cannot_be_seen_is_not_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
