/* SPDX-License-Identifier: ISC */
/* Directories of `write` that are missing, and the directories on the way to any rule's path. */
#include "lockdown/lockdown.h"

#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Of a directory that is to be somebody's else only when what is below has been dealt with. */
static struct plan_rule const to_root = { .uid = 0,
					  .gid = UINT32_MAX,
					  .file_mode = 0022,
					  .directory_mode = 0022,
					  .flags = PLAN_RULE_READ,
					  .slot = PLAN_NONE };

/* As it is wanted, whatever it is now: else a second run would refuse what the first has done. */
static bool is_wanted_unsafe(struct mend_state const *state, struct stat const *child, uint32_t uid)
{
	struct stat const parent = { .st_uid = state->uid, .st_mode = state->mode };

	return reach_unsafe(state->uid, state->gid, state->mode, uid) &&
	       !reach_kept(&parent, child, uid);
}

int lockdown_judge(struct reach *reach, bool unsafe, void *context)
{
	struct lockdown *const lockdown = context;
	char const *const path = *text_string(&reach->path) ? reach->path.bytes.s : "/";
	struct located_rule const *const over = rules_over(&lockdown->rules, path);
	struct mend_change change;
	int result;

	if (!over)
		return unsafe ? -MEND_UNSAFE : 0;
	(void)mend_wanted(over->rule, &reach->parent, true, &change);
	if (is_wanted_unsafe(&change.after, &reach->status, lockdown->present->rule->uid))
		return -MEND_UNSAFE;
	if (!unsafe || lockdown->outcomes->mode != LOCKDOWN_APPLY)
		return 0;
	result = mend_file(reach->directory, ".", &reach->parent,
			   change.after.uid == 0 ? over->rule : &to_root, true, true, &change);
	if (result == 1)
		outcomes_change(lockdown->outcomes, path, over->rule, &change, false);
	return result < 0 ? result : sys_fstat(reach->directory, &reach->parent);
}

/* The directory that was just made, as its rule wants it. */
static int finish(struct lockdown *lockdown, struct reach *reach)
{
	struct mend_change change;
	int result = sys_newfstatat(reach->directory, reach->name, &reach->status,
				    AT_SYMLINK_NOFOLLOW);

	if (result < 0)
		return result;
	result = mend_file(reach->directory, reach->name, &reach->status, lockdown->present->rule,
			   true, true, &change);
	if (result >= 0)
		outcomes_change(lockdown->outcomes, lockdown->present->path,
				lockdown->present->rule, &change, true);
	return result;
}

/* What is not there is made, root's; the last one then becomes what the rule says. */
static int make(struct lockdown *lockdown, struct reach *reach)
{
	bool const last = reach->rest[strspn(reach->rest, "/")] == '\0';
	int result;
	int const error = sys_mkdirat(reach->directory, reach->name, 0755);

	if (error < 0 && error != -EEXIST)
		return error == -ENOENT ? -MEND_CHANGED : error;
	if (!last)
		return -EAGAIN;
	result = error < 0 ? 0 : finish(lockdown, reach);
	return result == -ENOENT ? -MEND_CHANGED : result; /* somebody takes it away again */
}

static int pretend(struct lockdown *lockdown)
{
	static struct stat const as_made = { .st_mode = S_IFDIR | 0755 };
	struct plan_rule const *const rule = lockdown->present->rule;
	struct mend_change change;

	(void)mend_wanted(rule, &as_made, true, &change);
	outcomes_change(lockdown->outcomes, lockdown->present->path, rule, &change, true);
	return 0;
}

int lockdown_make(struct lockdown *lockdown)
{
	struct plan_rule const *const rule = lockdown->present->rule;
	struct reach reach;
	int error = -EAGAIN;

	if (!lockdown->present->made)
		return 0;
	/* A directory more each time, and a path has no more of them than that. */
	for (unsigned i = 0; error == -EAGAIN && i < PATH_MAX; i++) {
		error = reach_open(&reach, lockdown->present->path, rule->uid, lockdown_judge,
				   lockdown);
		if (error == -ENOENT && lockdown->outcomes->mode == LOCKDOWN_APPLY)
			error = make(lockdown, &reach);
		else if (error == -ENOENT)
			error = pretend(lockdown);
		if (error < 0 && error != -EAGAIN)
			lockdown_give_up(lockdown, &reach, error);
		reach_close(&reach);
	}
	return error == -ENOMEM ? error : 0;
}
