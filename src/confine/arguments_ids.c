/* SPDX-License-Identifier: ISC */
/*
 * -u, -g and -G of orlop-confine. Users are given as to `docker run --user`: a string of digits is
 * always a number and never looked up as a name, which was the commonest hole of its kind
 * (CVE-2024-40635, CVE-2016-3697); a name that is not there is an error.
 */
#include "confine/arguments_parts.h"

#include "sys/sys.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static char const passwd[] = "/etc/passwd";
static char const group_file[] = "/etc/group";

static int find_group(struct parser *parser, char const *text, uint32_t *gid)
{
	int result = users_number(text, gid);

	if (result == -ERANGE)
		return arguments_wrong(parser, "group id out of range", text);
	if (result == 0)
		return 0;
	result = groups_by_name(group_file, text, gid);
	if (result == -ENOENT)
		return arguments_wrong(parser, "unknown group", text);
	return result < 0 ? arguments_refused(parser, group_file, text, result) : 0;
}

static void name_by_number(struct user *user, char const *text)
{
	/* Nobody's group has its number, as Docker's 0 would be root's. */
	*user = (struct user){
		.uid = user->uid, .gid = user->uid, .home = "/", .shell = "/bin/sh"
	};
	memcpy(user->name, text, strlen(text) + 1);
}

static int find_user(struct parser *parser, char const *text)
{
	struct user *user = &parser->user;
	uint32_t uid;
	int result = users_number(text, &uid);

	if (result == -ERANGE)
		return arguments_wrong(parser, "user id out of range", text);
	if (result == 0) {
		if (strlen(text) >= sizeof user->name)
			return arguments_wrong(parser, "user id too long", text);
		if (users_by_uid(passwd, uid, user) == 0)
			return 0;
		user->uid = uid; /* no entry, or no file: a number needs neither */
		name_by_number(user, text);
		return 0;
	}
	result = users_by_name(passwd, text, user);
	if (result == -ENOENT)
		return arguments_wrong(parser, "unknown user", text);
	return result < 0 ? arguments_refused(parser, passwd, text, result) : 0;
}

/* USER or USER:GROUP. */
int arguments_user(struct parser *parser, char const *text)
{
	char name[sizeof parser->user.name];
	size_t const length = strcspn(text, ":");
	int result;

	if (*parser->user.name)
		return arguments_wrong(parser, "-u is given twice", text);
	if (length == 0 || (text[length] == ':' && text[length + 1] == '\0'))
		return arguments_wrong(parser, "not USER or USER:GROUP", text);
	if (length >= sizeof name)
		return arguments_wrong(parser, "unknown user", text);
	memcpy(name, text, length);
	name[length] = '\0';
	if (text[length] == ':')
		parser->gid = text + length + 1;
	result = find_user(parser, name);
	if (result != 0)
		parser->fault->object = text; /* `name` ends with us */
	return result;
}

static int keep_own_ids(struct parser *parser, struct host const *host)
{
	struct arguments_plan *plan = &parser->arguments->plan;
	int const count = sys_getgroups(PLAN_GROUPS_MAX, plan->groups);

	if (count < 0)
		return arguments_refused(parser, "supplementary groups", "", count);
	plan->slot.uid = host->uid;
	plan->slot.gid = host->gid;
	plan->slot.groups.count = (uint32_t)count;
	return 0;
}

/* With a group of its own choosing a user's other groups are not taken, as Docker has it. */
static int take_user(struct parser *parser)
{
	struct arguments_plan *plan = &parser->arguments->plan;
	struct user const *user = &parser->user;
	int count;

	plan->slot.uid = user->uid;
	plan->slot.gid = user->gid;
	plan->slot.groups.count = 0;
	if (parser->gid || parser->groups)
		return 0;
	count = groups_of(group_file, user->name, plan->groups, PLAN_GROUPS_MAX);
	if (count > PLAN_GROUPS_MAX)
		return arguments_refused(parser, "supplementary groups", user->name, -E2BIG);
	plan->slot.groups.count = count < 0 ? 0 : (uint32_t)count; /* no file, no groups */
	return 0;
}

static int take_groups(struct parser *parser, char const *text)
{
	struct arguments_plan *plan = &parser->arguments->plan;
	char name[64];
	uint32_t count = 0;
	int result = 0;

	while (*text && result == 0) {
		size_t const length = strcspn(text, ",");

		if (length == 0 || length >= sizeof name || count == PLAN_GROUPS_MAX)
			return arguments_wrong(parser, "bad list of groups", parser->groups);
		memcpy(name, text, length);
		name[length] = '\0';
		result = find_group(parser, name, &plan->groups[count++]);
		if (result != 0)
			parser->fault->object = parser->groups; /* `name` ends with us */
		text += length + (text[length] == ',');
	}
	plan->slot.groups.count = count;
	return result;
}

static bool has(uint32_t const *list, uint32_t count, uint32_t id)
{
	for (uint32_t i = 0; i < count; i++)
		if (list[i] == id)
			return true;
	return false;
}

/* Asked for by another name, the caller's own ids are no change. */
static bool differs(struct arguments_plan const *plan, struct host const *host)
{
	uint32_t own[PLAN_GROUPS_MAX];
	uint32_t const wanted = plan->slot.groups.count;
	int const count = sys_getgroups(PLAN_GROUPS_MAX, own);

	if (plan->slot.uid != host->uid || plan->slot.gid != host->gid || count < 0)
		return true;
	for (uint32_t i = 0; i < wanted; i++)
		if (plan->groups[i] != host->gid && !has(own, (uint32_t)count, plan->groups[i]))
			return true;
	for (uint32_t i = 0; i < (uint32_t)count; i++)
		if (own[i] != host->gid && !has(plan->groups, wanted, own[i]))
			return true;
	return false;
}

int arguments_take_ids(struct parser *parser, struct host const *host)
{
	struct arguments *arguments = parser->arguments;
	struct plan_slot *slot = &arguments->plan.slot;
	struct user const *user = &parser->user;
	int result;

	slot->groups.offset = offsetof(struct arguments_plan, groups);
	result = *user->name ? take_user(parser) : keep_own_ids(parser, host);
	if (result == 0 && parser->gid)
		result = find_group(parser, parser->gid, &slot->gid);
	if (result == 0 && parser->groups)
		result = take_groups(parser, parser->groups);
	arguments->ids_differ = differs(&arguments->plan, host);
	arguments->wants_ids = *user->name || parser->gid || parser->groups;
	return result;
}
