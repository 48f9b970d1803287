/* SPDX-License-Identifier: ISC */
/* The counters of graph.h. The inverse edges are its own, as they carry which kind they are. */
#include "supervise/graph.h"

#include "wire/plan.h"

#include <errno.h>
#include <stdlib.h>

bool graph_orders_only(struct plan_slot const *slot)
{
	return slot->kind == PLAN_MAIN;
}

/* What the needs of a slot come to. */
static uint32_t need_edge(struct plan_slot const *slot)
{
	if (graph_orders_only(slot))
		return EDGE_AFTER;
	return slot->flags & PLAN_INSTANCE_GROUP ? EDGE_POOL : EDGE_NEED;
}

/* Counts the edges of each slot into first of the next one, then sums them up. */
static uint32_t count_edges(struct graph *g)
{
	for (uint32_t i = 0; i < g->count; i++) {
		struct plan_slot const *slot = plan_slot(g->plan, i);
		struct plan_list const lists[2] = { slot->needs, slot->after };

		for (unsigned k = 0; k < 2; k++)
			for (uint32_t j = 0; j < lists[k].count; j++)
				g->nodes[plan_words(g->plan, lists[k])[j] + 1].first++;
	}
	for (uint32_t i = 0; i < g->count; i++)
		g->nodes[i + 1].first += g->nodes[i].first;
	return g->nodes[g->count].first;
}

/* `holders` is the cursor while the edges are filled in. */
static void fill_edges(struct graph *g)
{
	for (uint32_t i = 0; i < g->count; i++) {
		struct plan_slot const *slot = plan_slot(g->plan, i);
		struct plan_list const lists[2] = { slot->needs, slot->after };
		uint32_t const kinds[2] = { need_edge(slot), EDGE_AFTER };

		for (unsigned k = 0; k < 2; k++)
			for (uint32_t j = 0; j < lists[k].count; j++) {
				struct graph_node *to = &g->nodes[plan_words(g->plan, lists[k])[j]];

				g->edges[to->first + to->holders++] = i << EDGE_SHIFT | kinds[k];
			}
		g->nodes[i].unordered = slot->after.count;
		if (kinds[0] != EDGE_NEED)
			g->nodes[i].unordered += slot->needs.count;
		if (kinds[0] != EDGE_AFTER)
			g->nodes[i].unmet = slot->needs.count;
	}
	for (uint32_t i = 0; i < g->count; i++)
		g->nodes[i].holders = 0;
}

int graph_open(struct graph *g, void const *plan)
{
	*g = (struct graph){ .plan = plan, .count = plan_header(plan)->count };
	g->unsettled = g->count;
	g->nodes = calloc(g->count + 1, sizeof *g->nodes);
	g->queue = calloc(g->count + 1, sizeof *g->queue);
	g->scratch = calloc(g->count + 1, sizeof *g->scratch);
	if (!g->nodes || !g->queue || !g->scratch)
		goto failed;
	g->edges = calloc(count_edges(g) + 1, sizeof *g->edges);
	if (!g->edges)
		goto failed;
	fill_edges(g);
	return 0;
failed:
	graph_close(g);
	return -ENOMEM;
}

void graph_close(struct graph *g)
{
	free(g->nodes);
	free(g->queue);
	free(g->scratch);
	free(g->edges);
	*g = (struct graph){ 0 };
}

void graph_push(struct graph *g, uint32_t slot)
{
	if (g->nodes[slot].queued)
		return;
	g->nodes[slot].queued = 1;
	g->queue[(g->head + g->waiting++) % g->count] = slot;
}

uint32_t graph_pop(struct graph *g)
{
	uint32_t slot;

	if (g->waiting == 0)
		return PLAN_NONE;
	slot = g->queue[g->head];
	g->head = (g->head + 1) % g->count;
	g->waiting--;
	g->nodes[slot].queued = 0;
	return slot;
}

/* One more or one less; whoever's counter reaches or leaves 0 is looked at again. */
static void change(struct graph *g, uint32_t slot, uint32_t *counter, bool more)
{
	uint32_t const old = *counter;

	*counter = more ? old + 1 : old - 1;
	if (old == 0 || *counter == 0)
		graph_push(g, slot);
}

static uint32_t edge_kind(uint32_t edge)
{
	return edge & ((1 << EDGE_SHIFT) - 1);
}

static void tell_dependents(struct graph *g, uint32_t slot, uint32_t changed, uint32_t standing)
{
	struct graph_node const *node = &g->nodes[slot];

	for (uint32_t e = node->first; e < node[1].first; e++) {
		uint32_t const other = g->edges[e] >> EDGE_SHIFT;
		uint32_t const kind = edge_kind(g->edges[e]);
		struct graph_node *to = &g->nodes[other];

		if (kind != EDGE_NEED && (changed & GRAPH_PASSED))
			change(g, other, &to->unordered, !(standing & GRAPH_PASSED));
		if (kind != EDGE_AFTER && (changed & GRAPH_MET))
			change(g, other, &to->unmet, !(standing & GRAPH_MET));
		/* The first and the last instance count as much as all of them. */
		if (kind == EDGE_POOL)
			graph_push(g, other);
	}
}

static bool holds(uint32_t standing, uint32_t edge)
{
	if (!(standing & GRAPH_ACTIVE))
		return false;
	/* What is left of a pool does not wait for an instance, nor keep it. */
	return edge == EDGE_NEED || (standing & GRAPH_RELEASING);
}

static void tell_needs(struct graph *g, uint32_t slot, uint32_t old, uint32_t standing)
{
	struct plan_slot const *from = plan_slot(g->plan, slot);
	struct plan_list const lists[2] = { from->needs, from->after };
	uint32_t const kinds[2] = { need_edge(from), EDGE_AFTER };

	for (unsigned k = 0; k < 2; k++) {
		bool const more = holds(standing, kinds[k]);

		if (more == holds(old, kinds[k]))
			continue;
		for (uint32_t j = 0; j < lists[k].count; j++) {
			uint32_t const other = plan_words(g->plan, lists[k])[j];

			change(g, other, &g->nodes[other].holders, more);
		}
	}
}

void graph_stand(struct graph *g, uint32_t slot, uint32_t standing)
{
	uint32_t const old = g->nodes[slot].standing;
	uint32_t const changed = old ^ standing;

	if (changed == 0)
		return;
	g->nodes[slot].standing = (uint8_t)standing;
	if (changed & (GRAPH_MET | GRAPH_PASSED))
		tell_dependents(g, slot, changed, standing);
	if (changed & (GRAPH_ACTIVE | GRAPH_RELEASING))
		tell_needs(g, slot, old, standing);
	if (changed & GRAPH_ACTIVE)
		g->active += standing & GRAPH_ACTIVE ? 1 : UINT32_MAX;
	if (changed & GRAPH_SETTLED)
		g->unsettled += standing & GRAPH_SETTLED ? UINT32_MAX : 1;
}

bool graph_may_start(struct graph const *g, uint32_t slot, bool first_time)
{
	struct graph_node const *node = &g->nodes[slot];
	struct plan_slot const *p = plan_slot(g->plan, slot);

	if (need_edge(p) == EDGE_POOL)
		return node->unordered == 0 && node->unmet < p->needs.count;
	/* Order is for the first start: a crash loop of one must not keep another one down. */
	return node->unmet == 0 && (!first_time || node->unordered == 0);
}

bool graph_has_lost(struct graph const *g, uint32_t slot)
{
	struct plan_slot const *p = plan_slot(g->plan, slot);

	if (need_edge(p) == EDGE_POOL)
		return g->nodes[slot].unmet == p->needs.count;
	return !graph_may_start(g, slot, false);
}

uint32_t graph_pool_of(struct graph const *g, uint32_t slot)
{
	struct graph_node const *node = &g->nodes[slot];

	for (uint32_t e = node->first; e < node[1].first; e++)
		if (edge_kind(g->edges[e]) == EDGE_POOL)
			return g->edges[e] >> EDGE_SHIFT;
	return PLAN_NONE;
}

bool graph_may_stop(struct graph const *g, uint32_t slot)
{
	return g->nodes[slot].holders == 0;
}

/* graph->scratch holds each slot once: `take` is asked to say no to those it has said yes to. */
static uint32_t take(struct graph *g, uint32_t used, uint32_t slot, graph_take_function *wanted,
		     void *context)
{
	if (used >= g->count || !wanted(context, slot))
		return used;
	g->scratch[used] = slot;
	return used + 1;
}

uint32_t graph_needs_of(struct graph *g, uint32_t slot, graph_take_function *wanted, void *context)
{
	uint32_t used = 1;

	g->scratch[0] = slot;
	for (uint32_t at = 0; at < used; at++) {
		struct plan_list const needs = plan_slot(g->plan, g->scratch[at])->needs;

		for (uint32_t j = 0; j < needs.count; j++)
			used = take(g, used, plan_words(g->plan, needs)[j], wanted, context);
	}
	return used;
}

uint32_t graph_needed_by(struct graph *g, uint32_t slot, graph_take_function *wanted, void *context)
{
	uint32_t used = 1;

	g->scratch[0] = slot;
	for (uint32_t at = 0; at < used; at++) {
		struct graph_node const *node = &g->nodes[g->scratch[at]];

		for (uint32_t e = node->first; e < node[1].first; e++)
			if (edge_kind(g->edges[e]) != EDGE_AFTER)
				used = take(g, used, g->edges[e] >> EDGE_SHIFT, wanted, context);
	}
	return used;
}
