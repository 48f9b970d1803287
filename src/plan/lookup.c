/* SPDX-License-Identifier: ISC */
/* Finding programs; see lookup.h. */
#include "plan/lookup.h"

#include "plan/keys.h"
#include "plan/variables.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* NULL when `path` is a file with some x bit, else what is wrong with it. */
static char const *problem(char const *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return strerror(errno);
	if (!S_ISREG(status.st_mode))
		return "not a file";
	return status.st_mode & 0111 ? NULL : "not executable";
}

static char const *search(struct lookup *l, char const *program, char const *path,
			  char const **reason)
{
	struct arena *const arena = l->declarations->arena;

	*reason = arena_join(arena, "a program in ", path, NULL);
	while (*path) {
		size_t const length = strcspn(path, ":");
		char const *const directory = arena_copy(arena, path, length);
		char const *const full = arena_join(arena, directory, "/", program, NULL);
		char const *const wrong = *directory == '/' ? problem(full) : "";

		if (!wrong)
			return full;
		if (!strcmp(wrong, "not executable"))
			*reason = arena_join(arena, "an executable file (", full, " is not)", NULL);
		path += length + (path[length] == ':');
	}
	return NULL;
}

static char const *check(struct lookup *l, char const *program, char const *directory,
			 char const **reason)
{
	struct arena *const arena = l->declarations->arena;
	char const *const full = *program == '/' ? program
						 : arena_join(arena, directory, "/", program, NULL);
	char const *const wrong = problem(full);

	if (!wrong)
		return full;
	*reason = arena_join(arena, "an executable file (", full, ": ", wrong, ")", NULL);
	return NULL;
}

char const *lookup_program(struct lookup *l, char const *program, char const *directory,
			   char const *path, char const **reason)
{
	struct arena *const arena = l->declarations->arena;
	uint32_t const number = (uint32_t)genalloc_len(char const *, &l->found);
	char const *full = strchr(program, '/') ? directory : path;
	char const *const key = full == l->usual ? program
						 : arena_join(arena, program, "\n", full, NULL);
	uint32_t const known = names_find(&l->known, key);

	if (known != NAMES_NONE)
		return genalloc_s(char const *, &l->found)[known];
	full = strchr(program, '/') ? check(l, program, directory, reason)
				    : search(l, program, path, reason);
	if (!full)
		return NULL; /* not remembered: each fault tells the reason */
	names_enter(&l->known, arena, key, number);
	if (!genalloc_append(char const *, &l->found, &full))
		arena->exhausted();
	return full;
}

/* A service that is off, or whose phase is not now, may well lack its program here. */
static void tell_missing(struct declarations *d, struct service const *s, enum service_key key,
			 char const *program, char const *reason)
{
	struct place const place = s->places[key];
	char const *const found = arena_join(d->arena, keys_at(key)->name, ": found ",
					     faults_quote(d->faults, program), ", expected ",
					     reason, NULL);

	if (s->flags & (SERVICE_DISABLED | SERVICE_BUILD))
		return;
	if (d->made_here)
		faults_notice(d->faults, arena_join(d->arena, place.file, ":",
						    arena_number(d->arena, place.line), ": ", found,
						    ", unless phase = build makes it", NULL));
	else
		faults_add(d->faults, place, found, NULL);
}

static void find(struct lookup *l, struct service *s, enum service_key key, struct words words,
		 char const **executable)
{
	struct declarations *const d = l->declarations;
	char const *reason;

	if (words.count == 0)
		return;
	*executable = lookup_program(l, words.at[0], s->directory, variables_value(d, s, "PATH"),
				     &reason);
	if (*executable)
		return;
	*executable = words.at[0];
	tell_missing(d, s, key, words.at[0], reason);
}

void lookup_free(struct lookup *l)
{
	genalloc_free(char const *, &l->found);
}

void lookup_all(struct declarations *d)
{
	struct lookup l = { .declarations = d, .usual = words_variable(d->environment, "PATH", 4) };

	for (uint32_t i = 0; i < d->count; i++) {
		struct service *s = &d->services[i];

		find(&l, s, KEY_COMMAND, s->command, &s->executable);
		find(&l, s, KEY_READY_COMMAND, s->ready_command, &s->ready_executable);
		find(&l, s, KEY_STOP_COMMAND, s->stop_command, &s->stop_executable);
	}
	lookup_free(&l);
}
