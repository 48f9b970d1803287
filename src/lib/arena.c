/* SPDX-License-Identifier: ISC */
/* Chunks from malloc, linked, each handed out from its front; see arena.h. */
#include "lib/arena.h"

#include <skalibs/types.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 65536, ALIGNMENT = 16 };

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
};

_Static_assert(sizeof(struct arena_chunk) % ALIGNMENT == 0, "the first piece is aligned");

static char *end_of(struct arena const *arena)
{
	return (char *)(arena->chunk + 1) + arena->chunk->size;
}

static void grow(struct arena *arena, size_t size)
{
	size_t const room = size > CHUNK ? size : CHUNK;
	struct arena_chunk *chunk = NULL;

	if (room <= SIZE_MAX - sizeof *chunk)
		chunk = malloc(sizeof *chunk + room);
	if (!chunk) {
		arena->exhausted();
		abort();
	}
	chunk->older = arena->chunk;
	chunk->size = room;
	arena->chunk = chunk;
	arena->left = room;
}

static char *take(struct arena *arena, size_t size)
{
	char *piece;

	if (size > SIZE_MAX - ALIGNMENT)
		grow(arena, size);
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (arena->left < size)
		grow(arena, size);
	piece = end_of(arena) - arena->left;
	arena->left -= size;
	return piece;
}

void *arena_take(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	return arena_take(arena, size && count > SIZE_MAX / size ? SIZE_MAX : count * size);
}

char *arena_copy(struct arena *arena, char const *bytes, size_t length)
{
	char *copy = take(arena, length + 1);

	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *arena_join(struct arena *arena, ...)
{
	va_list strings;
	size_t length = 0;
	char *joined;

	va_start(strings, arena);
	for (char const *s; (s = va_arg(strings, char const *));)
		length += strlen(s);
	va_end(strings);
	joined = take(arena, length + 1);
	length = 0;
	va_start(strings, arena);
	for (char const *s; (s = va_arg(strings, char const *));) {
		size_t const more = strlen(s);

		memcpy(joined + length, s, more);
		length += more;
	}
	va_end(strings);
	joined[length] = '\0';
	return joined;
}

char *arena_number(struct arena *arena, unsigned long number)
{
	char digits[ULONG_FMT];

	return arena_copy(arena, digits, ulong_fmt(digits, number));
}

void arena_free(struct arena *arena)
{
	while (arena->chunk) {
		struct arena_chunk *const older = arena->chunk->older;

		free(arena->chunk);
		arena->chunk = older;
	}
	arena->left = 0;
}
