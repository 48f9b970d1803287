/* SPDX-License-Identifier: ISC */
/* Marks the named slots, then lists the marked ones; see pick.h. */
#include "ctl/pick.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A service's name stands for its group and for every instance. */
static bool answers_to(void const *plan, struct plan_slot const *slot, char const *name)
{
	if (!strcmp(plan_string(plan, slot->name), name))
		return true;
	return slot->instance != 0 && !strcmp(plan_string(plan, slot->service), name);
}

static bool mark(unsigned char *marked, void const *plan, char const *name)
{
	bool found = false;

	for (uint32_t i = 0; i < plan_header(plan)->visible; i++) {
		if (!answers_to(plan, plan_slot(plan, i), name))
			continue;
		marked[i] = 1;
		found = true;
	}
	return found;
}

static void list(struct pick *pick, unsigned char const *marked, uint32_t visible)
{
	for (uint32_t i = 0; i < visible; i++)
		if (marked[i])
			pick->slots[pick->count++] = i;
}

void pick_others(void const *plan, struct text *problem)
{
	enum { NAMES = 12 };
	uint32_t shown = 0;

	text_add(problem, "; there are");
	for (uint32_t i = 0; i < plan_header(plan)->visible; i++) {
		struct plan_slot const *slot = plan_slot(plan, i);

		if (slot->instance)
			continue;
		if (shown++ == NAMES) {
			text_add(problem, " ...");
			return;
		}
		text_add(problem, " ");
		text_add(problem, plan_string(plan, slot->name));
	}
	text_add(problem, shown ? "" : " no services");
}

int pick_slots(struct pick *pick, void const *plan, char const *const *names, uint32_t count,
	       struct text *problem)
{
	uint32_t const visible = plan_header(plan)->visible;
	unsigned char *marked = calloc((size_t)visible + 1, 1);
	int error = 0;

	pick->count = 0;
	pick->slots = calloc((size_t)visible + 1, sizeof *pick->slots);
	if (!marked || !pick->slots) {
		error = -ENOMEM;
		goto out;
	}
	if (count == 0)
		memset(marked, 1, visible);
	for (uint32_t i = 0; i < count; i++) {
		if (mark(marked, plan, names[i]))
			continue;
		text_add(problem, error ? ", " : "no such service: ");
		text_add_plain(problem, names[i]);
		error = -ENOENT;
	}
	if (error == 0)
		list(pick, marked, visible);
	else
		pick_others(plan, problem);
out:
	free(marked);
	return error;
}

void pick_free(struct pick *pick)
{
	free(pick->slots);
	pick->slots = NULL;
	pick->count = 0;
}
