/* SPDX-License-Identifier: ISC */
/* Paths that have to be there; see path_checks.h. */
#include "plan/path_checks.h"

#include "lib/log_place.h"
#include "plan/keys.h"
#include "plan/path_words.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct checks {
	struct declarations *declarations;
	struct names there;
};

static void tell(struct declarations *d, struct service const *s, enum service_key key,
		 char const *path, int error)
{
	struct place const place = s->places[key];
	char const *const found = arena_join(d->arena, keys_at(key)->name, ": found ",
					     faults_quote(d->faults, path), " (", strerror(error),
					     ")", NULL);

	if (d->made_here)
		faults_notice(d->faults, arena_join(d->arena, place.file, ":",
						    arena_number(d->arena, place.line), ": ", found,
						    ", unless phase = build makes it", NULL));
	else
		faults_add(d->faults, place, found,
			   ", expected a path that exists; ? in front of one that may be missing",
			   NULL);
}

/* Many services share a path; one that is there is asked for once. */
static void check(struct checks *c, struct service const *s, enum service_key key, char const *word)
{
	struct stat status;

	if (*word == '?' || names_find(&c->there, word) != NAMES_NONE)
		return;
	if (stat(word, &status) < 0)
		tell(c->declarations, s, key, word, errno);
	else
		names_enter(&c->there, c->declarations->arena, word, 0);
}

static void check_words(struct checks *c, struct service const *s, enum service_key key,
			struct words const *words)
{
	for (uint32_t i = 0; i < words->count; i++)
		check(c, s, key, words->at[i]);
}

static bool is_made(struct declarations const *d, struct service const *s)
{
	for (uint32_t i = 0; d->image && i < s->write.count; i++)
		if (path_words_below(s->directory, path_words_path(s->write.at[i])))
			return true;
	return false;
}

/* No fault: what it needs may make it at boot, below /run for example. */
static void check_directory(struct declarations *d, struct service const *s)
{
	struct place const place = s->places[KEY_DIRECTORY];
	struct stat status;
	int const error = stat(s->directory, &status) < 0 ? errno
			  : S_ISDIR(status.st_mode)	  ? 0
							  : ENOTDIR;

	if (!place.file || error == 0 || is_made(d, s))
		return;
	faults_notice(d->faults,
		      arena_join(d->arena, place.file, ":", arena_number(d->arena, place.line),
				 ": directory: found ", faults_quote(d->faults, s->directory), " (",
				 strerror(error),
				 "), expected a directory, unless something makes it before the "
				 "service starts",
				 NULL));
}

static void check_service(struct checks *c, struct service const *s)
{
	check_directory(c->declarations, s);
	check_words(c, s, KEY_READ, &s->read);
	check_words(c, s, KEY_EXECUTE, &s->execute);
	if (c->declarations->image)
		return; /* `write` paths are made, and secrets come when it runs */
	check_words(c, s, KEY_WRITE, &s->write);
	for (uint32_t i = 1; i < s->secrets.count; i += 2)
		check(c, s, KEY_SECRET, s->secrets.at[i]);
}

static void refuse_writers(struct declarations *d, struct service const *logged, char const *logs)
{
	for (uint32_t i = 0; i < d->count; i++) {
		struct service const *s = &d->services[i];

		for (uint32_t k = 0; declaration_is_wanted(d, s) && k < s->write.count; k++)
			if (path_words_below(logs, path_words_path(s->write.at[k])))
				faults_add(d->faults, s->places[KEY_WRITE], "write: found ",
					   faults_quote(d->faults, s->write.at[k]),
					   ", expected a path that does not hold ",
					   faults_quote(d->faults, logs), ", where ", logged->name,
					   " is logged", NULL);
	}
}

/* A service that may write there could change what was said, and lockdown would give it the files. */
static void check_logs(struct declarations *d, struct service const *s)
{
	struct log_place place;
	char const *logs;

	if (s->slot.log != PLAN_LOG_FILE || log_place_parse(&place, s->log_option) < 0)
		return;
	logs = path_words_normal(d->arena,
				 arena_copy(d->arena, place.directory, place.directory_length));
	if (logs)
		refuse_writers(d, s, logs);
}

void path_checks_all(struct declarations *d)
{
	struct checks checks = { .declarations = d };

	for (uint32_t i = 0; i < d->count; i++) {
		struct service const *s = &d->services[i];

		if (declaration_is_wanted(d, s) && (d->image || s->flags & SERVICE_SELECTED))
			check_service(&checks, s);
		if (declaration_is_wanted(d, s))
			check_logs(d, s);
	}
}
