/* SPDX-License-Identifier: ISC */
/*
 * Who may start and who may stop. Each slot has three counters: needs that are not met, `after`s
 * that are not passed, and slots that have to be down before it may stop. The supervisor tells a
 * slot's new standing once, and the counters of its neighbours follow; a slot that may now move
 * is put in the queue. So a boot or a stop of N slots takes steps in proportion to the edges.
 */
#ifndef ORLOP_SUPERVISE_GRAPH_H
#define ORLOP_SUPERVISE_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

struct plan_slot;

enum graph_standing {
	GRAPH_MET = 1,	     /* who needs it may start */
	GRAPH_PASSED = 2,    /* who comes after it may start */
	GRAPH_ACTIVE = 4,    /* what it needs may not stop yet */
	GRAPH_RELEASING = 8, /* not wanted: what it comes after waits for it as well */
	GRAPH_SETTLED = 16   /* the boot does not wait for it */
};

/*
 * A group waits for each of its instances that is meant to come up, and is there while one of them
 * is: one that is taken out of a pool, or starts again, is not the end of the pool.
 */
enum graph_edge { EDGE_NEED = 0, EDGE_AFTER = 1, EDGE_POOL = 2, EDGE_SHIFT = 2 };

struct graph_node {
	uint32_t first;	    /* of its edges: who waits for it to start */
	uint32_t unmet;	    /* needs that are not met */
	uint32_t unordered; /* afters that are not passed */
	uint32_t holders;   /* slots that have to be down before it */
	uint8_t standing;   /* enum graph_standing */
	uint8_t queued;
};

struct graph {
	void const *plan;
	struct graph_node *nodes; /* count + 1 */
	uint32_t *edges;	  /* slot << EDGE_SHIFT | enum graph_edge */
	uint32_t *queue;	  /* ring of count */
	uint32_t *scratch;	  /* count, for whoever walks a closure */
	uint32_t head;
	uint32_t waiting; /* in the queue */
	uint32_t count;
	uint32_t active;    /* slots that are GRAPH_ACTIVE */
	uint32_t unsettled; /* slots that are not GRAPH_SETTLED */
};

/* 0 or -ENOMEM; every slot stands at 0. */
int graph_open(struct graph *graph, void const *plan);
void graph_close(struct graph *graph);

void graph_stand(struct graph *graph, uint32_t slot, uint32_t standing);
bool graph_may_start(struct graph const *graph, uint32_t slot, bool first_time);
/* A bundle that is up has lost what it stands for. */
bool graph_has_lost(struct graph const *graph, uint32_t slot);
bool graph_may_stop(struct graph const *graph, uint32_t slot);

/* The order of main's needs is all that counts: a service that may fail must not take it along. */
bool graph_orders_only(struct plan_slot const *slot);

/* The group that `slot` is an instance of, or PLAN_NONE. */
uint32_t graph_pool_of(struct graph const *graph, uint32_t slot);

void graph_push(struct graph *graph, uint32_t slot);
/* The next slot to look at, or PLAN_NONE. */
uint32_t graph_pop(struct graph *graph);

/*
 * Collects in graph->scratch the slots that satisfy `take`, starting from `slot` itself, which is
 * taken without asking: what they need (down) or who needs them (up). Returns how many.
 */
typedef bool graph_take_function(void *context, uint32_t slot);
uint32_t graph_needs_of(struct graph *graph, uint32_t slot, graph_take_function *take,
			void *context);
uint32_t graph_needed_by(struct graph *graph, uint32_t slot, graph_take_function *take,
			 void *context);

#endif
