/* SPDX-License-Identifier: ISC */
/* The order of confine_exec()'s calls is the contract of the cage, for every kind of program. */
#include "order_harness.h"

#define BEGIN	   "rt_sigaction rt_sigprocmask setsid ioctl fcntl dup3 close_range "
#define PRIORITIES "umask prlimit64 setpriority openat write close "
/* Two port rules follow one another, as do two path rules with their files. */
#define RULESET "landlock_create_ruleset landlock_add_rule "
#define PATHS	"openat fstat landlock_add_rule close openat fstat landlock_add_rule close "
#define SECRETS "openat fstat read close openat fstat read close "
#define FILES	RULESET PATHS SECRETS
#define IDS	"setresuid getresuid getresgid getgroups "
#define WALLS	"prctl landlock_restrict_self close seccomp "
#define END	"write exit "

static void assert_calls(char const *expected)
{
	static char text[4096];
	size_t size = 0;

	text[0] = '\0';
	for (size_t i = 0; i < call_count; i++)
		size += (size_t)snprintf(text + size, sizeof text - size, "%s ",
					 fake_name(calls[i]));
	assert_string_equal(text, expected);
}

/* Out of this order, a step would miss the privilege it needs or undo one before it. */
static void test_order_is_the_contract(void **state)
{
	(void)state;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	/* setuid(0) and execve fail, and what fails is not recorded. */
	assert_calls(BEGIN PRIORITIES FILES "prctl setgroups setresgid " IDS
					    "capset prctl chdir getcwd " WALLS END);
}

/* Without CAP_SETUID: no change of ids is tried, and the rest is not left out. */
static void test_shared_uid_keeps_ids(void **state)
{
	(void)state;
	plan.header.host |= PLAN_HOST_SHARED_UID;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	assert_calls(BEGIN PRIORITIES FILES "prctl capset prctl capget chdir getcwd " WALLS END);
}

/* The container's main program: nothing of the cage, and not even a change of directory. */
static void test_main_program_is_not_caged(void **state)
{
	(void)state;
	plan.slot.flags |= PLAN_KEEP_USER;
	plan.slot.directory = 0;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	assert_calls(BEGIN END);
}

/* confine = off takes away what would stop a setuid program; ids and capabilities still go. */
static void test_unconfined_still_drops(void **state)
{
	(void)state;
	plan.slot.confine = PLAN_UNCONFINED;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	assert_calls(BEGIN PRIORITIES SECRETS "setgroups setresgid " IDS
					      "capset prctl chdir getcwd " END);
}

/* Who does not leave uid 0 keeps its capabilities; the proof must not be made with them. */
static void test_proof_of_another_than_root_is_made_without_capabilities(void **state)
{
	(void)state;
	plan.header.uid = 12345;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	for (size_t i = 0; i < call_count; i++) {
		if (calls[i] != FAKE_setresuid)
			continue;
		assert_int_equal(calls[i + 1], FAKE_capget);
		assert_int_equal(calls[i + 2], FAKE_capset);
		assert_int_equal(calls[i + 3], FAKE_getresuid);
		return;
	}
	fail_msg("no change of user");
}

/* A kernel without seccomp is told about by the plan; the cage does not ask it again. */
static void test_host_without_seccomp(void **state)
{
	(void)state;
	plan.header.host = 0;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	assert_int_not_equal(calls[call_count - 3], FAKE_seccomp);
}

static void test_no_terminal_without_one(void **state)
{
	(void)state;
	request.terminal = -1;
	fake_fail(FAKE_ioctl, 1, 1, EPERM);
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
}

/* As root: its real capabilities are all there to be kept. */
static void test_kept_capabilities_are_carried_over(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	plan.slot.capabilities = 1 << 10;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	assert_calls(BEGIN PRIORITIES FILES "capget prctl setgroups setresgid prctl " IDS
					    "capset prctl chdir getcwd " WALLS END);
}

int main(void)
{
	struct CMUnitTest const as_root[] = {
		TEST(kept_capabilities_are_carried_over),
	};
	struct CMUnitTest const tests[] = {
		TEST(order_is_the_contract),
		TEST(shared_uid_keeps_ids),
		TEST(main_program_is_not_caged),
		TEST(unconfined_still_drops),
		TEST(proof_of_another_than_root_is_made_without_capabilities),
		TEST(host_without_seccomp),
		TEST(no_terminal_without_one),
	};
	int failed;

	if (open_files() != 0)
		return 1;
	failed = cmocka_run_group_tests_name("order, as root", as_root, NULL, NULL);
	become_someone();
	return failed + cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
