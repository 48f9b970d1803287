/* SPDX-License-Identifier: ISC */
/* A process of its own for tests that close, block or wait for what the test program needs. */
#ifndef ORLOP_TESTS_PLAY_H
#define ORLOP_TESTS_PLAY_H

#include "sys/fake.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `life` in a child, where nothing is faked yet: 0, the line that failed, or -signal. */
static inline int play(int (*life)(void))
{
	int *const line = mmap(NULL, sizeof *line, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t const pid = fork();
	int status = 0;

	if (pid == 0) {
		fake_reset();
		alarm(20); /* what hangs has failed */
		*line = life();
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		return WIFSIGNALED(status) ? -WTERMSIG(status) : -1;
	return *line;
}

#define EXPECT(condition)                \
	do                               \
		if (!(condition))        \
			return __LINE__; \
	while (0)

#endif
