/* SPDX-License-Identifier: ISC */
/*
 * Both sides of the execve(2). Before it: a file that does not do is refused with one line and a
 * count in the slot table, and this program goes on; whoever asked looks at the table. While the
 * container stops there is no upgrade: nothing would be gained by it. Behind it: what the
 * predecessor knew is in the record and the tables, all else was kept by the kernel.
 */
#include "renew/renew.h"

#include "hold/hold.h"
#include "renew/handover.h"
#include "renew/trial.h"
#include "sys/moment.h"
#include "sys/pidmap.h"
#include "sys/put.h"
#include "sys/say.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static uint64_t const patience = 10 * MOMENT_SECOND;

static struct {
	char *const *environment;
	struct renew *record;
	char path[RENEW_PATH];
	int trial; /* pid, 0: none */
	bool passed;
	uint64_t deadline; /* of the trial */
} renew;

void renew_prepare(char *const *environment)
{
	ssize_t const length = sys_readlinkat(AT_FDCWD, "/proc/self/exe", renew.path,
					      sizeof renew.path - 1);

	renew.environment = environment;
	if (length <= 0)
		(void)strcpy(renew.path, ORLOP_FOLDER "orlop-init");
}

static bool is_stopping(void)
{
	return atomic_load(&hold_slots->stop) != SLOT_STOP_NONE ||
	       atomic_load(&hold_status->phase) >= STATUS_ENDING;
}

static char const *reason(int error)
{
	switch (error) {
	case EPROTO:
		return "no orlop-init that understands the tables of this one";
	case ETIMEDOUT:
		return "it does not answer";
	case EBUSY:
		return "the container is stopping";
	default:
		return say_error(error);
	}
}

static void refuse(int error)
{
	struct renew const *record = renew.record;
	bool const helper = record && record->of_helper && record->error == error;

	say("orlop-init",
	    "not upgraded, nothing has changed: ", helper ? "the supervisor's program" : renew.path,
	    ": ", reason(error), NULL);
	(void)sys_close(FD_RENEW_PROGRAM);
	atomic_store(&hold_slots->upgrade_error, error);
	atomic_fetch_add(&hold_slots->upgrades_refused, 1);
}

static void fill(struct renew *record)
{
	record->magic = RENEW_MAGIC;
	record->version = RENEW_VERSION;
	record->limit_raised = hold_limit.raised;
	record->limit_soft = hold_limit.original.soft;
	record->limit_hard = hold_limit.original.hard;
	(void)sys_prctl(PR_GET_NAME, (unsigned long)(uintptr_t)record->name, 0, 0, 0);
	memcpy(record->path, renew.path, sizeof record->path);
}

static int begin(uint64_t now)
{
	int error = 0;

	if (is_stopping())
		return -EBUSY;
	if (!renew.record)
		renew.record = put_table("orlop-renew", sizeof *renew.record, FD_RENEW, &error);
	if (!renew.record)
		return error;
	fill(renew.record);
	error = put(sys_openat(AT_FDCWD, renew.path, O_PATH, 0), FD_RENEW_PROGRAM);
	if (error >= 0)
		error = trial_begin(renew.record, renew.environment);
	if (error < 0)
		return error;
	renew.trial = error;
	renew.deadline = now + patience;
	return 0;
}

bool renew_ask(struct verb const *verb, uint64_t now)
{
	uint32_t const asked = atomic_load(&hold_slots->upgrades) +
			       atomic_load(&hold_slots->upgrades_refused);
	int error;

	if (renew.trial || renew.passed || verb->sequence != asked + 1)
		return false;
	error = begin(now);
	if (error < 0)
		refuse(-error);
	return true;
}

bool renew_reaped(int pid, int status)
{
	int error;

	if (pid != renew.trial)
		return false;
	renew.trial = 0;
	error = trial_verdict(renew.record, status);
	renew.passed = error == 0;
	if (error < 0)
		refuse(is_stopping() ? EBUSY : -error);
	return true;
}

/* The point of no return is in the last call; the file at its descriptor is the one that was tried. */
static int become(void)
{
	static char *const arguments[] = { "orlop-init", RENEW_GO, NULL };
	struct slot_header *copy;
	int error;

	if (is_stopping())
		return -EBUSY;
	error = sys_fcntl(FD_SIGNALS, F_SETFD, 0);
	if (error < 0)
		return error;
	copy = handover_make(&error);
	if (!copy)
		return error;
	atomic_fetch_add(&copy->upgrades, 1);
	error = sys_execveat(FD_RENEW_PROGRAM, "", arguments, renew.environment, AT_EMPTY_PATH);
	handover_undo(copy);
	return error;
}

uint64_t renew_tick(uint64_t now)
{
	if (renew.passed) {
		renew.passed = false;
		refuse(-become());
	}
	if (!renew.trial)
		return UINT64_MAX;
	if (renew.deadline <= now) {
		(void)sys_kill(renew.trial, SIGKILL);
		renew.deadline = now + patience; /* SIGKILL can take a while */
	}
	return renew.deadline;
}

static _Noreturn void give_up(int error)
{
	say("orlop-init", "fatal: cannot go on after the upgrade: ", say_error(-error), NULL);
	sys_exit(111);
}

/* Whose end is still to be seen. */
static void recall_pids(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct slot *slot = slot_at(hold_slots, i);

		if (atomic_load(&slot->state) == SLOT_RUNNING)
			pidmap_add(atomic_load(&slot->pid), (int)i);
	}
}

static void const *go_on(struct renew const *record, char *const *environment)
{
	void const *plan;
	int const error = handover_take(&plan, PROT_READ | PROT_WRITE);

	if (error < 0)
		give_up(error);
	hold_limit.original = (struct sys_rlimit){ record->limit_soft, record->limit_hard };
	hold_limit.raised = record->limit_raised;
	hold_resume(plan);
	recall_pids(hold_slots->count);
	(void)sys_close(FD_RENEW_PROGRAM);
	(void)sys_close(FD_RENEW_TABLE);
	/* Executed by descriptor, it has the name of a number. */
	(void)sys_prctl(PR_SET_NAME, (unsigned long)(uintptr_t)record->name, 0, 0, 0);
	renew.environment = environment;
	memcpy(renew.path, record->path, sizeof renew.path);
	say_to(fd_log_write(plan_header(plan), FD_BLOCKS, 0));
	say("orlop-init", "upgraded to version ", ORLOP_VERSION, NULL);
	return plan;
}

void const *renew_take(int argc, char **argv, char *const *environment)
{
	bool const trial = argc == 2 && strcmp(argv[1], RENEW_TRIAL) == 0;
	int error;

	if (!trial && (argc != 2 || strcmp(argv[1], RENEW_GO) != 0))
		return NULL;
	renew.record = trial_record(&error);
	if (!renew.record)
		give_up(error);
	if (renew.record->magic != RENEW_MAGIC || renew.record->version != RENEW_VERSION)
		give_up(-EPROTO);
	if (trial)
		trial_run(renew.record);
	return go_on(renew.record, environment);
}
