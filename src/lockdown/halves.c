/* SPDX-License-Identifier: ISC */
/*
 * The look at a tree that is right, which is all system calls: two processes need little more than
 * half of the time. Both go through all directories, and each looks at the files of those whose
 * path falls to it. Nothing is written, so their order is of no account.
 */
#include "lockdown/lockdown.h"

#include "lib/names.h"
#include "lib/walk.h"
#include "sys/sys.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

struct half {
	struct lockdown *lockdown;
	struct located_rule const *present;
	unsigned number;
	uint64_t seen;
};

static bool is_right(struct half *half, struct walk_entry const *entry, bool top)
{
	struct mend_change change;

	half->seen++;
	return mend_file(entry->directory, entry->name, entry->status, half->present->rule, top,
			 false, &change) == 0;
}

/*
 * By the path, which is the same for both: where overlayfs has layers on several file systems, a
 * directory that fell out of the cache comes back with another inode number.
 */
static unsigned half_of(char const *path)
{
	return names_hash(path) * UINT32_C(0x9e3779b9) >>
	       31; /* mixed: the last names differ little */
}

static int enter(struct walk_entry const *entry, void *context)
{
	struct half *const half = context;
	bool const directory = S_ISDIR(entry->status->st_mode);
	struct located_rule const *const own = rules_at(&half->lockdown->rules, entry->path);
	bool const mine = half_of(entry->path) == half->number;

	if (own && own != half->present && directory && own->rule->flags & PLAN_RULE_RECURSIVE)
		return WALK_SKIP;
	/* A file is shown to the half that has its directory; a top that is one, to both. */
	if (directory || own == half->present ? !mine : false)
		return WALK_FOLDERS;
	if ((!own || own == half->present) && !is_right(half, entry, own != NULL))
		return -ECANCELED;
	if (half->number == 0)
		progress_tick(&half->lockdown->outcomes->progress, half->seen, entry->path);
	return WALK_ON;
}

static int trouble(char const *path, int error, void *context)
{
	(void)path;
	(void)error;
	(void)context;
	return -ECANCELED;
}

static bool top_is_right(struct half *half, struct reach *reach)
{
	struct walk_entry const entry = { .directory = reach->directory,
					  .name = reach->name,
					  .path = half->present->path,
					  .status = &reach->status };

	return half->number != 0 || is_right(half, &entry, true);
}

static bool rule_is_kept(struct half *half)
{
	struct plan_rule const *const rule = half->present->rule;
	struct walk const walk = { .enter = enter, .trouble = trouble, .context = half };
	struct reach reach;
	int const error = reach_open(&reach, half->present->path, rule->uid, NULL, NULL);
	bool kept = error == -ENOENT && rule->flags & PLAN_RULE_MAY_MISS;

	if (error == 0 && rule->flags & PLAN_RULE_RECURSIVE)
		kept = walk_tree(&walk, reach.directory, reach.name, half->present->path) == 0;
	else if (error == 0)
		kept = top_is_right(half, &reach);
	reach_close(&reach);
	return kept;
}

static bool half_is_right(struct half *half)
{
	struct rules const *const rules = &half->lockdown->rules;
	bool right = true;

	for (size_t i = 0; right && i < rules->count; i++) {
		half->present = &rules->list[i];
		right = half->present->given_up || rule_is_kept(half);
	}
	return right;
}

static bool are_processors_two(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 1;
}

static bool has_ended_well(int pid)
{
	int status;
	int result;

	do
		result = sys_wait4(pid, &status, 0, NULL);
	while (result == -EINTR);
	return result == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool lockdown_is_right(struct lockdown *lockdown)
{
	struct half half = { .lockdown = lockdown };
	struct half other = { .lockdown = lockdown, .number = 1 };
	int error = 0;
	uint64_t *const seen = sys_mmap(sizeof *seen, PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, &error);
	int pid;
	bool right;

	if (!seen)
		return false;
	pid = are_processors_two() ? sys_fork() : -EAGAIN;
	if (pid == 0) {
		right = half_is_right(&other);
		*seen = other.seen;
		sys_exit(right ? 0 : 1);
	}
	right = pid > 0 && half_is_right(&half);
	if (pid > 0)
		right = has_ended_well(pid) && right;
	if (right)
		lockdown->outcomes->seen = half.seen + *seen;
	(void)sys_munmap(seen, sizeof *seen); /* cannot fail for a whole map */
	return right;
}
