/* SPDX-License-Identifier: ISC */
/*
 * Signals are taken by blocking alone: no handler is ever installed, so dispositions stay what the
 * engine set and nothing needs restoring but the mask. SIGCHLD is the exception: ignored, the
 * kernel would reap by itself and the exit status of the container would be lost.
 */
#include "sys/signals.h"

#include "sys/sys.h"

#include <errno.h>

static uint64_t const all = ~UINT64_C(0);
static uint64_t original_mask;
static struct sys_sigaction original_child;

int signals_take(void)
{
	struct sys_sigaction const standard = { .handler = 0 };

	(void)sys_rt_sigprocmask(SIG_SETMASK, &all, &original_mask, SYS_MASK_SIZE);
	(void)sys_rt_sigaction(SIGCHLD, &standard, &original_child, SYS_MASK_SIZE);
	return sys_signalfd4(-1, &all, SYS_MASK_SIZE, SFD_NONBLOCK | SFD_CLOEXEC);
}

void signals_default(void)
{
	struct sys_sigaction const standard = { .handler = 0 };

	for (int signal = 1; signal <= 64; signal++)
		(void)sys_rt_sigaction(signal, &standard, NULL, SYS_MASK_SIZE); /* not KILL, STOP */
}

void signals_restore(void)
{
	(void)sys_rt_sigaction(SIGCHLD, &original_child, NULL, SYS_MASK_SIZE);
	(void)sys_rt_sigprocmask(SIG_SETMASK, &original_mask, NULL, SYS_MASK_SIZE);
}

bool signals_is_stop(int signal)
{
	/* glibc's RTMIN+3, which engines and systemd send; musl's own RTMIN is one higher. */
	int const rtmin_3 = 37;

	return signal == SIGTERM || signal == SIGINT || signal == SIGQUIT || signal == SIGWINCH ||
	       signal == SIGPWR || signal == rtmin_3;
}

int signals_read(int fd, struct signalfd_siginfo infos[SIGNALS_BATCH])
{
	ssize_t const got = sys_read(fd, infos, SIGNALS_BATCH * sizeof infos[0]);
	int const count = got > 0 ? (int)((size_t)got / sizeof infos[0]) : 0;
	uint32_t const self = (uint32_t)sys_getpid();
	int kept = 0;

	/* Giving up the terminal (TIOCNOTTY) makes the kernel send HUP and CONT in our name. */
	for (int i = 0; i < count; i++)
		if (infos[i].ssi_pid != self || infos[i].ssi_signo == SIGCHLD)
			infos[kept++] = infos[i];
	return kept;
}
