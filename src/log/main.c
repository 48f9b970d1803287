/* SPDX-License-Identifier: ISC */
/*
 * orlop-log: copies every line of every service to the container's standard output or error, or to
 * a file, once.
 * PID 1 holds both ends of all pipes, starts it with the descriptors of wire/descriptors.h and
 * starts it again when it dies; no line dies with it.
 */
#include "lib/now.h"
#include "lib/programs.h"
#include "log/log_loop.h"
#include "log/log_setup.h"
#include "sys/sys.h"
#include "wire/descriptors.h"
#include "wire/plan.h"
#include "wire/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int map(int fd, void const **table, size_t *size)
{
	struct stat status;
	int error = sys_fstat(fd, &status);

	if (error < 0)
		return error;
	*size = (size_t)status.st_size;
	*table = sys_mmap(*size, PROT_READ, MAP_SHARED, fd, &error);
	return *table ? 0 : error;
}

static int map_plan(void const **plan, uint32_t *first_fd)
{
	void const *slots;
	size_t size;
	int error = map(FD_PLAN, plan, &size);

	if (error == 0)
		error = plan_check(*plan, size);
	if (error == 0)
		error = map(FD_SLOTS, &slots, &size);
	if (error == 0)
		error = slot_table_check(slots, size);
	if (error == 0)
		*first_fd = ((struct slot_header const *)slots)->first_fd;
	return error;
}

int log_main(int argc, char const *const *argv, char const *const *envp)
{
	static struct log_pump pump;
	static int const outputs[LOG_OUTPUTS] = { STDOUT_FILENO, STDERR_FILENO };
	void const *plan = NULL;
	uint32_t first_fd = 0;
	int error;

	(void)argv;
	(void)envp;
	if (argc > 1) {
		strerr_warn(PROG, ": found arguments, expected none: orlop-init starts it");
		return 100;
	}
	/* A reader that is gone is an error of the write, not the end of the logger. */
	(void)sig_ignore(SIGPIPE);
	error = map_plan(&plan, &first_fd);
	if (error == 0)
		error = log_setup(&pump, plan, first_fd, outputs);
	if (error == 0)
		error = log_pump_init(&pump, FD_LOG_STATE, now_read(CLOCK_MONOTONIC));
	if (error == 0)
		error = log_loop(&pump);
	if (error == 0)
		return 0;
	strerr_warn(PROG, ": cannot go on: ", strerror(-error));
	return 111;
}
