/* SPDX-License-Identifier: ISC */
/*
 * A service begins like a program that was started by nobody: no signal blocked or ignored, its own
 * session, and a terminal only when it is the container's one interactive program.
 */
#include "confine/steps.h"
#include "sys/sys.h"

#include <errno.h>
#include <sys/ioctl.h>

enum { SIGNALS = 64, SETMASK = 2 };

int session_signals(struct confine_request const *request)
{
	static struct sys_sigaction const standard;
	uint64_t const none = 0;

	/* Dispositions first: with the mask open, a signal would still meet the old ones. */
	for (int signal = 1; !request->default_signals && signal <= SIGNALS; signal++) {
		int result;

		if (signal == SIGKILL || signal == SIGSTOP)
			continue;
		result = sys_rt_sigaction(signal, &standard, NULL, SYS_MASK_SIZE);
		if (result < 0)
			return result;
	}
	return sys_rt_sigprocmask(SETMASK, &none, NULL, SYS_MASK_SIZE);
}

int session_start(struct confine_request const *request)
{
	int result;

	if (request->same_session)
		return 0;
	result = sys_setsid();
	return result < 0 ? result : 0;
}

int session_terminal(struct confine_request const *request)
{
	int result;

	if (request->terminal < 0)
		return 0;
	/* 0: never steal one from another session, that needs CAP_SYS_ADMIN. */
	result = sys_ioctl(request->terminal, TIOCSCTTY, NULL);
	return result == -ENOTTY ? 0 : result; /* a container without -t has none */
}
