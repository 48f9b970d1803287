/* SPDX-License-Identifier: ISC */
/* The shape of the program: a wrong jump is a wrong answer for some call among hundreds. */
#include "seccomp_run.h"

#include <linux/audit.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* The kernel takes an int from these, so the upper half is no way round and no obstacle. */
static void test_upper_halves_do_not_count(void **state)
{
	uint64_t const high = UINT64_C(0xdeadbeef) << 32;

	(void)state;
	assert_int_equal(call(__NR_prlimit64, high, 0, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(call(__NR_prlimit64, high | 1, 0, 0, 0), NO);
	assert_int_equal(call(__NR_ioctl, 0, high | TIOCSTI, 0, 0), NO);
	assert_int_equal(call(__NR_socket, high | AF_ALG, 0, 0, 0), NO);
	assert_int_equal(call(__NR_personality, high | 0x40000, 0, 0, 0), NO);
}

static void test_other_architectures(void **state)
{
	struct seccomp_data data = { .nr = __NR_getpid };
	uint32_t const others[] = { AUDIT_ARCH_I386, AUDIT_ARCH_ARM, 0, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		data.arch = others[i];
		assert_int_equal(run(&data), SECCOMP_RET_KILL_PROCESS);
	}
}

#ifdef __x86_64__
static void test_x32(void **state)
{
	(void)state;
	for (uint32_t number = 0; number < 600; number++)
		assert_int_equal(call(0x40000000 | number, 0, 0, 0, 0), NO);
	assert_int_equal(call(UINT32_MAX, 0, 0, 0, 0), NO);
	/* ptrace and execve of x32, which older kernels run without the bit */
	assert_int_equal(call(521, 0, 0, 0, 0), NO);
	assert_int_equal(call(512, 0, 0, 0, 0), NO);
	assert_int_equal(call(547, 0, 0, 0, 0), NO);
	assert_int_equal(call(548, 0, 0, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(call(0x3fffffff, 0, 0, 0, 0), SECCOMP_RET_ALLOW);
}
#endif

/* The more is denied the farther the jumps: every second call, then by chance, many times. */
static void test_any_pattern_fits(void **state)
{
	static uint32_t adjustments[SECCOMP_NUMBERS];
	static bool denied[SECCOMP_NUMBERS];
	uint32_t chance = 1;
	uint32_t next = 0;

	(void)state;
	for (int round = 0; round < 200; round++) {
		for (uint32_t number = 0; number < SECCOMP_NUMBERS; number++) {
			chance = chance * 1103515245 + 12345;
			denied[number] = round ? (int)(chance >> 24) < round : number % 2;
			denied[number] = denied[number] && !seccomp_is_needed(number);
			adjustments[number] = number | (denied[number] ? PLAN_SYSCALL_DENY : 0);
		}
		denied[0] = true;
		adjustments[0] = PLAN_SYSCALL_DENY;
		compile(true, adjustments, SECCOMP_NUMBERS);
		for (uint32_t number = 0; number < SECCOMP_NUMBERS; number++)
			assert_int_equal(call(number, 0, 0, 0, 0),
					 denied[number] ? (uint32_t)NO : SECCOMP_RET_ALLOW);
	}
	/* All tests of arguments, between calls that alternate. */
	for (uint32_t number = 0; number < SECCOMP_NUMBERS; number++)
		if (!has_rule(number) && !seccomp_is_needed(number))
			adjustments[next++] = number | (number % 2 ? PLAN_SYSCALL_DENY : 0);
	compile(true, adjustments, next);
	assert_every_line_is_denied();
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		WITH_DEFAULTS(test_upper_halves_do_not_count),
		WITH_DEFAULTS(test_other_architectures),
#ifdef __x86_64__
		WITH_DEFAULTS(test_x32),
#endif
		cmocka_unit_test(test_any_pattern_fits),
	};

	return cmocka_run_group_tests_name("seccomp_program", tests, NULL, NULL);
}
