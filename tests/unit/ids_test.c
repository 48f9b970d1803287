/* SPDX-License-Identifier: ISC */
/* The change of user and its proof, on the real kernel where the test runs as root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/steps.h"
#include "sys/fake.h"

#include <errno.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	struct plan_header header;
	struct plan_slot slot;
	uint32_t groups[PLAN_GROUPS_MAX];
} plan;

static struct confine_request const request = { .plan = &plan, .slot = &plan.slot };

static int reset(void **state)
{
	(void)state;
	fake_reset();
	plan.slot = (struct plan_slot){ .uid = 12345, .gid = 12346 };
	plan.slot.groups.offset = offsetof(__typeof__(plan), groups);
	plan.groups[0] = 12347;
	plan.groups[1] = 7;
	plan.slot.groups.count = 2;
	return 0;
}

static int change(void)
{
	if (ids_groups(&request) != 0 || ids_gid(&plan.slot) != 0 || ids_uid(&plan.slot) != 0)
		return 2;
	return ids_prove(&request) == 0 ? 0 : 1;
}

static int in_child(int (*act)(void))
{
	int status;
	int const child = fork();

	if (child == 0)
		_exit(act());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int change_and_look(void)
{
	uint32_t ids[3];
	int const result = change();

	if (result != 0)
		return result;
	if (getresuid(&ids[0], &ids[1], &ids[2]) != 0 || ids[0] != 12345 || ids[2] != 12345)
		return 3;
	return getgid() == 12346 && getegid() == 12346 && getgroups(0, NULL) == 2 ? 0 : 4;
}

static void test_change_is_whole(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(in_child(change_and_look), 0);
	/* Inherited groups are gone even when none are wanted. */
	plan.slot.groups.count = 0;
	assert_int_equal(in_child(change), 0);
	/* root is not out of reach of root. */
	plan.slot.uid = 0;
	assert_int_equal(in_child(change), 0);
}

static bool pretend(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = 0;
	return true;
}

/* Each single call that did nothing although it said so. */
static void test_proof_finds_each_gap(void **state)
{
	static enum fake_call const silent[] = { FAKE_setgroups, FAKE_setresgid, FAKE_setresuid };

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++) {
		fake_reset();
		fake_hook(silent[i], pretend, NULL);
		assert_int_equal(in_child(change), 1);
	}
	fake_reset();
	fake_hook(FAKE_setuid, pretend, NULL);
	assert_int_equal(in_child(change), 1);
}

static int keep_saved_root(void)
{
	if (ids_groups(&request) != 0 || ids_gid(&plan.slot) != 0)
		return 2;
	if (setresuid(12345, 12345, 0) != 0)
		return 3;
	return ids_prove(&request) == 0 ? 0 : 1;
}

static int keep_saved_group(void)
{
	if (ids_groups(&request) != 0 || setresgid(12346, 12346, 0) != 0 ||
	    ids_uid(&plan.slot) != 0)
		return 2;
	return ids_prove(&request) == 0 ? 0 : 1;
}

/* The count is right and every wanted one is there, but one that is not wanted is, too. */
static int keep_other_group(void)
{
	uint32_t const others[] = { 7, 9 };

	plan.groups[0] = 7;
	if (setgroups(2, others) != 0 || ids_gid(&plan.slot) != 0 || ids_uid(&plan.slot) != 0)
		return 2;
	return ids_prove(&request) == 0 ? 0 : 1;
}

static void test_saved_root_is_found(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(in_child(keep_saved_root), 1);
	assert_int_equal(in_child(keep_saved_group), 1);
	assert_int_equal(in_child(keep_other_group), 1);
}

static void test_too_many_groups(void **state)
{
	(void)state;
	plan.slot.groups.count = PLAN_GROUPS_MAX + 1;
	assert_int_equal(ids_groups(&request), -EINVAL);
	assert_int_equal(fake_count(FAKE_setgroups), 0);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(change_is_whole),
		TEST(proof_finds_each_gap),
		TEST(saved_root_is_found),
		TEST(too_many_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
