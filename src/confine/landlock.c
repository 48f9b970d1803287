/* SPDX-License-Identifier: ISC */
/*
 * A Landlock domain of its own for every service. Even without a path rule the domain alone stops
 * processes of the same uid in other domains from reading its memory and environment and from
 * tracing it; since ABI 6 it cannot signal them or reach their abstract sockets either.
 */
#include "confine/steps.h"
#include "sys/sys.h"

#include <fcntl.h>

/* Debian 12's kernel headers end at ABI 2. */
enum {
	ABI_REFER = 2,
	ABI_SCOPE = 6,
	SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0,
	SCOPE_SIGNAL = 1 << 1,
	ACCESS_FS_REFER = 1 << 13,
	RULE_PATH_BENEATH = 1
};

struct ruleset_attributes {
	uint64_t handled_access_fs;
	uint64_t handled_access_net; /* ABI 4 */
	uint64_t scoped;	     /* ABI 6 */
};

struct path_beneath_attributes {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

enum { SIZE_OF_FIRST_ABI = sizeof(uint64_t) };

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

static int allow_refer_everywhere(int ruleset)
{
	struct path_beneath_attributes rule = { .allowed_access = ACCESS_FS_REFER };
	int const root = sys_openat(AT_FDCWD, "/", O_PATH | O_CLOEXEC, 0);
	int result;

	if (root < 0)
		return root;
	rule.parent_fd = root;
	result = sys_landlock_add_rule(ruleset, RULE_PATH_BENEATH, &rule, 0);
	(void)sys_close(root); /* nothing was written */
	return result;
}

/*
 * A domain has to handle something. The right to rename between directories, given back for all of
 * them, denies nothing. ABI 1 always denies it, and every cross-directory rename would fail: there
 * no domain is better.
 */
static int harmless_ruleset(int *ruleset)
{
	struct ruleset_attributes const attributes = { .handled_access_fs = ACCESS_FS_REFER };
	int const fd = sys_landlock_create_ruleset(&attributes, SIZE_OF_FIRST_ABI, 0);

	if (fd < 0)
		return fd;
	*ruleset = fd;
	return allow_refer_everywhere(fd);
}

int landlock_ruleset(struct confine_request const *request, int *ruleset)
{
	uint32_t const abi = plan_header(request->plan)->landlock_abi;
	struct ruleset_attributes attributes = { 0 };
	int fd;

	*ruleset = -1;
	if (abi < ABI_REFER || request->slot->confine == PLAN_UNCONFINED)
		return 0;
	attributes.scoped = abi < ABI_SCOPE ? 0 : scopes(request);
	if (!attributes.scoped)
		return harmless_ruleset(ruleset);
	fd = sys_landlock_create_ruleset(&attributes, sizeof attributes, 0);
	if (fd < 0)
		return fd;
	*ruleset = fd;
	return 0;
}

int landlock_enter(int ruleset)
{
	int result;

	if (ruleset < 0)
		return 0;
	result = sys_landlock_restrict_self(ruleset, 0);
	(void)sys_close(ruleset); /* close-on-exec anyway */
	return result;
}
