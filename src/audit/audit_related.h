/* SPDX-License-Identifier: ISC */
/*
 * Which holdings a spot can have to do with: those whose way leads through it, and those that are
 * at its path or above. To look at all holdings for each spot and each service would take minutes
 * in an image with a hundred services and some thousand files that they can write.
 */
#ifndef ORLOP_AUDIT_AUDIT_RELATED_H
#define ORLOP_AUDIT_AUDIT_RELATED_H

#include "audit/audit.h"

/*
 * Their indices, at most once for each of the two reasons; the list is good until the next call.
 * All spots and holdings have to be there at the first one.
 */
uint32_t audit_related(struct audit *audit, uint32_t spot, uint32_t const **list);

#endif
