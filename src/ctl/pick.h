/* SPDX-License-Identifier: ISC */
/*
 * Names to slots: NAME, NAME@2, or NAME for all instances of it. All unknown names are told at
 * once, so that nobody mends a command word by word.
 */
#ifndef ORLOP_CTL_PICK_H
#define ORLOP_CTL_PICK_H

#include "lib/text.h"
#include "wire/plan.h"

struct pick {
	uint32_t *slots; /* in the plan's order, each once */
	uint32_t count;
};

/* The visible slots of `names`, or all of them for no names. 0, -ENOENT with `problem`, -ENOMEM. */
int pick_slots(struct pick *pick, void const *plan, char const *const *names, uint32_t count,
	       struct text *problem);
void pick_free(struct pick *pick);

/* Adds "; there are NAME …": what there is instead, as many names as a line takes. */
void pick_others(void const *plan, struct text *problem);

#endif
