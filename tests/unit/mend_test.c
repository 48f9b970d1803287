/* SPDX-License-Identifier: ISC */
/*
 * Owners and modes: a wrong idea of what is right would open a file to somebody, or be mended
 * again at each start. Needs root, as chown does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mending.h"

#include <linux/capability.h>
#include <sys/xattr.h>

struct wish {
	struct plan_rule const *rule;
	mode_t type;
	struct mend_state before;
	struct mend_state after;
};

static struct wish const wishes[] = {
	/* `write`: the owner's r and w are there, and nothing beyond the limit */
	{ &write_rule, S_IFREG, { WEB, WEB, 0640, false }, { WEB, WEB, 0640, false } },
	{ &write_rule, S_IFREG, { WEB, WEB, 0600, false }, { WEB, WEB, 0600, false } },
	{ &write_rule, S_IFREG, { WEB, WEB, 0400, false }, { WEB, WEB, 0600, false } },
	{ &write_rule, S_IFREG, { WEB, WEB, 0000, false }, { WEB, WEB, 0600, false } },
	{ &write_rule, S_IFREG, { WEB, WEB, 06755, false }, { WEB, WEB, 0640, false } },
	{ &write_rule, S_IFREG, { 0, WEB, 0640, false }, { WEB, WEB, 0640, false } },
	{ &write_rule, S_IFREG, { WEB, 0, 0640, false }, { WEB, WEB, 0640, false } },
	{ &write_rule, S_IFDIR, { WEB, WEB, 0700, false }, { WEB, WEB, 0700, false } },
	{ &write_rule, S_IFDIR, { WEB, WEB, 03777, false }, { WEB, WEB, 0750, false } },
	/* `read`: root's, nobody else writes, whoever could read still can */
	{ &read_rule, S_IFREG, { 0, 0, 0644, false }, { 0, 0, 0644, false } },
	{ &read_rule, S_IFREG, { 0, 50, 0755, false }, { 0, 50, 0755, false } },
	{ &read_rule, S_IFREG, { 0, 50, 06775, false }, { 0, 50, 0755, false } },
	{ &read_rule, S_IFREG, { OTHER, OTHER, 0666, false }, { 0, OTHER, 0644, false } },
	{ &read_rule, S_IFREG, { OTHER, OTHER, 0600, false }, { 0, WEB, 0640, false } },
	{ &read_rule, S_IFREG, { OTHER, OTHER, 0700, false }, { 0, WEB, 0750, false } },
	{ &read_rule, S_IFREG, { OTHER, OTHER, 0660, false }, { 0, WEB, 0640, false } },
	{ &read_rule, S_IFDIR, { OTHER, OTHER, 0700, false }, { 0, WEB, 0750, false } },
	{ &read_rule, S_IFDIR, { OTHER, OTHER, 02777, false }, { 0, OTHER, 02755, false } },
	/* root's own key was never the service's to read */
	{ &read_rule, S_IFREG, { 0, 0, 0600, false }, { 0, 0, 0600, false } },
	{ &read_rule, S_IFREG, { 0, 42, 0660, false }, { 0, 42, 0640, false } },
	{ &read_rule, S_IFDIR, { 0, 0, 0700, false }, { 0, 0, 0700, false } },
	{ &shared_rule, S_IFREG, { OTHER, 42, 0660, false }, { 0, 42, 0640, false } },
	{ &secret_rule, S_IFREG, { WEB, WEB, 0400, false }, { WEB, WEB, 0400, false } },
	{ &secret_rule, S_IFREG, { WEB, WEB, 0200, false }, { WEB, WEB, 0400, false } },
	{ &secret_rule, S_IFREG, { 0, 0, 0444, false }, { WEB, WEB, 0400, false } },
	/* [files]: exactly so */
	{ &modes_rule, S_IFREG, { WEB, 0, 0600, false }, { WEB, 0, 0664, false } },
	{ &modes_rule, S_IFDIR, { WEB, 0, 0770, false }, { WEB, 0, 02770, false } },
	{ &owner_rule, S_IFREG, { 0, 7, 06755, false }, { WEB, 7, 0755, false } },
	{ &owner_rule, S_IFDIR, { 0, 7, 02775, false }, { WEB, 7, 02775, false } },
	/* not below a path: a socket there is its maker's affair */
	{ &write_rule, S_IFSOCK, { 0, 0, 0777, false }, { 0, 0, 0777, false } },
	{ &write_rule, S_IFLNK, { 0, 0, 0777, false }, { 0, 0, 0777, false } },
};

static void what_is_right_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
		struct wish const *const wish = &wishes[i];
		struct stat const status = { .st_mode = wish->type | wish->before.mode,
					     .st_uid = wish->before.uid,
					     .st_gid = wish->before.gid };
		bool const same = wish->before.uid == wish->after.uid &&
				  wish->before.gid == wish->after.gid &&
				  wish->before.mode == wish->after.mode;
		struct mend_change change;
		bool const wrong = mend_wanted(wish->rule, &status, false, &change);

		if (wrong == same || change.after.uid != wish->after.uid ||
		    change.after.gid != wish->after.gid || change.after.mode != wish->after.mode)
			fail_msg("row %zu: %u:%u %04o", i, change.after.uid, change.after.gid,
				 change.after.mode);
	}
}

/* What is right once must be right for ever, or each start writes again. */
static void what_was_mended_is_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
		struct wish const *const wish = &wishes[i];
		struct stat const status = { .st_mode = wish->type | wish->after.mode,
					     .st_uid = wish->after.uid,
					     .st_gid = wish->after.gid };
		struct mend_change change;

		assert_false(mend_wanted(wish->rule, &status, false, &change));
	}
}

static unsigned writes(void)
{
	return fake_count(FAKE_fchmod) + fake_count(FAKE_fchmodat) + fake_count(FAKE_fchmodat2) +
	       fake_count(FAKE_fchownat) + fake_count(FAKE_fchown) + fake_count(FAKE_fremovexattr);
}

static unsigned opens(void)
{
	return fake_count(FAKE_openat) + fake_count(FAKE_openat2);
}

static int plays_what_is_right(void)
{
	files_begin();
	files_file("right", WEB, WEB, 0640);
	files_file("wrong", 0, 0, 0666);
	EXPECT(mend("right", &write_rule, true) == 0);
	EXPECT(writes() == 0 && opens() == 0);
	EXPECT(mend("wrong", &write_rule, false) == 1);
	EXPECT(writes() == 0 && opens() == 0);
	EXPECT(!strcmp(files_state("wrong"), "0:0 0666"));
	EXPECT(mend("wrong", &write_rule, true) == 1);
	EXPECT(!strcmp(files_state("wrong"), "33:33 0640"));
	EXPECT(mend("wrong", &write_rule, true) == 0);
	files_end();
	return 0;
}

static void what_is_right_is_not_even_opened(void **state)
{
	(void)state;
	assert_int_equal(play(plays_what_is_right), 0);
}

static int add_capability(char const *name)
{
	struct vfs_cap_data const data = { .magic_etc = VFS_CAP_REVISION_2,
					   .data = { { .permitted = 1u << CAP_NET_RAW } } };

	return setxattr(files_path(name), "security.capability", &data, sizeof data, 0);
}

static bool has_capability(char const *name)
{
	return getxattr(files_path(name), "security.capability", NULL, 0) >= 0;
}

static int plays_capabilities(void)
{
	struct stat status;
	struct mend_change change;

	files_begin();
	files_file("ping", 0, 0, 0755);
	if (add_capability("ping")) {
		files_end();
		return 0; /* a file system without them has none to take away */
	}
	status = files_stat("ping");
	EXPECT(mend_file(files_fd, "ping", &status, &read_rule, false, false, &change) == 1);
	EXPECT(change.before.capabilities && !change.after.capabilities);
	EXPECT(has_capability("ping"));
	EXPECT(mend("ping", &read_rule, true) == 1);
	EXPECT(!has_capability("ping") && !strcmp(files_state("ping"), "0:0 0755"));
	EXPECT(mend("ping", &read_rule, true) == 0);
	files_file("given", 0, 0, 0755);
	EXPECT(add_capability("given") == 0);
	EXPECT(mend("given", &owner_rule, true) == 1);
	EXPECT(!has_capability("given") && !strcmp(files_state("given"), "33:0 0755"));
	files_end();
	return 0;
}

static void capabilities_of_files_go(void **state)
{
	(void)state;
	assert_int_equal(play(plays_capabilities), 0);
}

static int expect_mended(void)
{
	files_file("file", 0, 0, 0666);
	EXPECT(mend("file", &write_rule, true) == 1);
	EXPECT(!strcmp(files_state("file"), "33:33 0640"));
	EXPECT(unlinkat(files_fd, "file", 0) == 0);
	return 0;
}

static int plays_old_kernels(void)
{
	files_begin();
	fake_fail(FAKE_openat2, 1, UINT32_MAX, ENOSYS);
	EXPECT(expect_mended() == 0 && fake_count(FAKE_openat) > 0);
	EXPECT(expect_mended() == 0 && fake_count(FAKE_openat2) == 1); /* the answer is kept */
	fake_fail(FAKE_fchmodat2, 1, UINT32_MAX, ENOSYS);
	EXPECT(expect_mended() == 0 && fake_count(FAKE_fchmodat) > 0);
	fake_fail(FAKE_fchmodat, 1, UINT32_MAX, ENOENT); /* no /proc */
	EXPECT(expect_mended() == 0 && fake_count(FAKE_fchmod) > 0);
	files_end();
	return 0;
}

static int plays_old_profiles(void)
{
	files_begin();
	fake_fail(FAKE_openat2, 1, UINT32_MAX, EPERM);
	fake_fail(FAKE_fchmodat2, 1, UINT32_MAX, EPERM);
	EXPECT(expect_mended() == 0);
	EXPECT(fake_count(FAKE_openat) > 0 && fake_count(FAKE_fchmodat) > 0);
	/* without openat2 a link in the place is not followed either */
	files_file("victim", 0, 0, 0600);
	files_file("file", OTHER, OTHER, 0644);
	EXPECT(symlinkat("victim", files_fd, "link") == 0);
	fake_hook(FAKE_openat, swap_in, "link");
	EXPECT(mend("file", &write_rule, true) == -MEND_CHANGED);
	EXPECT(!strcmp(files_state("victim"), "0:0 0600"));
	files_end();
	return 0;
}

static void what_is_not_here_is_done_without(void **state)
{
	(void)state;
	assert_int_equal(play(plays_old_kernels), 0);
	assert_int_equal(play(plays_old_profiles), 0);
}

static int plays_tops(void)
{
	struct mend_change change;
	char const *reason = NULL;

	files_begin();
	files_folder("var", 0, 0, 0755);
	files_file("var/file", 0, 0, 0644);
	EXPECT(mend_top(&write_rule, files_path("none"), true, &change, &reason) == -ENOENT);
	EXPECT(*reason);
	EXPECT(mend_top(&write_rule, files_path("var"), false, &change, &reason) == 1);
	EXPECT(mend_top(&write_rule, files_path("var"), true, &change, &reason) == 1);
	EXPECT(!strcmp(files_state("var"), "33:33 0750"));
	EXPECT(!strcmp(files_state("var/file"), "0:0 0644")); /* nothing below */
	EXPECT(mend_top(&write_rule, files_path("var"), true, &change, &reason) == 0);
	EXPECT(mend_top(&secret_rule, files_path("var"), true, &change, &reason) == -MEND_TYPE);
	/* whoever may replace it could have something else given away */
	EXPECT(fchown(files_fd, OTHER, OTHER) == 0);
	EXPECT(mend_top(&write_rule, files_path("var"), true, &change, &reason) == 0);
	files_own("var", 0, 0, 0755);
	EXPECT(mend_top(&write_rule, files_path("var"), true, &change, &reason) == -MEND_UNSAFE);
	EXPECT(!strcmp(files_state("var"), "0:0 0755"));
	files_end();
	return 0;
}

static void the_top_alone(void **state)
{
	(void)state;
	assert_int_equal(play(plays_tops), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(what_is_right_is_known),
		cmocka_unit_test(what_was_mended_is_right),
		cmocka_unit_test(what_is_right_is_not_even_opened),
		cmocka_unit_test(capabilities_of_files_go),
		cmocka_unit_test(what_is_not_here_is_done_without),
		cmocka_unit_test(the_top_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
