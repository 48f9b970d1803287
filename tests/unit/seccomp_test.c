/* SPDX-License-Identifier: ISC */
/*
 * What the filter answers: a call that it forgets lets a service out of its cage, one too many
 * takes from it what every program needs.
 */
#include "seccomp_run.h"

#include "confine/steps.h"
#include "sys/fake.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static void test_every_line_is_denied(void **state)
{
	(void)state;
	assert_every_line_is_denied();
}

/* The arguments of an ordinary call meet no test. */
static void test_everything_else_is_allowed(void **state)
{
	static struct {
		uint32_t number;
		uint64_t arguments[4];
	} const ordinary[] = {
		{ __NR_prlimit64, { 0 } },
		{ __NR_sched_setaffinity, { 0, 128 } },
		{ __NR_setpriority, { 0, 0, 5 } },
		{ __NR_ioprio_set, { 1, 0, 5 } },
		{ __NR_clone, { 0x3d0f00 } },  /* a thread */
		{ __NR_clone, { 0x1200011 } }, /* a process */
		{ __NR_unshare, { 0x400 } },
		{ __NR_personality, { 0 } },
		{ __NR_personality, { UINT32_MAX } },
		{ __NR_fchmod, { 3, 01777 } },
		{ __NR_fchmodat, { 3, 0, 0755 } },
		{ __NR_openat, { 3, 0, O_RDWR | O_CREAT, 0666 } },
		{ __NR_openat, { 3, 0, O_RDWR | O_TMPFILE, 0600 } },
		/* Without O_CREAT there is no mode, whatever the register holds. */
		{ __NR_openat, { 3, 0, O_RDWR | O_DIRECTORY, 06755 } },
		{ __NR_mknodat, { 3, 0, 0010644 } },
		{ __NR_ioctl, { 0, TCGETS } },
		{ __NR_ioctl, { 0, FIONBIO } },
		{ __NR_socket, { AF_INET, SOCK_STREAM } },
		{ __NR_socket, { AF_UNIX, SOCK_STREAM } },
		{ __NR_socket, { AF_NETLINK, SOCK_RAW } },
	};

	(void)state;
	for (uint32_t number = 0; number < SECCOMP_NUMBERS; number++)
		if (!has_rule(number) &&
		    call(number, UINT64_MAX, 06755, 06755, 06755) != SECCOMP_RET_ALLOW)
			fail_msg("call %u is denied", number);
	for (size_t i = 0; i < sizeof ordinary / sizeof ordinary[0]; i++) {
		uint64_t const *a = ordinary[i].arguments;

		if (call(ordinary[i].number, a[0], a[1], a[2], a[3]) != SECCOMP_RET_ALLOW)
			fail_msg("case %zu is denied", i);
	}
}

static void test_either_test_of_two_is_not_enough(void **state)
{
	(void)state;
	assert_int_equal(call(__NR_openat, 0, 0, O_CREAT, 04755), NO);
	assert_int_equal(call(__NR_openat, 0, 0, O_CREAT, 02755), NO);
	assert_int_equal(call(__NR_openat, 0, 0, O_TMPFILE, 04755), NO);
	assert_int_equal(call(__NR_openat, 0, 0, 0, 04755), SECCOMP_RET_ALLOW);
	assert_int_equal(call(__NR_setpriority, 1, 0, 0, 0), NO);
	assert_int_equal(call(__NR_setpriority, 2, 0, 0, 0), NO);
	assert_int_equal(call(__NR_setpriority, 0, 1, 0, 0), NO);
	assert_int_equal(call(__NR_ioprio_set, 0, 0, 0, 0), NO);
}

static void test_what_cannot_be_seen_is_not_here(void **state)
{
	(void)state;
	assert_int_equal(call(__NR_clone3, 1, 88, 0, 0), NOT_HERE);
	assert_int_equal(call(__NR_openat2, 3, 0, 0, 24), NOT_HERE);
}

static void test_adjustments(void **state)
{
	uint32_t const adjustments[] = { __NR_ptrace, __NR_ioctl, __NR_openat2,
					 __NR_getpid | PLAN_SYSCALL_DENY,
					 __NR_prlimit64 | PLAN_SYSCALL_DENY };

	(void)state;
	compile(true, adjustments, 5);
	assert_int_equal(call(__NR_ptrace, 0, 0, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(call(__NR_ioctl, 0, TIOCSTI, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(call(__NR_openat2, 0, 0, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(call(__NR_getpid, 0, 0, 0, 0), NO);
	assert_int_equal(call(__NR_prlimit64, 0, 0, 0, 0), NO);
	assert_int_equal(call(__NR_mount, 0, 0, 0, 0), NO);
}

static void test_the_last_of_several_counts(void **state)
{
	uint32_t const adjustments[] = { __NR_getpid | PLAN_SYSCALL_DENY, __NR_getpid, __NR_mount,
					 __NR_mount | PLAN_SYSCALL_DENY };

	(void)state;
	compile(true, adjustments, 4);
	assert_int_equal(call(__NR_getpid, 0, 0, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(call(__NR_mount, 0, 0, 0, 0), NO);
}

static void test_without_the_list(void **state)
{
	uint32_t const adjustments[] = { __NR_getpid | PLAN_SYSCALL_DENY, __NR_mount };

	(void)state;
	compile(false, NULL, 0);
	assert_int_equal(count, 0);
	compile(false, adjustments + 1, 1);
	assert_int_equal(count, 0);
	compile(false, adjustments, 2);
	assert_int_equal(call(__NR_getpid, 0, 0, 0, 0), NO);
	assert_int_equal(call(__NR_ptrace, 0, 0, 0, 0), SECCOMP_RET_ALLOW);
}

static void test_no_such_number(void **state)
{
	uint32_t const adjustments[] = { SECCOMP_NUMBERS, SECCOMP_NUMBERS | PLAN_SYSCALL_DENY };

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(seccomp_compile(true, adjustments + i, 1, &filter), -EINVAL);
}

/* Without them a child could not start, and then not even end. */
static void test_what_the_start_needs_cannot_be_denied(void **state)
{
	uint32_t const needed[] = { __NR_execve, __NR_write, __NR_exit_group };

	(void)state;
	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		uint32_t const denied = needed[i] | PLAN_SYSCALL_DENY;

		assert_int_equal(seccomp_compile(true, &denied, 1, &filter), -EINVAL);
		assert_int_equal(seccomp_compile(false, &denied, 1, &filter), -EINVAL);
	}
}

/* Where the plan says that there is no seccomp, it is not even tried. */
static void test_host_without_seccomp(void **state)
{
	struct plan_header plan = { .host = 0 };
	struct plan_slot slot = { .kind = PLAN_LONGRUN };
	struct confine_request request = { .plan = &plan, .slot = &slot };

	(void)state;
	fake_reset();
	assert_int_equal(seccomp_enter(&request), 0);
	assert_int_equal(fake_count(FAKE_seccomp), 0);
	plan.host = PLAN_HOST_SECCOMP;
	slot.flags = PLAN_SYSCALLS_ALL;
	assert_int_equal(seccomp_enter(&request), 0);
	assert_int_equal(fake_count(FAKE_seccomp), 0);
	slot.flags = 0;
	fake_fail(FAKE_seccomp, 1, 1, EINVAL);
	assert_int_equal(seccomp_enter(&request), -EINVAL);
	fake_reset();
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		WITH_DEFAULTS(test_every_line_is_denied),
		WITH_DEFAULTS(test_everything_else_is_allowed),
		WITH_DEFAULTS(test_either_test_of_two_is_not_enough),
		WITH_DEFAULTS(test_what_cannot_be_seen_is_not_here),
		cmocka_unit_test(test_adjustments),
		cmocka_unit_test(test_the_last_of_several_counts),
		cmocka_unit_test(test_without_the_list),
		cmocka_unit_test(test_no_such_number),
		cmocka_unit_test(test_what_the_start_needs_cannot_be_denied),
		cmocka_unit_test(test_host_without_seccomp),
	};

	return cmocka_run_group_tests_name("seccomp", tests, NULL, NULL);
}
