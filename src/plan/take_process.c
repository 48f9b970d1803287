/* SPDX-License-Identifier: ISC */
/* Takers of the keys that say what runs, with what, and in which cage. */
#include "plan/take.h"

#include "confine/caps.h"
#include "confine/limits.h"
#include "lib/number.h"
#include "plan/cron.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static int bad_word(struct taking const *t, char const *word)
{
	return keys_fault(t, faults_quote(t->declarations->faults, word), t->key->expected);
}

/* 1: it holds, 0: it does not, -EINVAL: it is no condition. */
static int condition_holds(struct taking const *t, char const *condition)
{
	bool const wanted = *condition != '!';
	char const *equals;
	char const *value;
	bool holds;

	condition += !wanted;
	if (!strncmp(condition, "file:/", 6))
		return (faccessat(AT_FDCWD, condition + 5, F_OK, AT_EACCESS) == 0) == wanted;
	if (strncmp(condition, "env:", 4) != 0)
		return -EINVAL;
	condition += 4;
	equals = strchrnul(condition, '=');
	if (!words_is_name(condition, (size_t)(equals - condition)))
		return -EINVAL;
	value = words_variable(t->declarations->environment, condition,
			       (size_t)(equals - condition));
	if (!value)
		value = "";
	holds = *equals ? !strcmp(value, equals + 1) : *value != '\0';
	return holds == wanted;
}

int take_enabled_if(struct taking const *t)
{
	for (uint32_t i = 0; i < t->words.count; i++) {
		int const holds = condition_holds(t, t->words.at[i]);

		if (holds < 0)
			return bad_word(t, t->words.at[i]);
		if (!holds)
			t->service->flags |= SERVICE_DISABLED;
	}
	return 0;
}

int take_schedule(struct taking const *t)
{
	char const *found;
	char const *expected;

	if (cron_parse(&t->words, &t->service->slot.schedule, &found, &expected) < 0)
		return keys_fault(t, faults_quote(t->declarations->faults, found), expected);
	t->service->slot.scheduled = 1;
	return 0;
}

static int limit_value(char const *text, uint64_t *value)
{
	*value = UINT64_MAX;
	return !strcmp(text, "unlimited") ? 0 : number_size(text, value);
}

/* NAME=SOFT[:HARD] */
static int limit_parse(struct arena *arena, char const *word, struct plan_limit *limit)
{
	char const *const equals = strchr(word, '=');
	char const *const colon = equals ? strchr(equals, ':') : NULL;
	int resource;

	if (!equals)
		return -EINVAL;
	resource = limits_resource(arena_copy(arena, word, (size_t)(equals - word)));
	if (resource < 0)
		return -EINVAL;
	limit->resource = (uint32_t)resource;
	word = equals + 1;
	if (limit_value(colon ? arena_copy(arena, word, (size_t)(colon - word)) : word,
			&limit->soft) < 0 ||
	    limit_value(colon ? colon + 1 : word, &limit->hard) < 0 || limit->soft > limit->hard)
		return -EINVAL;
	return 0;
}

int take_limits(struct taking const *t)
{
	struct service *s = t->service;

	s->limits = arena_array(t->declarations->arena, t->words.count + 1, sizeof *s->limits);
	for (uint32_t i = 0; i < t->words.count; i++) {
		struct plan_limit *limit = &s->limits[s->limit_count];

		if (limit_parse(t->declarations->arena, t->words.at[i], limit) < 0)
			return bad_word(t, t->words.at[i]);
		for (uint32_t k = 0; k < s->limit_count; k++)
			if (s->limits[k].resource == limit->resource)
				return keys_fault(
				    t, faults_quote(t->declarations->faults, t->words.at[i]),
				    "each limit once");
		s->limit_count++;
	}
	return 0;
}

int take_pass(struct taking const *t)
{
	for (uint32_t i = 0; i < t->words.count; i++) {
		char const *s = t->words.at[i];

		if (!*s || *s == '=' || strchr(s, '=') || (*s >= '0' && *s <= '9'))
			return bad_word(t, t->words.at[i]);
	}
	return take_words(t);
}

/* NAME:PATH becomes the pair that the plan wants. */
int take_secrets(struct taking const *t)
{
	struct arena *const arena = t->declarations->arena;
	char const **pairs = arena_array(arena, 2 * (size_t)t->words.count, sizeof *pairs);

	for (uint32_t i = 0; i < t->words.count; i++) {
		char const *const word = t->words.at[i];
		size_t const length = strcspn(word, ":");

		if (!words_is_name(word, length) || word[length] != ':' || word[length + 1] != '/')
			return bad_word(t, word);
		pairs[2 * i] = arena_copy(arena, word, length);
		pairs[2 * i + 1] = word + length + 1;
		for (uint32_t k = 0; k < i; k++)
			if (!strcmp(pairs[2 * k], pairs[2 * i]))
				return keys_fault(
				    t, faults_quote(t->declarations->faults, pairs[2 * i]),
				    "each variable once");
	}
	t->service->secrets = (struct words){ pairs, 2 * t->words.count };
	return 0;
}

int take_capabilities(struct taking const *t)
{
	for (uint32_t i = 0; i < t->words.count; i++) {
		int const number = caps_number(t->words.at[i]);

		if (number < 0)
			return bad_word(t, t->words.at[i]);
		t->service->slot.capabilities |= UINT64_C(1) << number;
	}
	return 0;
}

/* `all`, or `default` and changes to it: +NAME is allowed, -NAME is denied. */
int take_syscalls(struct taking const *t)
{
	uint32_t const start = !strcmp(t->words.at[0], "default");

	if (t->words.count == 1 && !strcmp(t->words.at[0], "all")) {
		t->service->syscalls_all = 1;
		return 0;
	}
	for (uint32_t i = start; i < t->words.count; i++) {
		char const *const word = t->words.at[i];

		if ((*word != '+' && *word != '-') || !words_is_name(word + 1, strlen(word + 1)))
			return bad_word(t, word);
	}
	t->service->syscalls = (struct words){ t->words.at + start, t->words.count - start };
	return 0;
}

static bool log_file_option(char const *word)
{
	uint64_t number;

	if (!strncmp(word, "size=", 5))
		return number_size(word + 5, &number) == 0 && number >= 4096;
	if (!strncmp(word, "keep=", 5))
		return number_parse(word + 5, 10, 10000, &number) == 0 && number >= 1;
	return false;
}

int take_log_words(struct arena *arena, struct words const *words, uint32_t *log,
		   char const **option, char const **found)
{
	static char const *const names[] = { "plain", "prefix", "json", "file", "none" };
	bool const file = words->count && !strncmp(words->at[0], "file:", 5);

	*option = NULL;
	for (uint32_t i = 0; words->count && i < PLAN_LOG_NONE + 1; i++)
		if (i != PLAN_LOG_FILE && !strcmp(names[i], words->at[0])) {
			*log = i;
			*found = words->count > 1 ? words->at[1] : NULL;
			return words->count == 1 ? 0 : -EINVAL;
		}
	*found = words->count ? words->at[0] : "";
	if (!file || words->at[0][5] != '/')
		return -EINVAL;
	for (uint32_t i = 1; i < words->count; i++) {
		*found = words->at[i];
		if (!log_file_option(words->at[i]))
			return -EINVAL;
	}
	*log = PLAN_LOG_FILE;
	*option = words_join(arena, words, 0) + strlen("file:");
	return 0;
}

int take_log(struct taking const *t)
{
	char const *found;

	if (take_log_words(t->declarations->arena, &t->words, &t->service->slot.log,
			   &t->service->log_option, &found) < 0)
		return bad_word(t, found);
	return 0;
}
