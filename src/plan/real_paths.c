/* SPDX-License-Identifier: ISC */
/* Links followed, part by part; see real_paths.h. */
#include "plan/real_paths.h"

#include "sys/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

enum { HOPS_MAX = 40 /* as many links as the kernel follows */, FIRST_ROOM = 64 };

static char const *join(struct real_paths *p, char const *directory, char const *name,
			size_t length)
{
	return arena_join(p->arena, directory[1] ? directory : "", "/",
			  arena_copy(p->arena, name, length), NULL);
}

/* The directory that `path` is in. */
static char const *above(struct real_paths *p, char const *path)
{
	size_t const length = (size_t)(strrchr(path, '/') - path);

	return length ? arena_copy(p->arena, path, length) : "/";
}

static void pass(struct real_path *to, uint32_t passed)
{
	if (to->passed == NAMES_NONE)
		to->passed = passed;
}

static struct real_path find(struct real_paths *paths, char const *path);

/* What the link says, or NULL for what is none. */
static char const *read_link(struct real_paths *p, char const *path)
{
	static char text[PATH_MAX]; /* not once for each directory on the way */
	ssize_t const length = sys_readlinkat(AT_FDCWD, path, text, sizeof text);

	return length < 0 ? NULL : arena_copy(p->arena, text, (size_t)length);
}

/* Where `text` leads, which is the content of a link in `directory`. */
static struct real_path follow(struct real_paths *p, char const *directory, char const *text)
{
	struct real_path here = find(p, *text == '/' ? "/" : directory);

	while (*text) {
		size_t const length = strcspn(text += strspn(text, "/"), "/");
		struct real_path next = here;

		if (length == 2 && text[0] == '.' && text[1] == '.')
			next = find(p, above(p, here.path));
		else if (length && !(length == 1 && *text == '.'))
			next = find(p, join(p, here.path, text, length));
		pass(&here, next.passed);
		here.path = next.path;
		text += length;
	}
	return here;
}

static struct real_path resolve(struct real_paths *p, char const *path)
{
	char const *const name = strrchr(path, '/') + 1;
	struct real_path found = { path, NAMES_NONE };
	struct real_path target;
	char const *text;

	if (*name) {
		found = find(p, above(p, path));
		found.path = join(p, found.path, name, strlen(name));
	}
	if (p->tops)
		pass(&found, names_find(p->tops, found.path));
	text = read_link(p, found.path);
	if (!text || p->hops >= HOPS_MAX)
		return found;
	p->hops++;
	target = follow(p, above(p, found.path), text);
	pass(&found, target.passed);
	found.path = target.path;
	return found;
}

static void remember(struct real_paths *p, char const *path, struct real_path found)
{
	uint32_t const count = p->count;

	/* Room doubles: it is full at 64, 128, … */
	if (count == 0 || (count >= FIRST_ROOM && (count & (count - 1)) == 0)) {
		struct real_path *const more = arena_array(
		    p->arena, count ? 2 * (size_t)count : FIRST_ROOM, sizeof *more);

		if (count)
			memcpy(more, p->list, count * sizeof *more);
		p->list = more;
	}
	p->list[p->count++] = found;
	names_enter(&p->known, p->arena, path, count);
}

static struct real_path find(struct real_paths *p, char const *path)
{
	uint32_t const known = names_find(&p->known, path);
	struct real_path found;

	if (known != NAMES_NONE)
		return p->list[known];
	found = resolve(p, path);
	if (p->hops < HOPS_MAX) /* else it leads round in a circle */
		remember(p, path, found);
	return found;
}

struct real_path real_paths_find(struct real_paths *p, char const *path)
{
	p->hops = 0;
	return find(p, path);
}
