/* SPDX-License-Identifier: ISC */
/* Owners for the time of the build; see grounds.h. */
#include "build/grounds.h"

#include "lib/mend.h"
#include "lib/reach.h"
#include "lib/walk.h"
#include "sys/sys.h"

#include <errno.h>
#include <skalibs/strerr.h>
#include <string.h>

struct ground {
	void const *plan;
	struct plan_rule own; /* for the service alone: the owner, and nothing else */
	int status;
};

static int complain(struct ground *ground, char const *path, int error)
{
	int const status = mend_refused(error) ? 1 : 111;
	bool const unmapped = error == -EINVAL; /* what chown(2) says of an id that is not here */

	strerr_warn(PROG, " build: ", path, ": ",
		    unmapped ? "its user is not mapped in this user namespace, as in a rootless "
			       "build without subordinate ids"
			     : mend_reason(error));
	if (ground->status < status)
		ground->status = status;
	return 0;
}

/* Whether the rule of `top` is about `path` too. */
static bool covers(char const *top, char const *path, bool recursive)
{
	size_t const length = strcmp(top, "/") ? strlen(top) : 0;

	if (strncmp(top, path, length) != 0)
		return false;
	return path[length] == '\0' || (recursive && path[length] == '/');
}

/* The longest rule counts, if it is a line of [files]. */
static struct plan_rule const *find_rule(struct ground const *ground, char const *path)
{
	struct plan_list const list = plan_header(ground->plan)->rules;
	struct plan_rule const *rules = plan_rules(ground->plan, list);
	struct plan_rule const *found = NULL;
	size_t longest = 0;

	for (uint32_t i = 0; i < list.count; i++) {
		char const *const top = plan_string(ground->plan, rules[i].path);
		size_t const length = strlen(top);

		if (length < longest || !covers(top, path, rules[i].flags & PLAN_RULE_RECURSIVE))
			continue;
		longest = length;
		found = &rules[i];
	}
	return found && found->flags & PLAN_RULE_DECLARED ? found : &ground->own;
}

static int enter(struct walk_entry const *entry, void *context)
{
	struct ground *const ground = context;
	struct plan_rule const *const rule = find_rule(ground, entry->path);
	bool const top = !strcmp(plan_string(ground->plan, rule->path), entry->path);
	struct mend_change change;
	int const result = mend_file(entry->directory, entry->name, entry->status, rule, top, true,
				     &change);

	return result < 0 ? complain(ground, entry->path, result) : WALK_ON;
}

static int trouble(char const *path, int error, void *context)
{
	if (error == -EXDEV) { /* a volume or a cache of the engine's: not of the image */
		strerr_warn(PROG, " build: ", path, ": another file system, left as it is");
		return 0;
	}
	return complain(context, path, error);
}

/* Everybody's, like /tmp: nobody's to be given. */
static bool is_shared(struct stat const *status)
{
	return status->st_uid == 0 && (status->st_mode & 01002) == 01002;
}

/* While an image is made nobody else runs who could exchange a directory. */
static int trust(struct reach *reach, bool unsafe, void *context)
{
	(void)reach;
	(void)unsafe;
	(void)context;
	return 0;
}

/* Makes what is missing of `path` and reaches it: 0, -ENOENT if it may miss, or negative. */
static int reach_made(struct reach *reach, char const *path, bool may_miss)
{
	int error;

	for (;;) {
		error = reach_open(reach, path, 0, trust, NULL);
		if (error != -ENOENT || may_miss || reach->directory < 0)
			return error;
		error = sys_mkdirat(reach->directory, reach->name, 0755);
		reach_close(reach);
		if (error < 0)
			return error;
	}
}

static bool is_kernels(char const *path)
{
	return covers("/proc", path, true) || covers("/sys", path, true) ||
	       covers("/dev", path, true);
}

static void prepare(struct ground *ground, char const *word, bool give)
{
	bool const may_miss = *word == '?';
	char const *const path = word + may_miss;
	struct walk const walk = { .enter = enter, .trouble = trouble, .context = ground };
	struct reach reach = { .directory = -1 };
	int error;

	if (is_kernels(path))
		return;
	error = reach_made(&reach, path, may_miss);
	/* root needs nothing to be given. */
	if (error == 0 && give && ground->own.uid != 0 && !is_shared(&reach.status))
		error = walk_tree(&walk, reach.directory, reach.name, text_string(&reach.path));
	if (error < 0 && !(error == -ENOENT && may_miss))
		(void)complain(ground, path, error);
	reach_close(&reach);
}

static void prepare_slot(struct ground *ground, struct plan_slot const *slot)
{
	uint32_t const *const paths = plan_words(ground->plan, slot->write);
	bool const runs = slot->flags & PLAN_BUILD && slot->flags & PLAN_ENABLED;

	for (uint32_t i = 0; i < slot->write.count; i++) {
		char const *const word = plan_string(ground->plan, paths[i]);

		ground->own = (struct plan_rule){ .path = paths[i] + (*word == '?'),
						  .uid = slot->uid,
						  .gid = UINT32_MAX,
						  .file_mode = UINT32_MAX,
						  .directory_mode = UINT32_MAX,
						  .flags = PLAN_RULE_DECLARED |
							   PLAN_RULE_RECURSIVE };
		prepare(ground, word, runs);
	}
}

int grounds_prepare(void const *plan)
{
	struct ground ground = { .plan = plan };

	for (uint32_t i = 0; i < plan_header(plan)->visible; i++)
		prepare_slot(&ground, plan_slot(plan, i));
	return ground.status;
}
