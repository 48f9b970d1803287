/* SPDX-License-Identifier: ISC */
/*
 * The floor: what no supervisor can be faster than. Starts COUNT services, each with the groups,
 * gid and uid of nobody, by vfork and the bare system calls, and looks after none of them. At a
 * TERM it kills and reaps them all, which is the floor of an ordered stop.
 *
 *	floor COUNT SERVICE FILE
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534, MOST = 10000 };

static volatile sig_atomic_t asked;
static pid_t pids[MOST];

static void ask(int signal)
{
	(void)signal;
	asked = 1;
}

/* The ids by syscall(2): libc's wrappers look for threads, which a floor does not have. */
static pid_t start(char *service, char *file, int number)
{
	char index[12];
	char *command[] = { service, file, index, NULL };
	char *environment[] = { NULL };
	pid_t pid;

	(void)snprintf(index, sizeof index, "%d", number);
	pid = vfork();
	if (pid != 0)
		return pid;
	if (syscall(SYS_setgroups, 0, NULL) == 0 &&
	    syscall(SYS_setresgid, NOBODY, NOBODY, NOBODY) == 0 &&
	    syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY) == 0)
		(void)execve(service, command, environment);
	_exit(111);
}

int main(int argc, char **argv)
{
	struct sigaction const action = { .sa_handler = ask };
	int const count = argc == 4 ? atoi(argv[1]) : 0;
	sigset_t term;
	sigset_t none;

	if (count < 1 || count > MOST)
		return 100;
	(void)sigaction(SIGTERM, &action, NULL);
	for (int i = 0; i < count; i++) {
		pids[i] = start(argv[2], argv[3], i + 1);
		if (pids[i] < 0)
			return 111;
	}
	(void)sigemptyset(&none);
	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &term, NULL);
	while (!asked)
		(void)sigsuspend(&none);
	for (int i = 0; i < count; i++)
		(void)kill(pids[i], SIGTERM);
	while (wait(NULL) > 0)
		;
	return 0;
}
