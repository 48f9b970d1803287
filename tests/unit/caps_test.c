/* SPDX-License-Identifier: ISC */
/* Capabilities by name, and the calls that change the process's sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/caps.h"
#include "sys/fake.h"

#include <errno.h>
#include <linux/capability.h>

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(caps_number("chown"), CAP_CHOWN);
	assert_int_equal(caps_number("net_bind_service"), CAP_NET_BIND_SERVICE);
	assert_int_equal(caps_number("CAP_NET_BIND_SERVICE"), CAP_NET_BIND_SERVICE);
	assert_int_equal(caps_number("cap_Sys_Admin"), CAP_SYS_ADMIN);
	assert_int_equal(caps_number("checkpoint_restore"), CAP_LAST_CAP);
	assert_string_equal(caps_name(CAP_SETFCAP), "setfcap");
	assert_null(caps_name(CAP_LAST_CAP + 1));
	assert_null(caps_name(UINT32_MAX));
}

/* One place wrong in the table would keep another capability than was written. */
static void test_names_are_the_kernels(void **state)
{
	static struct {
		unsigned number;
		char const *name;
	} const known[] = {
		{ CAP_DAC_OVERRIDE, "dac_override" },
		{ CAP_KILL, "kill" },
		{ CAP_SETGID, "setgid" },
		{ CAP_SETUID, "setuid" },
		{ CAP_SETPCAP, "setpcap" },
		{ CAP_NET_ADMIN, "net_admin" },
		{ CAP_NET_RAW, "net_raw" },
		{ CAP_IPC_LOCK, "ipc_lock" },
		{ CAP_SYS_CHROOT, "sys_chroot" },
		{ CAP_SYS_PTRACE, "sys_ptrace" },
		{ CAP_SYS_NICE, "sys_nice" },
		{ CAP_SYS_RESOURCE, "sys_resource" },
		{ CAP_MKNOD, "mknod" },
		{ CAP_AUDIT_WRITE, "audit_write" },
		{ CAP_MAC_ADMIN, "mac_admin" },
		{ CAP_SYSLOG, "syslog" },
		{ CAP_AUDIT_READ, "audit_read" },
		{ CAP_PERFMON, "perfmon" },
		{ CAP_BPF, "bpf" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		assert_string_equal(caps_name(known[i].number), known[i].name);
	for (unsigned number = 0; caps_name(number); number++)
		assert_int_equal(caps_number(caps_name(number)), number);
}

static void test_names_that_are_none(void **state)
{
	(void)state;
	assert_int_equal(caps_number(""), -EINVAL);
	assert_int_equal(caps_number("cap_"), -EINVAL);
	assert_int_equal(caps_number("net_bind"), -EINVAL);
	assert_int_equal(caps_number("net_bind_service2"), -EINVAL);
	assert_int_equal(caps_number("cap_cap_chown"), -EINVAL);
	assert_int_equal(caps_number("10"), -EINVAL);
	assert_int_equal(caps_number("all"), -EINVAL);
}

/* Answers as a kernel with 41 capabilities that lets them be dropped, or not. */
struct kernel {
	int last;
	int calls;
	long drop;
};

static bool dropped(enum fake_call call, long *value, void *context)
{
	struct kernel *kernel = context;

	(void)call;
	*value = kernel->calls++ > kernel->last ? -EINVAL : kernel->drop;
	return true;
}

static void test_bounding_set_ends_with_the_kernels_last(void **state)
{
	struct kernel kernel = { .last = 40 };

	(void)state;
	fake_hook(FAKE_prctl, dropped, &kernel);
	assert_int_equal(caps_bound(0), 0);
	assert_int_equal(kernel.calls, 42);
}

static void test_kept_ones_are_not_dropped(void **state)
{
	struct kernel kernel = { .last = 38 };

	(void)state;
	fake_hook(FAKE_prctl, dropped, &kernel);
	assert_int_equal(caps_bound(1 << CAP_CHOWN | 1 << CAP_NET_BIND_SERVICE), 0);
	assert_int_equal(kernel.calls, 40);
}

/* A container with the 14 that its engine leaves: what is gone is not dropped again, ever. */
static bool engine_left_14(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = fake_count(FAKE_prctl) <= 64 ? fake_count(FAKE_prctl) <= 14 : 0;
	return true;
}

static void test_what_is_gone_is_not_dropped_again(void **state)
{
	(void)state;
	fake_hook(FAKE_prctl, engine_left_14, NULL);
	caps_look();
	assert_int_equal(fake_count(FAKE_prctl), 64);
	assert_int_equal(caps_bound(0), 0);
	assert_int_equal(fake_count(FAKE_prctl), 64 + 14);
	caps_look();
	assert_int_equal(caps_bound(1 << CAP_CHOWN), 0);
	assert_int_equal(fake_count(FAKE_prctl), 64 + 14 + 13);
}

/* Every other call is the look whether there was something to drop. */
static bool forbidden(enum fake_call call, long *value, void *context)
{
	int const *there = context;
	unsigned const calls = fake_count(call);

	*value = calls > 82 ? -EINVAL : calls % 2 ? -EPERM : *there;
	return true;
}

static void test_without_setpcap(void **state)
{
	int there = 0;

	(void)state;
	fake_hook(FAKE_prctl, forbidden, &there);
	assert_int_equal(caps_bound(0), 0);
	reset(state);
	there = 1;
	fake_hook(FAKE_prctl, forbidden, &there);
	assert_int_equal(caps_bound(0), -EPERM);
}

static bool succeed(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = 0;
	return true;
}

static void test_set_raises_each_kept_one(void **state)
{
	(void)state;
	fake_hook(FAKE_capset, succeed, NULL);
	fake_hook(FAKE_prctl, succeed, NULL);
	assert_int_equal(caps_set((uint64_t)1 << CAP_BPF | 1 << CAP_CHOWN), 0);
	assert_int_equal(fake_count(FAKE_capset), 1);
	assert_int_equal(fake_count(FAKE_prctl), 3); /* the first clears what was ambient */
	fake_fail(FAKE_prctl, 5, 1, EPERM);
	assert_int_equal(caps_set(1 << CAP_CHOWN), -EPERM);
	fake_fail(FAKE_capset, 3, 1, EPERM);
	assert_int_equal(caps_set(0), -EPERM);
	assert_int_equal(fake_count(FAKE_prctl), 5);
}

static void test_get_fails(void **state)
{
	uint64_t effective;
	uint64_t permitted;

	(void)state;
	assert_int_equal(caps_get(&effective, &permitted), 0);
	assert_int_equal(effective & ~permitted, 0);
	fake_fail(FAKE_capget, 2, 2, EPERM);
	assert_int_equal(caps_get(&effective, &permitted), -EPERM);
	assert_int_equal(caps_lower(), -EPERM);
	assert_int_equal(fake_count(FAKE_capset), 0);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(names),
		TEST(names_are_the_kernels),
		TEST(names_that_are_none),
		TEST(bounding_set_ends_with_the_kernels_last),
		TEST(kept_ones_are_not_dropped),
		TEST(without_setpcap),
		TEST(set_raises_each_kept_one),
		TEST(get_fails),
		TEST(what_is_gone_is_not_dropped_again), /* last: it is remembered */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
