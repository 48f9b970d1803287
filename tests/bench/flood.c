/* SPDX-License-Identifier: ISC */
/*
 * Says numbered lines of 100 bytes, 64 KiB at a time, as many as make up MEGABYTES, and writes when
 * it began into cell INDEX of FILE.
 *
 *	flood FILE INDEX MEGABYTES
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 100, LINES = 655 };

static char lines[LINES * LINE];

static int write_all(char const *bytes, size_t count)
{
	while (count > 0) {
		ssize_t const n = write(1, bytes, count);

		if (n <= 0)
			return -1;
		bytes += n;
		count -= (size_t)n;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct timespec now;
	uint64_t stamp;
	long left;
	int fd;

	if (argc != 4)
		return 100;
	memset(lines, 'x', sizeof lines);
	for (int i = 1; i <= LINES; i++)
		lines[i * LINE - 1] = '\n';
	fd = open(argv[1], O_WRONLY | O_CLOEXEC);
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	stamp = (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
	if (fd < 0 || pwrite(fd, &stamp, sizeof stamp, 8 * atol(argv[2])) != sizeof stamp)
		return 111;
	for (left = atol(argv[3]) * 1000000; left > 0; left -= (long)sizeof lines)
		if (write_all(lines, left < (long)sizeof lines ? (size_t)left : sizeof lines) < 0)
			return 111;
	return 0;
}
