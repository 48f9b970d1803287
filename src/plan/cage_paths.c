/* SPDX-License-Identifier: ISC */
/* What file cages allow; see cage_paths.h. */
#include "plan/cage_paths.h"

#include "confine/base_paths.h"
#include "plan/allowed.h"
#include "plan/cage_cuts.h"
#include "plan/degrade.h"
#include "plan/interpreter.h"
#include "plan/keys.h"
#include "plan/path_words.h"
#include "plan/variables.h"

#include <string.h>

enum {
	MAY_READ = PLAN_READ,
	MAY_WRITE = PLAN_READ | PLAN_WRITE | PLAN_DEVICE,
	MAY_EXECUTE = PLAN_READ | PLAN_EXECUTE,
	PATHS_MAX = 4096, /* that one start opens */
	TOO_LONG_MAX = 8
};

struct maker {
	struct declarations *declarations;
	struct lookup lookup;
	struct names known; /* "PROGRAM\nPATH", index in found */
	genalloc found;	    /* of struct interpreters */
};

static void add_base(struct declarations *d, struct service const *s, struct allowed_list *list)
{
	bool const only = s->places[KEY_EXECUTE].file != NULL;

	for (uint32_t i = 0; i < base_paths_count; i++)
		allowed_append(d->arena, list, base_paths[i].path,
			       base_paths[i].rights & ~(only ? (uint32_t)PLAN_EXECUTE : 0));
}

static void add_words(struct declarations *d, struct allowed_list *list, struct words const *words,
		      uint32_t rights)
{
	for (uint32_t i = 0; i < words->count; i++)
		allowed_add(d->arena, list, path_words_path(words->at[i]),
			    rights | (*words->at[i] == '?' ? (uint32_t)PLAN_MAY_MISS : 0));
}

static struct interpreters const *interpreters(struct maker *m, struct service const *s,
					       char const *program)
{
	struct declarations *const d = m->declarations;
	char const *const path = variables_value(d, s, "PATH");
	char const *const key = arena_join(d->arena, program, "\n", path, NULL);
	uint32_t const number = (uint32_t)genalloc_len(struct interpreters, &m->found);
	uint32_t const known = names_enter(&m->known, d->arena, key, number);
	struct interpreters found;

	if (known == number) {
		interpreter_find(&m->lookup, program, path, &found);
		if (!genalloc_append(struct interpreters, &m->found, &found))
			d->arena->exhausted();
	}
	return &genalloc_s(struct interpreters, &m->found)[known];
}

/* What is missing now may be made before it starts; the start itself will tell. */
static void add_program(struct maker *m, struct service const *s, struct allowed_list *list,
			char const *program)
{
	struct interpreters const *found;

	if (!program || *program != '/')
		return;
	found = interpreters(m, s, program);
	allowed_add(m->declarations->arena, list, program, MAY_EXECUTE | PLAN_MAY_MISS);
	for (uint32_t i = 0; i < found->count; i++)
		allowed_add(m->declarations->arena, list, found->paths[i],
			    MAY_EXECUTE | PLAN_MAY_MISS);
}

/* The variable may come from anywhere, and is not to open what nobody could declare. */
static void add_temporary(struct declarations *d, struct service *s)
{
	char const *const value = variables_value(d, s, "TMPDIR");
	char const *const path = value ? path_words_normal(d->arena, value) : NULL;
	char const *const real = path && *path == '/' ? declaration_real(d, path) : NULL;
	bool const kernel = real && path_words_is_kernel(real) &&
			    !path_words_below(real, "/dev/shm");

	if (!value || !*value)
		return;
	if (real && !kernel && !path_words_is_system(path) && !path_words_is_system(real))
		allowed_add(d->arena, &s->cage, path, MAY_WRITE | PLAN_MAY_MISS);
	else if (declaration_is_wanted(d, s))
		degrade_miss(d, s, KEY_CONFINE,
			     arena_join(d->arena, "TMPDIR ", faults_quote(d->faults, value),
					" is no directory that could be declared: no file cage "
					"allows to write there",
					NULL));
}

/* Whether `path` is below `top`, or was before somebody put a link in its place. */
static bool is_within(struct declarations *d, char const *path, char const *top)
{
	size_t const length = (size_t)(strrchr(path, '/') - path);

	if (path_words_below(path, top))
		return strcmp(path, top) != 0;
	return length && path_words_below(declaration_real(d, arena_copy(d->arena, path, length)),
					  declaration_real(d, top));
}

/*
 * What is below a path that the service may write it can replace by a link, which the cage of its
 * next start would follow. So there only those rights are left that the path above has not.
 */
static void fold(struct declarations *d, struct allowed_list *list)
{
	uint32_t kept = base_paths_count; /* these are below nothing that could be declared */

	for (uint32_t i = kept; i < list->count; i++)
		for (uint32_t k = kept; k < list->count && list->at[i].rights & PLAN_WRITE; k++)
			if (k != i && is_within(d, list->at[k].path, list->at[i].path))
				list->at[k].rights &= ~list->at[i].rights | PLAN_MAY_MISS;
	for (uint32_t i = kept; i < list->count; i++)
		if (list->at[i].rights & ~(uint32_t)PLAN_MAY_MISS)
			list->at[kept++] = list->at[i];
	list->count = kept;
}

static void make(struct maker *m, struct service *s)
{
	struct declarations *const d = m->declarations;

	add_base(d, s, &s->cage);
	add_words(d, &s->cage, &s->read, MAY_READ);
	add_words(d, &s->cage, &s->write, MAY_WRITE);
	add_words(d, &s->cage, &s->execute, MAY_EXECUTE);
	add_program(m, s, &s->cage, s->executable);
	add_temporary(d, s);
	fold(d, &s->cage);
}

/* What is cut out of a directory in silence is not to be asked for by name. */
static void check_words(struct cage_cuts *cuts, uint32_t service, enum service_key key,
			struct words const *words)
{
	struct declarations *const d = cuts->declarations;

	for (uint32_t i = 0; i < words->count; i++) {
		char const *const path = path_words_path(words->at[i]);

		if (cage_cuts_is(cuts, service, path))
			faults_add(d->faults, d->services[service].places[key], keys_at(key)->name,
				   ": found ", faults_quote(d->faults, path),
				   ", expected a path that is not the secret of ",
				   d->services[cage_cuts_below(cuts, service, path)->owner].name,
				   NULL);
	}
}

static void check_declared(struct cage_cuts *cuts, uint32_t service)
{
	struct service const *const s = &cuts->declarations->services[service];

	check_words(cuts, service, KEY_READ, &s->read);
	check_words(cuts, service, KEY_WRITE, &s->write);
	check_words(cuts, service, KEY_EXECUTE, &s->execute);
}

/* By another uid it could do neither; by the same one only a file cage keeps it from them. */
static void tell_uncaged(struct cage_cuts *cuts, bool secrets)
{
	struct declarations *const d = cuts->declarations;
	char const *first = NULL;
	uint32_t more = 0;
	uint32_t others = 0;

	for (uint32_t i = 0; i < d->count && d->shared_uid; i++) {
		struct service const *s = &d->services[i];

		if (!declaration_is_wanted(d, s))
			continue;
		others++;
		if (s->slot.flags & PLAN_FILE_CAGE || (secrets && !cage_cuts_below(cuts, i, "/")))
			continue;
		more += first != NULL;
		first = first ? first : s->name;
	}
	if (first && others > 1)
		faults_notice(
		    d->faults,
		    arena_join(d->arena, "shared uid: ", first, more ? " and " : "",
			       more ? arena_number(d->arena, more) : "", more ? " more" : "",
			       secrets ? " can read the secret files" : " can change the oom score",
			       " of other services, without read, write or execute", NULL));
}

/* A directory with a million files in it is a million system calls at each start. */
static bool is_too_long(struct declarations *d, struct service const *s)
{
	enum service_key key = KEY_READ;

	if (s->cage.count <= PATHS_MAX)
		return false;
	while (!s->places[key].file && key != KEY_EXECUTE)
		key++;
	faults_add(d->faults, s->places[key], "found ", arena_number(d->arena, s->cage.count),
		   " paths, as secrets of other services are in directories that it may "
		   "read, expected at most 4096; secrets in a directory of their own",
		   NULL);
	return true;
}

static void end(struct maker *m)
{
	lookup_free(&m->lookup);
	genalloc_free(struct interpreters, &m->found);
}

void cage_paths_all(struct declarations *d)
{
	struct maker maker = { .declarations = d, .lookup = { .declarations = d } };
	struct cage_cuts cuts;
	uint32_t too_long = 0;

	cage_cuts_begin(&cuts, d);
	for (uint32_t i = 0; i < d->count; i++) {
		struct service *const s = &d->services[i];

		if (!(s->slot.flags & PLAN_FILE_CAGE) || !declaration_is_planned(d, s))
			continue;
		check_declared(&cuts, i);
		make(&maker, s);
		/* A few of these tell enough, and to go on would take minutes. */
		if (too_long < TOO_LONG_MAX)
			cage_cuts_apply(&cuts, i, &s->cage);
		too_long += is_too_long(d, s);
	}
	tell_uncaged(&cuts, false);
	tell_uncaged(&cuts, true);
	cage_cuts_end(&cuts);
	end(&maker);
}

struct allowed_list cage_paths_probe(struct declarations *d, struct service const *s,
				     char const *program)
{
	struct maker maker = { .declarations = d, .lookup = { .declarations = d } };
	struct allowed_list list = { NULL, 0 };

	for (uint32_t i = 0; i < s->cage.count; i++)
		allowed_append(d->arena, &list, s->cage.at[i].path, s->cage.at[i].rights);
	add_program(&maker, s, &list, program);
	end(&maker);
	return list;
}
