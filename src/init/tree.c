/* SPDX-License-Identifier: ISC */
/*
 * PID 1's loop: it waits for a signal, a verb or a deadline, and obeys. Whatever happens to the
 * supervisor, a stop ends: at stop-timeout, or at a second signal, everything is killed from here.
 */
#include "init/init.h"

#include "hold/hold.h"
#include "plain/plain.h"
#include "renew/renew.h"
#include "sys/moment.h"
#include "sys/say.h"
#include "sys/signals.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

struct init_context init;

static struct {
	uint64_t deadline; /* of the whole stop, 0: not stopping */
	bool ending;	   /* everything was killed, the logs are read to their end */
	bool changed;	   /* the slot table was written */
	int status;	   /* the container's */
} tree;

_Noreturn void init_become(struct confine_request *request)
{
	hold_restore_limit();
	request->environment = init.environment;
	confine_exec(request);
}

/* Of the whole stop, however often and by whom it is asked for. */
static uint64_t stop_by(uint64_t now)
{
	return tree.deadline ? tree.deadline : now + plan_header(init.plan)->stop_timeout;
}

/* What is left dies, logger included: what it has not read is safe in the pipes for the next. */
static void end(int status, uint64_t now)
{
	bool const strays = !children_alone();

	tree.ending = true;
	tree.status = status & 0xff;
	tree.deadline = stop_by(now);
	if (tree.deadline < now + MOMENT_SECOND) /* for the last lines */
		tree.deadline = now + MOMENT_SECOND;
	say_to(2);
	children_drain(strays);
	nursery_signal(SIGKILL, false);
	if (strays && sys_getpid() == 1)
		(void)sys_kill(-1, SIGKILL);
	hold_close_logs(init.plan);
}

static void end_now(char const *why, uint64_t now)
{
	say("orlop-init", why, ": everything that is left is killed", NULL);
	tree.deadline = now;
	end(atomic_load(&hold_status->exit_status), now);
}

static void stop(int signal, uint64_t now)
{
	if (atomic_load(&hold_slots->stop) == SLOT_STOP_NONE) {
		atomic_store(&hold_slots->stop_signal, (uint32_t)signal);
		atomic_store(&hold_slots->stop_since, now);
		atomic_store(&hold_slots->stop, SLOT_STOP_ORDERED);
		tree.deadline = stop_by(now);
		tree.changed = true;
	} else if (!tree.ending) {
		atomic_store(&hold_slots->stop, SLOT_STOP_NOW);
		end_now("a second stop signal", now);
	} else if (tree.deadline > now + MOMENT_SECOND) { /* nobody reads the last lines */
		tree.deadline = now + MOMENT_SECOND;
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
		atomic_fetch_add(&hold_slots->signals, 1);
		if (signals_is_stop(signal))
			stop(signal, now);
		else if (plan_header(init.plan)->forward & UINT64_C(1) << (signal - 1))
			nursery_signal(signal, true);
		else if (signal == SIGHUP)
			say("orlop-init", "SIGHUP: this version cannot reload; nothing is done",
			    NULL);
	}
}

static void reap(void)
{
	siginfo_t dead;
	bool slot;
	int status;

	for (;;) {
		dead.si_pid = 0;
		if (sys_waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT, NULL) == -EINTR)
			continue;
		if (!dead.si_pid)
			return;
		slot = nursery_dying(dead.si_pid);
		if (sys_wait4(dead.si_pid, &status, 0, NULL) != dead.si_pid)
			continue;
		tree.changed |= slot;
		if (slot)
			nursery_reaped(dead.si_pid, status);
		else if (!children_reaped(dead.si_pid, status) &&
			 !renew_reaped(dead.si_pid, status))
			atomic_fetch_add(&hold_slots->orphans, 1);
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
		end(verb->argument, now);
		return true;
	case VERB_UPGRADE:
		return renew_ask(verb, now);
	default:
		return false;
	}
}

static void take_verbs(uint64_t now)
{
	static unsigned char records[64][VERB_SIZE];
	ssize_t const got = sys_read(FD_VERBS_READ, records, sizeof records);
	struct verb verb;

	for (ssize_t i = 0; (i + 1) * VERB_SIZE <= got && !tree.ending; i++) {
		if (verb_unpack(records[i], &verb) < 0 || !obey(&verb, now))
			atomic_fetch_add(&hold_slots->verbs_ignored, 1);
		tree.changed = true;
	}
}

/* The supervisor may have begun to end the container by itself: that, too, must come to an end. */
static void watch_deadline(uint64_t now)
{
	if (atomic_load(&hold_status->phase) == STATUS_ENDING)
		tree.deadline = stop_by(now);
	if (tree.deadline && now >= tree.deadline && !tree.ending)
		end_now("the stop took longer than its stop-timeout", now);
}

/* Runs orlop-plan and opens what it wants; 0, or the exit status of a container without a tree. */
static int set_up(int signals, char *const *arguments)
{
	static char path[4096];
	struct plain const planner = { path, arguments, init.environment, false, true };
	int status;

	if (hold_begin(signals) < 0 || hold_beside(path, sizeof path, "orlop") < 0)
		return 111;
	status = plain_run(FD_SIGNALS, &planner);
	if (status == 0 && (!(init.plan = hold_plan()) || hold_open(init.plan) < 0))
		return 111;
	return status;
}

static int loop(void)
{
	struct pollfd fds[2] = { { .fd = FD_SIGNALS, .events = POLLIN },
				 { .fd = FD_VERBS_READ, .events = POLLIN } };

	say_to(fd_log_write(plan_header(init.plan), FD_BLOCKS, 0));
	for (uint64_t now = moment_now();; now = moment_now()) {
		struct timespec timeout;
		uint64_t soonest;
		uint64_t trial;

		take_signals(now);
		take_verbs(now);
		reap();
		watch_deadline(now);
		if (tree.changed && !tree.ending)
			children_wake(now);
		tree.changed = false;
		soonest = children_tick(now);
		if (tree.ending && (!soonest || now >= tree.deadline))
			return tree.status;
		if (tree.deadline && tree.deadline < soonest)
			soonest = tree.deadline;
		trial = renew_tick(now);
		soonest = trial < soonest ? trial : soonest;
		timeout = moment_until(soonest, now);
		(void)sys_ppoll(fds, tree.ending ? 1 : 2, soonest == UINT64_MAX ? NULL : &timeout,
				NULL, SYS_MASK_SIZE);
	}
}

int tree_run(int signals, char *const *arguments)
{
	int const status = set_up(signals, arguments);

	if (status) /* 128+n: stopped before it began, as it was asked to */
		return status > 128 && signals_is_stop(status - 128) ? 0 : status;
	renew_prepare(init.environment);
	(void)sys_ioctl(0, TIOCNOTTY, NULL);
	return loop();
}

int tree_go_on(void const *plan)
{
	init.plan = plan;
	children_renew();
	tree.changed = true;
	return loop();
}
