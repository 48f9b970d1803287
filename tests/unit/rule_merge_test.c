/* SPDX-License-Identifier: ISC */
/* Two services that mean the same path must agree, or be told; nobody's wish is lost in silence. */
#include "declared.h"

static struct plan_rule const *rule(char const *path)
{
	struct plan_list const list = plan_header(bed.plan.s)->rules;
	struct plan_rule const *rules = plan_rules(bed.plan.s, list);
	struct plan_rule const *found = NULL;

	for (uint32_t i = 0; i < list.count; i++) {
		if (i > 0) /* sorted, each path once */
			assert_true(strcmp(plan_string(bed.plan.s, rules[i - 1].path),
					   plan_string(bed.plan.s, rules[i].path)) < 0);
		if (!strcmp(plan_string(bed.plan.s, rules[i].path), path))
			found = &rules[i];
	}
	return found;
}

static void service(char const *name, char const *user, char const *keys)
{
	declared_file(
	    arena_join(&bed.arena, "services/", name, ".ini", NULL),
	    arena_join(&bed.arena, "command = sleep 1\nuser = ", user, "\n", keys, "\n", NULL));
}

static int compile(void)
{
	bed.image = true;
	return declared_compile();
}

static void test_two_users_write(void **state)
{
	(void)state;
	service("a", "7", "write = /w");
	service("b", "8", "write = ?/w");
	assert_int_equal(compile(), -ECANCELED);
	declared_fault("b.ini:3: write: found \"/w\", which a writes as another user, expected one "
		       "user for both, or a line /w = OWNER:GROUP 0660 0770 in [files]");
	assert_int_equal(faults_count(&bed.faults), 1);
}

/* One that is off here is no rival, and its user gets nothing. */
static void test_one_of_them_is_off(void **state)
{
	(void)state;
	declared_mkdir("w");
	service(
	    "a", "7",
	    arena_join(&bed.arena, "enabled-if = env:NOPE\nwrite = ", declared_path("w"), NULL));
	service("b", "8", arena_join(&bed.arena, "write = ", declared_path("w"), NULL));
	assert_int_equal(declared_compile(), 0);
	assert_int_equal(rule(declared_path("w"))->uid, 8);
	assert_int_equal(compile(), -ECANCELED); /* in the image both are there */
}

static void test_files_settles_it(void **state)
{
	(void)state;
	service("a", "7", "write = /w/x");
	service("b", "8", "write = /w/x");
	declared_file("orlop.ini", "[files]\n/w = root:9 0660 0770 recursive\n");
	assert_int_equal(compile(), 0);
	assert_null(rule("/w/x"));
	assert_int_equal(rule("/w")->gid, 9);
	/* Not by a line that stops above. */
	declared_file("orlop.ini", "[files]\n/w = root:9 0660 0770\n");
	assert_int_equal(compile(), -ECANCELED);
	declared_fault("b.ini:3: write: found \"/w/x\"");
}

static void test_one_user_writes_for_two(void **state)
{
	(void)state;
	service("a", "7", "write = ?/w");
	service("b", "7", "write = /w");
	assert_int_equal(compile(), 0);
	assert_int_equal(rule("/w")->uid, 7);
	assert_false(rule("/w")->flags & PLAN_RULE_MAY_MISS); /* b wants it */
}

static void test_whoever_writes_wins(void **state)
{
	(void)state;
	service("a", "7", "read = ?/w");
	service("b", "8", "write = /w");
	assert_int_equal(compile(), 0);
	assert_true(rule("/w")->flags & PLAN_RULE_WRITE);
	assert_int_equal(rule("/w")->uid, 8);
}

static void test_readers_of_different_groups(void **state)
{
	(void)state;
	service("a", "7", "read = ?/r ?/s ?/t/u");
	service("b", "8", "read = ?/r");
	service("c", "9\ngroup = 7", "read = ?/s");
	service("d", "10", "read = ?/t");
	assert_int_equal(compile(), 0);
	assert_true(rule("/r")->flags & PLAN_RULE_SHARED);
	assert_true(rule("/r")->gid == UINT32_MAX);
	assert_int_equal(rule("/s")->gid, 7);
	assert_false(rule("/s")->flags & PLAN_RULE_SHARED);
	/* d reads /t/u too, as it is below /t. */
	assert_true(rule("/t/u")->flags & PLAN_RULE_SHARED);
	assert_int_equal(rule("/t")->gid, 10);
}

/* What made the files is gone when the image is used; who is left must not be able to write them. */
static void test_the_build_does_not_own_what_is_read(void **state)
{
	(void)state;
	service("make", "7",
		"type = oneshot\nphase = build\n"
		"write = /srv/app /srv/cache /srv/app/x /srv/own");
	service("run", "8", "read = ?/srv/app\nwrite = /srv/own");
	assert_int_equal(compile(), 0);
	assert_true(rule("/srv/app")->flags & PLAN_RULE_READ);
	assert_null(rule("/srv/app/x")); /* what is above says it */
	assert_true(rule("/srv/cache")->flags & PLAN_RULE_READ);
	assert_int_equal(rule("/srv/cache")->uid, 0);
	assert_int_equal(rule("/srv/own")->uid, 8);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_two_users_write),
		DECLARED(test_one_of_them_is_off),
		DECLARED(test_files_settles_it),
		DECLARED(test_one_user_writes_for_two),
		DECLARED(test_whoever_writes_wins),
		DECLARED(test_readers_of_different_groups),
		DECLARED(test_the_build_does_not_own_what_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
