/* SPDX-License-Identifier: ISC */
/* Who a service runs as is its first cage: never root by accident, never another service. */
#include "declared.h"

#include "plan/identity.h"
#include "plan/uid_pool.h"

static struct service *resolve(char const *text)
{
	struct service *s = declared_service(text);

	identity_resolve(&bed.declarations, declared_path("etc"));
	return s;
}

static void test_a_named_user(void **state)
{
	struct service const *s = resolve("command = x\nuser = web\n");

	(void)state;
	declared_no_fault();
	assert_int_equal(s->slot.uid, 1001);
	assert_int_equal(s->slot.gid, 1002);
	assert_int_equal(s->group_count, 2);
	assert_string_equal(s->user_name, "web");
	assert_string_equal(s->home, "/srv/web");
}

static void test_group_and_groups_win(void **state)
{
	struct service const *s = resolve(
	    "command = x\nuser = web\ngroup = log\ngroups = mail 7 log mail\n");

	(void)state;
	declared_no_fault();
	assert_int_equal(s->slot.gid, 1003);
	assert_int_equal(s->group_count, 2); /* sorted, once, without the gid */
	assert_int_equal(s->group_ids[0], 7);
	assert_int_equal(s->group_ids[1], 1004);
}

static void test_no_groups_at_all(void **state)
{
	(void)state;
	assert_int_equal(resolve("command = x\nuser = web\ngroups =\n")->group_count, 0);
	declared_no_fault();
}

static void test_an_own_uid(void **state)
{
	struct service const *s = resolve("command = x\n");

	(void)state;
	declared_no_fault();
	assert_int_equal(s->slot.uid, UID_POOL_LOW + names_hash("one") % 4336);
	assert_int_equal(s->slot.gid, s->slot.uid);
	assert_string_equal(s->user_name, "one");
}

/* Two services on one uid could read each other's files and signal each other. */
static void test_own_uids_differ(void **state)
{
	struct service const *s;
	char name[32];

	(void)state;
	for (int i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof name, "services/s%d.ini", i);
		declared_file(name, i ? "command = x\n" : "command = x\nuser = 61500\n");
	}
	load_all(&bed.declarations);
	identity_resolve(&bed.declarations, declared_path("etc"));
	declared_no_fault();
	s = bed.declarations.services;
	for (uint32_t i = 0; i < 300; i++) {
		assert_int_not_equal(s[i].slot.uid, 61184); /* passwd's "odd" */
		for (uint32_t k = 0; k < i; k++)
			assert_int_not_equal(s[i].slot.uid, s[k].slot.uid);
	}
}

static void test_root_is_written_out(void **state)
{
	(void)state;
	resolve("command = x\nuser = root\n");
	declared_no_fault();
	resolve("command = x\nuser = 0\n");
	declared_no_fault();
	resolve("command = x\nuser = toor\n");
	declared_fault("one.ini:2: user: found \"toor\", expected root or 0 written out");
}

static void test_unknown_names(void **state)
{
	(void)state;
	resolve(
	    "command = x\nuser = a\ngroup = b\ngroups = c 1\nlisten = unix:/a user=d group=e\n");
	declared_fault("one.ini:2: user: found \"a\"");
	declared_fault("one.ini:3: group: found \"b\"");
	declared_fault("one.ini:4: groups: found \"c\"");
	declared_fault("one.ini:5: listen user: found \"d\"");
	declared_fault("one.ini:5: listen group: found \"e\"");
	assert_int_equal(faults_count(&bed.faults), 5);
}

static void test_a_service_that_is_off_may_lack_its_user(void **state)
{
	struct service const *s = resolve("command = x\nuser = a\nenabled-if = env:NOPE\n");

	(void)state;
	declared_no_fault();
	assert_int_not_equal(s->slot.uid, 0);
}

static void test_sockets_belong_to_the_service(void **state)
{
	struct service const *s = resolve(
	    "command = x\nuser = web\nlisten = unix:/a unix:/b group=mail tcp:80\n");

	(void)state;
	declared_no_fault();
	assert_int_equal(s->sockets[0].record.uid, 1001);
	assert_int_equal(s->sockets[0].record.gid, 1002);
	assert_int_equal(s->sockets[0].record.mode, 0660);
	assert_int_equal(s->sockets[1].record.gid, 1004);
	assert_true(s->sockets[2].record.uid == UINT32_MAX);
}

static void test_operators(void **state)
{
	(void)state;
	declared_file("orlop.ini", "operators = web 77\n");
	resolve("command = x\n");
	declared_no_fault();
	assert_int_equal(bed.declarations.settings.operator_count, 2);
	assert_int_equal(bed.declarations.settings.operator_ids[0], 1001);
	assert_int_equal(bed.declarations.settings.operator_ids[1], 77);
}

static void test_nobody(void **state)
{
	uint32_t uid;
	uint32_t gid;

	(void)state;
	declared_file("etc/passwd", "nobody:x:99:98::/:/\n");
	identity_nobody(declared_path("etc"), &uid, &gid);
	assert_int_equal(uid, 99);
	assert_int_equal(gid, 98);
	identity_nobody("/nonexistent", &uid, &gid);
	assert_int_equal(uid, 65534);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_named_user),
		DECLARED(test_group_and_groups_win),
		DECLARED(test_no_groups_at_all),
		DECLARED(test_an_own_uid),
		DECLARED(test_own_uids_differ),
		DECLARED(test_root_is_written_out),
		DECLARED(test_unknown_names),
		DECLARED(test_a_service_that_is_off_may_lack_its_user),
		DECLARED(test_sockets_belong_to_the_service),
		DECLARED(test_operators),
		DECLARED(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
