/* SPDX-License-Identifier: ISC */
/* One child at a time; see child.h. */
#include "build/child.h"

#include "lib/exit_code.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <skalibs/strerr.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static _Noreturn void become(struct child const *child, int parent, int output)
{
	int error = sys_prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);

	if (sys_getppid() != parent) /* it was killed before it could be followed */
		sys_exit(CHILD_NOT_RUN);
	if (error >= 0 && child->input >= 0)
		error = sys_dup3(child->input, STDIN_FILENO, 0);
	if (error >= 0 && output >= 0)
		error = sys_dup3(output, STDOUT_FILENO, 0);
	if (error >= 0)
		error = sys_execve(child->program, (char *const *)child->words,
				   (char *const *)child->environment);
	strerr_warn(PROG, " build: cannot run ", child->program, ": ", strerror(-error));
	sys_exit(CHILD_NOT_RUN);
}

/* Keeps the last line that is not empty, whole or not. */
static void keep_last(struct text *last, bool *begun, char const *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] == '\n') {
			*begun = false;
			continue;
		}
		if (!*begun)
			last->bytes.len = 0;
		*begun = true;
		text_add_bytes(last, bytes + i, 1);
	}
}

/* What comes out of the pipe goes to standard output. */
static int pass_on(int pipe, struct text *last)
{
	char buffer[4096];
	bool begun = false;
	int error = 0;
	ssize_t n;

	while ((n = sys_read(pipe, buffer, sizeof buffer)) != 0) {
		struct text piece = TEXT_EMPTY;

		if (n == -EINTR)
			continue;
		if (n < 0)
			return (int)n;
		keep_last(last, &begun, buffer, (size_t)n);
		text_add_bytes(&piece, buffer, (size_t)n);
		if (error == 0) /* else it is read to its end all the same */
			error = text_write(&piece, STDOUT_FILENO);
		text_free(&piece);
	}
	return error;
}

int child_run(struct child const *child)
{
	int const parent = sys_getpid();
	int ends[2] = { -1, -1 };
	int error = child->last ? sys_pipe2(ends, O_CLOEXEC) : 0;
	int pid;
	int status;

	if (error < 0)
		return error;
	pid = sys_fork();
	if (pid == 0)
		become(child, parent, ends[1]);
	if (ends[1] >= 0)
		(void)sys_close(ends[1]); /* the child has it */
	if (pid > 0 && child->last)
		error = pass_on(ends[0], child->last);
	if (ends[0] >= 0)
		(void)sys_close(ends[0]); /* nothing was written */
	if (pid < 0)
		return pid;
	status = exit_code_of(pid);
	return error < 0 && status == 0 ? error : status;
}
