/* SPDX-License-Identifier: ISC */
/* Whom -u, -g and -G mean; every Linux has root in its passwd and group files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/arguments_parts.h"
#include "sys/fake.h"

#include <errno.h>
#include <string.h>

static struct arguments arguments;
static struct arguments_fault fault;
static struct host const host = { .uid = 4, .gid = 5 };
static struct plan_slot const *const slot = &arguments.plan.slot;

static int reset(void **state)
{
	(void)state;
	fake_reset();
	memset(&arguments, 0, sizeof arguments);
	return 0;
}

static int resolve(char const *user, char const *group, char const *groups)
{
	struct parser parser = {
		.arguments = &arguments, .fault = &fault, .gid = group, .groups = groups
	};
	int const result = user ? arguments_user(&parser, user) : 0;

	return result ? result : arguments_take_ids(&parser, &host);
}

static void test_digits_are_numbers(void **state)
{
	(void)state;
	assert_int_equal(resolve("54321", NULL, NULL), 0);
	assert_int_equal(slot->uid, 54321);
	assert_int_equal(slot->gid, 54321); /* not 0, as Docker has it */
	assert_int_equal(slot->groups.count, 0);
	assert_true(arguments.wants_ids);
	assert_int_equal(resolve("54321:7", NULL, NULL), 0);
	assert_int_equal(slot->gid, 7);
	assert_int_equal(resolve("4294967294:4294967294", NULL, NULL), 0);
	assert_int_equal(slot->uid, 4294967294);
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(resolve("root", NULL, NULL), 0);
	assert_int_equal(slot->uid, 0);
	assert_int_equal(slot->gid, 0);
	assert_int_equal(resolve("root:12", NULL, NULL), 0);
	assert_int_equal(slot->gid, 12);
	assert_int_equal(resolve("12:root", NULL, NULL), 0);
	assert_int_equal(slot->uid, 12);
	assert_int_equal(slot->gid, 0);
}

/* Each of these ran as root, or as another one, somewhere once. */
static void test_refused(void **state)
{
	static char const *const users[] = {
		"",
		":",
		"root:",
		":0",
		"no-such-user",
		"-1",
		"+0",
		"0x10",
		"0 ",
		" 0",
		"1.0",
		"4294967295",
		"4294967296",
		"0:-1",
		"0:0x0",
		"0:4294967295",
		"root:no-such-group",
		"18446744073709551616",
		"root:0:0",
		"root\n",
	};

	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
		reset(state);
		assert_int_equal(resolve(users[i], NULL, NULL), 100);
	}
}

/* CVE-2026-46680: too large a number was looked up as a name. */
static void test_digits_are_never_looked_up(void **state)
{
	(void)state;
	assert_int_equal(resolve(NULL, "4294967295", NULL), 100);
	assert_int_equal(resolve("4294967295", NULL, NULL), 100);
	assert_int_equal(fake_count(FAKE_openat), 0);
}

static void test_groups(void **state)
{
	(void)state;
	assert_int_equal(resolve("54321", "7", "8,root,9"), 0);
	assert_int_equal(slot->gid, 7);
	assert_int_equal(slot->groups.count, 3);
	assert_int_equal(arguments.plan.groups[0], 8);
	assert_int_equal(arguments.plan.groups[1], 0);
	assert_int_equal(arguments.plan.groups[2], 9);
	assert_int_equal(resolve("54321", NULL, ""), 0);
	assert_int_equal(slot->groups.count, 0);
	assert_int_equal(resolve("54321", NULL, "8,,9"), 100);
	assert_int_equal(resolve("54321", NULL, ","), 100);
	assert_int_equal(resolve("54321", NULL, "8,no-such-group"), 100);
	assert_int_equal(resolve("54321", "no-such-group", NULL), 100);
}

static void test_own_ids_stay(void **state)
{
	(void)state;
	assert_int_equal(resolve(NULL, NULL, NULL), 0);
	assert_int_equal(slot->uid, 4);
	assert_int_equal(slot->gid, 5);
	assert_false(arguments.wants_ids);
	assert_int_equal(resolve(NULL, "9", NULL), 0);
	assert_int_equal(slot->uid, 4);
	assert_int_equal(slot->gid, 9);
	assert_true(arguments.wants_ids);
	assert_true(arguments.ids_differ);
}

static bool no_groups(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = 0;
	return true;
}

/* To ask for what one is already is nothing that a host could refuse. */
static void test_own_ids_are_no_difference(void **state)
{
	(void)state;
	fake_hook(FAKE_getgroups, no_groups, NULL);
	assert_int_equal(resolve("4:5", NULL, NULL), 0);
	assert_false(arguments.ids_differ);
	assert_int_equal(resolve("4:5", NULL, "6"), 0);
	assert_true(arguments.ids_differ);
	assert_int_equal(resolve("5:5", NULL, NULL), 0);
	assert_true(arguments.ids_differ);
}

/* A number needs no file; a name that cannot be looked up is the system's fault. */
static void test_unreadable_files(void **state)
{
	(void)state;
	fake_fail(FAKE_openat, 1, 100, EACCES);
	assert_int_equal(resolve("54321", NULL, NULL), 0);
	assert_int_equal(resolve("root", NULL, NULL), 111);
	assert_int_equal(fault.error, -EACCES);
	assert_int_equal(resolve("54321:root", NULL, NULL), 111);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(digits_are_numbers),
		TEST(names),
		TEST(refused),
		TEST(digits_are_never_looked_up),
		TEST(groups),
		TEST(own_ids_stay),
		TEST(own_ids_are_no_difference),
		TEST(unreadable_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
