/* SPDX-License-Identifier: ISC */
/* One rule for each path; see rule_merge.h. */
#include "plan/rule_merge.h"

#include "plan/keys.h"
#include "plan/path_words.h"

#include <stdlib.h>
#include <string.h>

enum rank { BUILD_READS, BUILD_WRITES, READS, WRITES, SECRETS, DECLARED };

struct merger {
	struct declarations *declarations;
	struct file_rules *rules;
	struct names first; /* index of the first rule of a path */
};

uint32_t rule_merge_rank(uint32_t flags, bool build)
{
	if (flags & PLAN_RULE_DECLARED)
		return DECLARED;
	if (flags & PLAN_RULE_SECRET)
		return SECRETS;
	if (flags & PLAN_RULE_WRITE)
		return build ? BUILD_WRITES : WRITES;
	return build ? BUILD_READS : READS;
}

static int compare(void const *a, void const *b)
{
	struct derived_rule const *left = a;
	struct derived_rule const *right = b;
	int const paths = strcmp(left->path, right->path);

	if (paths)
		return paths;
	if (left->rank != right->rank)
		return left->rank > right->rank ? -1 : 1;
	return (left->service > right->service) - (left->service < right->service);
}

/* The first rule for the directory above `path` that has any, and on upwards; NULL at the end. */
static struct derived_rule const *above(struct merger const *m, char const *path, size_t *length)
{
	while (*length > 1) {
		char *upper;
		uint32_t index;

		while (path[--*length] != '/')
			;
		upper = arena_copy(m->declarations->arena, path, *length ? *length : 1);
		index = names_find(&m->first, upper);
		if (index != NAMES_NONE)
			return &m->rules->at[index];
	}
	return NULL;
}

/* Whether a rule of at least this rank for a directory above is about `path` too. */
static bool is_covered(struct merger const *m, char const *path, uint32_t rank)
{
	size_t length = strlen(path);
	struct derived_rule const *rule;

	while ((rule = above(m, path, &length)))
		if (rule->rank >= rank && rule->record.flags & PLAN_RULE_RECURSIVE)
			return true;
	return false;
}

static void fault_users(struct merger const *m, struct derived_rule const *a,
			struct derived_rule const *b)
{
	struct declarations *const d = m->declarations;
	struct service const *const other = &d->services[a->service];
	struct service const *const s = &d->services[b->service];

	faults_add(d->faults, s->places[KEY_WRITE], "write: found ",
		   faults_quote(d->faults, b->path), ", which ", other->name,
		   " writes as another user, expected one user for both, or a line ", b->path,
		   " = OWNER:GROUP 0660 0770 in [files] of orlop.ini", NULL);
}

/* Whether one of the rules of this rank is for another user than the first. */
static bool merge_users(struct merger const *m, struct derived_rule const *group, uint32_t count,
			bool complain)
{
	bool differ = false;

	for (uint32_t i = 1; i < count && group[i].rank == group[0].rank; i++) {
		if (group[i].record.uid == group[0].record.uid ||
		    group[i].record.uid == UINT32_MAX ||
		    group[0].record.uid == UINT32_MAX) /* not known before it runs */
			continue;
		differ = true;
		if (complain)
			fault_users(m, &group[0], &group[i]);
	}
	return differ;
}

static bool reads_as_another_group(struct derived_rule const *rule, struct derived_rule const *end,
				   struct declarations const *d, uint32_t gid)
{
	for (char const *const path = rule->path; rule < end && !strcmp(rule->path, path); rule++)
		if (rule->service != PLAN_NONE && rule->rank <= WRITES && rule->rank >= READS &&
		    d->services[rule->service].slot.gid != gid)
			return true;
	return false;
}

/* Who reads a directory reads what is below it, so its group counts there too. */
static void merge_readers(struct merger const *m, struct derived_rule *group)
{
	struct derived_rule const *const end = m->rules->at + m->rules->count;
	struct derived_rule const *rule = group;
	size_t length = strlen(group->path);

	for (; rule; rule = above(m, group->path, &length))
		if (reads_as_another_group(rule, end, m->declarations, group->record.gid)) {
			group->record.gid = UINT32_MAX;
			group->record.flags |= PLAN_RULE_SHARED;
			return;
		}
}

/* One service that wants it to be there is enough; [files] and secrets say it for themselves. */
static void merge_missing(struct derived_rule *group, uint32_t count)
{
	for (uint32_t i = 1; i < count && group->rank < SECRETS; i++)
		if (!(group[i].record.flags & PLAN_RULE_MAY_MISS))
			group->record.flags &= ~(uint32_t)PLAN_RULE_MAY_MISS;
}

/*
 * What a service writes while the image is made is nobody's to write when it is done: what those
 * read or write that run then holds there, else root has it. `orlop build` gives it away before.
 */
static bool merge_build(struct merger const *m, struct derived_rule *group)
{
	if (is_covered(m, group->path, READS))
		return false;
	group->record.uid = 0;
	group->record.file_mode = READ_FILE_BITS;
	group->record.directory_mode = READ_DIRECTORY_BITS;
	group->record.flags = (group->record.flags & PLAN_RULE_MAY_MISS) | PLAN_RULE_READ |
			      PLAN_RULE_RECURSIVE;
	return true;
}

/* What holds for the path of the group is put in its first rule. False: no rule at all. */
static bool merge(struct merger const *m, struct derived_rule *group, uint32_t count)
{
	bool const covered = is_covered(m, group->path, DECLARED);

	merge_missing(group, count);
	switch ((enum rank)group->rank) {
	case WRITES:
		return !merge_users(m, group, count, !covered) || !covered;
	case READS:
		merge_readers(m, group);
		return true;
	case BUILD_WRITES:
		(void)merge_users(m, group, count, !covered); /* two at once cannot have it */
		return merge_build(m, group);
	case BUILD_READS:
		return merge_build(m, group);
	case SECRETS:
		if (merge_users(m, group, count, false)) /* root reads it for all of them */
			group->record.uid = group->record.gid = 0;
		return true;
	case DECLARED:
		return true;
	}
	return true;
}

static uint32_t size_of_group(struct file_rules const *rules, uint32_t first)
{
	uint32_t count = 1;

	while (first + count < rules->count &&
	       !strcmp(rules->at[first + count].path, rules->at[first].path))
		count++;
	return count;
}

void rule_merge_all(struct declarations *d, struct file_rules *rules)
{
	struct merger m = { .declarations = d, .rules = rules };
	uint32_t const count = rules->count;
	struct derived_rule *kept = arena_array(d->arena, count, sizeof *kept);
	uint32_t kept_count = 0;

	if (count)
		qsort(rules->at, count, sizeof *rules->at, compare);
	for (uint32_t i = 0; i < count; i += size_of_group(rules, i))
		names_enter(&m.first, d->arena, rules->at[i].path, i);
	for (uint32_t i = 0, size; i < count; i += size) {
		struct derived_rule before = rules->at[i];

		size = size_of_group(rules, i);
		if (merge(&m, &rules->at[i], size))
			kept[kept_count++] = rules->at[i];
		/* Others look up at what was declared, not at what it became. */
		rules->at[i] = before;
	}
	*rules = (struct file_rules){ kept, kept_count };
}
