/* SPDX-License-Identifier: ISC */
/* Takers of the keys that say what runs, with what, and in which cage. */
#include "plan/take.h"

#include "confine/caps.h"
#include "confine/confine.h"
#include "confine/limits.h"
#include "confine/seccomp_table.h"
#include "confine/syscalls.h"
#include "lib/log_place.h"
#include "lib/number.h"
#include "plan/cron.h"
#include "plan/path_words.h"

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

	if (cron_parse(&t->words, &t->service->slot.schedule, &found, &expected) < 0) {
		if (!found) /* of no field alone */
			found = words_join(t->declarations->arena, &t->words, 0);
		return keys_fault(t, faults_quote(t->declarations->faults, found), expected);
	}
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

/* The pair that the plan wants from NAME:PATH or NAME:?PATH; of NAME alone only its first half. */
static int secret_parse(struct taking const *t, char const *word, char const **pair)
{
	size_t const length = strcspn(word, ":");

	if (!words_is_name(word, length))
		return -EINVAL;
	pair[0] = arena_copy(t->declarations->arena, word, length);
	pair[1] = NULL;
	if (word[length] == '\0')
		return 0;
	pair[1] = path_words_normal(t->declarations->arena, word + length + 1);
	return pair[1] && strcmp(path_words_path(pair[1]), "/") ? 0 : -EINVAL;
}

int take_secrets(struct taking const *t)
{
	struct faults *const faults = t->declarations->faults;
	char const **pairs = arena_array(t->declarations->arena, 2 * (size_t)t->words.count,
					 sizeof *pairs);

	if (t->words.count > CONFINE_SECRETS_MAX)
		return keys_fault(t, arena_number(t->declarations->arena, t->words.count),
				  "at most 256 secrets");
	for (uint32_t i = 0; i < t->words.count; i++) {
		if (secret_parse(t, t->words.at[i], &pairs[2 * i]) < 0)
			return bad_word(t, t->words.at[i]);
		for (uint32_t k = 0; k < i; k++)
			if (!strcmp(pairs[2 * k], pairs[2 * i]))
				return keys_fault(t, faults_quote(faults, pairs[2 * i]),
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

/* The name of a call that `name` is nearly, or NULL. */
static char const *near_syscall(char const *name)
{
	enum { NUMBERS = 1024 }; /* more than any architecture has */

	for (int i = 0; i < NUMBERS; i++) {
		char const *const known = syscalls_name(i);

		if (known && keys_is_near(name, known))
			return known;
	}
	return NULL;
}

/* +NAME or -NAME */
static int take_syscall(struct taking const *t, char const *word)
{
	struct faults *const faults = t->declarations->faults;
	struct ports *const calls = &t->service->syscalls;
	int const number = syscalls_number(word + 1);
	char const *near;

	if (number < 0) {
		near = near_syscall(word + 1);
		return keys_fault(
		    t, faults_quote(faults, word),
		    near ? arena_join(t->declarations->arena, "the system call ", near, NULL)
			 : "the name of a system call behind + or -");
	}
	if (*word == '-' && seccomp_is_needed((uint32_t)number))
		return keys_fault(t, faults_quote(faults, word),
				  "a system call that a start can do without");
	for (uint32_t i = 0; i < calls->count; i++)
		if ((calls->at[i] & ~PLAN_SYSCALL_DENY) == (uint32_t)number)
			return keys_fault(t, faults_quote(faults, word), "each system call once");
	calls->at[calls->count++] = (uint32_t)number | (*word == '-' ? PLAN_SYSCALL_DENY : 0);
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
	t->service->syscalls.at = arena_array(t->declarations->arena, t->words.count,
					      sizeof *t->service->syscalls.at);
	for (uint32_t i = start; i < t->words.count; i++) {
		char const *const word = t->words.at[i];

		if ((*word != '+' && *word != '-') || !words_is_name(word + 1, strlen(word + 1)))
			return bad_word(t, word);
		if (take_syscall(t, word) < 0)
			return -ECANCELED;
	}
	return 0;
}

int take_log_words(struct arena *arena, struct words const *words, uint32_t *log,
		   char const **option, char const **found)
{
	static char const *const names[] = { "plain", "prefix", "json", "file", "none" };
	struct log_place place;
	bool const file = words->count && !strncmp(words->at[0], "file:", 5);

	*option = NULL;
	for (uint32_t i = 0; words->count && i < PLAN_LOG_NONE + 1; i++)
		if (i != PLAN_LOG_FILE && !strcmp(names[i], words->at[0])) {
			bool const fpm = i != PLAN_LOG_NONE && words->count > 1 &&
					 !strcmp(words->at[1], "fpm");

			*log = i;
			*option = fpm ? words->at[1] : NULL;
			*found = words->count > 1U + fpm ? words->at[1U + fpm] : NULL;
			return *found ? -EINVAL : 0;
		}
	*found = words->count ? words->at[0] : "";
	if (!file || words->at[0][5] != '/')
		return -EINVAL;
	for (uint32_t i = 1; i < words->count; i++) {
		*found = words->at[i];
		if (log_place_word(&place, words->at[i], strlen(words->at[i])) < 0)
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
