/* SPDX-License-Identifier: ISC */
/* Probes of the host; see host.h. */
#include "confine/host.h"
#include "confine/caps.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

enum {
	LANDLOCK_VERSION = 1 << 0,   /* LANDLOCK_CREATE_RULESET_VERSION, Linux 5.13 */
	SECCOMP_ACTION_AVAILABLE = 2 /* SECCOMP_GET_ACTION_AVAIL, Linux 4.14 */
};

static uint32_t const seccomp_errno = 0x00050000; /* SECCOMP_RET_ERRNO */

static int open_file(char const *file)
{
	return sys_openat(AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
}

/* A user namespace made without privilege denies setgroups for ever, see user_namespaces(7). */
static bool setgroups_denied(void)
{
	static char const denied[] = "deny";
	char text[sizeof denied] = "";
	int const fd = open_file("/proc/self/setgroups");

	if (fd < 0)
		return false;
	(void)sys_read(fd, text, sizeof denied - 1); /* unreadable: not denied */
	(void)sys_close(fd);			     /* nothing was written */
	return strcmp(text, denied) == 0;
}

static bool has(uint64_t capabilities, unsigned number)
{
	return capabilities >> number & 1;
}

static uint32_t landlock_abi(void)
{
	int const abi = sys_landlock_create_ruleset(NULL, 0, LANDLOCK_VERSION);

	return abi < 0 ? 0 : (uint32_t)abi;
}

void host_probe(struct host *host)
{
	uint32_t unused;
	uint64_t permitted;
	uint32_t action = seccomp_errno;

	memset(host, 0, sizeof *host);
	/* These three cannot fail with valid pointers; the zeros stand if they are forbidden. */
	(void)sys_getresuid(&unused, &host->uid, &unused);
	(void)sys_getresgid(&unused, &host->gid, &unused);
	(void)caps_get(&host->capabilities, &permitted);
	host->can_change_ids = has(host->capabilities, CAP_SETUID) &&
			       has(host->capabilities, CAP_SETGID) && !setgroups_denied();
	host->landlock_abi = landlock_abi();
	host->can_seccomp = sys_seccomp(SECCOMP_ACTION_AVAILABLE, 0, &action) == 0;
}

/* Three numbers a line: first id inside, first id outside, how many. */
struct map_reader {
	uint64_t numbers[3];
	unsigned which;
	bool in_number;
	bool found;
};

static void map_take(struct map_reader *map, char c, uint32_t id)
{
	if (c >= '0' && c <= '9') {
		if (map->which < 3)
			map->numbers[map->which] = map->numbers[map->which] * 10 +
						   (uint64_t)(c - '0');
		map->in_number = true;
		return;
	}
	if (map->in_number)
		map->which++;
	map->in_number = false;
	if (c != '\n')
		return;
	if (map->which == 3 && id >= map->numbers[0] && id - map->numbers[0] < map->numbers[2])
		map->found = true;
	memset(map->numbers, 0, sizeof map->numbers);
	map->which = 0;
}

static bool maps(char const *file, uint32_t id)
{
	struct map_reader map = { .which = 0 };
	char buffer[512];
	ssize_t size;
	int const fd = open_file(file);

	if (fd < 0)
		return true;
	while ((size = sys_read(fd, buffer, sizeof buffer)) > 0)
		for (ssize_t i = 0; i < size; i++)
			map_take(&map, buffer[i], id);
	(void)sys_close(fd); /* nothing was written */
	return size < 0 || map.found;
}

bool host_maps_uid(uint32_t uid)
{
	return maps("/proc/self/uid_map", uid);
}

bool host_maps_gid(uint32_t gid)
{
	return maps("/proc/self/gid_map", gid);
}
