/* SPDX-License-Identifier: ISC */
/* What the host is found to be able to, from the kernel's own answers and from refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/host.h"
#include "sys/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

/* The next file that is opened is a file with this text. */
static bool open_text(enum fake_call call, long *value, void *context)
{
	char const *text = context;
	int const fd = memfd_create("host", 0);

	(void)call;
	if (fd < 0 || write(fd, text, strlen(text)) < 0 || lseek(fd, 0, SEEK_SET) != 0)
		return false;
	*value = fd;
	return true;
}

static bool value_of(enum fake_call call, long *value, void *context)
{
	(void)call;
	*value = *(long const *)context;
	return true;
}

static void test_own_ids(void **state)
{
	struct host host;

	(void)state;
	host_probe(&host);
	assert_int_equal(host.uid, geteuid());
	assert_int_equal(host.gid, getegid());
	if (geteuid() != 0)
		assert_false(host.can_change_ids && !(host.capabilities >> CAP_SETUID & 1));
}

static void test_denied_setgroups_forbids_ids(void **state)
{
	struct host host;

	(void)state;
	fake_hook(FAKE_openat, open_text, "deny\n");
	host_probe(&host);
	assert_false(host.can_change_ids);
	fake_hook(FAKE_openat, open_text, "allow\n");
	host_probe(&host);
	assert_int_equal(host.can_change_ids, (host.capabilities >> CAP_SETUID & 1) &&
						  (host.capabilities >> CAP_SETGID & 1));
}

static void test_no_capability_no_ids(void **state)
{
	struct host host;

	(void)state;
	fake_fail(FAKE_capget, 1, 1, EPERM);
	host_probe(&host);
	assert_int_equal(host.capabilities, 0);
	assert_false(host.can_change_ids);
}

static void test_landlock(void **state)
{
	static int const refusals[] = { EPERM, ENOSYS, EOPNOTSUPP };
	long abi = 7;
	struct host host;

	(void)state;
	fake_hook(FAKE_landlock_create_ruleset, value_of, &abi);
	host_probe(&host);
	assert_int_equal(host.landlock_abi, 7);
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		reset(state);
		fake_fail(FAKE_landlock_create_ruleset, 1, 1, refusals[i]);
		host_probe(&host);
		assert_int_equal(host.landlock_abi, 0);
	}
}

static void test_seccomp(void **state)
{
	long yes = 0;
	struct host host;

	(void)state;
	fake_hook(FAKE_seccomp, value_of, &yes);
	host_probe(&host);
	assert_true(host.can_seccomp);
	reset(state);
	fake_fail(FAKE_seccomp, 1, 1, ENOSYS);
	host_probe(&host);
	assert_false(host.can_seccomp);
}

/* Rootless: one id is the caller's, the rest from /etc/subuid, and nothing above. */
static void test_maps(void **state)
{
	(void)state;
	fake_hook(FAKE_openat, open_text,
		  "         0       1000          1\n         1     100000      65536\n");
	assert_true(host_maps_uid(0));
	assert_true(host_maps_uid(1));
	assert_true(host_maps_uid(65536));
	assert_false(host_maps_uid(65537));
	assert_false(host_maps_gid(4294967294));
	fake_hook(FAKE_openat, open_text, "         0          0 4294967295\n");
	assert_true(host_maps_gid(4294967294));
	fake_hook(FAKE_openat, open_text, "      1000 0 1\n");
	assert_false(host_maps_uid(0));
	assert_true(host_maps_uid(1000));
	assert_false(host_maps_uid(1001));
	fake_hook(FAKE_openat, open_text, "");
	assert_false(host_maps_uid(0));
}

/* Without /proc nothing is known, and the change itself will tell. */
static void test_unreadable_map_forbids_nothing(void **state)
{
	(void)state;
	fake_fail(FAKE_openat, 1, 1, ENOENT);
	assert_true(host_maps_uid(12345));
	fake_fail(FAKE_read, 1, 1, EIO);
	assert_true(host_maps_gid(12345));
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(own_ids),
		TEST(denied_setgroups_forbids_ids),
		TEST(no_capability_no_ids),
		TEST(landlock),
		TEST(seccomp),
		TEST(maps),
		TEST(unreadable_map_forbids_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
