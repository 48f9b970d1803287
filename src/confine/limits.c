/* SPDX-License-Identifier: ISC */
/* Resource limits; see limits.h. The names are those of prlimit(1) and of `ulimit`'s manuals. */
#include "confine/limits.h"
#include "sys/sys.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

static char const *const names[] = {
	[RLIMIT_CPU] = "cpu",		[RLIMIT_FSIZE] = "fsize",
	[RLIMIT_DATA] = "data",		[RLIMIT_STACK] = "stack",
	[RLIMIT_CORE] = "core",		[RLIMIT_RSS] = "rss",
	[RLIMIT_NPROC] = "nproc",	[RLIMIT_NOFILE] = "nofile",
	[RLIMIT_MEMLOCK] = "memlock",	[RLIMIT_AS] = "as",
	[RLIMIT_LOCKS] = "locks",	[RLIMIT_SIGPENDING] = "sigpending",
	[RLIMIT_MSGQUEUE] = "msgqueue", [RLIMIT_NICE] = "nice",
	[RLIMIT_RTPRIO] = "rtprio",	[RLIMIT_RTTIME] = "rttime",
};

enum { NAMES = sizeof names / sizeof names[0] };

int limits_resource(char const *name)
{
	for (int resource = 0; resource < NAMES; resource++)
		if (strcmp(names[resource], name) == 0)
			return resource;
	return -EINVAL;
}

char const *limits_name(unsigned resource)
{
	return resource < NAMES ? names[resource] : NULL;
}

static uint64_t lower(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static int set_what_is_allowed(unsigned resource, struct sys_rlimit wanted)
{
	struct sys_rlimit now;
	int const result = sys_prlimit64(0, resource, NULL, &now);

	if (result < 0)
		return result;
	wanted.hard = lower(wanted.hard, now.hard);
	wanted.soft = lower(wanted.soft, wanted.hard);
	return sys_prlimit64(0, resource, &wanted, NULL);
}

int limits_set(struct plan_limit const *limits, size_t count, bool strict)
{
	for (size_t i = 0; i < count; i++) {
		struct sys_rlimit const wanted = { limits[i].soft, limits[i].hard };
		int result = sys_prlimit64(0, limits[i].resource, &wanted, NULL);

		if (result == -EPERM && !strict)
			result = set_what_is_allowed(limits[i].resource, wanted);
		if (result < 0)
			return result;
	}
	return 0;
}
