/* SPDX-License-Identifier: ISC */
/*
 * The supervisor and the logger may die at any instruction: what they know is in memory and pipes
 * that init holds. One that keeps crashing is started again after 1, 2, 4 … 30 s.
 */
#include "init/init.h"

#include "hold/hold.h"
#include "sys/moment.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <sys/wait.h>

static struct child {
	int pid;
	bool wanted;
	bool settled; /* the supervisor said READY: it works */
	unsigned crashes;
	uint64_t due;
} children[PLAN_HELPERS] = { { .wanted = true }, { .wanted = true } };

static uint64_t listen_by; /* by then the supervisor must have taken its wake-up; 0: it has */

static void start(enum plan_helper which, uint64_t now)
{
	struct confine_request request = { .plan = init.plan };
	bool const supervisor = which == PLAN_SUPERVISOR;
	int const pid = sys_fork();

	if (pid == 0) {
		request_helper(&request, which, FD_BLOCKS);
		init_become(&request);
	}
	children[which].due = now + MOMENT_SECOND; /* when to try again if the fork failed */
	if (pid < 0)
		return;
	children[which].pid = pid;
	children[which].settled = false;
	atomic_fetch_add(supervisor ? &hold_slots->supervisor_starts : &hold_slots->logger_starts,
			 1);
	atomic_store(supervisor ? &hold_slots->supervisor_pid : &hold_slots->logger_pid, pid);
	if (supervisor)
		atomic_store(&hold_slots->supervisor_since, now);
}

static bool untaken(void)
{
	struct pollfd wake = { .fd = FD_WAKE, .events = POLLIN };
	struct timespec zero = { 0, 0 };

	return sys_ppoll(&wake, 1, &zero, NULL, SYS_MASK_SIZE) == 1;
}

uint64_t children_tick(uint64_t now)
{
	uint64_t soonest = UINT64_MAX;

	if (listen_by && listen_by <= now) {
		listen_by = 0;
		if (children[PLAN_SUPERVISOR].pid && untaken()) /* it hangs */
			(void)sys_kill(children[PLAN_SUPERVISOR].pid, SIGKILL);
	}
	for (unsigned i = 0; i < PLAN_HELPERS; i++) {
		if (children[i].wanted && !children[i].pid && children[i].due <= now)
			start(i, now);
		if (children[i].wanted && !children[i].pid && children[i].due < soonest)
			soonest = children[i].due;
	}
	return listen_by && listen_by < soonest ? listen_by : soonest;
}

void children_wake(uint64_t now)
{
	uint64_t const one = 1;

	if (children[PLAN_SUPERVISOR].pid && !untaken())
		listen_by = now + 10 * MOMENT_SECOND;
	while (sys_write(FD_WAKE, &one, sizeof one) == -EINTR)
		continue; /* it is never full: that would take 2^64 - 1 of them */
}

void children_ready(void)
{
	children[PLAN_SUPERVISOR].settled = true;
	atomic_store(&hold_slots->supervisor_ready, atomic_load(&hold_slots->supervisor_starts));
}

bool children_reaped(int pid, int status)
{
	bool const supervisor = pid == children[PLAN_SUPERVISOR].pid;
	struct child *child = &children[supervisor ? PLAN_SUPERVISOR : PLAN_LOGGER];
	bool const killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	unsigned backoff; /* seconds: 0, 1, 2, 4 … */

	if (pid != child->pid)
		return false;
	child->pid = 0;
	child->wanted &= status != 0;
	atomic_store(supervisor ? &hold_slots->supervisor_pid : &hold_slots->logger_pid, 0);
	/* Killed from outside (an operator, the OOM killer): not its fault, so again at once. */
	child->crashes = killed && (child->settled || !supervisor) ? 0 : child->crashes + 1;
	backoff = child->crashes > 5 ? 30 : (1u << child->crashes) / 2;
	child->due = moment_now() + backoff * MOMENT_SECOND;
	return true;
}

void children_drain(void)
{
	for (unsigned i = 0; i < PLAN_HELPERS; i++)
		if (children[i].pid)
			(void)sys_kill(children[i].pid, SIGKILL);
	children[PLAN_SUPERVISOR].wanted = false;
	children[PLAN_LOGGER].wanted = true;
	children[PLAN_LOGGER].due = 0;
	listen_by = 0;
}

bool children_drained(void)
{
	return !children[PLAN_LOGGER].wanted;
}
