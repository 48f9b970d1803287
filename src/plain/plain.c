/* SPDX-License-Identifier: ISC */
/*
 * One child, every orphan reaped, signals passed on. The child gets the terminal if there is one:
 * where init leads the session it gives the terminal up and the child takes it (then nothing that
 * runs here can type into PID 1, and hang-up goes to the command); elsewhere, under a shell, the
 * child becomes the foreground group and its stops are passed on to the shell.
 */
#include "plain/plain.h"

#include "confine/exec.h"
#include "sys/kin.h"
#include "sys/moment.h"
#include "sys/say.h"
#include "sys/signals.h"
#include "sys/sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

static struct {
	int pid;
	int terminal; /* descriptor, or -1 */
	int stop;     /* the signal that a command run only_to_stop was sent, 0: none */
	bool leads;   /* init led the terminal's session and gave it up */
} child;

static int group_in_front(void)
{
	int group = -1;

	(void)sys_ioctl(child.terminal, TIOCGPGRP, &group);
	return group;
}

static void put_in_front(int group)
{
	(void)sys_ioctl(child.terminal, TIOCSPGRP, &group); /* SIGTTOU is blocked */
}

static void find_terminal(void)
{
	for (int fd = 0; fd < 3 && child.terminal < 0; fd++) {
		int group;

		if (sys_ioctl(fd, TIOCGPGRP, &group) == 0)
			child.terminal = fd;
	}
	child.leads = child.terminal >= 0 && sys_getsid(0) == sys_getpid();
	if (child.leads)
		(void)sys_ioctl(child.terminal, TIOCNOTTY, NULL);
}

static _Noreturn void become(struct plain const *plain)
{
	int error;

	if (child.terminal < 0 || child.leads)
		(void)sys_setsid();
	if (child.leads)
		(void)sys_ioctl(child.terminal, TIOCSCTTY, NULL);
	if (child.terminal >= 0 && !child.leads) {
		(void)sys_setpgid(0, 0);
		put_in_front(sys_getpid());
	}
	signals_restore();
	error = exec_search(getenv("PATH"), plain->program, plain->arguments, plain->environment);
	say("orlop-init", "fatal: ", plain->program, ": ", say_error(-error), NULL);
	sys_exit(exec_status(error));
}

/* The command was stopped (^Z): so is init, for the shell to see; then both go on. */
static void follow_stop(void)
{
	if (child.terminal < 0 || child.leads || sys_getpid() == 1)
		return;
	(void)sys_kill(sys_getpid(), SIGSTOP);
	if (group_in_front() == sys_getpgid(0))
		put_in_front(child.pid);
	(void)sys_kill(-child.pid, SIGCONT);
}

/* Reaps all that is dead; the command's wait status once it is among them, else -1. */
static int reap(void)
{
	int found = -1;
	int status;
	int pid;

	while ((pid = sys_wait4(-1, &status, WNOHANG | WUNTRACED, NULL)) > 0 || pid == -EINTR) {
		if (pid != child.pid)
			continue;
		if (WIFSTOPPED(status))
			follow_stop();
		else
			found = status;
	}
	return found;
}

/* The command may be dead already and not be reached: of orlop-plan a stop is remembered. */
static void forward(int signals, bool only_to_stop)
{
	struct signalfd_siginfo infos[SIGNALS_BATCH];
	int const count = signals_read(signals, infos);

	for (int i = 0; i < count; i++) {
		int const signal = (int)infos[i].ssi_signo;

		if (signal == SIGCHLD || (only_to_stop && !signals_is_stop(signal)))
			continue;
		(void)sys_kill(child.pid, signal);
		if (only_to_stop)
			child.stop = signal;
	}
}

/* What the command left behind dies, as it does with PID 1, if there is time for it. */
static void sweep(int signals)
{
	uint64_t const end = moment_now() + MOMENT_SECOND;
	struct pollfd wait = { .fd = signals, .events = POLLIN };
	struct signalfd_siginfo infos[SIGNALS_BATCH];
	int const error = kin_kill(0);

	if (error < 0)
		say("orlop-init", "warning: what the command started may be left behind: ",
		    "/proc does not tell its children: ", say_error(-error), NULL);
	for (uint64_t now = 0; (void)reap(), kin_kill(0) > 0 && (now = moment_now()) < end;) {
		struct timespec timeout = moment_until(end, now);

		(void)sys_ppoll(&wait, 1, &timeout, NULL, SYS_MASK_SIZE);
		(void)signals_read(signals, infos);
	}
}

int plain_run(int signals, struct plain const *plain)
{
	struct pollfd wait = { .fd = signals, .events = POLLIN };
	int status;

	child.terminal = -1;
	child.stop = 0;
	if (plain->terminal)
		find_terminal();
	child.pid = sys_fork();
	if (child.pid == 0)
		become(plain);
	if (child.pid < 0) {
		say("orlop-init", "fatal: fork: ", say_error(-child.pid), NULL);
		return 111;
	}
	while ((status = reap()) == -1) {
		(void)sys_ppoll(&wait, 1, NULL, NULL, SYS_MASK_SIZE);
		forward(signals, plain->only_to_stop);
	}
	if (plain->terminal && sys_getpid() != 1)
		sweep(signals);
	if (child.stop)
		return 128 + child.stop;
	if (plain->only_to_stop && WIFSIGNALED(status)) /* a command of our own, not the user's */
		say("orlop-init", "fatal: ", plain->arguments[0], ": ", strsignal(WTERMSIG(status)),
		    NULL);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
