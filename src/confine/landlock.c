/* SPDX-License-Identifier: ISC */
/*
 * A Landlock domain of its own for every service. Even without a rule the domain alone stops
 * processes of the same uid in other domains from reading its memory and environment and from
 * tracing it; since ABI 6 it cannot signal them or reach their abstract sockets either. Where the
 * service declares paths or ports, the domain allows these and no others.
 */
#include "confine/landlock_rights.h"
#include "confine/steps.h"
#include "sys/sys.h"

#include <fcntl.h>

/* Its notify socket has an abstract name where init found no directory to bind it in. */
static bool notifies_by_abstract_name(struct confine_request const *request)
{
	static char const start[] = "NOTIFY_SOCKET=@";
	struct plan_list const list = request->slot->environment;

	for (uint32_t i = 0; i < list.count; i++) {
		char const *text = plan_string(request->plan, plan_words(request->plan, list)[i]);
		char const *expected = start;

		while (*expected && *text == *expected)
			text++, expected++;
		if (*expected == '\0')
			return true;
	}
	return false;
}

static uint64_t scopes(struct confine_request const *request)
{
	/* A probe or stop-command has a domain beside its service's, and often has to signal it. */
	if (request->slot->kind == PLAN_PROBE)
		return 0;
	if (notifies_by_abstract_name(request))
		return SCOPE_SIGNAL;
	return SCOPE_SIGNAL | SCOPE_ABSTRACT_UNIX_SOCKET;
}

static uint64_t ports(struct plan_slot const *slot)
{
	uint64_t rights = 0;

	if (slot->flags & PLAN_BIND_CAGE)
		rights |= PORT_BIND;
	if (slot->flags & PLAN_CONNECT_CAGE)
		rights |= PORT_CONNECT;
	return rights;
}

/*
 * The right to rename between directories, given back for all of them, denies nothing. Handled it
 * should be: a kernel without scopes needs something in a domain, and a domain inside of this one,
 * as orlop-confine makes it in a script, cannot give what this one has not given. In a domain that
 * handles files nobody can mount, which only services with a filter of their own may ask for.
 */
static bool handles_refer(struct plan_slot const *slot, uint32_t abi)
{
	if (abi < ABI_REFER)
		return false; /* ABI 1 denies those renames always: there no domain is better */
	if (abi < ABI_SCOPE || slot->kind == PLAN_PROBE)
		return true;
	return !(slot->flags & PLAN_SYSCALLS_ALL) && slot->syscalls.count == 0;
}

/* What is declared and what is always on, as far as this kernel has it. */
static struct landlock_domain domain_of(struct confine_request const *request)
{
	struct plan_slot const *slot = request->slot;
	uint32_t const abi = plan_header(request->plan)->landlock_abi;
	struct landlock_domain domain = { 0 };

	if (abi == 0 || slot->confine == PLAN_UNCONFINED)
		return domain;
	if (slot->flags & PLAN_FILE_CAGE)
		domain.files = landlock_file_rights(abi);
	else if (handles_refer(slot, abi))
		domain.files = DIRECTORY_REFER;
	if (abi >= ABI_PORTS)
		domain.ports = ports(slot);
	if (abi >= ABI_SCOPE)
		domain.scopes = scopes(request);
	return domain;
}

static int allow_refer_everywhere(int ruleset)
{
	struct landlock_path_rule rule = { .rights = DIRECTORY_REFER };
	int const root = sys_openat(AT_FDCWD, "/", O_PATH | O_CLOEXEC, 0);
	int result;

	if (root < 0)
		return root;
	rule.fd = root;
	result = sys_landlock_add_rule(ruleset, RULE_PATH, &rule, 0);
	(void)sys_close(root); /* nothing was written */
	return result;
}

static int allow_ports(struct confine_request const *request, int ruleset, struct plan_list list,
		       uint64_t right)
{
	for (uint32_t i = 0; i < list.count; i++) {
		struct landlock_port_rule const rule = {
			.rights = right, .port = plan_words(request->plan, list)[i]
		};
		int const result = sys_landlock_add_rule(ruleset, RULE_PORT, &rule, 0);

		if (result < 0)
			return result;
	}
	return 0;
}

int landlock_ruleset(struct confine_request const *request, int *ruleset)
{
	struct plan_slot const *slot = request->slot;
	struct landlock_domain const domain = domain_of(request);
	int result = 0;
	int fd;

	*ruleset = -1;
	if (!domain.files && !domain.ports && !domain.scopes)
		return 0;
	/* An older kernel takes the whole record when what it does not know is zero. */
	fd = sys_landlock_create_ruleset(&domain, sizeof domain, 0);
	if (fd < 0)
		return fd;
	*ruleset = fd;
	if (domain.files == DIRECTORY_REFER)
		result = allow_refer_everywhere(fd);
	if (result >= 0 && domain.ports & PORT_BIND)
		result = allow_ports(request, fd, slot->bind, PORT_BIND);
	if (result >= 0 && domain.ports & PORT_CONNECT)
		result = allow_ports(request, fd, slot->connect, PORT_CONNECT);
	return result;
}

int landlock_enter(struct confine_request const *request, int ruleset)
{
	uint32_t const abi = plan_header(request->plan)->landlock_abi;
	int result;

	if (ruleset < 0)
		return 0;
	result = sys_landlock_restrict_self(ruleset, abi < ABI_AUDIT ? 0 : RESTRICT_LOG_NEW_EXEC);
	(void)sys_close(ruleset); /* close-on-exec anyway */
	return result;
}
