/* SPDX-License-Identifier: ISC */
/*
 * The table of keys: for each its name, the kinds of service that may have it, what is expected
 * of its value, and the function that takes it. orlop-service(5) is this table in prose.
 */
#ifndef ORLOP_PLAN_KEYS_H
#define ORLOP_PLAN_KEYS_H

#include "plan/declaration.h"

enum key_kind {
	KIND_LONGRUN = 1 << PLAN_LONGRUN,
	KIND_ONESHOT = 1 << PLAN_ONESHOT,
	KIND_BUNDLE = 1 << PLAN_BUNDLE,
	KIND_SCHEDULED = 1 << 3, /* a oneshot with a schedule */
	KIND_ALL = KIND_LONGRUN | KIND_ONESHOT | KIND_BUNDLE | KIND_SCHEDULED,
	KIND_PROCESS = KIND_LONGRUN | KIND_ONESHOT | KIND_SCHEDULED
};

enum key_option {
	KEY_ONE_WORD = 1 << 0,
	KEY_MAY_BE_EMPTY = 1 << 1,
	KEY_BLOCKS = 1 << 2 /* { } is allowed */
};

struct taking;
typedef int key_taker(struct taking const *taking);

struct key {
	char const *name;
	key_taker *take;
	char const *expected; /* completes "found …, expected " */
	uint32_t kinds;
	uint32_t options;
	size_t offset; /* of the field in struct service, for the general takers */
	int64_t low;   /* least and greatest value, for the takers of numbers */
	int64_t high;
	char const *const *choices; /* NULL at the end; the value is the index */
};

/* One value on its way into a service. A taker returns 0, or -EINVAL for the general message, or
 * -ECANCELED when it has added a better one. */
struct taking {
	struct declarations *declarations;
	struct service *service;
	struct key const *key;
	struct place place;
	struct words words;
};

/* The index of the key called `name`, or KEY_COUNT. */
enum service_key keys_find(char const *name);

/* The key whose name is `name` but for one letter more, less or other, or for two swapped; NULL. */
char const *keys_near(char const *name);
bool keys_is_near(char const *name, char const *other);
struct key const *keys_at(enum service_key key);

/* Adds "FILE:LINE: KEY: found FOUND, expected EXPECTED" and returns -ECANCELED. */
int keys_fault(struct taking const *taking, char const *found, char const *expected);

/* Parses the value of `entry` and gives it to the taker of `key`. */
void keys_take(struct declarations *declarations, struct service *service, enum service_key key,
	       struct place place, char const *value);

/*
 * A value that the parser could not take: a fault, but for a variable that is unset where that is
 * to be expected: in a service that is off here (`off`), or while an image is made, which one
 * notice tells.
 */
void keys_unparsed(struct declarations *declarations, struct place place, char const *name,
		   bool off);

/* Where the field of the taking's key is. */
static inline void *keys_field(struct taking const *taking)
{
	return (char *)taking->service + taking->key->offset;
}

#endif
