/* SPDX-License-Identifier: ISC */
/*
 * An image gets the accounts that its declarations name, each once, with numbers that stay: at boot
 * they are in passwd(5), and everybody must find the same number there as while it was made.
 */
#include "declared.h"

#include "plan/uid_pool.h"

static struct plan_account const *account(char const *name, uint32_t group)
{
	struct plan_list const list = plan_header(bed.plan.s)->accounts;

	for (uint32_t i = 0; i < list.count; i++) {
		struct plan_account const *a = &plan_accounts(bed.plan.s, list)[i];

		if (!strcmp(plan_string(bed.plan.s, a->name), name) && a->group == group)
			return a;
	}
	return NULL;
}

static void compile(char const *keys)
{
	bed.image = true;
	declared_file("services/a.ini", arena_join(&bed.arena, "command = sleep 1\n", keys, NULL));
	if (declared_compile() < 0)
		fail_msg("%s", declared_report());
}

static uint32_t count(void)
{
	return plan_header(bed.plan.s)->accounts.count;
}

static void test_a_user(void **state)
{
	(void)state;
	declared_file("services/b.ini", "command = sleep 1\nuser = app\n");
	compile("user = app\n");
	assert_int_equal(count(), 1);
	assert_int_equal(account("app", 0)->id, UID_POOL_LOW + names_hash("app") % 4336);
	assert_int_equal(account("app", 0)->gid, account("app", 0)->id);
	assert_int_equal(declared_slot("a")->uid, account("app", 0)->id);
	assert_int_equal(declared_slot("a")->gid, account("app", 0)->id);
	assert_int_equal(declared_slot("b")->uid, account("app", 0)->id);
}

static void test_its_group_is_there(void **state)
{
	(void)state;
	compile("user = log\n");
	assert_int_equal(count(), 1);
	assert_int_equal(account("log", 0)->gid, 1003);
	assert_int_equal(declared_slot("a")->gid, 1003);
}

static void test_groups_and_owners(void **state)
{
	(void)state;
	declared_file("orlop.ini", "operators = boss\n[files]\n/d = keeper:shared\n");
	compile("user = web\ngroup = shared\ngroups = extra log\n"
		"listen = unix:/s user=web group=extra\n");
	assert_int_equal(count(), 4);
	assert_int_equal(account("shared", 1)->id, declared_slot("a")->gid);
	assert_non_null(account("extra", 1));
	assert_non_null(account("boss", 0));
	assert_int_equal(plan_rules(bed.plan.s, plan_header(bed.plan.s)->rules)[0].uid,
			 account("keeper", 0)->id);
	assert_int_equal(plan_rules(bed.plan.s, plan_header(bed.plan.s)->rules)[0].gid,
			 account("shared", 1)->id);
}

/* Not by its hash. */
static void test_root_is_root(void **state)
{
	(void)state;
	declared_file("etc/passwd", "");
	declared_file("etc/group", "");
	compile("user = root\n");
	assert_int_equal(declared_slot("a")->uid, 0);
	assert_int_equal(account("root", 0)->id, 0);
	assert_int_equal(account("root", 0)->gid, 0);
}

static void test_no_name_at_all(void **state)
{
	(void)state;
	bed.image = true;
	declared_file("services/a.ini", "command = sleep 1\nuser = a:b\n");
	declared_file("services/b.ini", "command = sleep 1\nuser = 99999999999\n");
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("a.ini:2: user: found \"a:b\", expected a user of /etc/passwd");
	declared_fault("b.ini:2: user: found \"99999999999\", expected a number up to");
	assert_int_equal(faults_count(&bed.faults), 2);
}

static void test_numbers_stay(void **state)
{
	char line[128];
	uint32_t uid;

	(void)state;
	/* A user and, before it in the alphabet, a service without one, whose hash is the same. */
	declared_file("services/app.ini", "command = sleep 1\n");
	declared_file("services/z.ini", "command = sleep 1\nuser = app\n");
	compile("");
	uid = declared_slot("app")->uid;
	assert_int_not_equal(uid, declared_slot("z")->uid);
	(void)snprintf(line, sizeof line, "app:x:%u:%u::/:/bin/sh\n", declared_slot("z")->uid,
		       declared_slot("z")->uid);
	declared_file("etc/passwd", line);
	bed.image = false;
	assert_int_equal(declared_compile(), 0);
	assert_int_equal(count(), 0);
	assert_int_equal(declared_slot("app")->uid, uid);
}

static void test_at_boot_it_is_a_fault(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nuser = app\n");
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("a.ini:2: user: found \"app\", expected a user of /etc/passwd");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_user),
		DECLARED(test_its_group_is_there),
		DECLARED(test_groups_and_owners),
		DECLARED(test_root_is_root),
		DECLARED(test_no_name_at_all),
		DECLARED(test_numbers_stay),
		DECLARED(test_at_boot_it_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
