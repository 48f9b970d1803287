/* SPDX-License-Identifier: ISC */
/*
 * The bytes behind the fixed records of a plan: strings, each once, and lists, aligned. Every
 * function returns where the thing is in the plan.
 */
#ifndef ORLOP_PLAN_BUILDER_H
#define ORLOP_PLAN_BUILDER_H

#include "lib/names.h"
#include "plan/words.h"
#include "wire/plan.h"

#include <skalibs/stralloc.h>

struct builder {
	struct arena *arena;
	stralloc bytes;	      /* the plan so far */
	struct names strings; /* offsets */
};

/* Makes room for the fixed records, which are filled in last. */
void builder_begin(struct builder *builder, struct arena *arena, size_t fixed);

/* 0 for NULL. The string must live as long as the builder. */
uint32_t builder_string(struct builder *builder, char const *string);
struct plan_list builder_strings(struct builder *builder, struct words const *words);
struct plan_list builder_list(struct builder *builder, void const *elements, uint32_t count,
			      size_t size);

/* Ends the plan with the NUL that its format asks for, 8-byte aligned. */
void builder_end(struct builder *builder);

#endif
