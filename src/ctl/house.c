/* SPDX-License-Identifier: ISC */
/* Opening, proving and mapping of the three tables; see house.h. */
#include "ctl/house.h"

#include "ctl/ctl.h"
#include "lib/now.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int house_descriptor(int pid, int number, int flags)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, number);
	return sys_openat(AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY, 0);
}

static int map(int pid, int number, void const **table, size_t *size)
{
	struct stat status;
	int error = 0;
	int const fd = house_descriptor(pid, number, O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		return fd;
	error = sys_fstat(fd, &status);
	if (error == 0 && !S_ISREG(status.st_mode))
		error = -ENOENT;
	if (error == 0 && status.st_size == 0)
		error = -EAGAIN;
	if (error == 0) {
		*size = (size_t)status.st_size;
		*table = sys_mmap(*size, PROT_READ, MAP_SHARED, fd, &error);
	}
	(void)sys_close(fd);
	return error;
}

static int check(struct house *house)
{
	struct plan_header const *plan = house->plan;

	if (slot_table_check(house->slots, house->sizes[1]) < 0 ||
	    plan_check(house->plan, house->sizes[0]) < 0)
		return -ENOENT;
	/* The supervisor writes its header when it first looks around; before that it is zero. */
	if (house_status(house)->magic == 0 || house_status(house)->plan_generation == 0)
		return -EAGAIN;
	if (status_table_check(house->status, house->sizes[2]) < 0)
		return -ENOENT;
	if (house_slots(house)->count < plan->count || house_status(house)->count < plan->count)
		return -EAGAIN;
	return 0;
}

/* Something else of the machine may have a descriptor of that number: only the magics tell. */
static int map_all(struct house *house)
{
	int error = map(house->pid, FD_SLOTS, &house->slots, &house->sizes[1]);

	if (error == 0)
		error = map(house->pid, FD_PLAN, &house->plan, &house->sizes[0]);
	if (error == 0)
		error = map(house->pid, FD_STATUS, &house->status, &house->sizes[2]);
	return error ? error : check(house);
}

static int exists(int pid)
{
	char path[32];
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%d", pid);
	fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	if (fd >= 0)
		(void)sys_close(fd);
	return fd >= 0;
}

static void explain(int error, int pid, struct text *problem)
{
	if (error == -ESRCH)
		text_add(problem, "there is no process ");
	else if (error == -EAGAIN)
		text_add(problem, "the service tree has not started yet under process ");
	else if (error == -EACCES || error == -EPERM)
		text_add(problem, "not permitted (only the container's own user, outside a cage) "
				  "to look into process ");
	else if (error == -ENOENT)
		text_add(problem, "no service tree (plain mode, or not orlop-init) under process ");
	else
		text_add(problem, "cannot read the tables of process ");
	text_add_number(problem, pid);
	if (error != -ESRCH && error != -EAGAIN && error != -ENOENT) {
		text_add(problem, ": ");
		text_add(problem, strerror(-error));
	}
}

/* Times are told as the container's services see them. */
static void take_timezone(void const *plan)
{
	if (plan_header(plan)->timezone)
		(void)setenv("TZ", plan_string(plan, plan_header(plan)->timezone), 1);
	tzset();
}

int house_open(struct house *house, int pid, struct text *problem)
{
	int error;

	memset(house, 0, sizeof *house);
	house->pid = pid;
	house->now = now_read(CLOCK_MONOTONIC);
	error = exists(pid) ? map_all(house) : -ESRCH;
	if (error == -EPROTO || error == -ENXIO)
		error = -ENOENT;
	if (error == 0) {
		take_timezone(house->plan);
		return 0;
	}
	explain(error, pid, problem);
	house_close(house);
	return error;
}

bool house_is_alive(struct house const *house)
{
	int const fd = house_descriptor(house->pid, FD_STATUS, O_PATH);

	if (fd >= 0)
		(void)sys_close(fd); /* nothing was written */
	return fd >= 0;
}

void house_nap(uint64_t *length)
{
	uint64_t const longest = 50 * HOUSE_NAP;
	struct timespec time = { .tv_nsec = (long)*length };

	(void)sys_ppoll(NULL, 0, &time, NULL, SYS_MASK_SIZE);
	*length += *length / 2;
	if (*length > longest)
		*length = longest;
}

void house_refresh(struct house *house)
{
	void const *slots = NULL;
	size_t size = 0;

	if (!atomic_load(&house_slots(house)->moved) ||
	    map(house->pid, FD_SLOTS, &slots, &size) < 0)
		return;
	if (slot_table_check(slots, size) < 0 ||
	    ((struct slot_header const *)slots)->count != house_slots(house)->count) {
		(void)sys_munmap((void *)(uintptr_t)slots, size);
		return;
	}
	(void)sys_munmap((void *)(uintptr_t)house->slots, house->sizes[1]);
	house->slots = slots;
	house->sizes[1] = size;
}

void house_close(struct house *house)
{
	void const *const maps[3] = { house->plan, house->slots, house->status };

	for (int i = 0; i < 3; i++)
		if (maps[i])
			(void)sys_munmap((void *)(uintptr_t)maps[i], house->sizes[i]);
	house->plan = house->slots = house->status = NULL;
}

int house_pid(struct options const *options, char const *const *envp)
{
	unsigned pid = 1;

	if (options->given & OPTION_PID)
		return options->pid;
	for (; *envp; envp++)
		if (!strncmp(*envp, "ORLOP_PID=", 10))
			return uint0_scan(*envp + 10, &pid) && pid <= INT32_MAX ? (int)pid : 0;
	return 1;
}

int house_enter(struct house *house, struct options const *options, char const *const *envp)
{
	struct text problem = TEXT_EMPTY;
	int const pid = house_pid(options, envp);
	int error;

	memset(house, 0, sizeof *house);
	if (pid == 0) {
		strerr_warn(PROG, ": $ORLOP_PID is no process id");
		return EXIT_USAGE;
	}
	error = house_open(house, pid, &problem);
	if (error < 0)
		strerr_warn(PROG, ": ", text_string(&problem));
	text_free(&problem);
	if (error == 0)
		return 0;
	return error == -ESRCH || error == -EAGAIN || error == -ENOENT ? EXIT_NO : EXIT_SYSTEM;
}
