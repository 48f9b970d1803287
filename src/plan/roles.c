/* SPDX-License-Identifier: ISC */
/* Selecting services; see roles.h. */
#include "plan/roles.h"

#include <string.h>

struct selection {
	struct declarations *declarations;
	uint32_t *waiting; /* selected, needs not yet looked at */
	uint32_t count;
};

static void take(struct selection *selection, uint32_t index)
{
	struct service *s = &selection->declarations->services[index];

	bool const build = s->flags & SERVICE_BUILD;

	if (build != selection->declarations->build ||
	    s->flags & (SERVICE_SELECTED | SERVICE_DISABLED))
		return;
	s->flags |= SERVICE_SELECTED;
	s->slot.flags |= PLAN_SELECTED;
	selection->waiting[selection->count++] = index;
}

static void take_needs(struct selection *selection)
{
	while (selection->count) {
		uint32_t const index = selection->waiting[--selection->count];
		struct service const *s = &selection->declarations->services[index];

		for (uint32_t i = 0; i < s->need_count; i++)
			take(selection, s->edges[i]);
	}
}

static void take_name(struct selection *selection, char const *name, char const *source)
{
	struct declarations *const d = selection->declarations;
	uint32_t const index = names_find(&d->by_name, name);

	if (!strcmp(name, "all"))
		for (uint32_t i = 0; i < d->count; i++)
			take(selection, i);
	else if (index != NAMES_NONE && d->services[index].flags & SERVICE_BUILD && !d->build)
		faults_add(d->faults, (struct place){ source, 0 }, "found ",
			   faults_quote(d->faults, name),
			   ", which is of phase = build, expected a service that runs in the "
			   "container",
			   NULL);
	else if (index != NAMES_NONE)
		take(selection, index);
	else if (strcmp(name, "none") != 0)
		faults_add(d->faults, (struct place){ source, 0 }, "found ",
			   faults_quote(d->faults, name), ", expected the name of a service", NULL);
}

void roles_select(struct declarations *d, char const *list, char const *source)
{
	static char const separators[] = ", \t\n";
	struct selection selection = { .declarations = d,
				       .waiting = arena_array(d->arena, d->count,
							      sizeof *selection.waiting) };

	if (!list || list[strspn(list, separators)] == '\0' || !strcmp(list, ROLES_BUILD))
		list = "all";
	for (list += strspn(list, separators); *list; list += strspn(list, separators)) {
		size_t const length = strcspn(list, separators);

		take_name(&selection, arena_copy(d->arena, list, length), source);
		list += length;
	}
	take_needs(&selection);
}
