/* SPDX-License-Identifier: ISC */
/*
 * The supervisor and the logger may die at any instruction: what they know is in memory and pipes
 * that init holds. One that keeps crashing is started again after 1, 2, 4 … 30 s.
 */
#include "init/init.h"

#include "hold/hold.h"
#include "sys/kin.h"
#include "sys/moment.h"
#include "sys/say.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <sys/wait.h>

static struct child {
	int pid;
	bool wanted;
	bool settled; /* the supervisor said READY: it works */
	unsigned crashes;
	uint64_t due;
} children[PLAN_HELPERS] = { { .wanted = true }, { .wanted = true } };
static uint64_t const patience = 10 * MOMENT_SECOND;
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
	children[which].due = now + MOMENT_SECOND / 10; /* when to try again if the fork failed */
	if (pid < 0)
		return;
	children[which].pid = pid;
	children[which].settled = !supervisor;
	atomic_fetch_add(supervisor ? &hold_slots->supervisor_starts : &hold_slots->logger_starts,
			 1);
	atomic_store(supervisor ? &hold_slots->supervisor_pid : &hold_slots->logger_pid, pid);
	if (!supervisor)
		return;
	atomic_store(&hold_slots->supervisor_since, now);
	listen_by = now + patience;
}

/* At the end of what is not PID 1: the kernel kills nothing with it. True while somebody is left. */
static bool sweep(void)
{
	static bool said;
	int const left = sys_getpid() == 1 ? 0 : kin_kill(children[PLAN_LOGGER].pid);

	if (left < 0 && !said)
		say("orlop-init", "warning: processes that left their group may be left behind: ",
		    "/proc does not tell its children: ", say_error(-left), NULL);
	said |= left < 0;
	return left > 0;
}

uint64_t children_tick(uint64_t now)
{
	uint64_t soonest = UINT64_MAX;

	if (listen_by && listen_by <= now) {
		listen_by = 0;
		if (children[PLAN_SUPERVISOR].pid && hold_wake_pending()) /* it hangs */
			(void)sys_kill(children[PLAN_SUPERVISOR].pid, SIGKILL);
	}
	for (unsigned i = 0; i < PLAN_HELPERS; i++) {
		if (children[i].wanted && !children[i].pid && children[i].due <= now)
			start(i, now);
		if (children[i].wanted && !children[i].pid && children[i].due < soonest)
			soonest = children[i].due;
	}
	if (!children[PLAN_SUPERVISOR].wanted && !sweep() && !children[PLAN_LOGGER].wanted)
		return 0;
	return listen_by && listen_by < soonest ? listen_by : soonest;
}

void children_wake(uint64_t now)
{
	if (hold_wake())
		listen_by = now + patience;
	if (atomic_load(&hold_slots->stop)) /* a back-off is time that the stop has not */
		children[PLAN_SUPERVISOR].due = 0;
}

void children_ready(void)
{
	children[PLAN_SUPERVISOR].settled = true;
	atomic_store(&hold_slots->supervisor_ready, atomic_load(&hold_slots->supervisor_starts));
}

void children_renew(void)
{
	children[PLAN_SUPERVISOR].pid = atomic_load(&hold_slots->supervisor_pid);
	children[PLAN_LOGGER].pid = atomic_load(&hold_slots->logger_pid);
	for (unsigned i = 0; i < PLAN_HELPERS; i++) {
		children[i].settled = true; /* no back-off */
		if (children[i].pid)
			(void)sys_kill(children[i].pid, SIGKILL);
	}
}

bool children_reaped(int pid, int status)
{
	bool const supervisor = pid == children[PLAN_SUPERVISOR].pid;
	struct child *child = &children[supervisor ? PLAN_SUPERVISOR : PLAN_LOGGER];
	bool const killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	uint64_t const now = moment_now();
	unsigned backoff; /* seconds: 0, 1, 2, 4 … */

	if (pid != child->pid)
		return false;
	if (status && !killed)
		say("orlop-init", "warning: ", supervisor ? "supervisor" : "logger", " died", NULL);
	child->pid = 0;
	child->wanted &= status || children[PLAN_SUPERVISOR].wanted; /* 0 at the end: all is read */
	atomic_store(supervisor ? &hold_slots->supervisor_pid : &hold_slots->logger_pid, 0);
	/* Killed from outside (an operator, the OOM killer) or after long work: again at once. */
	child->crashes = (killed && child->settled) || now > child->due + patience
			     ? 0
			     : child->crashes + 1;
	backoff = child->crashes > 5 ? 30 : (1u << child->crashes) / 2;
	child->due = now + backoff * MOMENT_SECOND;
	return true;
}

bool children_alone(void)
{
	return kin_count() == !!children[PLAN_SUPERVISOR].pid + !!children[PLAN_LOGGER].pid;
}

void children_drain(bool logger_anew)
{
	for (unsigned i = 0; i < PLAN_HELPERS; i++)
		if (children[i].pid && (i == PLAN_SUPERVISOR || logger_anew))
			(void)sys_kill(children[i].pid, SIGKILL);
	children[PLAN_SUPERVISOR].wanted = false;
	children[PLAN_LOGGER].due = 0;
}
