/* SPDX-License-Identifier: ISC */
/* What the declarations say themselves: root, cages left open, capabilities, uids in common. */
#include "audit/audit.h"

#include "confine/caps.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <string.h>

/* With these a process is not out of its cage; all others, unknown ones too, are findings. */
static char const *const harmless[] = { "net_bind_service", "net_broadcast", "ipc_lock",
					"sys_nice",	    "lease",	     "wake_alarm",
					"block_suspend",    "audit_write" };

static struct {
	char const *name;
	char const *opens;
} const dangers[] = {
	{ "chown", "gives any file away" },
	{ "dac_override", "reads and writes every file, whatever its mode" },
	{ "dac_read_search", "reads every file, whatever its mode" },
	{ "fowner", "changes the mode of every file" },
	{ "setuid", "becomes any user" },
	{ "setgid", "becomes any group" },
	{ "setfcap", "gives capabilities to files" },
	{ "sys_admin", "mounts, and much more" },
	{ "sys_module", "loads code into the host's kernel" },
	{ "sys_ptrace", "reads the memory of other processes" },
	{ "perfmon", "reads the environment of other processes, other cages or not" },
	{ "sys_rawio", "reaches the host's devices" },
	{ "mknod", "makes device nodes" },
	{ "net_admin", "changes the container's network" },
	{ "net_raw", "forges packets and reads those of others" },
	{ "bpf", "loads programs into the host's kernel" },
	{ "kill", "signals every process" },
};

static bool is_harmless(char const *name)
{
	for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
		if (!strcmp(harmless[i], name))
			return true;
	return false;
}

static char const *opens(char const *name)
{
	for (size_t i = 0; i < sizeof dangers / sizeof dangers[0]; i++)
		if (!strcmp(dangers[i].name, name))
			return dangers[i].opens;
	return "goes beyond what a service needs";
}

static void judge_capabilities(struct audit *audit, uint32_t service)
{
	uint64_t const kept = audit->services[service].slot->capabilities;

	for (unsigned number = 0; number < 64; number++) {
		char const *const known = caps_name(number);
		char const *const name = known ? known : arena_number(&audit->arena, number);

		if (!(kept >> number & 1) || is_harmless(name))
			continue;
		audit_found(audit, FINDING_CAPABILITY, service, NULL,
			    arena_join(&audit->arena, name, ": ", opens(name), NULL));
	}
}

static void judge_uid(struct audit *audit, uint32_t service)
{
	uint32_t const uid = audit->services[service].slot->uid;
	char const *others = "";

	for (uint32_t i = 0; i < audit->service_count; i++)
		if (i != service && audit->services[i].slot->uid == uid)
			others = arena_join(&audit->arena, others, *others ? ", " : "",
					    audit->services[i].name, NULL);
	if (plan_helper(audit->plan, PLAN_SUPERVISOR)->uid == uid)
		others = arena_join(&audit->arena, others, *others ? ", " : "",
				    "Orlop's supervisor", NULL);
	if (*others)
		audit_found(audit, FINDING_SHARED_UID, service, NULL,
			    arena_join(&audit->arena, "uid ", arena_number(&audit->arena, uid),
				       " is also that of ", others, NULL));
}

static void judge_missing(struct audit *audit, uint32_t service)
{
	struct plan_list const list = audit->services[service].slot->write;
	uint32_t const *words = plan_words(audit->plan, list);
	struct stat status;

	for (uint32_t i = 0; i < list.count; i++) {
		char const *const path = plan_string(audit->plan, words[i]);

		if (path[0] == '/' && sys_newfstatat(AT_FDCWD, path, &status, 0) < 0)
			audit_found(audit, FINDING_MISSING_WRITE, service, path, "");
	}
}

static void judge_cage(struct audit *audit, uint32_t service)
{
	struct plan_slot const *const slot = audit->services[service].slot;

	if (slot->confine == PLAN_UNCONFINED) {
		audit_found(audit, FINDING_UNCONFINED, service, NULL, "");
		return;
	}
	if (!(slot->flags & PLAN_FILE_CAGE))
		audit_found(audit, FINDING_NO_PATHS, service, NULL, "");
	if (slot->flags & PLAN_SYSCALLS_ALL)
		audit_found(audit, FINDING_SYSCALLS_ALL, service, NULL, "");
}

void audit_judge_plan(struct audit *audit)
{
	for (uint32_t i = 0; i < audit->service_count; i++) {
		if (audit_is_root(&audit->services[i]))
			audit_found(audit, FINDING_ROOT, i, NULL, "");
		else
			judge_uid(audit, i);
		judge_cage(audit, i);
		judge_capabilities(audit, i);
		judge_missing(audit, i);
	}
}
