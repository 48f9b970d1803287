/* SPDX-License-Identifier: ISC */
/* Allowed paths; see allowed.h. */
#include "plan/allowed.h"

#include <string.h>

enum { FIRST_ROOM = 32 };

void allowed_append(struct arena *arena, struct allowed_list *list, char const *path,
		    uint32_t rights)
{
	uint32_t const count = list->count;

	/* Room doubles: it is full at 32, 64, … */
	if (count == 0 || (count >= FIRST_ROOM && (count & (count - 1)) == 0)) {
		struct allowed *const more = arena_array(
		    arena, count ? 2 * (size_t)count : FIRST_ROOM, sizeof *more);

		if (count)
			memcpy(more, list->at, count * sizeof *more);
		list->at = more;
	}
	list->at[list->count++] = (struct allowed){ path, rights };
}

void allowed_add(struct arena *arena, struct allowed_list *list, char const *path, uint32_t rights)
{
	for (uint32_t i = 0; i < list->count; i++) {
		struct allowed *const known = &list->at[i];

		if (strcmp(known->path, path) != 0)
			continue;
		if (!(rights & PLAN_MAY_MISS))
			known->rights &= ~(uint32_t)PLAN_MAY_MISS;
		known->rights |= rights & ~(uint32_t)PLAN_MAY_MISS;
		return;
	}
	allowed_append(arena, list, path, rights);
}
