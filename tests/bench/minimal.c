/* SPDX-License-Identifier: ISC */
/* The least that can be called an init: runs one command, reaps, leaves with its status. */
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status = 0;
	pid_t pid;
	pid_t const child = fork();

	if (child == 0 && argc > 1)
		(void)execvp(argv[1], argv + 1);
	if (child <= 0)
		return 127;
	do
		pid = wait(&status);
	while (pid != child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
