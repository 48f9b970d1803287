/* SPDX-License-Identifier: ISC */
/* The command line of orlop-confine; see arguments.h. */
#include "confine/arguments_parts.h"

#include "sys/sys.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum { USAGE = 100, SYSTEM = 111 };

int arguments_wrong(struct parser *parser, char const *what, char const *object)
{
	*parser->fault = (struct arguments_fault){ .what = what, .object = object };
	return USAGE;
}

int arguments_refused(struct parser *parser, char const *what, char const *object, int error)
{
	*parser->fault = (struct arguments_fault){ what, object, error };
	return SYSTEM;
}

char const *arguments_text(struct arguments const *arguments, uint32_t offset)
{
	return plan_string(&arguments->plan, offset);
}

int arguments_add_text(struct parser *parser, char const *text, char const *more, uint32_t *offset)
{
	struct arguments *arguments = parser->arguments;
	size_t const length = strlen(text);
	size_t const rest = strlen(more) + 1;

	if (length + rest > ARGUMENTS_TEXT_MAX - arguments->text_used)
		return arguments_refused(parser, "options", text, -E2BIG);
	*offset = (uint32_t)offsetof(struct arguments_plan, text) + arguments->text_used;
	memcpy(arguments->plan.text + arguments->text_used, text, length);
	memcpy(arguments->plan.text + arguments->text_used + length, more, rest);
	arguments->text_used += (uint32_t)(length + rest);
	return 0;
}

static int add_variable(struct parser *parser, char const *text, char const *more)
{
	struct arguments_plan *plan = &parser->arguments->plan;
	uint32_t const count = plan->slot.environment.count;
	int result;

	if (count == ARGUMENTS_ENVIRONMENT_MAX)
		return arguments_wrong(parser, "too many variables", text);
	result = arguments_add_text(parser, text, more, &plan->environment[count]);
	if (result == 0)
		plan->slot.environment.count++;
	return result;
}

static int add_declared_variable(struct parser *parser, char const *text)
{
	if (*text == '=' || !strchr(text, '='))
		return arguments_wrong(parser, "not NAME=value", text);
	return add_variable(parser, text, "");
}

/* "NAME=" with its value, unless -e has set that name. */
static int add_default_variable(struct parser *parser, char const *name, char const *value)
{
	struct arguments_plan const *plan = &parser->arguments->plan;

	for (uint32_t i = 0; i < plan->slot.environment.count; i++)
		if (strncmp(plan_string(plan, plan->environment[i]), name, strlen(name)) == 0)
			return 0;
	return add_variable(parser, name, value);
}

static int take_environment(struct parser *parser)
{
	struct user const *user = &parser->user;
	int result = 0;

	parser->arguments->plan.slot.environment.offset = offsetof(struct arguments_plan,
								   environment);
	if (*user->name == '\0')
		return 0;
	result = add_default_variable(parser, "HOME=", user->home);
	if (result == 0)
		result = add_default_variable(parser, "USER=", user->name);
	if (result == 0)
		result = add_default_variable(parser, "LOGNAME=", user->name);
	if (result == 0)
		result = add_default_variable(parser, "SHELL=", user->shell);
	return result;
}

static int set_group(struct parser *parser, char const *text)
{
	parser->gid = text;
	return 0;
}

static int set_groups(struct parser *parser, char const *text)
{
	parser->groups = text;
	return 0;
}

static int set_directory(struct parser *parser, char const *text)
{
	if (*text == '\0')
		return arguments_wrong(parser, "directory is empty", "");
	return arguments_add_text(parser, text, "", &parser->arguments->plan.slot.directory);
}

static arguments_setter *setter(char letter)
{
	static arguments_setter *const setters[] = {
		['G'] = set_groups,
		['b'] = arguments_bind,
		['c'] = arguments_capability,
		['d'] = set_directory,
		['e'] = add_declared_variable,
		['g'] = set_group,
		['l'] = arguments_limit,
		['m'] = arguments_umask,
		['n'] = arguments_nice,
		['o'] = arguments_oom_score,
		['r'] = arguments_read,
		['s'] = arguments_secret,
		['t'] = arguments_connect,
		['u'] = arguments_user,
		['w'] = arguments_write,
		['x'] = arguments_execute,
		['y'] = arguments_syscalls,
	};

	/* A byte above 127 may be negative, and is no option. */
	if (letter < 0 || (size_t)letter >= sizeof setters / sizeof setters[0])
		return NULL;
	return setters[(size_t)letter];
}

static bool flag(struct arguments *arguments, char const *text)
{
	if (strcmp(text, "-h") == 0 || strcmp(text, "--help") == 0)
		arguments->help = true;
	else if (strcmp(text, "--version") == 0)
		arguments->version = true;
	else if (strcmp(text, "-k") == 0)
		arguments->keep_descriptors = true;
	else if (strcmp(text, "--strict") == 0)
		arguments->plan.slot.confine = PLAN_STRICT;
	else
		return false;
	return true;
}

/* One option; *word moves on to its value if that is a word of its own. */
static int option(struct parser *parser, char *const **word)
{
	char const *text = **word;
	arguments_setter *set;

	if (flag(parser->arguments, text))
		return 0;
	set = setter(text[1]);
	if (!set)
		return arguments_wrong(parser, "unknown option", text);
	if (text[2])
		return set(parser, text + 2);
	if (!(*word)[1])
		return arguments_wrong(parser, "option without its value", text);
	++*word;
	return set(parser, **word);
}

/* Options end behind "--" or before the first word without a dash. */
static int options(struct parser *parser, char *const *word)
{
	int result = 0;

	for (; *word && (*word)[0] == '-' && (*word)[1] && result == 0; word++) {
		if (strcmp(*word, "--") == 0) {
			word++;
			break;
		}
		result = option(parser, &word);
	}
	parser->arguments->program = word;
	return result;
}

/* What the caller has stays, but a core file of a caged program is a leak. */
static int start_values(struct parser *parser)
{
	struct arguments_plan *plan = &parser->arguments->plan;

	plan->slot.flags = PLAN_PASS_ALL;
	plan->slot.umask = sys_umask(0);
	(void)sys_umask(plan->slot.umask); /* there is no way to look without setting */
	plan->slot.limits.offset = offsetof(struct arguments_plan, limits);
	return arguments_limit(parser, "core=0");
}

int arguments_parse(struct arguments *arguments, char *const *argv, struct host const *host,
		    struct arguments_fault *fault)
{
	static struct parser parser; /* the fault may name what is in it */
	int result;

	parser = (struct parser){ .arguments = arguments, .fault = fault };
	result = start_values(&parser);
	if (result == 0)
		result = options(&parser, argv[0] ? argv + 1 : argv);
	if (result != 0 || arguments->help || arguments->version)
		return result;
	if (!*arguments->program)
		return arguments_wrong(&parser, "no program given", "");
	if (arguments->plan.slot.directory == 0)
		result = set_directory(&parser, ".");
	if (result == 0)
		result = arguments_take_ids(&parser, host);
	if (result == 0)
		result = take_environment(&parser);
	if (result == 0)
		result = arguments_add_text(&parser, *parser.user.name ? parser.user.name : "own",
					    "", &arguments->plan.slot.user);
	if (result == 0)
		result = arguments_take_cage(&parser);
	return result;
}
