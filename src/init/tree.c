/* SPDX-License-Identifier: ISC */
/*
 * PID 1's loop. It waits for three things, a signal, a verb, a deadline, and obeys. Whatever
 * happens to the supervisor, a stop that was asked for ends: at the plan's stop-timeout, or at a
 * second signal, everything is killed from here.
 */
#include "init/init.h"

#include "hold/hold.h"
#include "sys/say.h"
#include "sys/signals.h"
#include "sys/sys.h"
#include "wire/descriptors.h"
#include "wire/slot.h"
#include "wire/status.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

static uint64_t const second = 1000000000u;

struct init_context init;

static struct {
	int planner;	   /* orlop-plan's pid, 0 once it is reaped */
	int plan_status;   /* its wait status */
	uint64_t deadline; /* of the whole stop, 0: not stopping */
	bool ending;	   /* everything was killed, the logs are read to their end */
	bool changed;	   /* the slot table was written */
	int status;	   /* the container's; -1: stopped before there was a plan */
} tree;

uint64_t init_now(void)
{
	struct timespec now = { 0, 0 };

	(void)sys_clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
}

_Noreturn void init_become(struct confine_request *request)
{
	hold_restore_limit();
	request->environment = init.environment;
	confine_exec(request);
}

/* Everything dies, logger included: what it has not read is safe in the pipes for the next one. */
static void end(int status, uint64_t deadline)
{
	tree.ending = true;
	tree.status = status & 0xff;
	tree.deadline = deadline;
	say_to(2);
	children_drain();
	nursery_kill_all();
	if (sys_getpid() == 1)
		(void)sys_kill(-1, SIGKILL);
	hold_close_logs(init.plan);
}

static void end_now(uint64_t now)
{
	struct status_header const *status = hold_status;

	say("orlop-init", "everything that is left is killed", NULL);
	end(atomic_load(&status->exit_status), now + second);
}

static void stop(int signal, uint64_t now)
{
	struct slot_header *header = hold_slots;

	if (!init.plan) {
		(void)sys_kill(tree.planner, SIGKILL);
		tree.status = -1;
	} else if (atomic_load(&header->stop) == SLOT_STOP_NONE) {
		atomic_store(&header->stop_signal, (uint32_t)signal);
		atomic_store(&header->stop_since, now);
		atomic_store(&header->stop, SLOT_STOP_ORDERED);
		tree.deadline = now + plan_header(init.plan)->stop_timeout;
		tree.changed = true;
	} else if (!tree.ending) {
		atomic_store(&header->stop, SLOT_STOP_NOW);
		end_now(now);
	}
}

static void take_signals(uint64_t now)
{
	struct signalfd_siginfo infos[SIGNALS_BATCH];
	int const count = signals_read(FD_SIGNALS, infos);

	for (int i = 0; i < count; i++) {
		int const signal = (int)infos[i].ssi_signo;

		if (signal == SIGCHLD)
			continue;
		if (init.plan)
			atomic_fetch_add(&((struct slot_header *)hold_slots)->signals, 1);
		if (signals_is_stop(signal))
			stop(signal, now);
		else if (init.plan)
			nursery_forward(signal);
	}
}

static void reap(void)
{
	siginfo_t dead = { .si_signo = 0 };
	int status;

	while (sys_waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT, NULL) == 0 && dead.si_pid) {
		int const pid = dead.si_pid;
		bool const slot = init.plan && nursery_dying(pid);

		dead.si_pid = 0;
		if (sys_wait4(pid, &status, 0, NULL) != pid)
			continue;
		if (slot)
			nursery_reaped(pid, status);
		tree.changed |= slot;
		if (pid == tree.planner) {
			tree.planner = 0;
			tree.plan_status = status;
		} else if (!slot && init.plan && !children_reaped(pid, status)) {
			atomic_fetch_add(&((struct slot_header *)hold_slots)->orphans, 1);
		}
	}
}

static bool obey(struct verb const *verb, uint64_t now)
{
	switch (verb->kind) {
	case VERB_SPAWN:
		return nursery_spawn(verb);
	case VERB_ACK:
		return nursery_ack(verb);
	case VERB_KILL:
		return nursery_kill(verb);
	case VERB_READY:
		children_ready();
		return true;
	case VERB_EXIT:
		end(verb->argument, now + plan_header(init.plan)->stop_timeout);
		return true;
	default:
		return false;
	}
}

static void take_verbs(uint64_t now)
{
	static unsigned char records[64][VERB_SIZE];
	ssize_t const got = sys_read(FD_VERBS_READ, records, sizeof records);
	struct slot_header *header = hold_slots;
	struct verb verb;

	for (ssize_t i = 0; (i + 1) * VERB_SIZE <= got && !tree.ending; i++) {
		if (verb_unpack(records[i], &verb) < 0 || !obey(&verb, now))
			atomic_fetch_add(&header->verbs_ignored, 1);
		tree.changed = true;
	}
}

/* The supervisor may have begun to end the container by itself: that, too, must come to an end. */
static void watch_deadline(uint64_t now)
{
	struct status_header const *status = hold_status;

	if (!tree.deadline && atomic_load(&status->phase) == STATUS_ENDING)
		tree.deadline = now + plan_header(init.plan)->stop_timeout;
	if (tree.deadline && now >= tree.deadline && !tree.ending) {
		say("orlop-init", "the stop took longer than its stop-timeout", NULL);
		end_now(now);
	}
}

static void wait_until(uint64_t soonest, uint64_t now)
{
	struct pollfd fds[2] = { { .fd = FD_SIGNALS, .events = POLLIN },
				 { .fd = FD_VERBS_READ, .events = POLLIN } };
	uint64_t const left = soonest > now ? soonest - now : 0;
	struct timespec timeout = { (time_t)(left / second), (long)(left % second) };

	(void)sys_ppoll(fds, init.plan && !tree.ending ? 2 : 1,
			soonest == UINT64_MAX ? NULL : &timeout, NULL, SYS_MASK_SIZE);
}

/* Runs orlop-plan and opens what it wants; 0, or the exit status of a container without a tree. */
static int make_plan(char *const *arguments)
{
	void const *plan;

	tree.planner = children_plan(arguments);
	while (tree.planner > 0) {
		wait_until(UINT64_MAX, 0);
		take_signals(0);
		reap();
	}
	if (tree.planner < 0 || tree.status < 0 || !WIFEXITED(tree.plan_status))
		return tree.status < 0 ? tree.status : 111;
	if (WEXITSTATUS(tree.plan_status))
		return WEXITSTATUS(tree.plan_status);
	plan = hold_plan();
	if (!plan || hold_open(plan) < 0)
		return 111;
	init.plan = plan;
	return 0;
}

int tree_run(int signals, char *const *arguments)
{
	int status = hold_begin(signals);

	status = status < 0 ? 111 : make_plan(arguments);
	if (status == 111)
		say("orlop-init", "fatal: the tree cannot be set up", NULL);
	if (status)
		return status < 0 ? 0 : status; /* stopped before it began, as it was asked to */
	nursery_open();
	children_open();
	say_to(fd_log_write(plan_header(init.plan), FD_BLOCKS, 0));
	(void)sys_ioctl(0, TIOCNOTTY, NULL);
	for (uint64_t now = init_now();;) {
		uint64_t soonest;

		reap();
		watch_deadline(now);
		if (tree.changed && !tree.ending)
			children_wake(now);
		tree.changed = false;
		soonest = children_tick(now);
		if (tree.ending && (children_drained() || now >= tree.deadline))
			return tree.status;
		wait_until(tree.deadline && tree.deadline < soonest ? tree.deadline : soonest, now);
		now = init_now();
		take_signals(now);
		if (!tree.ending)
			take_verbs(now);
	}
}
