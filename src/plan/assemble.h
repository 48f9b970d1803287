/* SPDX-License-Identifier: ISC */
/* The bytes of the plan, from the services and their slots. */
#ifndef ORLOP_PLAN_ASSEMBLE_H
#define ORLOP_PLAN_ASSEMBLE_H

#include "plan/builder.h"
#include "plan/compile.h"
#include "plan/expand.h"
#include "plan/file_rules.h"

struct assembly {
	struct declarations *declarations;
	struct expansion const *expansion;
	struct file_rules const *rules;
	struct builder builder;
	struct plan_header header;
	struct plan_slot helpers[PLAN_HELPERS];
	struct plan_slot *slots;
	genalloc listens;  /* of struct plan_listen, in block order */
	genalloc notifies; /* the same */
	char const *notify_directory;
	char const *etc;
	uint32_t log_next; /* pipe to give out */
	uint32_t pipes;	   /* per slot: 1 or 2 */
};

/*
 * Lays the plan out in *plan. 0; -ECANCELED with faults added when two services want the same
 * address or the descriptors do not fit.
 */
int assemble_plan(struct declarations *declarations, struct expansion const *expansion,
		  struct file_rules const *rules, struct compile_request const *request,
		  stralloc *plan);

#endif
