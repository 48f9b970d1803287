/* SPDX-License-Identifier: ISC */
/*
 * Rule by rule, those below before those above: a directory is given away only when what is in it
 * has been dealt with. What becomes root's is taken on the way down instead, so that whoever had
 * it has no say any more in what is below.
 */
#include "lockdown/lockdown.h"

#include "lib/walk.h"
#include "sys/sys.h"

#include <errno.h>
#include <string.h>

static bool writes(struct lockdown const *lockdown)
{
	return lockdown->outcomes->mode == LOCKDOWN_APPLY;
}

static void tell(struct lockdown *lockdown, char const *path, int result,
		 struct mend_change const *change)
{
	if (result == 1)
		outcomes_change(lockdown->outcomes, path, lockdown->present->rule, change, false);
	else if (result < 0 && result != -ENOENT)
		outcomes_trouble(lockdown->outcomes, path, lockdown->present->rule, result, NULL);
}

static bool is_given_away(struct plan_rule const *rule)
{
	return rule->uid != 0 && rule->uid != UINT32_MAX;
}

static void mend(struct lockdown *lockdown, struct walk_entry const *entry)
{
	struct mend_change change;
	bool const top = !strcmp(entry->path, lockdown->present->path);
	int const result = mend_file(entry->directory, entry->name, entry->status,
				     lockdown->present->rule, top, writes(lockdown), &change);

	tell(lockdown, entry->path, result, &change);
}

static int enter(struct walk_entry const *entry, void *context)
{
	struct lockdown *const lockdown = context;
	bool const directory = S_ISDIR(entry->status->st_mode);
	struct located_rule const *const own = rules_at(&lockdown->rules, entry->path);

	/* Another rule has it, and what is below it if that is recursive. */
	if (own && own != lockdown->present)
		return directory && own->rule->flags & PLAN_RULE_RECURSIVE ? WALK_SKIP : WALK_ON;
	lockdown->outcomes->seen++;
	progress_tick(&lockdown->outcomes->progress, lockdown->outcomes->seen, entry->path);
	if (!directory || !is_given_away(lockdown->present->rule))
		mend(lockdown, entry);
	return WALK_ON;
}

static int leave(struct walk_entry const *entry, void *context)
{
	struct lockdown *const lockdown = context;
	struct located_rule const *const own = rules_at(&lockdown->rules, entry->path);

	if (is_given_away(lockdown->present->rule) && (!own || own == lockdown->present))
		mend(lockdown, entry);
	return WALK_ON;
}

static int trouble(char const *path, int error, void *context)
{
	tell(context, path, error, NULL);
	return 0;
}

static void mend_top_alone(struct lockdown *lockdown, struct reach *reach)
{
	struct walk_entry const entry = { .directory = reach->directory,
					  .name = reach->name,
					  .path = lockdown->present->path,
					  .status = &reach->status };

	lockdown->outcomes->seen++;
	mend(lockdown, &entry);
}

void lockdown_give_up(struct lockdown *lockdown, struct reach *reach, int error)
{
	struct plan_rule const *const rule = lockdown->present->rule;

	struct text reason = TEXT_EMPTY;

	lockdown->present->given_up = true;
	if (error == -MEND_UNSAFE) {
		text_add_plain(&reason, text_string(&reach->path));
		text_add(&reason,
			 " above it belongs to somebody else, or can be written by others, who "
			 "could put something in its place");
		outcomes_trouble(lockdown->outcomes, lockdown->present->path, rule, error,
				 text_string(&reason));
	} else if (error != -ENOENT) {
		outcomes_trouble(lockdown->outcomes, text_string(&reach->path), rule, error, NULL);
	} else if (!(rule->flags & PLAN_RULE_MAY_MISS) && !lockdown->present->made) {
		outcomes_trouble(lockdown->outcomes, lockdown->present->path, rule, error,
				 "there is no such path");
	}
	text_free(&reason);
}

static int apply(struct lockdown *lockdown)
{
	struct located_rule const *const present = lockdown->present;
	struct walk const walk = {
		.enter = enter, .leave = leave, .trouble = trouble, .context = lockdown
	};
	struct reach reach;
	int error = reach_open(&reach, present->path, present->rule->uid, lockdown_judge, lockdown);

	if (error < 0)
		lockdown_give_up(lockdown, &reach, error);
	else if (present->rule->flags & PLAN_RULE_RECURSIVE)
		error = walk_tree(&walk, reach.directory, reach.name, present->path);
	else
		mend_top_alone(lockdown, &reach);
	reach_close(&reach);
	return error == -ENOMEM ? error : 0;
}

static void tell_conflict(struct plan_rule const *first, struct plan_rule const *other,
			  void *context)
{
	struct outcomes *const outcomes = context;
	struct text reason = TEXT_EMPTY;

	text_add(&reason, "it is the same place as ");
	text_add_plain(&reason, plan_string(outcomes->plan, first->path));
	text_add(&reason, ", for which another rule wants another owner or mode");
	outcomes_trouble(outcomes, plan_string(outcomes->plan, other->path), other, 0,
			 text_string(&reason));
	text_free(&reason);
}

static int run(struct lockdown *lockdown)
{
	int error = 0;

	for (size_t i = 0; error >= 0 && i < lockdown->rules.count; i++) {
		lockdown->present = &lockdown->rules.list[i];
		error = lockdown_make(lockdown);
	}
	for (size_t i = lockdown->rules.count; error >= 0 && i-- > 0;) {
		lockdown->present = &lockdown->rules.list[i];
		error = lockdown->present->given_up ? 0 : apply(lockdown);
	}
	return error;
}

int lockdown_run(struct outcomes *outcomes)
{
	struct lockdown lockdown = { .outcomes = outcomes };
	int error = rules_load(&lockdown.rules, outcomes->plan, tell_conflict, outcomes);

	if (error >= 0 && !lockdown_is_right(&lockdown))
		error = run(&lockdown);
	rules_free(&lockdown.rules);
	return error < 0 ? error : 0;
}
