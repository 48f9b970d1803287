/* SPDX-License-Identifier: ISC */
/* Spots in the order of a tree; see audit_sorted.h. */
#include "audit/audit_sorted.h"

#include <stdlib.h>

void audit_sorted_init(struct audit_sorted *sorted, struct audit *audit)
{
	*sorted = (struct audit_sorted){ .audit = audit };
}

void audit_sorted_add(struct audit_sorted *sorted, uint32_t index)
{
	sorted->spots = audit_grow(sorted->audit, sorted->spots, sorted->count, &sorted->room,
				   sizeof *sorted->spots);
	sorted->spots[sorted->count++] = (struct audit_sorted_spot){
		sorted->audit->spots[index].path, index
	};
}

/* A slash before every other character, so that /a/b comes before /a-b. */
static int rank(char c)
{
	return c == '/' ? 1 : c == '\0' ? 0 : (unsigned char)c + 1;
}

static int compare(void const *first, void const *second)
{
	char const *a = ((struct audit_sorted_spot const *)first)->path;
	char const *b = ((struct audit_sorted_spot const *)second)->path;

	while (*a && *a == *b) {
		a++;
		b++;
	}
	return rank(*a) - rank(*b);
}

void audit_sorted_sort(struct audit_sorted *sorted)
{
	if (sorted->count)
		qsort(sorted->spots, sorted->count, sizeof *sorted->spots, compare);
}
