/* SPDX-License-Identifier: ISC */
/* Holdings by path in a table, and by the spots of their ways in lists; see audit_related.h. */
#include "audit/audit_related.h"

#include <limits.h>
#include <string.h>

struct link {
	uint32_t holding;
	uint32_t next; /* in links, or AUDIT_NONE */
};

struct audit_relations {
	struct names paths; /* the first holding at a path */
	uint32_t *next;	    /* of each holding, at the same path, or AUDIT_NONE */
	uint32_t *through;  /* of each spot, the first link, or AUDIT_NONE */
	struct link *links;
	uint32_t *list;
};

static void enter_paths(struct audit *audit, struct audit_relations *r)
{
	uint32_t *const last = arena_array(&audit->arena, audit->holding_count, sizeof *last);

	for (uint32_t i = 0; i < audit->holding_count; i++) {
		uint32_t const first = names_enter(&r->paths, &audit->arena,
						   audit->holdings[i].path, i);

		r->next[i] = AUDIT_NONE;
		if (first != i)
			r->next[last[first]] = i;
		last[first] = i;
	}
}

static void enter_ways(struct audit *audit, struct audit_relations *r)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < audit->spot_count; i++)
		r->through[i] = AUDIT_NONE;
	for (uint32_t i = 0; i < audit->holding_count; i++)
		count += audit->holdings[i].chain_count;
	r->links = arena_array(&audit->arena, count, sizeof *r->links);
	for (uint32_t i = 0; i < audit->holding_count; i++)
		for (uint32_t k = 0; k < audit->holdings[i].chain_count; k++) {
			uint32_t *const first = &r->through[audit->holdings[i].chain[k]];

			r->links[--count] = (struct link){ i, *first };
			*first = count;
		}
}

static struct audit_relations *relate(struct audit *audit)
{
	struct audit_relations *const r = arena_array(&audit->arena, 1, sizeof *r);

	r->next = arena_array(&audit->arena, audit->holding_count, sizeof *r->next);
	r->through = arena_array(&audit->arena, audit->spot_count, sizeof *r->through);
	r->list = arena_array(&audit->arena, 2 * (size_t)audit->holding_count, sizeof *r->list);
	enter_paths(audit, r);
	enter_ways(audit, r);
	return r;
}

/* The path of the directory above, in place; false for the root directory. */
static bool go_up(char *path)
{
	char *const slash = strrchr(path, '/');

	if (!slash || path[1] == '\0')
		return false;
	slash[slash == path] = '\0';
	return true;
}

uint32_t audit_related(struct audit *audit, uint32_t spot, uint32_t const **list)
{
	struct audit_relations *r = audit->relations;
	char path[PATH_MAX];
	size_t const length = strlen(audit->spots[spot].path);
	uint32_t count = 0;

	if (!r)
		r = audit->relations = relate(audit);
	*list = r->list;
	for (uint32_t i = r->through[spot]; i != AUDIT_NONE; i = r->links[i].next)
		r->list[count++] = r->links[i].holding;
	if (length >= sizeof path)
		return count; /* the survey has none of these */
	memcpy(path, audit->spots[spot].path, length + 1);
	do
		for (uint32_t i = names_find(&r->paths, path); i != AUDIT_NONE; i = r->next[i])
			r->list[count++] = i;
	while (go_up(path));
	return count;
}
