/* SPDX-License-Identifier: ISC */
/*
 * A whole tree made right: each file by the rule that has it, directories after what is in them,
 * and, whatever call fails in between, finished by the next run.
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

enum {
	WEB = 33,
	OTHER = 1000,
	DEEP_WRITE = PLAN_RULE_WRITE | PLAN_RULE_RECURSIVE,
	DEEP_READ = PLAN_RULE_READ | PLAN_RULE_RECURSIVE,
};

char const *PROG = "lockdown_test";

/* The document goes nowhere: what counts is what happened to the files. */
static void be_quiet(void)
{
	int const null = open("/dev/null", O_WRONLY);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || close(null))
		abort();
}

/* The exit status; what was counted in `outcomes`. */
static int run(struct outcomes *outcomes, enum outcomes_mode mode)
{
	*outcomes = (struct outcomes){ .mode = mode, .json_wanted = true, .plan = &ruled };
	outcomes_begin(outcomes);
	outcomes->error = lockdown_run(outcomes);
	return outcomes_end(outcomes);
}

static int status_of(enum outcomes_mode mode)
{
	struct outcomes outcomes;

	return run(&outcomes, mode);
}

static bool is(char const *name, char const *state)
{
	return !strcmp(files_state(name), state);
}

/* What a developer's COPY leaves: everything his, and too open. */
static void make_tree(void)
{
	files_folder("app", OTHER, OTHER, 0777);
	files_file("app/index.php", OTHER, OTHER, 0666);
	files_file("app/private.php", OTHER, OTHER, 0600);
	files_folder("app/src", OTHER, OTHER, 0777);
	files_folder("app/var", OTHER, OTHER, 0777);
	files_folder("app/var/cache", 0, 0, 0777);
	files_file("app/var/cache/x", 0, 0, 0777);
	files_file("app/key", 0, 0, 0644);
}

static void remove_tree(void)
{
	char command[PATH_MAX + 16];

	snprintf(command, sizeof command, "rm -rf %s", files_path("app"));
	if (system(command))
		abort();
}

static void rule_tree(void)
{
	ruled_begin();
	ruled_add(files_path("app"), 0, DEEP_READ);
	ruled_add(files_path("app/key"), WEB, PLAN_RULE_SECRET)->file_mode = 0400;
	ruled_add(files_path("app/var"), WEB, DEEP_WRITE);
	ruled_add(files_path("app/new/deep"), WEB, DEEP_WRITE);
}

static bool tree_is_right(void)
{
	return is("app", "0:1000 0755") && is("app/index.php", "0:1000 0644") &&
	       is("app/private.php", "0:33 0640") && is("app/src", "0:1000 0755") &&
	       is("app/var", "33:33 0750") && is("app/var/cache", "33:33 0750") &&
	       is("app/var/cache/x", "33:33 0640") && is("app/key", "33:33 0400") &&
	       is("app/new", "0:0 0755") && is("app/new/deep", "33:33 0750");
}

static int plays_a_tree(void)
{
	struct outcomes outcomes;

	be_quiet();
	files_begin();
	make_tree();
	rule_tree();
	EXPECT(run(&outcomes, LOCKDOWN_CHECK) == 1);
	EXPECT(outcomes.changed == 9 && outcomes.refused + outcomes.failed == 0);
	EXPECT(run(&outcomes, LOCKDOWN_DRY_RUN) == 0 && outcomes.changed == 9);
	EXPECT(is("app", "1000:1000 0777") && is("app/var/cache/x", "0:0 0777"));
	EXPECT(faccessat(files_fd, "app/new", F_OK, 0) < 0);
	EXPECT(run(&outcomes, LOCKDOWN_APPLY) == 0);
	EXPECT(tree_is_right());
	EXPECT(run(&outcomes, LOCKDOWN_APPLY) == 0 && outcomes.changed == 0);
	EXPECT(run(&outcomes, LOCKDOWN_CHECK) == 0 && outcomes.changed == 0);
	EXPECT(outcomes.seen == 10);
	files_end();
	return 0;
}

static void each_file_by_its_rule(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_tree), 0);
}

static int plays_failures(void)
{
	static enum fake_call const calls[] = { FAKE_fchownat,	 FAKE_fchmodat2,  FAKE_openat2,
						FAKE_newfstatat, FAKE_getdents64, FAKE_mkdirat,
						FAKE_fstat };
	static int const errors[] = { ENOSPC, EIO, EROFS };

	be_quiet();
	files_begin();
	for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++)
		for (unsigned index = 1; index < 40; index++) {
			unsigned made;
			int status;

			make_tree();
			rule_tree();
			fake_reset();
			fake_fail(calls[c], index, 1, errors[index % 3]);
			status = status_of(LOCKDOWN_APPLY);
			made = fake_count(calls[c]);
			fake_reset();
			/* what failed is told, unless the paths of rules were only being located */
			EXPECT(status == 0 || status == 111);
			EXPECT(status == 111 || made < index || tree_is_right());
			EXPECT(status_of(LOCKDOWN_APPLY) == 0 && tree_is_right());
			remove_tree();
			if (made < index)
				break;
		}
	files_end();
	return 0;
}

static void a_failure_is_told_and_the_next_run_finishes(void **state)
{
	(void)state;
	assert_int_equal(play(plays_failures), 0);
}

static int plays_refusals(void)
{
	struct outcomes outcomes;

	be_quiet();
	files_begin();
	files_folder("top", 0, 0, 0755);
	files_file("victim", 0, 0, 0600);
	EXPECT(linkat(files_fd, "victim", files_fd, "top/planted", 0) == 0);
	EXPECT(symlinkat("../victim", files_fd, "top/link") == 0);
	EXPECT(mkfifoat(files_fd, "top/fifo", 0600) == 0);
	ruled_begin();
	ruled_add(files_path("top"), WEB, DEEP_WRITE);
	EXPECT(run(&outcomes, LOCKDOWN_CHECK) == 1 && outcomes.refused == 1);
	EXPECT(run(&outcomes, LOCKDOWN_APPLY) == 1);
	EXPECT(outcomes.refused == 1 && outcomes.changed == 1 && outcomes.failed == 0);
	EXPECT(is("victim", "0:0 0600") && is("top", "33:33 0750") && is("top/link", "0:0 0777"));
	/* a fifo is its maker's, unless a rule names it */
	EXPECT(is("top/fifo", "0:0 0600"));
	ruled_add(files_path("top/fifo"), WEB, PLAN_RULE_DECLARED)->file_mode = 0660;
	EXPECT(run(&outcomes, LOCKDOWN_APPLY) == 1 && is("top/fifo", "33:33 0660"));
	files_end();
	return 0;
}

static int plays_missing(void)
{
	struct outcomes outcomes;

	be_quiet();
	files_begin();
	ruled_begin();
	ruled_add(files_path("maybe"), WEB, DEEP_WRITE | PLAN_RULE_MAY_MISS);
	ruled_add(files_path("secret"), WEB, PLAN_RULE_SECRET | PLAN_RULE_MAY_MISS);
	EXPECT(run(&outcomes, LOCKDOWN_APPLY) == 0 && outcomes.changed == 0);
	EXPECT(faccessat(files_fd, "maybe", F_OK, 0) < 0);
	ruled_add(files_path("code"), 0, DEEP_READ);
	EXPECT(run(&outcomes, LOCKDOWN_APPLY) == 1 && outcomes.refused == 1);
	files_end();
	return 0;
}

static int plays_unsafe_parents(void)
{
	struct outcomes outcomes;

	be_quiet();
	files_begin();
	files_folder("home", OTHER, OTHER, 0755);
	files_folder("home/var", OTHER, OTHER, 0755);
	ruled_begin();
	ruled_add(files_path("home/var"), WEB, DEEP_WRITE);
	EXPECT(run(&outcomes, LOCKDOWN_APPLY) == 1 && outcomes.refused > 0);
	EXPECT(is("home/var", "1000:1000 0755"));
	/* and not when a rule gives the directory above to somebody else for good */
	ruled_add(files_path("home"), OTHER, DEEP_WRITE);
	EXPECT(run(&outcomes, LOCKDOWN_CHECK) == 1 && outcomes.refused > 0);
	/* one that is about to be the same service's is no danger */
	ruled.rules[1].uid = ruled.rules[1].gid = WEB;
	EXPECT(run(&outcomes, LOCKDOWN_APPLY) == 0 && outcomes.refused == 0);
	EXPECT(is("home/var", "33:33 0750") && is("home", "33:33 0750"));
	files_end();
	return 0;
}

static void what_cannot_be_done_safely_is_refused(void **state)
{
	(void)state;
	assert_int_equal(play(plays_refusals), 0);
	assert_int_equal(play(plays_missing), 0);
	assert_int_equal(play(plays_unsafe_parents), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(each_file_by_its_rule),
		cmocka_unit_test(a_failure_is_told_and_the_next_run_finishes),
		cmocka_unit_test(what_cannot_be_done_safely_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
