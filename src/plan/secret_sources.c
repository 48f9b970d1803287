/* SPDX-License-Identifier: ISC */
/* Sources of secrets; see secret_sources.h. */
#include "plan/secret_sources.h"

#include "plan/keys.h"
#include "plan/path_words.h"

#include <string.h>

/* What one service's secrets become. */
struct found {
	char const **pairs;
	char const **given;
	char const **sources;
	uint32_t pair_count;
	uint32_t given_count;
	uint32_t source_count;
};

static void fault(struct declarations *d, struct service const *s, char const *found,
		  char const *expected)
{
	faults_add(d->faults, s->places[KEY_SECRET], "secret: found ", found, ", expected ",
		   expected, NULL);
}

static void add_pair(struct found *found, char const *name, char const *path)
{
	found->pairs[found->pair_count++] = name;
	found->pairs[found->pair_count++] = path;
}

static void add_from_file(struct declarations *d, struct service const *s, struct found *found,
			  char const *name, char const *path)
{
	char const *const source = arena_join(d->arena, name, "_FILE", NULL);
	char const *const normal = path_words_normal(d->arena, path);

	found->sources[found->source_count++] = source;
	if (normal && *normal == '/')
		add_pair(found, name, normal);
	else if (declaration_is_wanted(d, s))
		fault(d, s,
		      arena_join(d->arena, faults_quote(d->faults, path), " in ", source, NULL),
		      "the absolute path of a file");
}

static void find_source(struct declarations *d, struct service const *s, struct found *found,
			char const *name)
{
	char const *const source = arena_join(d->arena, name, "_FILE", NULL);
	char const *const path = words_variable(d->environment, source, strlen(source));

	if (path && *path)
		add_from_file(d, s, found, name, path);
	else if (words_variable(d->environment, name, strlen(name)))
		found->given[found->given_count++] = name;
	else if (!d->image && declaration_is_wanted(d, s))
		fault(d, s, faults_quote(d->faults, name),
		      arena_join(d->arena, source, " or ", name, " in the container's environment",
				 NULL));
}

/* Whoever may look at the plan would see it, and so would ps(1) in a command. */
static void check_uses(struct declarations *d, struct service const *s, char const *name)
{
	if (!d->image && words_variable(d->environment, name, strlen(name)) &&
	    names_find(&d->parser->used, name) != NAMES_NONE)
		fault(d, s, arena_join(d->arena, "${", name, "} in a declaration", NULL),
		      "a secret's value in no value of any file");
}

static void find_all(struct declarations *d, struct service *s)
{
	uint32_t const count = s->secrets.count;
	struct found found = { .pairs = arena_array(d->arena, count, sizeof(char const *)),
			       .given = arena_array(d->arena, count, sizeof(char const *)),
			       .sources = arena_array(d->arena, count, sizeof(char const *)) };

	for (uint32_t i = 0; i < count; i += 2) {
		check_uses(d, s, s->secrets.at[i]);
		if (s->secrets.at[i + 1])
			add_pair(&found, s->secrets.at[i], s->secrets.at[i + 1]);
		else
			find_source(d, s, &found, s->secrets.at[i]);
	}
	s->secrets = (struct words){ found.pairs, found.pair_count };
	s->given = (struct words){ found.given, found.given_count };
	s->sources = (struct words){ found.sources, found.source_count };
}

void secret_sources_find(struct declarations *d)
{
	for (uint32_t i = 0; i < d->count; i++) {
		struct service *s = &d->services[i];

		for (uint32_t k = 0; k < s->secrets.count; k += 2)
			names_enter(&d->secret_names, d->arena, s->secrets.at[k], i);
		if (s->secrets.count)
			find_all(d, s);
	}
}

static bool has(struct words const *words, char const *name, size_t length)
{
	for (uint32_t i = 0; i < words->count; i++)
		if (!strncmp(words->at[i], name, length) && words->at[i][length] == '\0')
			return true;
	return false;
}

bool secret_sources_pass(struct declarations const *d, struct service const *s, char const *name,
			 size_t length)
{
	if (d->secret_names.count == 0)
		return true;
	if (has(&s->given, name, length))
		return true;
	/* An entrypoint that finds both NAME and NAME_FILE takes it for a mistake. */
	if (has(&s->sources, name, length))
		return false;
	return names_find(&d->secret_names, arena_copy(d->arena, name, length)) == NAMES_NONE;
}
