/* SPDX-License-Identifier: ISC */
/* Takers that need no more than what the table of keys says. */
#include "plan/take.h"

#include "lib/duration.h"
#include "lib/number.h"
#include "lib/signal_text.h"
#include "plan/path_words.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

int take_nothing(struct taking const *t)
{
	(void)t;
	return 0;
}

int take_words(struct taking const *t)
{
	*(struct words *)keys_field(t) = t->words;
	return 0;
}

int take_text(struct taking const *t)
{
	*(char const **)keys_field(t) = t->words.at[0];
	return t->words.at[0][0] ? 0 : -EINVAL;
}

int take_path(struct taking const *t)
{
	return t->words.at[0][0] == '/' ? take_text(t) : -EINVAL;
}

/* Each in one form, so that two of them can be compared as text. */
int take_paths(struct taking const *t)
{
	struct faults *const faults = t->declarations->faults;
	char const **normal = arena_array(t->declarations->arena, t->words.count, sizeof *normal);

	for (uint32_t i = 0; i < t->words.count; i++) {
		char const *const word = t->words.at[i];

		if (*path_words_path(word) != '/')
			return keys_fault(t, faults_quote(faults, word), t->key->expected);
		normal[i] = path_words_normal(t->declarations->arena, word);
		if (!normal[i])
			return keys_fault(t, faults_quote(faults, word), "a path without ..");
		for (uint32_t k = 0; k < i; k++)
			if (!strcmp(path_words_path(normal[k]), path_words_path(normal[i])))
				return keys_fault(t, faults_quote(faults, word), "each path once");
	}
	*(struct words *)keys_field(t) = (struct words){ normal, t->words.count };
	return 0;
}

int take_names(struct taking const *t)
{
	for (uint32_t i = 0; i < t->words.count; i++)
		for (uint32_t k = 0; k < i; k++)
			if (!strcmp(t->words.at[i], t->words.at[k]))
				return keys_fault(
				    t, faults_quote(t->declarations->faults, t->words.at[i]),
				    "each name once");
	return take_words(t);
}

int take_duration(struct taking const *t)
{
	uint64_t nanoseconds;

	if (duration_parse(t->words.at[0], &nanoseconds) < 0 || (int64_t)nanoseconds < t->key->low)
		return -EINVAL;
	*(uint64_t *)keys_field(t) = nanoseconds;
	return 0;
}

int take_number(struct taking const *t)
{
	int64_t number;

	if (number_signed(t->words.at[0], t->key->low, t->key->high, &number) < 0)
		return -EINVAL;
	*(int32_t *)keys_field(t) = (int32_t)number;
	return 0;
}

int take_octal(struct taking const *t)
{
	uint64_t number;

	if (number_parse(t->words.at[0], 8, (uint64_t)t->key->high, &number) < 0)
		return -EINVAL;
	*(uint32_t *)keys_field(t) = (uint32_t)number;
	return 0;
}

int take_choice(struct taking const *t)
{
	for (uint32_t i = 0; t->key->choices[i]; i++) {
		if (strcmp(t->key->choices[i], t->words.at[0]) != 0)
			continue;
		*(uint32_t *)keys_field(t) = i;
		return 0;
	}
	return -EINVAL;
}

int take_signal(struct taking const *t)
{
	int const number = signal_text_parse(t->words.at[0]);

	if (number < 0)
		return -EINVAL;
	*(uint32_t *)keys_field(t) = (uint32_t)number;
	return 0;
}

int take_ports(struct taking const *t)
{
	struct arena *const arena = t->declarations->arena;
	struct ports *ports = keys_field(t);
	uint64_t number;

	ports->at = arena_array(arena, t->words.count, sizeof *ports->at);
	for (uint32_t i = 0; i < t->words.count; i++) {
		if (number_parse(t->words.at[i], 10, 65535, &number) < 0 || number == 0)
			return keys_fault(t, faults_quote(t->declarations->faults, t->words.at[i]),
					  t->key->expected);
		ports->at[ports->count++] = (uint32_t)number;
	}
	return 0;
}
