/* SPDX-License-Identifier: ISC */
/* Locating, sorting and finding; see rules.h. */
#include "lockdown/rules.h"

#include "lib/reach.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* What everybody may write in, such as /tmp, stays as it is with all that is in it. */
static struct plan_rule const left_alone = { .uid = UINT32_MAX,
					     .gid = UINT32_MAX,
					     .file_mode = UINT32_MAX,
					     .directory_mode = UINT32_MAX,
					     .flags = PLAN_RULE_RECURSIVE,
					     .slot = PLAN_NONE };

static int pass(struct reach *reach, bool unsafe, void *context)
{
	(void)reach;
	(void)unsafe;
	(void)context;
	return 0;
}

/* An allocated string. What cannot be reached keeps its own path; whoever goes there says why. */
static char *locate(char const *path)
{
	struct reach reach;
	int const error = reach_open(&reach, path, UINT32_MAX, pass, NULL);
	char *located = NULL;

	if (error == -ENOENT)
		text_add(&reach.path, reach.rest);
	if ((error == 0 || error == -ENOENT) && *text_string(&reach.path))
		located = strdup(text_string(&reach.path));
	else if (error != -ENOMEM && !reach.path.failed)
		located = strdup(path);
	reach_close(&reach);
	return located;
}

static int rank(struct plan_rule const *rule)
{
	return rule->flags & PLAN_RULE_DECLARED ? 3
	       : rule->flags & PLAN_RULE_SECRET ? 2
	       : rule->flags & PLAN_RULE_WRITE	? 1
						: 0;
}

static int compare(void const *a, void const *b)
{
	struct located_rule const *one = a;
	struct located_rule const *other = b;
	int const paths = strcmp(one->path, other->path);

	if (paths)
		return paths;
	if (rank(one->rule) != rank(other->rule))
		return rank(one->rule) > rank(other->rule) ? -1 : 1;
	return (one->rule > other->rule) - (one->rule < other->rule);
}

/* Only lines of [files] have groups and modes that can contradict each other. */
static bool contradict(struct plan_rule const *one, struct plan_rule const *other)
{
	if (rank(one) != rank(other) || !(one->flags & PLAN_RULE_DECLARED))
		return rank(one) == rank(other) && one->uid != other->uid;
	return one->uid != other->uid || one->gid != other->gid ||
	       one->file_mode != other->file_mode || one->directory_mode != other->directory_mode;
}

/* Of several rules for one place the one that counts stays. */
static void drop_doubles(struct rules *rules, rules_conflict *conflict, void *context)
{
	size_t kept = 0;

	for (size_t i = 0; i < rules->count; i++) {
		struct located_rule const rule = rules->list[i];
		struct located_rule const *const last = kept ? &rules->list[kept - 1] : NULL;

		if (!last || strcmp(last->path, rule.path)) {
			rules->list[kept++] = rule;
			continue;
		}
		if (contradict(last->rule, rule.rule))
			conflict(last->rule, rule.rule, context);
		free((void *)rule.path);
	}
	rules->count = kept;
}

static bool is_everybodys(char const *path)
{
	struct stat status;

	return sys_newfstatat(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) >= 0 &&
	       S_ISDIR(status.st_mode) && status.st_uid == 0 &&
	       (status.st_mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH);
}

/* The order of strcmp() between the first `length` bytes of `path` and a rule's path. */
static int order(char const *path, size_t length, char const *other)
{
	int const bytes = strncmp(path, other, length);

	return bytes ? bytes : other[length] ? -1 : 0;
}

static struct located_rule *find(struct rules const *rules, char const *path, size_t length)
{
	size_t low = 0;
	size_t high = rules->count;

	while (low < high) {
		size_t const middle = low + (high - low) / 2;
		int const found = order(path, length, rules->list[middle].path);

		if (found == 0)
			return &rules->list[middle];
		if (found < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/*
 * A `write` path at `path`: its rule makes it, whichever that is, unless it may miss. One that has
 * none is everybody's and left alone, where a rule above would have it: true, `left` is for it, and
 * has the path.
 */
static bool take_write(struct rules *rules, char const *path, bool may_miss,
		       struct located_rule *left)
{
	struct located_rule *const own = find(rules, path, strlen(path));
	struct located_rule const *const over = own ? own : rules_over(rules, path);

	if (own && !may_miss && !(own->rule->flags & (PLAN_RULE_MAY_MISS | PLAN_RULE_SECRET)))
		own->made = true;
	if (own || !over || !(over->rule->flags & PLAN_RULE_READ) || !is_everybodys(path))
		return false;
	*left = (struct located_rule){ .rule = &left_alone, .path = path, .given_up = true };
	return true;
}

/* Of all services; rules->list has room for all of them. */
static int take_writes(struct rules *rules, void const *plan)
{
	size_t count = rules->count; /* what is behind rules->count is not sorted yet */
	int error = 0;

	for (uint32_t i = 0; error == 0 && i < plan_header(plan)->visible; i++) {
		struct plan_slot const *const slot = plan_slot(plan, i);
		uint32_t const *const words = plan_words(plan, slot->write);
		uint32_t const all = slot->instance > 1 ? 0 : slot->write.count; /* the same */

		for (uint32_t k = 0; error == 0 && k < all; k++) {
			char const *const word = plan_string(plan, words[k]);
			bool const may_miss = word[0] == '?';
			char *const path = locate(word + may_miss);

			if (path && take_write(rules, path, may_miss, &rules->list[count]))
				count++;
			else
				free(path);
			error = path ? 0 : -ENOMEM;
		}
	}
	rules->count = count;
	return error;
}

static size_t room(void const *plan)
{
	size_t count = plan_header(plan)->rules.count;

	for (uint32_t i = 0; i < plan_header(plan)->visible; i++)
		count += plan_slot(plan, i)->write.count;
	return count;
}

static int locate_all(struct rules *rules, void const *plan)
{
	struct plan_list const list = plan_header(plan)->rules;
	struct plan_rule const *const records = plan_rules(plan, list);

	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t const kind = records[i].flags & (PLAN_RULE_WRITE | PLAN_RULE_MAY_MISS);
		char const *const path = locate(plan_string(plan, records[i].path));

		if (!path)
			return -ENOMEM;
		rules->list[rules->count++] = (struct located_rule){
			.rule = &records[i], .path = path, .made = kind == PLAN_RULE_WRITE
		};
	}
	return 0;
}

static void sort(struct rules *rules, rules_conflict *conflict, void *context)
{
	qsort(rules->list, rules->count, sizeof *rules->list, compare);
	drop_doubles(rules, conflict, context);
}

int rules_load(struct rules *rules, void const *plan, rules_conflict *conflict, void *context)
{
	int error;

	*rules = (struct rules){ .list = calloc(room(plan) + 1, sizeof *rules->list) };
	if (!rules->list)
		return -ENOMEM;
	error = locate_all(rules, plan);
	if (error < 0)
		return error;
	sort(rules, conflict, context);
	error = take_writes(rules, plan);
	sort(rules, conflict, context);
	return error;
}

void rules_free(struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		free((void *)rules->list[i].path);
	free(rules->list);
	*rules = (struct rules){ .list = NULL };
}

struct located_rule const *rules_at(struct rules const *rules, char const *path)
{
	return find(rules, path, strlen(path));
}

struct located_rule const *rules_over(struct rules const *rules, char const *path)
{
	size_t length = strlen(path);
	struct located_rule const *found = find(rules, path, length);

	while (!found && length > 1) {
		while (length > 0 && path[--length] != '/')
			;
		found = find(rules, path, length ? length : 1);
		if (found && !(found->rule->flags & PLAN_RULE_RECURSIVE))
			found = NULL;
	}
	return found;
}
