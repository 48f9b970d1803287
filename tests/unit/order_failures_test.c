/* SPDX-License-Identifier: ISC */
/*
 * Each step of confine_exec() that fails must be named, with its errno, and must end the child:
 * one that is overlooked lets the program run with what it was to lose.
 */
#include "order_harness.h"

enum {
	BOUNDING_CALLS = 64,
	AMBIENT_CALL = 65,
	NO_NEW_PRIVS_CALL = 66,
	/* The first file that is opened is the oom score's. */
	FIRST_PATH = 2,
	SECOND_PATH = 3,
	FIRST_SECRET = 4,
	SECOND_SECRET = 5,
	FIRST_SECRET_FSTAT = 3,
	BIND_RULE = 1,
	CONNECT_RULE = 2,
	FIRST_PATH_RULE = 3,
	SECOND_PATH_RULE = 4
};

static struct {
	enum fake_call call;
	unsigned which;
	int error;
	enum confine_step step;
	int told;
	int status;
	uint32_t object;
} const failures[] = {
	{ FAKE_rt_sigaction, 1, EINVAL, STEP_SIGNALS, EINVAL, 111, 0 },
	{ FAKE_rt_sigaction, 62, EINVAL, STEP_SIGNALS, EINVAL, 111, 0 },
	{ FAKE_rt_sigprocmask, 1, EFAULT, STEP_SIGNALS, EFAULT, 111, 0 },
	{ FAKE_setsid, 1, EPERM, STEP_SESSION, EPERM, 111, 0 },
	{ FAKE_ioctl, 1, EPERM, STEP_TERMINAL, EPERM, 111, 0 },
	{ FAKE_fcntl, 1, EBADF, STEP_DESCRIPTORS, EBADF, 111, 0 },
	{ FAKE_dup3, 1, EBADF, STEP_DESCRIPTORS, EBADF, 111, 0 },
	{ FAKE_close_range, 1, EMFILE, STEP_DESCRIPTORS, EMFILE, 111, 0 },
	{ FAKE_prlimit64, 1, EINVAL, STEP_LIMITS, EINVAL, 111, 0 },
	{ FAKE_setpriority, 1, EACCES, STEP_NICE, EACCES, 111, 0 },
	{ FAKE_openat, 1, EACCES, STEP_OOM_SCORE, EACCES, 111, 0 },
	{ FAKE_write, 1, EACCES, STEP_OOM_SCORE, EACCES, 111, 0 },
	{ FAKE_landlock_create_ruleset, 1, ENOMEM, STEP_LANDLOCK, ENOMEM, 111, 0 },
	{ FAKE_landlock_create_ruleset, 1, EPERM, STEP_LANDLOCK, EPERM, 111, 0 },
	{ FAKE_landlock_add_rule, BIND_RULE, ENOMEM, STEP_LANDLOCK, ENOMEM, 111, 0 },
	{ FAKE_landlock_add_rule, CONNECT_RULE, EINVAL, STEP_LANDLOCK, EINVAL, 111, 0 },
	{ FAKE_openat, FIRST_PATH, ENOENT, STEP_PATHS, ENOENT, 111, 1 },
	{ FAKE_openat, FIRST_PATH, EACCES, STEP_PATHS, EACCES, 111, 1 },
	{ FAKE_openat, SECOND_PATH, EMFILE, STEP_PATHS, EMFILE, 111, 2 },
	{ FAKE_openat, SECOND_PATH, ENOMEM, STEP_PATHS, ENOMEM, 111, 2 },
	{ FAKE_fstat, 1, EIO, STEP_PATHS, EIO, 111, 1 },
	{ FAKE_landlock_add_rule, FIRST_PATH_RULE, ENOMEM, STEP_PATHS, ENOMEM, 111, 1 },
	{ FAKE_landlock_add_rule, SECOND_PATH_RULE, EINVAL, STEP_PATHS, EINVAL, 111, 2 },
	{ FAKE_openat, FIRST_SECRET, ENOENT, STEP_SECRETS, ENOENT, 111, 1 },
	{ FAKE_openat, FIRST_SECRET, EACCES, STEP_SECRETS, EACCES, 111, 1 },
	{ FAKE_openat, SECOND_SECRET, ENFILE, STEP_SECRETS, ENFILE, 111, 2 },
	{ FAKE_fstat, FIRST_SECRET_FSTAT, EIO, STEP_SECRETS, EIO, 111, 1 },
	{ FAKE_read, 1, EIO, STEP_SECRETS, EIO, 111, 1 },
	{ FAKE_read, 2, EISDIR, STEP_SECRETS, EISDIR, 111, 2 },
	{ FAKE_prctl, 1, EFAULT, STEP_BOUNDING_SET, EFAULT, 111, 0 },
	{ FAKE_prctl, BOUNDING_CALLS, EFAULT, STEP_BOUNDING_SET, EFAULT, 111, 0 },
	{ FAKE_setgroups, 1, EPERM, STEP_GROUPS, EPERM, 111, 0 },
	{ FAKE_setresgid, 1, EINVAL, STEP_GID, EINVAL, 111, 0 },
	{ FAKE_setresuid, 1, EAGAIN, STEP_UID, EAGAIN, 111, 0 },
	{ FAKE_getresuid, 1, EFAULT, STEP_PROOF, EFAULT, 111, 0 },
	{ FAKE_getresgid, 1, EFAULT, STEP_PROOF, EFAULT, 111, 0 },
	{ FAKE_getgroups, 1, EINVAL, STEP_PROOF, EPERM, 111, 0 },
	{ FAKE_capset, 1, EPERM, STEP_CAPABILITIES, EPERM, 111, 0 },
	{ FAKE_prctl, AMBIENT_CALL, EINVAL, STEP_CAPABILITIES, EINVAL, 111, 0 },
	{ FAKE_chdir, 1, EACCES, STEP_DIRECTORY, EACCES, 111, 0 },
	{ FAKE_getcwd, 1, ENOENT, STEP_DIRECTORY, ENOENT, 111, 0 },
	{ FAKE_prctl, NO_NEW_PRIVS_CALL, EINVAL, STEP_NO_NEW_PRIVS, EINVAL, 111, 0 },
	{ FAKE_landlock_restrict_self, 1, E2BIG, STEP_LANDLOCK, E2BIG, 111, 0 },
	{ FAKE_landlock_restrict_self, 1, EPERM, STEP_LANDLOCK, EPERM, 111, 0 },
	{ FAKE_seccomp, 1, EACCES, STEP_SECCOMP, EACCES, 111, 0 },
	{ FAKE_seccomp, 1, EINVAL, STEP_SECCOMP, EINVAL, 111, 0 },
	{ FAKE_execve, 1, ENOENT, STEP_EXEC, ENOENT, 127, 0 },
	{ FAKE_execve, 1, EACCES, STEP_EXEC, EACCES, 126, 0 },
	{ FAKE_execve, 1, ENOEXEC, STEP_EXEC, ENOEXEC, 126, 0 },
	{ FAKE_execve, 1, ENOMEM, STEP_EXEC, ENOMEM, 111, 0 },
	{ FAKE_execve, 1, E2BIG, STEP_EXEC, E2BIG, 111, 0 },
};

static void test_each_failure_is_named(void **state)
{
	for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
		prepare(state);
		fake_fail(failures[i].call, failures[i].which, 1, failures[i].error);
		run();
		assert_ended_at((int)failures[i].step, failures[i].told, failures[i].status,
				failures[i].object);
	}
}

/* setuid(0) that works means that the drop did not. */
static void test_reachable_root_is_refused(void **state)
{
	static long zero;

	(void)state;
	fake_fail(FAKE_setuid, 0, 0, 0);
	fake_hook(FAKE_setuid, answer, &zero);
	run();
	assert_ended(STEP_PROOF, EPERM, 111);
}

/* A kernel that says yes and does nothing is found out. */
static void test_ids_that_do_not_read_back_are_refused(void **state)
{
	(void)state;
	plan.slot.uid++;
	run();
	assert_ended(STEP_PROOF, EPERM, 111);
	prepare(state);
	plan.slot.gid++;
	run();
	assert_ended(STEP_PROOF, EPERM, 111);
	prepare(state);
	plan.groups[0] = 4242;
	plan.slot.groups.count = 1;
	run();
	assert_ended(STEP_PROOF, EPERM, 111);
}

/* What only comforts is not worth a service that does not start, unless it was asked for. */
static void test_best_effort_goes_on(void **state)
{
	static struct {
		enum fake_call call;
		int error;
	} const excused[] = {
		{ FAKE_setpriority, EACCES }, { FAKE_openat, ENOENT },	 { FAKE_write, EACCES },
		{ FAKE_prctl, EPERM },	      { FAKE_prlimit64, EPERM },
	};

	for (size_t i = 0; i < sizeof excused / sizeof excused[0]; i++) {
		prepare(state);
		plan.slot.confine = PLAN_BEST_EFFORT;
		fake_fail(excused[i].call, 1, 1, excused[i].error);
		run();
		assert_ended(STEP_EXEC, ENOENT, 127);
	}
}

static void test_too_many_variables(void **state)
{
	(void)state;
	for (int i = 0; i < VARIABLES; i++)
		environment[i] = "PATH=/bin";
	run();
	assert_ended(STEP_ENVIRONMENT, E2BIG, 111);
}

/* capset that changed nothing: root's capabilities are still there. */
static void test_shared_uid_proves_that_nothing_is_left(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	plan.header.host |= PLAN_HOST_SHARED_UID;
	run();
	assert_ended(STEP_PROOF, EPERM, 111);
}

static void test_capability_that_is_not_to_be_had(void **state)
{
	(void)state;
	plan.slot.capabilities = 1 << 10;
	run();
	assert_ended(STEP_CAPABILITIES, EPERM, 111);
	prepare(state);
	plan.slot.capabilities = 1 << 10;
	plan.slot.confine = PLAN_BEST_EFFORT;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
}

int main(void)
{
	struct CMUnitTest const as_root[] = {
		TEST(shared_uid_proves_that_nothing_is_left),
	};
	struct CMUnitTest const tests[] = {
		TEST(each_failure_is_named),
		TEST(reachable_root_is_refused),
		TEST(ids_that_do_not_read_back_are_refused),
		TEST(best_effort_goes_on),
		TEST(too_many_variables),
		TEST(capability_that_is_not_to_be_had),
	};
	int failed;

	if (open_files() != 0)
		return 1;
	failed = cmocka_run_group_tests_name("failures, as root", as_root, NULL, NULL);
	become_someone();
	return failed + cmocka_run_group_tests_name("failures", tests, NULL, NULL);
}
