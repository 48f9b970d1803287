/* SPDX-License-Identifier: ISC */
/*
 * Memory for a program that reads, works and ends: taken in pieces, given back all at once or
 * never. A take cannot fail: when memory is out, `exhausted` is called, which must not return
 * (main.c gives one that says so and ends the program).
 */
#ifndef ORLOP_LIB_ARENA_H
#define ORLOP_LIB_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunk; /* the newest, linked to the older ones */
	size_t left;		   /* bytes still free at its end */
	void (*exhausted)(void);
};

/* Zeroed and aligned for everything. */
void *arena_take(struct arena *arena, size_t size);

/* `count` elements of `size`; an overflow ends like exhaustion. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A NUL-terminated copy of `length` bytes. */
char *arena_copy(struct arena *arena, char const *bytes, size_t length);

/* The strings behind each other; the last argument is NULL. */
char *arena_join(struct arena *arena, ...) __attribute__((sentinel));

/* "0" … as a string. */
char *arena_number(struct arena *arena, unsigned long number);

void arena_free(struct arena *arena);

#endif
