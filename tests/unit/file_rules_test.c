/* SPDX-License-Identifier: ISC */
/* lockdown does as root what these rules say, so each must be what was declared and no more. */
#include "declared.h"

static struct plan_rule const *rule(char const *path)
{
	struct plan_list const list = plan_header(bed.plan.s)->rules;
	struct plan_rule const *rules = plan_rules(bed.plan.s, list);

	for (uint32_t i = 0; i < list.count; i++)
		if (!strcmp(plan_string(bed.plan.s, rules[i].path), path))
			return &rules[i];
	return NULL;
}

static void compile(void)
{
	bed.image = true;
	if (declared_compile() < 0)
		fail_msg("%s", declared_report());
}

static void test_a_write_path(void **state)
{
	struct plan_rule const *r;

	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nuser = web\nwrite = /w ?/m\n");
	compile();
	r = rule("/w");
	assert_non_null(r);
	assert_int_equal(r->uid, 1001);
	assert_int_equal(r->gid, 1002);
	assert_int_equal(r->file_mode, 0640);
	assert_int_equal(r->directory_mode, 0750);
	assert_int_equal(r->flags, PLAN_RULE_WRITE | PLAN_RULE_RECURSIVE);
	assert_ptr_equal(plan_slot(bed.plan.s, r->slot), declared_slot("a"));
	assert_true(rule("/m")->flags & PLAN_RULE_MAY_MISS);
}

static void test_what_is_read_and_run(void **state)
{
	struct plan_rule const *r;

	(void)state;
	declared_file("services/a.ini",
		      "command = sleep 1\nuser = web\nread = ?/r\nexecute = ?/x\n");
	compile();
	r = rule("/r");
	assert_int_equal(r->uid, 0);
	assert_int_equal(r->gid, 1002);
	assert_int_equal(r->file_mode, 06022);
	assert_int_equal(r->directory_mode, 0022);
	assert_true(r->flags & PLAN_RULE_READ && r->flags & PLAN_RULE_RECURSIVE);
	assert_true(rule("/x")->flags & PLAN_RULE_READ);
}

static void test_a_secret(void **state)
{
	struct plan_rule const *r;

	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nuser = web\nsecret = A:/s B:/t\n");
	declared_file("services/b.ini", "command = sleep 1\nuser = 7\nsecret = B:/t\n");
	compile();
	r = rule("/s");
	assert_int_equal(r->uid, 1001);
	assert_int_equal(r->file_mode, 0400);
	assert_int_equal(r->flags, PLAN_RULE_SECRET | PLAN_RULE_MAY_MISS);
	/* Of two: the cage reads it as root. */
	assert_int_equal(rule("/t")->uid, 0);
	assert_int_equal(rule("/t")->gid, 0);
}

/* A line of [files] says exactly what it says. */
static void test_a_declared_rule(void **state)
{
	struct plan_rule const *r;

	(void)state;
	declared_file("orlop.ini", "[files]\n/d = web 0664\n/e = 7:log 0600 0711 recursive\n"
				   "?/f/ = root\n");
	declared_file("services/a.ini", "command = sleep 1\nwrite = /d\n");
	compile();
	r = rule("/d");
	assert_int_equal(r->uid, 1001);
	assert_int_equal(r->gid, 1002); /* its owner's */
	assert_int_equal(r->file_mode, 0664);
	assert_int_equal(r->directory_mode, 0775);
	assert_int_equal(r->flags, PLAN_RULE_DECLARED);
	assert_int_equal(r->slot, PLAN_NONE);
	assert_int_equal(r->line, 2);
	assert_int_equal(rule("/e")->gid, 1003);
	assert_int_equal(rule("/f")->flags, PLAN_RULE_DECLARED | PLAN_RULE_MAY_MISS);
	assert_true(rule("/f")->directory_mode == UINT32_MAX);
}

static void test_owners_that_are_wrong(void **state)
{
	(void)state;
	declared_file("orlop.ini", "[files]\n/a = nosuch\n/b = web:nosuch\n/c = toor\n");
	declared_file("services/a.ini", "command = sleep 1\n");
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("orlop.ini:2: [files] /a: found \"nosuch\", expected a user");
	declared_fault("orlop.ini:3: [files] /b: found \"nosuch\", expected a group");
	declared_fault("orlop.ini:4: [files] /c: found \"toor\", expected root or 0 written out");
	assert_int_equal(faults_count(&bed.faults), 3);
}

/* A service that was given /etc would own passwd(5); one that reads it must not get shadow(5). */
static void test_what_belongs_to_all(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nread = /etc /usr\n"
					"write = /tmp /dev/shm /proc/self\n");
	compile();
	assert_int_equal(plan_header(bed.plan.s)->rules.count, 0);
	declared_file("services/a.ini", "command = sleep 1\nwrite = /etc / /var/\n");
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("a.ini:2: write: found \"/etc\", expected a directory below it");
	declared_fault("a.ini:2: write: found \"/var\", expected a directory below it");
	assert_int_equal(faults_count(&bed.faults), 3);
}

/* A user that is in a variable that only a container has: nothing is given to anybody else. */
static void test_an_unknown_user(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nuser = ${APP_USER}\nwrite = /w\n");
	compile();
	assert_true(declared_notice("a.ini:2: user: found the variable APP_USER unset"));
	assert_true(rule("/w")->uid == UINT32_MAX && rule("/w")->gid == UINT32_MAX);
}

static void test_a_link_to_a_system_directory(void **state)
{
	(void)state;
	assert_int_equal(symlink("/etc/../usr/bin", declared_path("tools")), 0);
	declared_file("services/a.ini",
		      arena_join(&bed.arena, "command = sleep 1\nuser = 7\nwrite = ",
				 declared_path("tools"), "\n", NULL));
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("/tools\", which leads to /usr/bin, expected a directory below it");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_link_to_a_system_directory),
		DECLARED(test_a_write_path),
		DECLARED(test_what_is_read_and_run),
		DECLARED(test_a_secret),
		DECLARED(test_a_declared_rule),
		DECLARED(test_owners_that_are_wrong),
		DECLARED(test_what_belongs_to_all),
		DECLARED(test_an_unknown_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
