/* SPDX-License-Identifier: ISC */
/* Strings and lists of a plan; see builder.h. */
#include "plan/builder.h"

#include <string.h>

/* A plan is far smaller than 4 GiB: its files are 8192 of 1 MiB at most, and mostly not read. */
static uint32_t append(struct builder *b, void const *bytes, size_t length)
{
	uint32_t const offset = (uint32_t)b->bytes.len;

	/* Doubling: a plan of 8192 slots is copied about as often as one of 8. */
	if (b->bytes.len + length > b->bytes.a &&
	    !stralloc_ready(&b->bytes, 2 * b->bytes.a + length))
		b->arena->exhausted();
	if (b->bytes.len + length > UINT32_MAX || !stralloc_catb(&b->bytes, bytes, length))
		b->arena->exhausted();
	return offset;
}

static void align(struct builder *b)
{
	static char const zeros[8];

	append(b, zeros, (8 - b->bytes.len % 8) % 8);
}

void builder_begin(struct builder *b, struct arena *arena, size_t fixed)
{
	memset(b, 0, sizeof *b);
	b->arena = arena;
	if (!stralloc_ready(&b->bytes, 2 * fixed + 4096))
		arena->exhausted();
	memset(b->bytes.s, 0, fixed);
	b->bytes.len = fixed;
}

uint32_t builder_string(struct builder *b, char const *string)
{
	uint32_t const next = (uint32_t)b->bytes.len;
	uint32_t offset;

	if (!string)
		return 0;
	offset = names_enter(&b->strings, b->arena, string, next);
	if (offset == next)
		append(b, string, strlen(string) + 1);
	return offset;
}

struct plan_list builder_list(struct builder *b, void const *elements, uint32_t count, size_t size)
{
	if (count == 0)
		return (struct plan_list){ 0, 0 };
	align(b);
	return (struct plan_list){ append(b, elements, count * size), count };
}

struct plan_list builder_strings(struct builder *b, struct words const *words)
{
	uint32_t *offsets = arena_array(b->arena, words->count, sizeof *offsets);

	for (uint32_t i = 0; i < words->count; i++)
		offsets[i] = builder_string(b, words->at[i]);
	return builder_list(b, offsets, words->count, sizeof *offsets);
}

void builder_end(struct builder *b)
{
	static char const zeros[8];

	append(b, zeros, 8);
	align(b);
}
