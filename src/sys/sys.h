/* SPDX-License-Identifier: ISC */
/*
 * The only raw system calls: sys_NAME() for each line of calls.h, and the four that do not fit
 * the table. Each returns what the kernel returns: 0 or more, or a negative errno; errno itself is
 * never touched. Tests link fake.c instead of real.c and can fail any of them (fake.h).
 */
#ifndef ORLOP_SYS_SYS_H
#define ORLOP_SYS_SYS_H

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#include "sys/calls.h"

/* The kernel's structures where libc's differ or hide behind a 32-bit past. */
struct sys_sigaction {
	uintptr_t handler; /* 0: SIG_DFL, 1: SIG_IGN */
	unsigned long flags;
	uintptr_t restorer;
	uint64_t mask;
};

struct sys_rlimit {
	uint64_t soft;
	uint64_t hard;
};

struct sys_cap_header {
	uint32_t version; /* 0x20080522: two data records */
	int pid;
};

struct sys_cap_data {
	uint32_t effective;
	uint32_t permitted;
	uint32_t inheritable;
};

enum { SYS_MASK_SIZE = 8 };

#define SYS_PROTOTYPE(type, name, parameters, arguments) type sys_##name parameters;
SYS_CALLS(SYS_PROTOTYPE)
#undef SYS_PROTOTYPE

/* fork(2) as clone(SIGCHLD): no libc handler runs in between, PID 1 has none. */
int sys_fork(void);

/* The same with CLONE_FILES: parent and child have one descriptor table until the child leaves. */
int sys_fork_sharing(void);

/* The mapping, or NULL with *error set to a negative errno. */
void *sys_mmap(size_t size, int protection, int flags, int fd, int *error);
int sys_munmap(void *map, size_t size);

_Noreturn void sys_exit(int status);

#endif
