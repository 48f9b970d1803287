/* SPDX-License-Identifier: ISC */
/*
 * For the tests of confine_exec(): a plan with one slot that declares something of everything, every
 * call answered by the fake and its name kept, and the exit caught. The ids that are read back are real, so a program that wants a
 * user other than root calls become_someone() first.
 */
#ifndef ORLOP_TESTS_UNIT_ORDER_HARNESS_H
#define ORLOP_TESTS_UNIT_ORDER_HARNESS_H

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
#include <sys/mman.h>
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
	struct plan_path paths[2];
	uint32_t bind[1];
	uint32_t connect[1];
	uint32_t secrets[4];
	char text[64];
} plan;

static struct confine_request request;
static enum fake_call calls[CALLS_MAX];
static size_t call_count;
static int exit_status;
static int errors[2];
static bool oom_score_open;
static int file; /* empty; what is opened is always this one */
static struct spawn_error reported;
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
	*value = file;
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

static void report(struct spawn_error const *error)
{
	reported = *error;
}

static void hook_all(void)
{
	static long zero;
	static long descriptor = 99;
	static enum fake_call const looks[] = { FAKE_getresuid, FAKE_getresgid, FAKE_getgroups,
						FAKE_getcwd,	FAKE_capget,	FAKE_fstat };
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
	memcpy(plan.text, "/bin/true\0true\0/\0ONE\0/one\0TWO\0/two", 35);
	plan.header.landlock_abi = 7;
	plan.paths[0] = (struct plan_path){ offset_of(plan.text + 21), PLAN_READ };
	plan.paths[1] = (struct plan_path){ offset_of(plan.text + 30), PLAN_WRITE };
	plan.bind[0] = 80;
	plan.connect[0] = 443;
	plan.secrets[0] = offset_of(plan.text + 17);
	plan.secrets[1] = offset_of(plan.text + 21);
	plan.secrets[2] = offset_of(plan.text + 26);
	plan.secrets[3] = offset_of(plan.text + 30);
	plan.header.host = PLAN_HOST_SECCOMP;
	plan.arguments[0] = offset_of(plan.text + 10);
	plan.limit = (struct plan_limit){ .resource = RLIMIT_CORE };
	plan.slot = (struct plan_slot){
		.executable = offset_of(plan.text),
		.arguments = { offset_of(plan.arguments), 1 },
		.directory = offset_of(plan.text + 15),
		.flags = PLAN_PASS_ALL | PLAN_NICE | PLAN_OOM | PLAN_FILE_CAGE | PLAN_BIND_CAGE |
			 PLAN_CONNECT_CAGE,
		.uid = geteuid(),
		.gid = getegid(),
		.groups = { offset_of(plan.groups), (uint32_t)groups },
		.limits = { offset_of(&plan.limit), 1 },
		.paths = { offset_of(plan.paths), 2 },
		.bind = { offset_of(plan.bind), 1 },
		.connect = { offset_of(plan.connect), 1 },
		.secrets = { offset_of(plan.secrets), 4 },
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

/* `object` is the number of the path or secret. */
static void assert_ended_at(int step, int error, int status, uint32_t object)
{
	struct spawn_error told;

	assert_int_equal(read(errors[0], &told, sizeof told), sizeof told);
	assert_string_equal(step_name(told.step), step_name((uint32_t)step));
	assert_int_equal(told.step, step);
	assert_int_equal(told.number, error);
	assert_int_equal(told.slot, SLOT);
	assert_int_equal(told.generation, GENERATION);
	assert_int_equal(told.object, object);
	assert_memory_equal(&reported, &told, sizeof told);
	assert_int_equal(exit_status, status);
}

static void assert_ended(int step, int error, int status)
{
	assert_ended_at(step, error, status, 0);
}

static int open_files(void)
{
	file = memfd_create("file", 0);
	return file < 0 || pipe(errors) != 0;
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

#endif
