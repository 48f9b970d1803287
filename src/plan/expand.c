/* SPDX-License-Identifier: ISC */
/* Slots and their order; see expand.h. */
#include "plan/expand.h"

#include "wire/slot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint32_t probes_of(struct service const *s)
{
	if (s->slot.kind == PLAN_BUNDLE)
		return 0;
	return (s->slot.ready == PLAN_READY_PROBE ? 1U : 0U) + (s->health_probe ? 1U : 0U) +
	       (s->stop_command.count ? 1U : 0U);
}

static uint64_t count_slots(struct declarations const *d, uint64_t *visible)
{
	uint64_t probes = 0;

	*visible = d->main != NULL;
	for (uint32_t i = 0; i < d->count; i++) {
		struct service const *s = &d->services[i];

		if (!declaration_is_planned(d, s))
			continue;
		*visible += s->instances + (s->flags & SERVICE_INSTANCES ? 1 : 0);
		probes += (uint64_t)s->instances * probes_of(s);
	}
	return *visible + probes;
}

static struct planned *add(struct expansion *e, char const *name, struct service *service,
			   enum planned_kind kind)
{
	struct planned *slot = &e->slots[e->count++];

	*slot = (struct planned){ .name = name,
				  .service = service,
				  .kind = kind,
				  .parent = PLAN_NONE,
				  .probes = { PLAN_NONE, PLAN_NONE, PLAN_NONE } };
	return slot;
}

static void add_service(struct declarations *d, struct expansion *e, struct service *s)
{
	if (!(s->flags & SERVICE_INSTANCES)) {
		add(e, s->name, s, PLANNED_SERVICE);
		return;
	}
	s->first_instance = PLAN_NONE;
	add(e, s->name, s, PLANNED_GROUP);
	for (uint32_t i = 1; i <= s->instances; i++)
		add(e, arena_join(d->arena, s->name, "@", arena_number(d->arena, i), NULL), s,
		    PLANNED_SERVICE)
		    ->instance = i;
}

static int compare(void const *a, void const *b)
{
	return strcmp(((struct planned const *)a)->name, ((struct planned const *)b)->name);
}

static void add_probe(struct declarations *d, struct expansion *e, uint32_t parent,
		      enum planned_kind kind)
{
	static char const *const suffixes[] = { ".ready", ".health", ".stop" };
	unsigned const which = (unsigned)(kind - PLANNED_READY);
	struct planned *served = &e->slots[parent];
	char const *const name = arena_join(d->arena, served->name, suffixes[which], NULL);
	struct planned *probe;

	served->probes[which] = e->count;
	probe = add(e, name, served->service, kind);
	probe->instance = served->instance;
	probe->parent = parent;
}

static void add_probes(struct declarations *d, struct expansion *e)
{
	for (uint32_t i = 0; i < e->visible; i++) {
		struct service const *s = e->slots[i].service;

		if (e->slots[i].kind != PLANNED_SERVICE || probes_of(s) == 0)
			continue;
		if (s->slot.ready == PLAN_READY_PROBE)
			add_probe(d, e, i, PLANNED_READY);
		if (s->health_probe)
			add_probe(d, e, i, PLANNED_HEALTH);
		if (s->stop_command.count)
			add_probe(d, e, i, PLANNED_STOP);
	}
}

static void order_service(struct declarations *d, struct service *s)
{
	uint32_t const after = s->edge_count - s->need_count;

	s->need_slots = arena_array(d->arena, s->edge_count, sizeof *s->need_slots);
	s->after_slots = s->need_slots + s->need_count;
	for (uint32_t i = 0; i < s->need_count + after; i++)
		s->need_slots[i] = d->services[s->edges[i]].head;
}

/* A group needs its instances: "NAME@…" sort together, whatever other names there are. */
static void order_group(struct declarations *d, struct planned *slot)
{
	uint32_t *needs = arena_array(d->arena, slot->service->instances, sizeof *needs);

	for (uint32_t i = 0; i < slot->service->instances; i++)
		needs[i] = slot->service->first_instance + i;
	slot->needs = needs;
	slot->need_count = slot->service->instances;
}

/* The main program needs all that starts at boot. */
static void order_main(struct declarations *d, struct expansion const *e, struct planned *slot)
{
	uint32_t *needs = arena_array(d->arena, e->visible, sizeof *needs);

	slot->needs = needs;
	for (uint32_t i = 0; i < e->visible; i++)
		if (e->slots[i].service && e->slots[i].service->flags & SERVICE_SELECTED)
			needs[slot->need_count++] = i;
}

static void order_slot(struct declarations *d, struct expansion const *e, struct planned *slot)
{
	struct service const *s = slot->service;

	if (slot->kind == PLANNED_GROUP) {
		order_group(d, slot);
		return;
	}
	if (slot->kind == PLANNED_MAIN) {
		order_main(d, e, slot);
		return;
	}
	slot->needs = s->need_slots;
	slot->need_count = s->need_count;
	slot->after = s->after_slots;
	slot->after_count = s->edge_count - s->need_count;
}

static void find_heads(struct expansion const *e)
{
	for (uint32_t i = 0; i < e->visible; i++) {
		struct planned const *slot = &e->slots[i];

		if (slot->kind == PLANNED_MAIN)
			continue;
		if (slot->instance == 0)
			slot->service->head = i;
		else if (slot->service->first_instance == PLAN_NONE)
			slot->service->first_instance = i;
	}
}

static void order_all(struct declarations *d, struct expansion const *e)
{
	find_heads(e);
	for (uint32_t i = 0; i < d->count; i++)
		if (declaration_is_planned(d, &d->services[i]))
			order_service(d, &d->services[i]);
	for (uint32_t i = 0; i < e->visible; i++)
		order_slot(d, e, &e->slots[i]);
}

int expand_all(struct declarations *d, struct expansion *e)
{
	uint64_t visible;
	uint64_t const count = count_slots(d, &visible);

	if (count > SLOT_MAX) {
		faults_add(d->faults, (struct place){ d->directory, 0 }, "found ",
			   arena_number(d->arena, count),
			   " slots (services, instances and their probes), expected at most 8192",
			   NULL);
		return -ECANCELED;
	}
	*e = (struct expansion){ .slots = arena_array(d->arena, (size_t)count, sizeof *e->slots),
				 .main = PLAN_NONE };
	for (uint32_t i = 0; i < d->count; i++)
		if (declaration_is_planned(d, &d->services[i]))
			add_service(d, e, &d->services[i]);
	if (d->main)
		add(e, "main program", NULL, PLANNED_MAIN);
	e->visible = e->count;
	if (e->count)
		qsort(e->slots, e->count, sizeof *e->slots, compare);
	for (uint32_t i = 0; i < e->visible; i++)
		if (e->slots[i].kind == PLANNED_MAIN)
			e->main = i;
	order_all(d, e);
	add_probes(d, e);
	return 0;
}
