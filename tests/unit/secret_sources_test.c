/* SPDX-License-Identifier: ISC */
/* Who gets a secret, and from where; nobody else does, and the plan never has its value. */
#include "declared.h"

static int compile(char const *keys)
{
	declared_file("services/db.ini", arena_join(&bed.arena, "command = sleep 1\n", keys, NULL));
	return declared_compile();
}

static int plan_has(char const *text)
{
	return memmem(bed.plan.s, bed.plan.len, text, strlen(text)) != NULL;
}

static void test_a_file(void **state)
{
	struct plan_slot const *s;

	(void)state;
	bed.environment[2] = "PW=hunter2";
	assert_int_equal(compile("secret = PW:/etc/passwd TOKEN:?/nosuch\nready = tcp:80\n"), 0);
	s = declared_slot("db");
	assert_int_equal(s->secrets.count, 4);
	assert_true(declared_has(s->secrets, "PW") && declared_has(s->secrets, "/etc/passwd"));
	assert_true(declared_has(s->secrets, "?/nosuch"));
	/* What the file says holds. */
	assert_false(declared_has(s->pass, "PW"));
	assert_false(s->flags & PLAN_PASS_ALL);
	assert_int_equal(declared_slot("db.ready")->secrets.count, 0);
	assert_false(plan_has("hunter2"));
}

static void test_the_path_is_in_a_variable(void **state)
{
	struct plan_slot const *s;

	(void)state;
	bed.environment[2] = "PW_FILE=/etc//group";
	bed.environment[3] = "PW=hunter2";
	assert_int_equal(compile("secret = PW\n"), 0);
	s = declared_slot("db");
	assert_int_equal(s->secrets.count, 2);
	assert_true(declared_has(s->secrets, "/etc/group"));
	/* An entrypoint takes both for a mistake. */
	assert_false(declared_has(s->pass, "PW_FILE") || declared_has(s->pass, "PW"));
	assert_true(declared_has(s->pass, "HOME"));
}

static void test_the_variable_itself(void **state)
{
	struct plan_slot const *s;

	(void)state;
	bed.environment[2] = "PW=hunter2";
	declared_file("services/web.ini", "command = sleep 1\n");
	declared_file("services/narrow.ini", "command = sleep 1\nenvironment-pass = P*\n");
	assert_int_equal(compile("secret = PW\nready = tcp:80\nenvironment-pass =\n"), 0);
	s = declared_slot("db");
	assert_int_equal(s->secrets.count, 0);
	assert_true(declared_has(s->pass, "PW") && declared_has(s->pass, "PATH"));
	assert_false(declared_has(declared_slot("db.ready")->pass, "PW"));
	assert_true(declared_has(declared_slot("db.ready")->pass, "PATH"));
	assert_false(declared_slot("web")->flags & PLAN_PASS_ALL);
	assert_false(declared_has(declared_slot("web")->pass, "PW"));
	assert_true(declared_has(declared_slot("web")->pass, "HOME"));
	assert_false(declared_has(declared_slot("narrow")->pass, "PW"));
	assert_true(declared_notice("environment-pass of narrow: PW is a secret of db"));
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 1);
	assert_false(plan_has("hunter2"));
}

static void test_no_source(void **state)
{
	(void)state;
	assert_int_equal(compile("secret = PW\n"), -ECANCELED);
	declared_fault("db.ini:2: secret: found \"PW\", expected PW_FILE or PW in the container's "
		       "environment");
	bed.environment[2] = "PW_FILE=pw";
	assert_int_equal(compile("secret = PW\n"), -ECANCELED);
	declared_fault("db.ini:2: secret: found \"pw\" in PW_FILE, expected the absolute path");
	assert_int_equal(faults_count(&bed.faults), 2);
}

static void test_no_source_is_needed(void **state)
{
	(void)state;
	declared_file("services/web.ini", "command = sleep 1\n");
	assert_int_equal(compile("secret = PW\nenabled-if = env:NOPE\n"), 0);
	bed.image = true;
	assert_int_equal(compile("secret = PW\n"), 0);
	declared_no_fault();
}

/* ps(1) would show it, and so would the plan. */
static void test_a_secret_in_a_command(void **state)
{
	(void)state;
	bed.environment[2] = "PW=hunter2";
	declared_file("services/web.ini", "command = sleep ${PW}\n");
	assert_int_equal(compile("secret = PW\n"), -ECANCELED);
	declared_fault("db.ini:2: secret: found ${PW} in a declaration");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_file),
		DECLARED(test_the_path_is_in_a_variable),
		DECLARED(test_the_variable_itself),
		DECLARED(test_no_source),
		DECLARED(test_no_source_is_needed),
		DECLARED(test_a_secret_in_a_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
