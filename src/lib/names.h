/* SPDX-License-Identifier: ISC */
/*
 * A table from strings to numbers: open addressing, doubled when it is two thirds full. The
 * strings are not copied and must outlive the table, which lives in an arena.
 */
#ifndef ORLOP_LIB_NAMES_H
#define ORLOP_LIB_NAMES_H

#include "lib/arena.h"

#include <stdint.h>

enum { NAMES_NONE = 0xffffffff };

struct names_entry {
	char const *name;
	uint32_t hash;
	uint32_t value;
};

struct names {
	struct names_entry *entries;
	uint32_t size; /* a power of two, or 0 */
	uint32_t count;
};

/* The number of `name`, or NAMES_NONE. */
uint32_t names_find(struct names const *names, char const *name);

/* Enters `name` unless it is there. Returns the number that it has now. */
uint32_t names_enter(struct names *names, struct arena *arena, char const *name, uint32_t value);

/* The hash that the table uses (FNV-1a): the same on every machine and at every boot. */
uint32_t names_hash(char const *name);

#endif
