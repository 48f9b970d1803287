/* SPDX-License-Identifier: ISC */
/* Which domain a service gets on which kernel, and that it does what it is there for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/host.h"
#include "confine/steps.h"
#include "sys/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	struct plan_header header;
	struct plan_slot slot;
	uint32_t set[2];
	char text[32];
} plan;

static struct confine_request const request = { .plan = &plan, .slot = &plan.slot };
static int ruleset;

static int reset(void **state)
{
	(void)state;
	fake_reset();
	memset(&plan, 0, sizeof plan);
	strcpy(plan.text, "NOTIFY_SOCKET=@orlop");
	plan.set[0] = offsetof(__typeof__(plan), text);
	plan.slot.environment.offset = offsetof(__typeof__(plan), set);
	return 0;
}

static bool descriptor(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = 1000; /* not open: closing it harms nothing */
	return true;
}

static bool zero(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = 0;
	return true;
}

static void pretend(uint32_t abi)
{
	plan.header.landlock_abi = abi;
	fake_hook(FAKE_landlock_create_ruleset, descriptor, NULL);
	fake_hook(FAKE_landlock_add_rule, zero, NULL);
	fake_hook(FAKE_landlock_restrict_self, zero, NULL);
}

/* ABI 1 refuses every rename between directories: no domain is better there. */
static void test_old_kernels_have_none(void **state)
{
	(void)state;
	for (uint32_t abi = 0; abi < 2; abi++) {
		pretend(abi);
		assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
		assert_int_equal(ruleset, -1);
		assert_int_equal(landlock_enter(ruleset), 0);
	}
	assert_int_equal(fake_count(FAKE_landlock_create_ruleset), 0);
	assert_int_equal(fake_count(FAKE_landlock_restrict_self), 0);
}

static void test_confine_off_has_none(void **state)
{
	(void)state;
	pretend(7);
	plan.slot.confine = PLAN_UNCONFINED;
	assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
	assert_int_equal(ruleset, -1);
}

/* Before the scopes, a rule must give back what the domain has to handle. */
static void test_abi_2_to_5_deny_nothing(void **state)
{
	(void)state;
	for (uint32_t abi = 2; abi < 6; abi++) {
		reset(state);
		pretend(abi);
		assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
		assert_int_equal(ruleset, 1000);
		assert_int_equal(fake_count(FAKE_landlock_add_rule), 1);
	}
}

static void test_abi_6_needs_no_rule(void **state)
{
	(void)state;
	pretend(6);
	assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
	assert_int_equal(ruleset, 1000);
	assert_int_equal(fake_count(FAKE_landlock_add_rule), 0);
	assert_int_equal(landlock_enter(ruleset), 0);
	assert_int_equal(fake_count(FAKE_landlock_restrict_self), 1);
	assert_int_equal(fake_count(FAKE_close), 1);
}

static void test_failures(void **state)
{
	(void)state;
	pretend(6);
	fake_fail(FAKE_landlock_create_ruleset, 1, 1, ENOMEM);
	assert_int_equal(landlock_ruleset(&request, &ruleset), -ENOMEM);
	pretend(2);
	fake_fail(FAKE_landlock_create_ruleset, 2, 1, ENOMEM);
	assert_int_equal(landlock_ruleset(&request, &ruleset), -ENOMEM);
	fake_fail(FAKE_openat, 1, 1, EMFILE);
	assert_int_equal(landlock_ruleset(&request, &ruleset), -EMFILE);
	fake_fail(FAKE_landlock_add_rule, 1, 1, EINVAL);
	assert_int_equal(landlock_ruleset(&request, &ruleset), -EINVAL);
	fake_fail(FAKE_landlock_restrict_self, 1, 1, E2BIG);
	assert_int_equal(landlock_enter(1000), -E2BIG);
}

/* On the kernel that runs this: `act` in the domain that `abi` asks for. */
static int in_domain(uint32_t abi, int (*act)(void))
{
	int status;
	int const child = fork();

	if (child == 0) {
		plan.header.landlock_abi = abi;
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		    landlock_ruleset(&request, &ruleset) != 0 || landlock_enter(ruleset) != 0)
			_exit(111);
		_exit(act());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int signal_parent(void)
{
	return sys_kill(getppid(), 0) == 0 ? 0 : 1;
}

/* Asks the same as ptrace and environ do; those let CAP_PERFMON through since Linux 6.15. */
static int look_into_parent(void)
{
	char name[64];
	char target[64];

	(void)snprintf(name, sizeof name, "/proc/%d/cwd", getppid());
	return readlink(name, target, sizeof target) >= 0 ? 0 : 1;
}

static int rename_between_directories(void)
{
	char one[] = "/tmp/landlock_test.XXXXXX";
	char two[] = "/tmp/landlock_test.XXXXXX";
	char old[64];
	char new[64];
	int result = 111;
	int fd;

	if (!mkdtemp(one) || !mkdtemp(two))
		return 111;
	(void)snprintf(old, sizeof old, "%s/file", one);
	(void)snprintf(new, sizeof new, "%s/file", two);
	fd = open(old, O_WRONLY | O_CREAT, 0600);
	if (fd >= 0)
		result = rename(old, new) == 0 ? 0 : 1;
	unlink(old);
	unlink(new);
	rmdir(one);
	rmdir(two);
	return result;
}

static uint32_t abi_here(void)
{
	struct host host;

	host_probe(&host);
	return host.landlock_abi;
}

/* What the domain is there for. */
static void test_domain_shields(void **state)
{
	uint32_t const abi = abi_here();

	(void)state;
	if (abi < 2)
		skip();
	assert_int_equal(in_domain(0, look_into_parent), 0);
	assert_int_equal(in_domain(2, look_into_parent), 1);
	assert_int_equal(in_domain(2, signal_parent), 0);
	if (abi < 6)
		skip();
	assert_int_equal(in_domain(6, look_into_parent), 1);
	assert_int_equal(in_domain(6, signal_parent), 1);
	/* A stop-command has to reach the service beside it. */
	plan.slot.kind = PLAN_PROBE;
	assert_int_equal(in_domain(6, signal_parent), 0);
	assert_int_equal(in_domain(6, look_into_parent), 1);
	/* An abstract notify socket leaves the signals' scope on. */
	plan.slot.kind = PLAN_LONGRUN;
	plan.slot.environment.count = 1;
	assert_int_equal(in_domain(6, signal_parent), 1);
}

/* And what it must not break. */
static void test_domain_denies_no_rename(void **state)
{
	uint32_t const abi = abi_here();

	(void)state;
	if (abi < 2)
		skip();
	assert_int_equal(in_domain(2, rename_between_directories), 0);
	if (abi >= 6)
		assert_int_equal(in_domain(6, rename_between_directories), 0);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(old_kernels_have_none),
		TEST(confine_off_has_none),
		TEST(abi_2_to_5_deny_nothing),
		TEST(abi_6_needs_no_rule),
		TEST(failures),
		TEST(domain_shields),
		TEST(domain_denies_no_rename),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
