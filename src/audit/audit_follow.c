/* SPDX-License-Identifier: ISC */
/*
 * The way to a file, component by component as the kernel goes it: whoever can write one of the
 * directories on the way, also those that a symbolic link leads through, can put another file in
 * its place.
 */
#include "audit/audit.h"

#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

enum { HOPS_MAX = 40 }; /* as many links as the kernel follows */

struct follower {
	char rest[PATH_MAX]; /* components still to go */
	char here[PATH_MAX]; /* the directory reached, "" for the root */
	char name[NAME_MAX + 1];
	unsigned hops;
};

/* The next component into `name`: 1, 0 at the end, or -ENAMETOOLONG. */
static int next(struct follower *f)
{
	char const *begin = f->rest + strspn(f->rest, "/");
	size_t const length = strcspn(begin, "/");

	if (length >= sizeof f->name)
		return -ENAMETOOLONG;
	memcpy(f->name, begin, length);
	f->name[length] = '\0';
	memmove(f->rest, begin + length, strlen(begin + length) + 1);
	return length > 0;
}

static int append(char *path, char const *name)
{
	size_t const length = strlen(path);
	size_t const more = strlen(name);

	if (length + 1 + more >= PATH_MAX)
		return -ENAMETOOLONG;
	path[length] = '/';
	memcpy(path + length + 1, name, more + 1);
	return 0;
}

/* Puts what the link says in front of the rest. */
static int take_link(struct follower *f, char const *link)
{
	char text[PATH_MAX];
	ssize_t const length = sys_readlinkat(AT_FDCWD, link, text, sizeof text - 1);

	if (length < 0)
		return (int)length;
	text[length] = '\0';
	if (++f->hops > HOPS_MAX)
		return -ELOOP;
	if (text[0] == '/')
		f->here[0] = '\0';
	if (append(text, f->rest) < 0)
		return -ENAMETOOLONG;
	memcpy(f->rest, text, strlen(text) + 1);
	return 0;
}

static void add(struct audit *audit, struct audit_way *way, char const *path)
{
	uint32_t const spot = audit_spot(audit, *path ? path : "/", SPOT_ASK_WRITE);

	if (spot == AUDIT_NONE)
		return;
	for (uint32_t i = 0; i < way->count; i++)
		if (way->chain[i] == spot)
			return;
	way->chain = audit_grow(audit, way->chain, way->count, &way->room, sizeof *way->chain);
	way->chain[way->count++] = spot;
}

static int step(struct audit *audit, struct follower *f, struct audit_way *way)
{
	char full[PATH_MAX];
	struct stat status;
	int error;

	if (!strcmp(f->name, "."))
		return 0;
	if (!strcmp(f->name, "..")) {
		char *const slash = strrchr(f->here, '/');

		if (slash)
			*slash = '\0';
		return 0;
	}
	add(audit, way, f->here);
	memcpy(full, f->here, strlen(f->here) + 1);
	error = append(full, f->name);
	if (error == 0)
		error = sys_newfstatat(AT_FDCWD, full, &status, AT_SYMLINK_NOFOLLOW);
	if (error < 0)
		return error;
	if (S_ISLNK(status.st_mode))
		return take_link(f, full);
	memcpy(f->here, full, strlen(full) + 1);
	return 0;
}

int audit_follow(struct audit *audit, char const *path, struct audit_way *way)
{
	struct follower f = { .hops = 0 };
	int more;

	*way = (struct audit_way){ .path = NULL };
	if (path[0] != '/' || strlen(path) >= sizeof f.rest)
		return -EINVAL;
	memcpy(f.rest, path, strlen(path) + 1);
	while ((more = next(&f)) > 0) {
		int const error = step(audit, &f, way);

		if (error < 0)
			return error;
	}
	if (more < 0)
		return more;
	add(audit, way, f.here);
	way->path = f.here[0] ? arena_copy(&audit->arena, f.here, strlen(f.here)) : "/";
	return 0;
}
