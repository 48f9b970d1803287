/* SPDX-License-Identifier: ISC */
/* A name must mean the account of the files, a number itself, whatever the files say. */
#include "declared.h"

#include "plan/accounts.h"

static struct accounts accounts;

static int begin(void **state)
{
	int const error = declared_begin(state);

	accounts = (struct accounts){ .arena = &bed.arena,
				      .passwd = declared_path("etc/passwd"),
				      .group = declared_path("etc/group") };
	return error;
}

static int end(void **state)
{
	accounts_free(&accounts);
	return declared_end(state);
}

static void test_a_name(void **state)
{
	struct account const *web = accounts_user(&accounts, "web");

	(void)state;
	assert_int_equal(web->error, 0);
	assert_int_equal(web->uid, 1001);
	assert_int_equal(web->gid, 1002);
	assert_string_equal(web->home, "/srv/web");
	assert_string_equal(web->shell, "/bin/dash");
	assert_int_equal(web->group_count, 2);
	assert_int_equal(web->groups[0], 1003);
	assert_int_equal(web->groups[1], 1004);
	assert_ptr_equal(accounts_user(&accounts, "web"), web); /* looked up once */
}

static void test_a_number(void **state)
{
	struct account const *known = accounts_user(&accounts, "1001");
	struct account const *unknown = accounts_user(&accounts, "4242");

	(void)state;
	assert_true(known->number);
	assert_string_equal(known->name, "web");
	assert_int_equal(known->group_count, 0); /* a number alone gives no groups */
	assert_int_equal(unknown->error, 0);
	assert_int_equal(unknown->uid, 4242);
	assert_int_equal(unknown->gid, 4242);
	assert_string_equal(unknown->name, "4242");
	assert_string_equal(unknown->home, "/");
	assert_int_equal(accounts_user(&accounts, "4294967295")->error, -ERANGE);
}

static void test_nobody_is_called_so(void **state)
{
	(void)state;
	assert_int_equal(accounts_user(&accounts, "wen")->error, -ENOENT);
	assert_int_equal(accounts_group(&accounts, "wen")->error, -ENOENT);
	assert_int_equal(accounts_group(&accounts, "mail")->gid, 1004);
	assert_int_equal(accounts_group(&accounts, "77")->gid, 77);
}

static void test_taken(void **state)
{
	unsigned char taken[8] = { 0 };

	(void)state;
	declared_file("etc/passwd", "a:x:10:1:\nb:x:12:10:\nc:x:1x:\nd:x:\n:::\n"
				    "e:x:99999999999999999999:\nf:x:73:1\ng:x:74:1");
	accounts_taken(accounts.passwd, 10, 64, taken);
	assert_int_equal(taken[0], 1 | 1 << 2);
	for (int i = 1; i < 7; i++)
		assert_int_equal(taken[i], 0);
	assert_int_equal(taken[7], 1 << 7);
	accounts_taken("/nonexistent", 10, 64, taken);
	assert_int_equal(taken[0], 1 | 1 << 2);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup_teardown(test_a_name, begin, end),
		cmocka_unit_test_setup_teardown(test_a_number, begin, end),
		cmocka_unit_test_setup_teardown(test_nobody_is_called_so, begin, end),
		cmocka_unit_test_setup_teardown(test_taken, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
