/* SPDX-License-Identifier: ISC */
/* Some of the spots, in the order of a tree: a directory, then all that is below it. */
#ifndef ORLOP_AUDIT_AUDIT_SORTED_H
#define ORLOP_AUDIT_AUDIT_SORTED_H

#include "audit/audit.h"

struct audit_sorted_spot {
	char const *path;
	uint32_t index;
};

struct audit_sorted {
	struct audit *audit;
	struct audit_sorted_spot *spots;
	uint32_t count;
	uint32_t room;
};

void audit_sorted_init(struct audit_sorted *sorted, struct audit *audit);
void audit_sorted_add(struct audit_sorted *sorted, uint32_t index);
void audit_sorted_sort(struct audit_sorted *sorted);

#endif
