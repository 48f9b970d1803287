/* SPDX-License-Identifier: ISC */
/* The base paths of the file cage; see base_paths.h. */
#include "confine/base_paths.h"

#include "wire/plan.h"

enum {
	PROGRAMS = PLAN_READ | PLAN_EXECUTE | PLAN_MAY_MISS,
	FILES = PLAN_READ | PLAN_MAY_MISS,
	NODE = PLAN_READ | PLAN_WRITE | PLAN_DEVICE | PLAN_MAY_MISS
};

struct base_path const base_paths[] = {
	{ "/usr", PROGRAMS },
	{ "/lib", PROGRAMS },
	{ "/lib64", PROGRAMS },
	{ "/bin", PROGRAMS },
	{ "/sbin", PROGRAMS },
	{ "/etc", FILES },
	{ "/proc", FILES },
	/* The C library counts processors there. */
	{ "/sys/devices/system/cpu", FILES },
	{ "/dev/null", NODE },
	{ "/dev/zero", NODE },
	{ "/dev/full", NODE },
	{ "/dev/random", NODE },
	{ "/dev/urandom", NODE },
	/* The terminal of the service's own session, so of none. */
	{ "/dev/tty", NODE },
};

uint32_t const base_paths_count = sizeof base_paths / sizeof base_paths[0];
