/* SPDX-License-Identifier: ISC */
/* Edges and circles; see needs.h. */
#include "plan/needs.h"

#include "plan/keys.h"

#include <string.h>

static void fault(struct declarations *d, struct service const *s, enum service_key key,
		  char const *name, char const *expected)
{
	faults_add(d->faults, s->places[key], keys_at(key)->name, ": found ",
		   faults_quote(d->faults, name), ", expected ", expected, NULL);
}

static bool has_edge(struct service const *s, uint32_t to)
{
	for (uint32_t i = 0; i < s->edge_count; i++)
		if (s->edges[i] == to)
			return true;
	return false;
}

static void add_edge(struct declarations *d, struct service *s, enum service_key key,
		     char const *name)
{
	uint32_t const to = names_find(&d->by_name, name);
	struct service const *other;

	if (to == NAMES_NONE) {
		fault(d, s, key, name, "the name of a service that is declared");
		return;
	}
	other = &d->services[to];
	if (other == s) {
		fault(d, s, key, name, "another service than itself");
		return;
	}
	/* What was done while the image was built is done. */
	if (other->flags & SERVICE_BUILD && !(s->flags & SERVICE_BUILD))
		return;
	if (s->flags & SERVICE_BUILD && !(other->flags & SERVICE_BUILD)) {
		fault(d, s, key, name, "a service with phase = build, as it has that itself");
		return;
	}
	if (!has_edge(s, to))
		s->edges[s->edge_count++] = to;
}

static void resolve(struct declarations *d, struct service *s)
{
	s->edges = arena_array(d->arena, s->needs.count + s->after.count, sizeof *s->edges);
	for (uint32_t i = 0; i < s->needs.count; i++)
		add_edge(d, s, KEY_NEEDS, s->needs.at[i]);
	s->need_count = s->edge_count;
	for (uint32_t i = 0; i < s->after.count; i++)
		add_edge(d, s, KEY_AFTER, s->after.at[i]);
}

enum color { WHITE, GREY, BLACK }; /* not seen, on the way, done */

struct walk {
	struct declarations *declarations;
	unsigned char *colors;
	uint32_t *next;	 /* edge to look at, by service */
	uint32_t *stack; /* the way from the first to where we are */
	uint32_t depth;
};

/* The way from `to` to the top of the stack, and back to `to`. */
static void report(struct walk const *w, uint32_t to)
{
	struct declarations *const d = w->declarations;
	struct service const *s = &d->services[to];
	char const *path = s->name;
	uint32_t i = w->depth;
	uint32_t edge;

	while (w->stack[i - 1] != to)
		i--;
	for (; i < w->depth; i++)
		path = arena_join(d->arena, path, " -> ", d->services[w->stack[i]].name, NULL);
	path = arena_join(d->arena, path, " -> ", s->name, NULL);
	edge = w->next[to] - 1;
	faults_add(d->faults, s->places[edge < s->need_count ? KEY_NEEDS : KEY_AFTER],
		   edge < s->need_count ? "needs" : "after", ": found the cycle ", path,
		   ", expected none", NULL);
}

static void push(struct walk *w, uint32_t service)
{
	w->colors[service] = GREY;
	w->stack[w->depth++] = service;
}

static void walk_from(struct walk *w, uint32_t start)
{
	push(w, start);
	while (w->depth) {
		uint32_t const at = w->stack[w->depth - 1];
		struct service const *s = &w->declarations->services[at];
		uint32_t to;

		if (w->next[at] == s->edge_count) {
			w->colors[at] = BLACK;
			w->depth--;
			continue;
		}
		to = s->edges[w->next[at]++];
		if (w->colors[to] == WHITE)
			push(w, to);
		else if (w->colors[to] == GREY)
			report(w, to);
	}
}

void needs_resolve(struct declarations *d)
{
	struct walk w = { .declarations = d,
			  .colors = arena_array(d->arena, d->count, sizeof *w.colors),
			  .next = arena_array(d->arena, d->count, sizeof *w.next),
			  .stack = arena_array(d->arena, d->count, sizeof *w.stack) };

	for (uint32_t i = 0; i < d->count; i++)
		resolve(d, &d->services[i]);
	for (uint32_t i = 0; i < d->count; i++)
		if (w.colors[i] == WHITE)
			walk_from(&w, i);
}
