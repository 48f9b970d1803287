/* SPDX-License-Identifier: ISC */
/* Secrets beside what is written, and plain files; see secret_places.h. */
#include "plan/secret_places.h"

#include "plan/path_words.h"
#include "plan/real_paths.h"

#include <string.h>
#include <sys/stat.h>

enum { TOGETHER_MAX = 64 * 1024 + 1 }; /* what confine/secrets.c has room for */

struct places {
	struct declarations *declarations;
	struct names tops;	/* `write` paths without links; the service */
	struct real_paths real; /* for what may be below them */
};

static void fault(struct declarations *d, struct service const *s, char const *path,
		  char const *found, char const *expected)
{
	faults_add(d->faults, s->places[KEY_SECRET], "secret: found ",
		   faults_quote(d->faults, path), found, ", expected ", expected, NULL);
}

/* Root may read all files anyway, so it gains nothing. */
static bool is_writer(struct declarations const *d, struct service const *s)
{
	return s->slot.kind != PLAN_BUNDLE && declaration_is_planned(d, s) &&
	       (d->image || !(s->flags & SERVICE_DISABLED)) && (s->slot.uid != 0 || d->shared_uid);
}

static void add_tops(struct places *p)
{
	struct declarations *const d = p->declarations;

	for (uint32_t i = 0; i < d->count; i++)
		for (uint32_t k = 0; k < d->services[i].write.count; k++) {
			char const *const path = path_words_path(d->services[i].write.at[k]);

			if (is_writer(d, &d->services[i]))
				names_enter(&p->tops, d->arena, declaration_real(d, path), i);
		}
}

static void check_way(struct places *p, struct service const *s, char const *path)
{
	struct declarations *const d = p->declarations;
	struct mount_names const *mounts = declaration_mounts(d);
	struct real_path const real = real_paths_find(&p->real, path);
	struct mount const *const own = mount_names_own(mounts, real.path);
	uint32_t passed = real.passed;

	for (uint32_t i = 0; i < mounts->count && passed == NAMES_NONE; i++) {
		char const *const name = mount_names_at(mounts, d->arena, real.path, own, i);

		if (name)
			passed = real_paths_find(&p->real, name).passed;
	}
	if (passed != NAMES_NONE)
		fault(
		    d, s, path,
		    arena_join(d->arena, " below a write path of ", d->services[passed].name, NULL),
		    "a file that no service could put another in place of");
}

/* What is not there, or cannot be seen, is told elsewhere. */
static uint64_t check_file(struct declarations *d, struct service const *s, char const *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return 0;
	if (!S_ISREG(status.st_mode)) {
		fault(d, s, path, S_ISDIR(status.st_mode) ? ", a directory" : "", "a plain file");
		return 0;
	}
	if (status.st_nlink > 1)
		faults_notice(d->faults,
			      arena_join(d->arena, "secret of ", s->name, ": ", path,
					 " is a file of several names (hard links), and by the "
					 "others no cage hides it",
					 NULL));
	return (uint64_t)status.st_size;
}

static void check(struct places *p, struct service const *s)
{
	struct declarations *const d = p->declarations;
	uint64_t size = 0;

	for (uint32_t i = 1; i < s->secrets.count; i += 2) {
		char const *const path = path_words_path(s->secrets.at[i]);

		/* As "NAME=content" with its NUL. */
		size += strlen(s->secrets.at[i - 1]) + 2 + check_file(d, s, path);
		if (p->tops.count)
			check_way(p, s, path);
	}
	if (size > TOGETHER_MAX && !d->image)
		faults_add(d->faults, s->places[KEY_SECRET], "secret: found ",
			   arena_number(d->arena, size),
			   " bytes in names and files, expected at most 65537 for one service",
			   NULL);
}

void secret_places_check(struct declarations *d)
{
	struct places places = { .declarations = d, .real.arena = d->arena };

	if (d->secret_names.count == 0)
		return;
	add_tops(&places);
	places.real.tops = &places.tops;
	for (uint32_t i = 0; i < d->count; i++)
		if (declaration_is_wanted(d, &d->services[i]) ||
		    (d->image && declaration_is_planned(d, &d->services[i])))
			check(&places, &d->services[i]);
}
