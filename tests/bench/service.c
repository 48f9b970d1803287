/* SPDX-License-Identifier: ISC */
/*
 * The service that every program of the bench starts: writes the time of its first instruction
 * into cell INDEX of FILE and waits for the signal that ends it. With a COMMAND it becomes that
 * instead of waiting: this is how the exec of an init is stamped. Static, so that what is
 * measured is the init and not ld.so.
 *
 *	service FILE INDEX [COMMAND [ARGUMENT...]]
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct timespec now;
	uint64_t stamp;
	int fd;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (argc < 3)
		return 100;
	fd = open(argv[1], O_WRONLY | O_CLOEXEC);
	stamp = (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
	if (fd < 0 || pwrite(fd, &stamp, sizeof stamp, 8 * atol(argv[2])) != sizeof stamp)
		return 111;
	(void)close(fd);
	if (argc > 3) {
		(void)execvp(argv[3], argv + 3);
		return 127;
	}
	for (;;)
		(void)pause();
}
