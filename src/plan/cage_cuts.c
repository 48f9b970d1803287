/* SPDX-License-Identifier: ISC */
/* Secrets out of cages; see cage_cuts.h. */
#include "plan/cage_cuts.h"

#include "plan/allowed.h"
#include "plan/path_words.h"
#include "sys/sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static int compare(void const *a, void const *b)
{
	struct secret_file const *left = a;
	struct secret_file const *right = b;
	int const paths = strcmp(left->path, right->path);

	return paths ? paths : (left->owner > right->owner) - (left->owner < right->owner);
}

static void add_file(struct cage_cuts *c, char const *path, uint32_t service)
{
	struct secret_file const file = { path, service };

	if (!genalloc_append(struct secret_file, &c->list, &file))
		c->declarations->arena->exhausted();
}

/* By each of its names. */
static void add_files(struct cage_cuts *c, uint32_t service)
{
	struct declarations *const d = c->declarations;
	struct words const *secrets = &d->services[service].secrets;
	struct mount_names const *mounts = declaration_mounts(d);

	for (uint32_t i = 1; i < secrets->count; i += 2) {
		char const *const path = path_words_path(secrets->at[i]);
		char const *const real = declaration_real(d, path);
		struct mount const *const own = mount_names_own(mounts, real);

		add_file(c, path, service);
		if (strcmp(path, real) != 0)
			add_file(c, real, service);
		for (uint32_t k = 0; k < mounts->count; k++) {
			char const *const name = mount_names_at(mounts, d->arena, real, own, k);

			if (name)
				add_file(c, name, service);
		}
	}
}

void cage_cuts_begin(struct cage_cuts *c, struct declarations *d)
{
	*c = (struct cage_cuts){ .declarations = d };
	for (uint32_t i = 0; i < d->count; i++)
		if (d->services[i].secrets.count)
			add_files(c, i);
	c->files = genalloc_s(struct secret_file, &c->list);
	c->count = (uint32_t)genalloc_len(struct secret_file, &c->list);
	if (c->count)
		qsort(c->files, c->count, sizeof *c->files, compare);
}

/* The first of the files that is not before `path`. */
static uint32_t first_from(struct cage_cuts const *c, char const *path)
{
	uint32_t low = 0;
	uint32_t high = c->count;

	while (low < high) {
		uint32_t const middle = low + (high - low) / 2;

		if (strcmp(c->files[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What begins with `path` stands together, though not all of that is below it: /a-b for /a. */
static struct secret_file const *foreign(struct cage_cuts const *c, uint32_t service,
					 char const *path)
{
	size_t const length = strlen(path);

	for (uint32_t i = first_from(c, path); i < c->count;) {
		struct secret_file const *const file = &c->files[i];
		bool own = false;

		if (strncmp(file->path, path, length) != 0)
			return NULL;
		for (; i < c->count && !strcmp(c->files[i].path, file->path); i++)
			own = own || c->files[i].owner == service;
		if (!own && path_words_below(file->path, path))
			return file;
	}
	return NULL;
}

struct secret_file const *cage_cuts_below(struct cage_cuts *c, uint32_t service, char const *path)
{
	return c->count ? foreign(c, service, declaration_real(c->declarations, path)) : NULL;
}

bool cage_cuts_is(struct cage_cuts *c, uint32_t service, char const *path)
{
	struct secret_file const *const secret = cage_cuts_below(c, service, path);

	return secret && !strcmp(secret->path, declaration_real(c->declarations, path));
}

/* Not every file system says of what type an entry is. */
static bool is_link(char const *path, unsigned type)
{
	char none[1];

	return type == DT_LNK ||
	       (type == DT_UNKNOWN && sys_readlinkat(AT_FDCWD, path, none, sizeof none) >= 0);
}

static void add_entry(struct arena *arena, struct allowed_list *list, char const *directory,
		      struct dirent const *entry)
{
	char const *path;

	if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
		return;
	path = arena_join(arena, strcmp(directory, "/") ? directory : "", "/", entry->d_name, NULL);
	if (!is_link(path, entry->d_type))
		allowed_append(arena, list, path, PLAN_MAY_MISS);
}

static struct allowed_list read_entries(struct arena *arena, char const *directory)
{
	struct allowed_list list = { NULL, 0 };
	DIR *const stream = opendir(directory);
	struct dirent const *entry;

	while (stream && (entry = readdir(stream)))
		add_entry(arena, &list, directory, entry);
	if (stream)
		(void)closedir(stream); /* nothing was written */
	return list;
}

/* Many services share directories such as /etc: each is read once. */
static struct allowed_list entries(struct cage_cuts *c, char const *directory)
{
	uint32_t const number = (uint32_t)genalloc_len(struct allowed_list, &c->lists);
	uint32_t const known = names_enter(&c->listed, c->declarations->arena, directory, number);
	struct allowed_list list;

	if (known != number)
		return genalloc_s(struct allowed_list, &c->lists)[known];
	list = read_entries(c->declarations->arena, directory);
	if (!genalloc_append(struct allowed_list, &c->lists, &list))
		c->declarations->arena->exhausted();
	return list;
}

/* Goes down one level for each part of the secret's path, so not deeper than paths are long. */
static void add_cut(struct cage_cuts *c, uint32_t service, struct allowed_list *to,
		    char const *path, uint32_t rights)
{
	struct secret_file const *const secret = foreign(c, service, path);
	struct allowed_list list;

	if (!secret) {
		allowed_append(c->declarations->arena, to, path, rights);
		return;
	}
	if (!strcmp(secret->path, path))
		return;
	list = entries(c, path);
	for (uint32_t i = 0; i < list.count; i++)
		add_cut(c, service, to, list.at[i].path, rights | PLAN_MAY_MISS);
}

void cage_cuts_apply(struct cage_cuts *c, uint32_t service, struct allowed_list *list)
{
	struct allowed_list cut = { NULL, 0 };

	for (uint32_t i = 0; c->count && i < list->count; i++)
		if (cage_cuts_below(c, service, list->at[i].path))
			add_cut(c, service, &cut,
				declaration_real(c->declarations, list->at[i].path),
				list->at[i].rights);
		else
			allowed_append(c->declarations->arena, &cut, list->at[i].path,
				       list->at[i].rights);
	if (c->count)
		*list = cut;
}

void cage_cuts_end(struct cage_cuts *c)
{
	genalloc_free(struct secret_file, &c->list);
	genalloc_free(struct allowed_list, &c->lists);
}
