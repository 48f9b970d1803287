/* SPDX-License-Identifier: ISC */
/*
 * Children by the kernel's own list of them: their pids, one space behind each. A pid on it is that
 * of a child until this process reaps it, so nobody else can be killed by mistake.
 */
#include "sys/kin.h"

#include "sys/sys.h"

#include <fcntl.h>

static int open_list(void)
{
	return sys_openat(AT_FDCWD, "/proc/thread-self/children", O_RDONLY | O_CLOEXEC, 0);
}

int kin_count(void)
{
	char list[4096];
	int const fd = open_list();
	ssize_t const length = fd < 0 ? fd : sys_read(fd, list, sizeof list);
	int count = 0;

	if (fd >= 0)
		(void)sys_close(fd);
	if (length < 0)
		return (int)length;
	for (ssize_t i = 0; i < length && count < 255; i++)
		count += list[i] == ' ';
	return count;
}

int kin_kill(int spared)
{
	char list[4096];
	int const fd = open_list();
	ssize_t length = fd;
	int count = 0;
	int pid = 0; /* as far as it has been read */

	while (fd >= 0 && (length = sys_read(fd, list, sizeof list)) > 0) {
		for (ssize_t i = 0; i < length; i++) {
			if (list[i] != ' ') {
				pid = pid * 10 + (list[i] - '0');
				continue;
			}
			if (pid > 0 && pid != spared) {
				(void)sys_kill(pid, SIGKILL); /* it may be dead already */
				count++;
			}
			pid = 0;
		}
	}
	if (fd >= 0)
		(void)sys_close(fd);
	return length < 0 && count == 0 ? (int)length : count;
}
