/* SPDX-License-Identifier: ISC */
/* A notify socket in a directory of somebody else's would let him say that a service is ready. */
#include "declared.h"

#include "plan/notify.h"
#include "sys/fake.h"

#include <sys/socket.h>
#include <sys/un.h>

static int begin(void **state)
{
	fake_reset();
	return declared_begin(state);
}

/* No directory is really made: the fake says that it was. */
static bool made(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = 0;
	return true;
}

static void test_the_first_that_can_be_made(void **state)
{
	(void)state;
	fake_hook(FAKE_mkdirat, made, NULL);
	fake_hook(FAKE_fchmodat, made, NULL);
	assert_string_equal(notify_directory(&bed.declarations), "/run/orlop");
	fake_fail(FAKE_mkdirat, 2, 1, EROFS);
	assert_string_equal(notify_directory(&bed.declarations), "/dev/shm/orlop-1");
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 0);
	fake_reset();
}

static void test_none_can_be_made(void **state)
{
	(void)state;
	fake_fail(FAKE_mkdirat, 1, 3, EROFS);
	assert_null(notify_directory(&bed.declarations));
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 1);
	fake_reset();
}

/* EEXIST for what is not ours (it cannot even be opened here) is as good as EROFS. */
static void test_what_is_there_must_be_ours(void **state)
{
	(void)state;
	fake_fail(FAKE_mkdirat, 1, 3, EEXIST);
	fake_fail(FAKE_openat, 1, 3, ENOTDIR);
	assert_null(notify_directory(&bed.declarations));
	fake_reset();
}

static void test_addresses(void **state)
{
	struct plan_listen record;
	struct sockaddr_un address;

	(void)state;
	assert_string_equal(notify_address(&bed.declarations, "/run/orlop", "a@1", &record),
			    "/run/orlop/a@1");
	memcpy(&address, record.address, sizeof address);
	assert_string_equal(address.sun_path, "/run/orlop/a@1");
	assert_int_equal(record.mode, 0600);
	assert_int_equal(record.domain, AF_UNIX);
	assert_string_equal(notify_address(&bed.declarations, NULL, "a@1", &record),
			    "@orlop-1/a@1");
	memcpy(&address, record.address, sizeof address);
	assert_int_equal(address.sun_path[0], 0);
	assert_string_equal(address.sun_path + 1, "orlop-1/a@1");
	assert_int_equal(record.length, offsetof(struct sockaddr_un, sun_path) + 12);
}

/* The longest name there can be must still fit. */
static void test_the_longest_name(void **state)
{
	struct plan_listen record;
	char name[PLAN_NAME_MAX + 6];

	(void)state;
	memset(name, 'a', sizeof name - 1);
	memcpy(name + PLAN_NAME_MAX, "@8191", 6);
	(void)notify_address(&bed.declarations, "/dev/shm/orlop-4194304", name, &record);
	assert_int_not_equal(record.length, 0);
}

#define NOTIFY(test) cmocka_unit_test_setup_teardown(test, begin, declared_end)

int main(void)
{
	struct CMUnitTest const tests[] = {
		NOTIFY(test_the_first_that_can_be_made), NOTIFY(test_none_can_be_made),
		NOTIFY(test_what_is_there_must_be_ours), NOTIFY(test_addresses),
		NOTIFY(test_the_longest_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
