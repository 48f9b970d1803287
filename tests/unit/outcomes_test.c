/* SPDX-License-Identifier: ISC */
/* The exit status is what a build stops at, and the lines are what its maker reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "files.h"
#include "lockdown/outcomes.h"
#include "play.h"
#include "ruled.h"

char const *PROG = "orlop";

enum { WEB = 33 };

static struct mend_change const change = { .before = { 1234567, 0, 04755, true },
					   .after = { 0, 7654321, 0755, false } };

/* Ends `outcomes` with its standard output in the file `out`: the status. */
static int end_in_file(struct outcomes *outcomes)
{
	int const fd = openat(files_fd, "out", O_CREAT | O_TRUNC | O_RDWR, 0600);
	int const kept = dup(STDOUT_FILENO);
	int status;

	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		abort();
	status = outcomes_end(outcomes);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	close(fd);
	return status;
}

static char const *out(void)
{
	static char content[4096];
	int const fd = openat(files_fd, "out", O_RDONLY);
	ssize_t const size = read(fd, content, sizeof content - 1);

	close(fd);
	content[size > 0 ? size : 0] = '\0';
	return content;
}

static int status_of(enum outcomes_mode mode, uint64_t changed, uint64_t refused, uint64_t failed)
{
	struct outcomes outcomes = { .mode = mode,
				     .plan = &ruled,
				     .changed = changed,
				     .refused = refused,
				     .failed = failed };

	outcomes_begin(&outcomes);
	return end_in_file(&outcomes);
}

static void the_exit_status(void **state)
{
	(void)state;
	files_begin();
	assert_int_equal(status_of(LOCKDOWN_APPLY, 0, 0, 0), 0);
	assert_int_equal(status_of(LOCKDOWN_APPLY, 5, 0, 0), 0);
	assert_int_equal(status_of(LOCKDOWN_CHECK, 0, 0, 0), 0);
	assert_int_equal(status_of(LOCKDOWN_CHECK, 5, 0, 0), 1);
	assert_int_equal(status_of(LOCKDOWN_DRY_RUN, 5, 0, 0), 0);
	assert_int_equal(status_of(LOCKDOWN_DRY_RUN, 5, 1, 0), 1);
	assert_int_equal(status_of(LOCKDOWN_APPLY, 0, 1, 0), 1);
	assert_int_equal(status_of(LOCKDOWN_APPLY, 0, 1, 1), 111);
	assert_int_equal(status_of(LOCKDOWN_CHECK, 1, 0, 1), 111);
	files_end();
}

static void the_lines(void **state)
{
	struct outcomes outcomes = { .lines = true, .plan = &ruled, .seen = 1 };
	struct plan_rule declared = { .flags = PLAN_RULE_DECLARED, .slot = PLAN_NONE, .line = 7 };

	(void)state;
	files_begin();
	ruled_begin();
	outcomes_begin(&outcomes);
	outcomes_change(&outcomes, "/a\n\033b", ruled_add("/a", WEB, PLAN_RULE_READ), &change,
			false);
	outcomes_change(&outcomes, "/c", &declared, &change, true);
	assert_int_equal(end_in_file(&outcomes), 0);
	assert_string_equal(out(),
			    "/a??b: 1234567:root 4755 with file capabilities -> root:7654321 0755 "
			    "(read of web)\n"
			    "/c: missing -> root:7654321 0755 ([files] in line 7 of orlop.ini)\n"
			    "1 file looked at, 2 changed\n");
	files_end();
}

static void the_document(void **state)
{
	struct outcomes outcomes = { .json_wanted = true, .plan = &ruled, .seen = 3 };
	struct plan_rule *rule;

	(void)state;
	files_begin();
	ruled_begin();
	rule = ruled_add("/a", WEB, PLAN_RULE_WRITE);
	outcomes_begin(&outcomes);
	outcomes_change(&outcomes, "/a", rule, &change, true);
	outcomes_trouble(&outcomes, "/b", rule, -MEND_HARD_LINK, "why");
	outcomes_trouble(&outcomes, "/c", rule, -EIO, NULL);
	assert_int_equal(end_in_file(&outcomes), 111);
	assert_string_equal(
	    out(), "{\"entries\":[{\"path\":\"/a\",\"outcome\":\"make\",\"after\":{\"uid\":0,"
		   "\"gid\":7654321,\"mode\":\"0755\",\"capabilities\":false},"
		   "\"rule\":\"write of web\"},"
		   "{\"path\":\"/b\",\"outcome\":\"refused\",\"reason\":\"why\","
		   "\"rule\":\"write of web\"},"
		   "{\"path\":\"/c\",\"outcome\":\"failed\",\"reason\":\"Input/output error\","
		   "\"rule\":\"write of web\"}],"
		   "\"seen\":3,\"changed\":1,\"refused\":1,\"failed\":1,\"written\":true}\n");
	files_end();
}

static int plays_a_full_output(void)
{
	struct outcomes outcomes = { .plan = &ruled };

	outcomes_begin(&outcomes);
	fake_fail(FAKE_write, 1, 1, ENOSPC);
	EXPECT(outcomes_end(&outcomes) == 111);
	return 0;
}

static void what_cannot_be_told_is_a_failure(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_full_output), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(the_exit_status),
		cmocka_unit_test(the_lines),
		cmocka_unit_test(the_document),
		cmocka_unit_test(what_cannot_be_told_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
