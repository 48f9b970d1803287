/* SPDX-License-Identifier: ISC */
/* The calls of calls.h, made. */
#include "sys/sys.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* musl has these as macros, which would rename what is made of the table. */
#undef pread64
#undef pwrite64

/* musl before 1.2.4 and Debian 12's kernel headers know all of these but the newest. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif

static long result(long value)
{
	return value == -1 ? -errno : value;
}

/* fake.c includes this file to have the same calls as static functions under another name. */
#ifndef REAL_DEFINE
#define REAL_DEFINE(type, name, parameters) type sys_##name parameters
#endif
#define REAL_REST(...) __VA_OPT__(, ) __VA_ARGS__
#define REAL_CALL(type, name, parameters, arguments)                          \
	REAL_DEFINE(type, name, parameters)                                   \
	{                                                                     \
		return (type)result(syscall(SYS_##name REAL_REST arguments)); \
	}
SYS_CALLS(REAL_CALL)

int sys_fork(void)
{
	return (int)result(syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L));
}

int sys_fork_sharing(void)
{
	return (int)result(syscall(SYS_clone, (long)(SIGCHLD | CLONE_FILES), 0L, 0L, 0L, 0L));
}

void *sys_mmap(size_t size, int protection, int flags, int fd, int *error)
{
	void *map = mmap(NULL, size, protection, flags, fd, 0);

	if (map != MAP_FAILED)
		return map;
	*error = -errno;
	return NULL;
}

int sys_munmap(void *map, size_t size)
{
	return (int)result(munmap(map, size));
}

void sys_exit(int status)
{
	for (;;)
		(void)syscall(SYS_exit_group, status);
}
