/* SPDX-License-Identifier: ISC */
/*
 * A secret below a directory that somebody else may read must not be among what is allowed, by
 * whatever name it is reached, and everything beside it must stay.
 */
#include "declared.h"

static void compile(char const *reads)
{
	declared_file("services/db.ini",
		      arena_join(&bed.arena, "command = sleep 1\nuser = 7\n",
				 "secret = PW:", declared_path("d/e/key"), "\n", NULL));
	declared_file("services/web.ini", arena_join(&bed.arena, "command = sleep 1\nuser = 8\n",
						     "read = ", reads, "\n", NULL));
	if (declared_compile() < 0)
		fail_msg("%s", declared_report());
}

static void make_tree(void)
{
	declared_mkdir("d");
	declared_mkdir("d/e");
	declared_mkdir("d/f");
	declared_file("d/e/key", "secret");
	declared_file("d/e/other", "");
	declared_file("d/keys", "");
}

static uint32_t rights(char const *path)
{
	return declared_rights(declared_slot("web"), declared_path(path));
}

static void test_a_directory_becomes_its_entries(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(symlink("/etc", declared_path("d/link")), 0);
	compile(declared_path("d"));
	assert_int_equal(rights("d"), 0);
	assert_int_equal(rights("d/e"), 0);
	assert_int_equal(rights("d/e/key"), 0);
	assert_int_equal(rights("d/e/other"), PLAN_READ | PLAN_MAY_MISS);
	assert_int_equal(rights("d/f"), PLAN_READ | PLAN_MAY_MISS);
	assert_int_equal(rights("d/keys"), PLAN_READ | PLAN_MAY_MISS);
	/* Its target would be allowed, which nobody asked for. */
	assert_int_equal(rights("d/link"), 0);
}

static void test_a_million_files_beside_a_secret(void **state)
{
	char name[32];

	(void)state;
	make_tree();
	for (int i = 0; i < 4100; i++) {
		(void)snprintf(name, sizeof name, "d/e/%d", i);
		assert_int_equal(mknod(declared_path(name), S_IFREG | 0644, 0), 0);
	}
	declared_file("services/db.ini",
		      arena_join(&bed.arena, "command = sleep 1\nuser = 7\n",
				 "secret = PW:", declared_path("d/e/key"), "\n", NULL));
	declared_file("services/web.ini", arena_join(&bed.arena, "command = sleep 1\nuser = 8\n",
						     "read = ", declared_path("d"), "\n", NULL));
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("web.ini:3: found 41");
	declared_fault("expected at most 4096; secrets in a directory of their own");
}

static void test_what_is_beside_stays_whole(void **state)
{
	(void)state;
	make_tree();
	compile(declared_path("d/f"));
	assert_int_equal(rights("d/f"), PLAN_READ);
}

/* A link to the directory, or one on the way, leads to the same file. */
static void test_by_another_name(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(symlink("d", declared_path("l")), 0);
	compile(declared_path("l"));
	assert_int_equal(rights("l"), 0);
	assert_int_equal(rights("d/e/other"), PLAN_READ | PLAN_MAY_MISS);
	assert_int_equal(rights("d/e/key"), 0);
}

static void test_the_secret_is_a_link(void **state)
{
	(void)state;
	make_tree();
	declared_mkdir("real");
	declared_file("real/key", "secret");
	assert_int_equal(unlink(declared_path("d/e/key")), 0);
	assert_int_equal(symlink("../../real/key", declared_path("d/e/key")), 0);
	compile(declared_path("real"));
	assert_int_equal(rights("real"), 0);
	assert_int_equal(rights("real/key"), 0);
}

static void test_a_secret_of_both(void **state)
{
	(void)state;
	make_tree();
	declared_file("services/db.ini",
		      arena_join(&bed.arena,
				 "command = sleep 1\nuser = 7\nread = ", declared_path("d"),
				 "\nsecret = PW:", declared_path("d/e/key"), "\n", NULL));
	assert_int_equal(declared_compile(), 0);
	assert_int_equal(declared_rights(declared_slot("db"), declared_path("d")), PLAN_READ);
}

static void test_to_ask_for_it_is_a_fault(void **state)
{
	(void)state;
	make_tree();
	declared_file("services/db.ini", arena_join(&bed.arena, "command = sleep 1\nsecret = PW:",
						    declared_path("d/e/key"), "\n", NULL));
	declared_file("services/web.ini", arena_join(&bed.arena, "command = sleep 1\nread = ",
						     declared_path("d/e/key"), "\n", NULL));
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("web.ini:2: read: found");
	declared_fault("expected a path that is not the secret of db");
}

/* Without another uid only the file cage hides it. */
static void test_who_can_still_read_it_is_told(void **state)
{
	(void)state;
	make_tree();
	bed.host.can_change_ids = false;
	declared_file("services/open.ini", "command = sleep 1\n");
	compile(declared_path("d/f"));
	assert_true(declared_notice("shared uid: open can read the secret files of other"));
	assert_true(declared_notice("shared uid: db and 1 more can change the oom score of other"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_directory_becomes_its_entries),
		DECLARED(test_a_million_files_beside_a_secret),
		DECLARED(test_what_is_beside_stays_whole),
		DECLARED(test_by_another_name),
		DECLARED(test_the_secret_is_a_link),
		DECLARED(test_a_secret_of_both),
		DECLARED(test_to_ask_for_it_is_a_fault),
		DECLARED(test_who_can_still_read_it_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
