/* SPDX-License-Identifier: ISC */
/*
 * The service's environment, in static memory: of the container's variables those that the plan
 * lets through, in their order, then the plan's own, then its secrets. What comes later wins over
 * any of the same name.
 */
#include "confine/steps.h"
#include "sys/sys.h"

#include <errno.h>
#include <string.h>

static char *variables[PLAN_ENVIRONMENT_MAX + 1];

static bool same_name(char const *variable, char const *other)
{
	while (*variable && *variable != '=' && *variable == *other)
		variable++, other++;
	return *variable == '=' && *other == '=';
}

/* `name` may end in '*' for all that begin so. */
static bool is_named(char const *variable, char const *name)
{
	while (*name && *name != '*' && *variable == *name)
		variable++, name++;
	return name[0] == '*' ? name[1] == '\0' : *name == '\0' && *variable == '=';
}

static bool passes(struct confine_request const *request, char const *variable)
{
	struct plan_list const pass = request->slot->pass;

	if (request->slot->flags & PLAN_PASS_ALL)
		return true;
	for (uint32_t i = 0; i < pass.count; i++) {
		uint32_t const name = plan_words(request->plan, pass)[i];

		if (is_named(variable, plan_string(request->plan, name)))
			return true;
	}
	return false;
}

static bool is_secret(char *const *secrets, char const *variable)
{
	for (; secrets && *secrets; secrets++)
		if (same_name(variable, *secrets))
			return true;
	return false;
}

static bool is_overridden(struct confine_request const *request, char const *variable)
{
	struct plan_list const set = request->slot->environment;

	for (uint32_t i = 0; i < set.count; i++) {
		uint32_t const text = plan_words(request->plan, set)[i];

		if (same_name(variable, plan_string(request->plan, text)))
			return true;
	}
	return false;
}

/* sd_listen_fds(3) refuses sockets that are not meant for its own pid, known only here. */
static char *listen_pid(void)
{
	static char text[sizeof "LISTEN_PID=2147483647"] = "LISTEN_PID=";
	enum { NUMBER_AT = sizeof "LISTEN_PID=" - 1 };
	char digits[11];
	size_t start = sizeof digits;
	unsigned rest = (unsigned)sys_getpid();

	do
		digits[--start] = (char)('0' + rest % 10);
	while (rest /= 10);
	memcpy(text + NUMBER_AT, digits + start, sizeof digits - start);
	text[NUMBER_AT + sizeof digits - start] = '\0';
	return text;
}

struct builder {
	struct confine_request const *request;
	char *const *secrets;
	size_t count;
};

static bool add(struct builder *builder, char *variable)
{
	if (builder->count == PLAN_ENVIRONMENT_MAX)
		return false;
	variables[builder->count++] = variable;
	return true;
}

static bool add_passed(struct builder *builder)
{
	struct confine_request const *request = builder->request;

	for (char *const *given = request->environment; given && *given; given++)
		if (passes(request, *given) && !is_overridden(request, *given) &&
		    !is_secret(builder->secrets, *given) && !add(builder, *given))
			return false;
	return true;
}

static bool add_own(struct builder *builder)
{
	struct confine_request const *request = builder->request;
	struct plan_list const set = request->slot->environment;

	for (uint32_t i = 0; i < set.count; i++) {
		uint32_t const offset = plan_words(request->plan, set)[i];
		/* execve only reads; its prototype is older than const. */
		char *const text = (char *)plan_string(request->plan, offset);

		if (is_secret(builder->secrets, text))
			continue;
		if (!add(builder, strcmp(text, "LISTEN_PID=0") == 0 ? listen_pid() : text))
			return false;
	}
	return true;
}

static bool add_secrets(struct builder *builder)
{
	for (char *const *secret = builder->secrets; secret && *secret; secret++)
		if (!add(builder, *secret))
			return false;
	return true;
}

int environment_build(struct confine_request const *request, char *const *secrets,
		      char *const **environment)
{
	struct builder builder = { .request = request, .secrets = secrets };

	if (!add_passed(&builder) || !add_own(&builder) || !add_secrets(&builder))
		return -E2BIG;
	variables[builder.count] = NULL;
	*environment = variables;
	return 0;
}

char const *environment_value(char *const *environment, char const *name)
{
	size_t const length = strlen(name);

	for (; *environment; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}
