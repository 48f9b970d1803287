/* SPDX-License-Identifier: ISC */
/*
 * confine_exec() with every call answered by the fake: the order of the calls is the contract of
 * the cage, and each step that fails must be named, with its errno, and must end the child.
 * The ids that are read back are real, so the program first becomes a user that is not root.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/confine.h"
#include "sys/fake.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SLOT = 7, GENERATION = 9, CALLS_MAX = 1024, VARIABLES = PLAN_ENVIRONMENT_MAX + 1 };

static struct {
	struct plan_header header;
	struct plan_slot slot;
	struct plan_limit limit;
	uint32_t groups[PLAN_GROUPS_MAX];
	uint32_t arguments[2];
	char text[64];
} plan;

static struct confine_request request;
static enum fake_call calls[CALLS_MAX];
static size_t call_count;
static int exit_status;
static int errors[2];
static int reported_step;
static int reported_error;
static bool oom_score_open;
static jmp_buf ended;
static char *environment[VARIABLES + 1] = { "PATH=/bin", NULL };

static uint32_t offset_of(void const *thing)
{
	return (uint32_t)((char const *)thing - (char const *)&plan);
}

static void record(enum fake_call call)
{
	if (call_count > 0 && calls[call_count - 1] == call)
		return;
	assert_true(call_count < CALLS_MAX);
	calls[call_count++] = call;
}

static bool answer(enum fake_call call, long *value, void *context)
{
	record(call);
	*value = *(long const *)context;
	return true;
}

/* Made for real: they only read. */
static bool look(enum fake_call call, long *value, void *context)
{
	(void)value;
	(void)context;
	record(call);
	return false;
}

/* The oom score's write follows its open and is answered; the error record's is made. */
static bool open_file(enum fake_call call, long *value, void *context)
{
	(void)context;
	record(call);
	oom_score_open = true;
	*value = 98;
	return true;
}

static bool write_or_report(enum fake_call call, long *value, void *context)
{
	(void)context;
	record(call);
	*value = 1;
	return oom_score_open;
}

static bool close_file(enum fake_call call, long *value, void *context)
{
	(void)context;
	record(call);
	oom_score_open = false;
	*value = 0;
	return true;
}

static bool end(enum fake_call call, long *value, void *context)
{
	(void)context;
	record(call);
	exit_status = (int)*value;
	longjmp(ended, 1);
}

static void report(enum confine_step step, int error)
{
	reported_step = (int)step;
	reported_error = error;
}

static void hook_all(void)
{
	static long zero;
	static long descriptor = 99;
	static enum fake_call const looks[] = { FAKE_getresuid, FAKE_getresgid, FAKE_getgroups,
						FAKE_getcwd, FAKE_capget };
	static enum fake_call const opens[] = { FAKE_landlock_create_ruleset, FAKE_fcntl };

	for (int call = 0; call < FAKE_CALLS; call++)
		fake_hook((enum fake_call)call, answer, &zero);
	for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++)
		fake_hook(looks[i], look, NULL);
	for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++)
		fake_hook(opens[i], answer, &descriptor);
	fake_hook(FAKE_openat, open_file, NULL);
	fake_hook(FAKE_close, close_file, NULL);
	fake_hook(FAKE_write, write_or_report, NULL);
	fake_hook(FAKE_exit, end, NULL);
	fake_fail(FAKE_execve, 1, 1, ENOENT);
	fake_fail(FAKE_setuid, 1, 1, EPERM);
}

static int prepare(void **state)
{
	int const groups = getgroups(PLAN_GROUPS_MAX, plan.groups);

	(void)state;
	assert_true(groups >= 0);
	memset(&plan.header, 0, sizeof plan.header);
	memset(&plan.slot, 0, sizeof plan.slot);
	memcpy(plan.text, "/bin/true\0true\0/", 16);
	plan.header.landlock_abi = 7;
	plan.arguments[0] = offset_of(plan.text + 10);
	plan.limit = (struct plan_limit){ .resource = RLIMIT_CORE };
	plan.slot = (struct plan_slot){
		.executable = offset_of(plan.text),
		.arguments = { offset_of(plan.arguments), 1 },
		.directory = offset_of(plan.text + 15),
		.flags = PLAN_PASS_ALL | PLAN_NICE | PLAN_OOM,
		.uid = geteuid(),
		.gid = getegid(),
		.groups = { offset_of(plan.groups), (uint32_t)groups },
		.limits = { offset_of(&plan.limit), 1 },
		.confine = PLAN_STRICT,
	};
	request = (struct confine_request){
		.plan = &plan,
		.slot = &plan.slot,
		.environment = environment,
		.places = { { 20, 1 } },
		.place_count = 1,
		.error_fd = errors[1],
		.terminal = 0,
		.index = SLOT,
		.generation = GENERATION,
		.report = report,
	};
	environment[1] = NULL;
	oom_score_open = false;
	call_count = 0;
	fake_reset();
	hook_all();
	return 0;
}

static void run(void)
{
	if (setjmp(ended) == 0)
		confine_exec(&request);
	fake_reset();
}

static void assert_ended(int step, int error, int status)
{
	struct spawn_error told;

	assert_int_equal(read(errors[0], &told, sizeof told), sizeof told);
	assert_string_equal(step_name(told.step), step_name((uint32_t)step));
	assert_int_equal(told.step, step);
	assert_int_equal(told.number, error);
	assert_int_equal(told.slot, SLOT);
	assert_int_equal(told.generation, GENERATION);
	assert_int_equal(reported_step, step);
	assert_int_equal(reported_error, -error);
	assert_int_equal(exit_status, status);
}

static void assert_order(enum fake_call const *expected, size_t count)
{
	for (size_t i = 0; i < count && i < call_count; i++)
		if (calls[i] != expected[i])
			fail_msg("call %zu is %s, not %s", i, fake_name(calls[i]),
				 fake_name(expected[i]));
	assert_int_equal(call_count, count);
}

#define ASSERT_ORDER(...)                                                   \
	do {                                                                \
		enum fake_call const expected[] = { __VA_ARGS__ };          \
		assert_order(expected, sizeof expected / sizeof *expected); \
	} while (0)

/* Out of this order, a step would miss the privilege it needs or undo one before it. */
static void test_order_is_the_contract(void **state)
{
	(void)state;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	/* The record's write, the failed setuid and execve are not recorded: they did not happen. */
	ASSERT_ORDER(FAKE_rt_sigaction, FAKE_rt_sigprocmask, FAKE_setsid, FAKE_ioctl, FAKE_fcntl,
		     FAKE_dup3, FAKE_close_range, FAKE_umask, FAKE_prlimit64, FAKE_setpriority,
		     FAKE_openat, FAKE_write, FAKE_close, FAKE_landlock_create_ruleset, FAKE_prctl,
		     FAKE_setgroups, FAKE_setresgid, FAKE_setresuid, FAKE_getresuid, FAKE_getresgid,
		     FAKE_getgroups, FAKE_capset, FAKE_prctl, FAKE_chdir, FAKE_getcwd, FAKE_prctl,
		     FAKE_landlock_restrict_self, FAKE_close, FAKE_write, FAKE_exit);
}

/* Without CAP_SETUID: no change of ids is tried, and the rest is not left out. */
static void test_shared_uid_keeps_ids(void **state)
{
	(void)state;
	plan.header.host = PLAN_HOST_SHARED_UID;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	ASSERT_ORDER(FAKE_rt_sigaction, FAKE_rt_sigprocmask, FAKE_setsid, FAKE_ioctl, FAKE_fcntl,
		     FAKE_dup3, FAKE_close_range, FAKE_umask, FAKE_prlimit64, FAKE_setpriority,
		     FAKE_openat, FAKE_write, FAKE_close, FAKE_landlock_create_ruleset, FAKE_prctl,
		     FAKE_capset, FAKE_prctl, FAKE_capget, FAKE_chdir, FAKE_getcwd, FAKE_prctl,
		     FAKE_landlock_restrict_self, FAKE_close, FAKE_write, FAKE_exit);
}

/* The container's main program: nothing of the cage, and not even a change of directory. */
static void test_main_program_is_not_caged(void **state)
{
	(void)state;
	plan.slot.flags |= PLAN_KEEP_USER;
	plan.slot.directory = 0;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	ASSERT_ORDER(FAKE_rt_sigaction, FAKE_rt_sigprocmask, FAKE_setsid, FAKE_ioctl, FAKE_fcntl,
		     FAKE_dup3, FAKE_close_range, FAKE_write, FAKE_exit);
}

/* confine = off takes the Landlock domain away, and nothing else. */
static void test_unconfined_still_drops(void **state)
{
	(void)state;
	plan.slot.confine = PLAN_UNCONFINED;
	run();
	assert_ended(STEP_EXEC, ENOENT, 127);
	ASSERT_ORDER(FAKE_rt_sigaction, FAKE_rt_sigprocmask, FAKE_setsid, FAKE_ioctl, FAKE_fcntl,
		     FAKE_dup3, FAKE_close_range, FAKE_umask, FAKE_prlimit64, FAKE_setpriority,
		     FAKE_openat, FAKE_write, FAKE_close, FAKE_prctl, FAKE_setgroups,
		     FAKE_setresgid, FAKE_setresuid, FAKE_getresuid, FAKE_getresgid, FAKE_getgroups,
		     FAKE_capset, FAKE_prctl, FAKE_chdir, FAKE_getcwd, FAKE_prctl, FAKE_write,
		     FAKE_exit);
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

enum { BOUNDING_CALLS = 64, AMBIENT_CALL = 65, NO_NEW_PRIVS_CALL = 66 };

static struct {
	enum fake_call call;
	unsigned which;
	int error;
	enum confine_step step;
	int told;
	int status;
} const failures[] = {
	{ FAKE_rt_sigaction, 1, EINVAL, STEP_SIGNALS, EINVAL, 111 },
	{ FAKE_rt_sigaction, 62, EINVAL, STEP_SIGNALS, EINVAL, 111 },
	{ FAKE_rt_sigprocmask, 1, EFAULT, STEP_SIGNALS, EFAULT, 111 },
	{ FAKE_setsid, 1, EPERM, STEP_SESSION, EPERM, 111 },
	{ FAKE_ioctl, 1, EPERM, STEP_TERMINAL, EPERM, 111 },
	{ FAKE_fcntl, 1, EBADF, STEP_DESCRIPTORS, EBADF, 111 },
	{ FAKE_dup3, 1, EBADF, STEP_DESCRIPTORS, EBADF, 111 },
	{ FAKE_close_range, 1, EMFILE, STEP_DESCRIPTORS, EMFILE, 111 },
	{ FAKE_prlimit64, 1, EINVAL, STEP_LIMITS, EINVAL, 111 },
	{ FAKE_setpriority, 1, EACCES, STEP_NICE, EACCES, 111 },
	{ FAKE_openat, 1, EACCES, STEP_OOM_SCORE, EACCES, 111 },
	{ FAKE_write, 1, EACCES, STEP_OOM_SCORE, EACCES, 111 },
	{ FAKE_landlock_create_ruleset, 1, ENOMEM, STEP_LANDLOCK, ENOMEM, 111 },
	{ FAKE_prctl, 1, EFAULT, STEP_BOUNDING_SET, EFAULT, 111 },
	{ FAKE_prctl, BOUNDING_CALLS, EFAULT, STEP_BOUNDING_SET, EFAULT, 111 },
	{ FAKE_setgroups, 1, EPERM, STEP_GROUPS, EPERM, 111 },
	{ FAKE_setresgid, 1, EINVAL, STEP_GID, EINVAL, 111 },
	{ FAKE_setresuid, 1, EAGAIN, STEP_UID, EAGAIN, 111 },
	{ FAKE_getresuid, 1, EFAULT, STEP_PROOF, EFAULT, 111 },
	{ FAKE_getresgid, 1, EFAULT, STEP_PROOF, EFAULT, 111 },
	{ FAKE_getgroups, 1, EINVAL, STEP_PROOF, EPERM, 111 },
	{ FAKE_capset, 1, EPERM, STEP_CAPABILITIES, EPERM, 111 },
	{ FAKE_prctl, AMBIENT_CALL, EINVAL, STEP_CAPABILITIES, EINVAL, 111 },
	{ FAKE_chdir, 1, EACCES, STEP_DIRECTORY, EACCES, 111 },
	{ FAKE_getcwd, 1, ENOENT, STEP_DIRECTORY, ENOENT, 111 },
	{ FAKE_prctl, NO_NEW_PRIVS_CALL, EINVAL, STEP_NO_NEW_PRIVS, EINVAL, 111 },
	{ FAKE_landlock_restrict_self, 1, E2BIG, STEP_LANDLOCK, E2BIG, 111 },
	{ FAKE_execve, 1, ENOENT, STEP_EXEC, ENOENT, 127 },
	{ FAKE_execve, 1, EACCES, STEP_EXEC, EACCES, 126 },
	{ FAKE_execve, 1, ENOEXEC, STEP_EXEC, ENOEXEC, 126 },
	{ FAKE_execve, 1, ENOMEM, STEP_EXEC, ENOMEM, 111 },
	{ FAKE_execve, 1, E2BIG, STEP_EXEC, E2BIG, 111 },
};

/* A step whose failure is overlooked lets the program run with what it was to lose. */
static void test_each_failure_is_named(void **state)
{
	for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
		prepare(state);
		fake_fail(failures[i].call, failures[i].which, 1, failures[i].error);
		run();
		assert_ended((int)failures[i].step, failures[i].told, failures[i].status);
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
	ASSERT_ORDER(FAKE_rt_sigaction, FAKE_rt_sigprocmask, FAKE_setsid, FAKE_ioctl, FAKE_fcntl,
		     FAKE_dup3, FAKE_close_range, FAKE_umask, FAKE_prlimit64, FAKE_setpriority,
		     FAKE_openat, FAKE_write, FAKE_close, FAKE_landlock_create_ruleset, FAKE_capget,
		     FAKE_prctl, FAKE_setgroups, FAKE_setresgid, FAKE_prctl, FAKE_setresuid,
		     FAKE_getresuid, FAKE_getresgid, FAKE_getgroups, FAKE_capset, FAKE_prctl,
		     FAKE_chdir, FAKE_getcwd, FAKE_prctl, FAKE_landlock_restrict_self, FAKE_close,
		     FAKE_write, FAKE_exit);
}

/* capset that changed nothing: root's capabilities are still there. */
static void test_shared_uid_proves_that_nothing_is_left(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	plan.header.host = PLAN_HOST_SHARED_UID;
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

static void become_someone(void)
{
	if (geteuid() != 0)
		return;
	if (setgroups(0, NULL) != 0 || setresgid(12345, 12345, 12345) != 0 ||
	    setresuid(12345, 12345, 12345) != 0)
		perror("order_test: cannot become 12345");
	/* The leak checker at the end traces this process. */
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, prepare)

int main(void)
{
	struct CMUnitTest const as_root[] = {
		TEST(kept_capabilities_are_carried_over),
		TEST(shared_uid_proves_that_nothing_is_left),
	};
	struct CMUnitTest const tests[] = {
		TEST(order_is_the_contract),
		TEST(shared_uid_keeps_ids),
		TEST(main_program_is_not_caged),
		TEST(unconfined_still_drops),
		TEST(proof_of_another_than_root_is_made_without_capabilities),
		TEST(each_failure_is_named),
		TEST(reachable_root_is_refused),
		TEST(ids_that_do_not_read_back_are_refused),
		TEST(best_effort_goes_on),
		TEST(too_many_variables),
		TEST(no_terminal_without_one),
		TEST(capability_that_is_not_to_be_had),
	};
	int failed;

	if (pipe(errors) != 0)
		return 1;
	failed = cmocka_run_group_tests_name("order, as root", as_root, NULL, NULL);
	become_someone();
	return failed + cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
