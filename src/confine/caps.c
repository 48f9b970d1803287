/* SPDX-License-Identifier: ISC */
/*
 * Capabilities; see caps.h. Their numbers are the kernel's and never change; a kernel that is newer
 * than this table has more of them, so the bounding set is walked until the kernel says "no such".
 */
#include "confine/caps.h"
#include "sys/sys.h"

#include <errno.h>
#include <linux/prctl.h>
#include <string.h>

enum { CAPABILITY_VERSION = 0x20080522, CAPABILITY_BITS = 64 };

static char const *const names[] = {
	"chown",
	"dac_override",
	"dac_read_search",
	"fowner",
	"fsetid",
	"kill",
	"setgid",
	"setuid",
	"setpcap",
	"linux_immutable",
	"net_bind_service",
	"net_broadcast",
	"net_admin",
	"net_raw",
	"ipc_lock",
	"ipc_owner",
	"sys_module",
	"sys_rawio",
	"sys_chroot",
	"sys_ptrace",
	"sys_pacct",
	"sys_admin",
	"sys_boot",
	"sys_nice",
	"sys_resource",
	"sys_time",
	"sys_tty_config",
	"mknod",
	"lease",
	"audit_write",
	"audit_control",
	"setfcap",
	"mac_override",
	"mac_admin",
	"syslog",
	"wake_alarm",
	"block_suspend",
	"audit_read",
	"perfmon",
	"bpf",
	"checkpoint_restore",
};

enum { NAMES = sizeof names / sizeof names[0] };

static int lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* What is behind `prefix` in `text`, NULL when it does not begin so; in any case of letters. */
static char const *behind(char const *text, char const *prefix)
{
	for (; *prefix; text++, prefix++)
		if (lower(*text) != *prefix)
			return NULL;
	return text;
}

int caps_number(char const *name)
{
	char const *const rest = behind(name, "cap_");

	if (rest)
		name = rest;
	for (int number = 0; number < NAMES; number++) {
		char const *const end = behind(name, names[number]);

		if (end && *end == '\0')
			return number;
	}
	return -EINVAL;
}

char const *caps_name(unsigned number)
{
	return number < NAMES ? names[number] : NULL;
}

static uint64_t join(uint32_t low, uint32_t high)
{
	return low | (uint64_t)high << 32;
}

int caps_get(uint64_t *effective, uint64_t *permitted)
{
	struct sys_cap_header header = { .version = CAPABILITY_VERSION };
	struct sys_cap_data data[2] = { { 0 } };
	int const result = sys_capget(&header, data);

	if (result < 0)
		return result;
	*effective = join(data[0].effective, data[1].effective);
	*permitted = join(data[0].permitted, data[1].permitted);
	return 0;
}

/* Known to be gone from the bounding set, for ever and for every child. */
static uint64_t absent;

void caps_look(void)
{
	static bool looked;

	for (unsigned number = 0; !looked && number < CAPABILITY_BITS; number++)
		if (sys_prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 0)
			absent |= UINT64_C(1) << number;
	looked = true;
}

int caps_bound(uint64_t kept)
{
	for (unsigned number = 0; number < CAPABILITY_BITS; number++) {
		int result;

		if ((kept | absent) >> number & 1)
			continue;
		result = sys_prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
		if (result == -EPERM) {
			/* Not ours to drop; harmless if it is not there or not a capability. */
			int const there = sys_prctl(PR_CAPBSET_READ, number, 0, 0, 0);

			result = there == 1 ? -EPERM : there;
		}
		if (result == -EINVAL)
			return 0; /* beyond the kernel's last one */
		if (result < 0)
			return result;
	}
	return 0;
}

static int set(uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
	struct sys_cap_header header = { .version = CAPABILITY_VERSION };
	struct sys_cap_data data[2];

	for (int half = 0; half < 2; half++) {
		data[half].effective = (uint32_t)(effective >> 32 * half);
		data[half].permitted = (uint32_t)(permitted >> 32 * half);
		data[half].inheritable = (uint32_t)(inheritable >> 32 * half);
	}
	return sys_capset(&header, data);
}

int caps_lower(void)
{
	uint64_t effective;
	uint64_t permitted;
	int const result = caps_get(&effective, &permitted);

	return result < 0 ? result : set(0, permitted, 0);
}

/* The inheritable set too: one that is not empty was CVE-2022-24769. */
int caps_set(uint64_t kept)
{
	int result = set(kept, kept, kept);

	if (result >= 0)
		result = sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (unsigned number = 0; result >= 0 && number < CAPABILITY_BITS; number++)
		if (kept >> number & 1)
			result = sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0);
	return result;
}
