/* SPDX-License-Identifier: ISC */
/*
 * A change that fails in the middle, and files that are not what they seem: nobody may have more
 * than before or after, nothing may be given away that the rule does not mean, and the next run
 * must finish. Needs root, as chown does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mending.h"

/* More for others than before and after; or anything beyond what is wanted, for a new owner. */
static bool has_more(struct stat const *now, struct stat const *before,
		     struct plan_rule const *rule)
{
	bool const given = now->st_uid != before->st_uid || now->st_gid != before->st_gid;
	struct mend_change change;

	(void)mend_wanted(rule, before, false, &change);
	return now->st_mode & 07 & ~(before->st_mode | change.after.mode) ||
	       (given && now->st_mode & 07777 & ~change.after.mode);
}

static enum fake_call const calls[] = { FAKE_openat2,	FAKE_fstat,	FAKE_openat,
					FAKE_fchmodat2, FAKE_fchmodat,	FAKE_fchmod,
					FAKE_fchownat,	FAKE_fgetxattr, FAKE_fremovexattr };

static int fail_each(struct plan_rule const *rule, unsigned uid, unsigned gid, unsigned mode,
		     char const *wanted)
{
	static int const errors[] = { EIO, ENOSPC, EROFS };

	for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++)
		for (unsigned index = 1; index < 6; index++) {
			struct stat before;
			struct stat now;

			files_file("file", uid, gid, mode);
			before = files_stat("file");
			fake_reset();
			fake_fail(calls[c], index, 1, errors[index % 3]);
			(void)mend("file", rule, true);
			now = files_stat("file");
			EXPECT(!has_more(&now, &before, rule));
			fake_reset();
			EXPECT(mend("file", rule, true) >= 0);
			if (strcmp(files_state("file"), wanted))
				return 10000 + (int)(c * 10 + index);
			unlinkat(files_fd, "file", 0);
		}
	return 0;
}

static int plays_failures(void)
{
	int line;

	files_begin();
	line = fail_each(&write_rule, 0, 0, 06777, "33:33 0640");
	if (line == 0)
		line = fail_each(&write_rule, OTHER, OTHER, 0400, "33:33 0600");
	if (line == 0)
		line = fail_each(&read_rule, OTHER, OTHER, 0700, "0:33 0750");
	if (line == 0)
		line = fail_each(&modes_rule, OTHER, OTHER, 04711, "33:0 0664");
	files_end();
	return line;
}

static void a_change_cut_short_gives_nothing_and_is_finished(void **state)
{
	(void)state;
	assert_int_equal(play(plays_failures), 0);
}

static int plays_hard_links(void)
{
	files_begin();
	files_file("theirs", 0, 0, 0600);
	files_file("own", WEB, WEB, 0666);
	EXPECT(linkat(files_fd, "theirs", files_fd, "planted", 0) == 0);
	EXPECT(linkat(files_fd, "own", files_fd, "twice", 0) == 0);
	EXPECT(mend("planted", &write_rule, false) == -MEND_HARD_LINK);
	EXPECT(mend("planted", &write_rule, true) == -MEND_HARD_LINK);
	EXPECT(!strcmp(files_state("theirs"), "0:0 0600"));
	/* what is the wanted owner's already may be any number of times */
	EXPECT(mend("twice", &write_rule, true) == 1);
	EXPECT(!strcmp(files_state("own"), "33:33 0640"));
	files_end();
	return 0;
}

/* With root as the wanted owner, every file of the system is the wanted owner's already. */
static int plays_roots_hard_links(void)
{
	struct plan_rule const root_rule = { .uid = 0,
					     .gid = WEB,
					     .file_mode = 0660,
					     .directory_mode = 0770,
					     .flags = PLAN_RULE_DECLARED | PLAN_RULE_RECURSIVE };

	files_begin();
	files_file("shadow", 0, 42, 0640);
	EXPECT(linkat(files_fd, "shadow", files_fd, "planted", 0) == 0);
	EXPECT(mend("planted", &root_rule, true) == -MEND_HARD_LINK);
	EXPECT(!strcmp(files_state("shadow"), "0:42 0640"));
	/* taking away alone does no harm */
	files_own("shadow", 0, 42, 0666);
	EXPECT(mend("planted", &read_rule, true) == 1);
	EXPECT(!strcmp(files_state("shadow"), "0:42 0644"));
	files_end();
	return 0;
}

static void a_hard_link_is_refused(void **state)
{
	(void)state;
	assert_int_equal(play(plays_hard_links), 0);
	assert_int_equal(play(plays_roots_hard_links), 0);
}

static int plays_a_swap(void)
{
	files_begin();
	files_file("file", OTHER, OTHER, 0644);
	files_file("victim", 0, 0, 0600);
	fake_hook(FAKE_openat2, swap_in, "victim");
	EXPECT(mend("file", &write_rule, true) == -MEND_CHANGED);
	EXPECT(!strcmp(files_state("file"), "0:0 0600"));
	fake_reset();

	files_file("victim", 0, 0, 0600);
	EXPECT(symlinkat("victim", files_fd, "link") == 0);
	files_own("file", OTHER, OTHER, 0644);
	fake_hook(FAKE_openat2, swap_in, "link");
	EXPECT(mend("file", &write_rule, true) == -MEND_CHANGED);
	EXPECT(!strcmp(files_state("victim"), "0:0 0600"));
	files_end();
	return 0;
}

/* And once more, before the last look. */
static bool plant_again(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)value;
	(void)unlinkat(files_fd, "file", 0);
	(void)linkat(files_fd, context, files_fd, "file", 0);
	return false;
}

/* The link goes during the first look, and between the open and the second: one name each time. */
static int plays_a_link_that_goes(void)
{
	struct mend_change change;
	struct stat seen;

	files_begin();
	files_file("victim", 0, 0, 0600);
	files_file("own", OTHER, OTHER, 0644);
	EXPECT(linkat(files_fd, "victim", files_fd, "file", 0) == 0);
	seen = files_stat("file");
	seen.st_nlink = 1;
	fake_hook(FAKE_fstat, swap_in, "own");
	EXPECT(mend_file(files_fd, "file", &seen, &write_rule, false, true, &change) ==
	       -MEND_CHANGED);
	EXPECT(!strcmp(files_state("victim"), "0:0 0600"));

	files_file("own", OTHER, OTHER, 0644);
	EXPECT(unlinkat(files_fd, "file", 0) == 0);
	EXPECT(linkat(files_fd, "victim", files_fd, "file", 0) == 0);
	fake_hook(FAKE_newfstatat, plant_again, "victim");
	EXPECT(mend_file(files_fd, "file", &seen, &write_rule, false, true, &change) ==
	       -MEND_HARD_LINK);
	EXPECT(!strcmp(files_state("victim"), "0:0 0600"));
	files_end();
	return 0;
}

/* What rename(2) looks like from outside: the file has one name, and at its end another one. */
static bool finish_rename(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)value;
	(void)linkat(files_fd, "file", files_fd, context, 0);
	(void)renameat(files_fd, "own", files_fd, "file");
	return false;
}

static int plays_a_rename_under_way(void)
{
	files_begin();
	files_file("file", 0, 0, 0600);
	files_file("own", OTHER, OTHER, 0644);
	fake_hook(FAKE_faccessat, finish_rename, "victim");
	EXPECT(mend("file", &write_rule, true) == -MEND_CHANGED);
	EXPECT(!strcmp(files_state("victim"), "0:0 0600"));
	files_end();
	return 0;
}

static void what_was_swapped_is_refused(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_swap), 0);
	assert_int_equal(play(plays_a_link_that_goes), 0);
	assert_int_equal(play(plays_a_rename_under_way), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_change_cut_short_gives_nothing_and_is_finished),
		cmocka_unit_test(a_hard_link_is_refused),
		cmocka_unit_test(what_was_swapped_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
