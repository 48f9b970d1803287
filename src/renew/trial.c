/* SPDX-License-Identifier: ISC */
/*
 * After execve(2) there is no way back, so all that the new program will have to do is done by a
 * child of it first, with the same descriptors: be executed, understand the record, the plan and
 * the tables. The child has init's own privileges, which the file will have anyway.
 */
#include "renew/trial.h"

#include "hold/hold.h"
#include "renew/handover.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

struct renew *trial_record(int *error)
{
	struct stat status = { .st_size = 0 };

	*error = sys_fstat(FD_RENEW, &status);
	if (*error < 0)
		return NULL;
	*error = -EPROTO;
	if (status.st_size != sizeof(struct renew))
		return NULL;
	return sys_mmap(sizeof(struct renew), PROT_READ | PROT_WRITE, MAP_SHARED, FD_RENEW, error);
}

int trial_begin(struct renew *record, char *const *environment)
{
	static char *const arguments[] = { "orlop-init", RENEW_TRIAL, NULL };
	int pid;

	record->verdict = 0;
	record->error = 0;
	record->of_helper = 0;
	pid = sys_fork();
	if (pid != 0)
		return pid;
	(void)sys_dup3(FD_NULL, 1, 0); /* whatever it is, it has nothing to say here */
	(void)sys_dup3(FD_NULL, 2, 0);
	record->error = -sys_execveat(FD_RENEW_PROGRAM, "", arguments, environment, AT_EMPTY_PATH);
	sys_exit(111);
}

int trial_verdict(struct renew const *record, int status)
{
	if (record->error > 0)
		return -record->error;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return -ETIMEDOUT;
	return status == 0 && record->verdict == RENEW_FITS ? 0 : -EPROTO;
}

/* The supervisor's program is replaced with init's: without it nobody could ask for another one. */
static int look_for_helper(void const *plan)
{
	struct plan_slot const *slot = plan_helper(plan, PLAN_SUPERVISOR);

	return sys_faccessat(AT_FDCWD, plan_string(plan, slot->executable), X_OK);
}

_Noreturn void trial_run(struct renew *record)
{
	void const *plan;
	int error = handover_take(&plan, PROT_READ);

	if (error == 0) {
		error = look_for_helper(plan);
		record->of_helper = error < 0;
	}
	record->error = -error;
	if (error == 0)
		record->verdict = RENEW_FITS;
	sys_exit(error == 0 ? 0 : 111);
}
