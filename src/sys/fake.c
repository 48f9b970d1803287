/* SPDX-License-Identifier: ISC */
/* The table of fake.h: real.c under other names, each behind a look at what the test asked for. */
#include "sys/fake.h"

#include <stdlib.h>
#include <string.h>

#define REAL_DEFINE(type, name, parameters) static type real_##name parameters
#define sys_fork			    real_fork
#define sys_fork_sharing		    real_fork_sharing
#define sys_mmap			    real_mmap
#define sys_munmap			    real_munmap
#define sys_exit			    real_exit
static int real_fork(void);
static int real_fork_sharing(void);
static void *real_mmap(size_t size, int protection, int flags, int fd, int *error);
static int real_munmap(void *map, size_t size);
static _Noreturn void real_exit(int status);
#include "sys/real.c"
#undef sys_fork
#undef sys_fork_sharing
#undef sys_mmap
#undef sys_munmap
#undef sys_exit

struct entry {
	unsigned calls;
	unsigned first;
	unsigned count;
	int error;
	fake_hook_function *hook;
	void *context;
};

static struct entry table[FAKE_CALLS];

void fake_reset(void)
{
	memset(table, 0, sizeof table);
}

void fake_fail(enum fake_call call, unsigned first, unsigned count, int error)
{
	table[call].first = first;
	table[call].count = count;
	table[call].error = error;
}

unsigned fake_count(enum fake_call call)
{
	return table[call].calls;
}

void fake_hook(enum fake_call call, fake_hook_function *hook, void *context)
{
	table[call].hook = hook;
	table[call].context = context;
}

static bool answered(enum fake_call call, long *value)
{
	struct entry *entry = &table[call];

	entry->calls++;
	if (entry->first && entry->calls >= entry->first &&
	    entry->calls - entry->first < entry->count) {
		*value = -entry->error;
		return true;
	}
	return entry->hook && entry->hook(call, value, entry->context);
}

#define FAKE_DEFINE(type, name, parameters, arguments) \
	type sys_##name parameters                     \
	{                                              \
		long answer = 0;                       \
		if (answered(FAKE_##name, &answer))    \
			return (type)answer;           \
		return real_##name arguments;          \
	}
SYS_CALLS(FAKE_DEFINE)

int sys_fork(void)
{
	long value = 0;

	return answered(FAKE_fork, &value) ? (int)value : real_fork();
}

int sys_fork_sharing(void)
{
	long value = 0;

	return answered(FAKE_fork_sharing, &value) ? (int)value : real_fork_sharing();
}

void *sys_mmap(size_t size, int protection, int flags, int fd, int *error)
{
	long value = 0;

	if (!answered(FAKE_mmap, &value))
		return real_mmap(size, protection, flags, fd, error);
	*error = (int)value;
	return NULL;
}

int sys_munmap(void *map, size_t size)
{
	long value = 0;

	return answered(FAKE_munmap, &value) ? (int)value : real_munmap(map, size);
}

/* A hook of exit must not return (longjmp to the test); without one the test process ends. */
void sys_exit(int status)
{
	long value = status;

	(void)answered(FAKE_exit, &value);
	real_exit(status);
}

char const *fake_name(enum fake_call call)
{
	static char const *const names[FAKE_CALLS] = {
#define FAKE_TEXT(type, name, parameters, arguments) [FAKE_##name] = #name,
		SYS_CALLS(FAKE_TEXT)[FAKE_fork] = "fork",
		[FAKE_fork_sharing] = "fork_sharing",
		[FAKE_mmap] = "mmap",
		[FAKE_munmap] = "munmap",
		[FAKE_exit] = "exit",
	};

	return names[call];
}
