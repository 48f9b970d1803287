/* SPDX-License-Identifier: ISC */
/*
 * The chapters of `orlop explain`, in their order: each puts what the plan says of one slot on a
 * sheet. Nothing here asks what runs; a secret's value is in no plan, so it cannot be told.
 */
#ifndef ORLOP_CTL_EXPLAIN_H
#define ORLOP_CTL_EXPLAIN_H

#include "ctl/sheet.h"
#include "wire/plan.h"

struct explained {
	void const *plan;
	struct plan_slot const *slot;
	bool every_call; /* for people too: a line for each system call, with its reason */
};

/* What runs and as whom. */
void explain_process(struct sheet *sheet, struct explained const *about);

/* What it may touch, and what the files that it may touch have to look like. */
void explain_cage(struct sheet *sheet, struct explained const *about);
void explain_calls(struct sheet *sheet, struct explained const *about);
void explain_files(struct sheet *sheet, struct explained const *about);

/* When it starts, is ready, is started again, and ends. */
void explain_life(struct sheet *sheet, struct explained const *about);

/* A list of strings of the plan. */
void explain_strings(struct sheet *sheet, char const *label, char const *key, char const *none,
		     void const *plan, struct plan_list list);

#endif
