/* SPDX-License-Identifier: ISC */
/* Strings to numbers by hash; see names.h. */
#include "lib/names.h"

#include <string.h>

enum { SMALLEST = 8 };

uint32_t names_hash(char const *name)
{
	uint32_t hash = 2166136261U;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619U;
	return hash;
}

/* The entry of `name`, or the free one where it would go. */
static struct names_entry *slot_of(struct names const *names, char const *name, uint32_t hash)
{
	uint32_t const mask = names->size - 1;
	uint32_t i = (hash ^ hash >> 15) & mask;

	while (names->entries[i].name &&
	       (names->entries[i].hash != hash || strcmp(names->entries[i].name, name) != 0))
		i = (i + 1) & mask;
	return &names->entries[i];
}

static void grow(struct names *names, struct arena *arena)
{
	struct names const old = *names;

	names->size = old.size ? 2 * old.size : SMALLEST;
	names->entries = arena_array(arena, names->size, sizeof *names->entries);
	for (uint32_t i = 0; i < old.size; i++)
		if (old.entries[i].name)
			*slot_of(names, old.entries[i].name, old.entries[i].hash) = old.entries[i];
}

uint32_t names_find(struct names const *names, char const *name)
{
	struct names_entry const *entry;

	if (names->size == 0)
		return NAMES_NONE;
	entry = slot_of(names, name, names_hash(name));
	return entry->name ? entry->value : (uint32_t)NAMES_NONE;
}

uint32_t names_enter(struct names *names, struct arena *arena, char const *name, uint32_t value)
{
	uint32_t const hash = names_hash(name);
	struct names_entry *entry;

	if (names->count >= names->size / 3 * 2)
		grow(names, arena);
	entry = slot_of(names, name, hash);
	if (entry->name)
		return entry->value;
	*entry = (struct names_entry){ name, hash, value };
	names->count++;
	return value;
}
