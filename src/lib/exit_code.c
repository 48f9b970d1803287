/* SPDX-License-Identifier: ISC */
/* See exit_code.h. */
#include "lib/exit_code.h"

#include "sys/sys.h"

#include <errno.h>
#include <stddef.h>
#include <sys/wait.h>

int exit_code_of(int pid)
{
	int status;
	int result;

	do
		result = sys_wait4(pid, &status, 0, NULL);
	while (result == -EINTR);
	if (result < 0)
		return result;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
