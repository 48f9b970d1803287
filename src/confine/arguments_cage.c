/* SPDX-License-Identifier: ISC */
/*
 * The options of orlop-confine that draw the cage: paths, ports, system calls, secrets. A path may
 * be relative to the caller's directory; with the first one the file cage is on, and the base paths
 * come to it as they do for a service.
 */
#include "confine/arguments_parts.h"

#include "confine/base_paths.h"
#include "confine/syscalls.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

int arguments_add_path(struct parser *parser, char const *path, uint32_t rights)
{
	struct arguments_plan *plan = &parser->arguments->plan;
	struct plan_path *entry = &plan->paths[plan->slot.paths.count];
	int result;

	if (plan->slot.paths.count == ARGUMENTS_PATHS_MAX)
		return arguments_wrong(parser, "too many paths", path);
	result = arguments_add_text(parser, path, "", &entry->path);
	if (result != 0)
		return result;
	entry->rights = rights;
	plan->slot.paths.count++;
	plan->slot.flags |= PLAN_FILE_CAGE;
	return 0;
}

static int declare(struct parser *parser, char const *text, uint32_t rights)
{
	char const *path = text;

	if (*path == '?') {
		rights |= PLAN_MAY_MISS;
		path++;
	}
	if (*path == '\0')
		return arguments_wrong(parser, "path is empty", text);
	return arguments_add_path(parser, path, rights);
}

int arguments_read(struct parser *parser, char const *text)
{
	return declare(parser, text, PLAN_READ);
}

int arguments_write(struct parser *parser, char const *text)
{
	return declare(parser, text, PLAN_READ | PLAN_WRITE | PLAN_DEVICE);
}

int arguments_execute(struct parser *parser, char const *text)
{
	parser->execute = true;
	return declare(parser, text, PLAN_READ | PLAN_EXECUTE);
}

/* One port or several with commas in between. */
static int add_ports(struct parser *parser, char const *text, uint32_t *ports, uint32_t *count)
{
	char const *rest = text;

	for (;;) {
		uint64_t port;

		if (*count == ARGUMENTS_PORTS_MAX)
			return arguments_wrong(parser, "too many ports", text);
		if (!arguments_number(rest, 10, UINT16_MAX, &port, &rest) ||
		    (*rest && *rest != ','))
			return arguments_wrong(parser, "port is not a number up to 65535", text);
		ports[(*count)++] = (uint32_t)port;
		if (*rest++ == '\0')
			return 0;
	}
}

int arguments_bind(struct parser *parser, char const *text)
{
	struct arguments_plan *plan = &parser->arguments->plan;

	plan->slot.flags |= PLAN_BIND_CAGE;
	plan->slot.bind.offset = offsetof(struct arguments_plan, bind);
	return add_ports(parser, text, plan->bind, &plan->slot.bind.count);
}

int arguments_connect(struct parser *parser, char const *text)
{
	struct arguments_plan *plan = &parser->arguments->plan;

	plan->slot.flags |= PLAN_CONNECT_CAGE;
	plan->slot.connect.offset = offsetof(struct arguments_plan, connect);
	return add_ports(parser, text, plan->connect, &plan->slot.connect.count);
}

int arguments_syscalls(struct parser *parser, char const *text)
{
	struct arguments_plan *plan = &parser->arguments->plan;
	uint32_t const deny = *text == '-' ? PLAN_SYSCALL_DENY : 0;
	int number;

	if (strcmp(text, "all") == 0) {
		plan->slot.flags |= PLAN_SYSCALLS_ALL;
		return 0;
	}
	if (*text != '+' && *text != '-')
		return arguments_wrong(parser, "not all, +CALL or -CALL", text);
	number = syscalls_number(text + 1);
	if (number < 0)
		return arguments_wrong(parser, "unknown system call", text + 1);
	if (plan->slot.syscalls.count == ARGUMENTS_SYSCALLS_MAX)
		return arguments_wrong(parser, "too many system calls", text);
	plan->slot.syscalls.offset = offsetof(struct arguments_plan, syscalls);
	plan->syscalls[plan->slot.syscalls.count++] = (uint32_t)number | deny;
	return 0;
}

static bool is_name(char const *text, size_t length)
{
	static char const letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

	return length > 0 && (*text < '0' || *text > '9') && strspn(text, letters) >= length;
}

int arguments_secret(struct parser *parser, char const *text)
{
	struct arguments_plan *plan = &parser->arguments->plan;
	size_t const length = strcspn(text, ":");
	uint32_t *pair = &plan->secrets[plan->slot.secrets.count];
	int result;

	if (!is_name(text, length) || text[length] != ':')
		return arguments_wrong(parser, "not NAME:FILE", text);
	if (strcmp(text + length, ":") == 0 || strcmp(text + length, ":?") == 0)
		return arguments_wrong(parser, "secret has no file", text);
	if (plan->slot.secrets.count == 2 * CONFINE_SECRETS_MAX)
		return arguments_wrong(parser, "too many secrets", text);
	result = arguments_add_text(parser, text, "", &pair[0]);
	if (result != 0)
		return result;
	plan->text[pair[0] - offsetof(struct arguments_plan, text) + length] = '\0';
	pair[1] = pair[0] + (uint32_t)length + 1;
	plan->slot.secrets.offset = offsetof(struct arguments_plan, secrets);
	plan->slot.secrets.count += 2;
	return 0;
}

/* As for a service: where -x says what can be run, the base paths say it no more. */
int arguments_take_cage(struct parser *parser)
{
	struct plan_slot *slot = &parser->arguments->plan.slot;
	int result = 0;

	if (!(slot->flags & PLAN_FILE_CAGE))
		return 0;
	slot->paths.offset = offsetof(struct arguments_plan, paths);
	for (uint32_t i = 0; i < base_paths_count && result == 0; i++) {
		uint32_t const rights = base_paths[i].rights;

		result = arguments_add_path(parser, base_paths[i].path,
					    parser->execute ? rights & ~(uint32_t)PLAN_EXECUTE
							    : rights);
	}
	return result == 0 ? arguments_take_program(parser) : result;
}
