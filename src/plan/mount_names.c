/* SPDX-License-Identifier: ISC */
/* Lines of proc_pid_mountinfo(5); see mount_names.h. */
#include "plan/mount_names.h"

#include "plan/path_words.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <string.h>

enum { FIRST_SIZE = 16384 };

/* The whole file with a NUL at its end, or NULL. */
static char *read_all(struct arena *arena, int fd)
{
	size_t size = FIRST_SIZE;
	size_t length = 0;
	char *text = arena_take(arena, size + 1);
	ssize_t got;

	while ((got = sys_read(fd, text + length, size - length)) > 0) {
		length += (size_t)got;
		if (length < size)
			continue;
		size *= 2;
		text = memcpy(arena_take(arena, size + 1), text, length);
	}
	return got < 0 ? NULL : text;
}

static bool is_octal(char const *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' &&
	       s[2] <= '7';
}

/* Blanks and backslashes are in it as \040 and the like. */
static void unescape(char *word)
{
	char *to = word;

	for (; *word; word++) {
		*to = *word;
		if (*word == '\\' && is_octal(word + 1)) {
			*to = (char)((word[1] - '0') << 6 | (word[2] - '0') << 3 | (word[3] - '0'));
			word += 3;
		}
		to++;
	}
	*to = '\0';
}

/* ID PARENT MAJOR:MINOR ROOT POINT …; whether it is such a line. */
static bool take_line(char *line, struct mount *mount)
{
	char *words[5];

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!(words[i] = strsep(&line, " ")))
			return false;
	unescape(words[3]);
	unescape(words[4]);
	*mount = (struct mount){ words[2], words[3], words[4] };
	return words[3][0] == '/' && words[4][0] == '/';
}

void mount_names_read(struct mount_names *names, struct arena *arena)
{
	int const fd = sys_openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC, 0);
	char *text = fd < 0 ? NULL : read_all(arena, fd);
	uint32_t lines = 1;

	*names = (struct mount_names){ .known = true };
	if (fd >= 0)
		(void)sys_close(fd); /* nothing was written */
	for (char const *s = text; s && (s = strchr(s, '\n')); s++)
		lines++;
	names->list = arena_array(arena, lines, sizeof *names->list);
	while (text) {
		char *const line = strsep(&text, "\n");

		names->count += take_line(line, &names->list[names->count]);
	}
}

/* Of those at or above it the deepest, and the last of these. */
struct mount const *mount_names_own(struct mount_names const *names, char const *path)
{
	struct mount const *found = NULL;

	for (uint32_t i = 0; i < names->count; i++)
		if (path_words_below(path, names->list[i].point) &&
		    (!found || strlen(names->list[i].point) >= strlen(found->point)))
			found = &names->list[i];
	return found;
}

/* What is left of `path` below `top`: "" or "/…". */
static char const *rest(char const *path, char const *top)
{
	return top[1] ? path + strlen(top) : path[1] ? path : "";
}

static char const *join(struct arena *arena, char const *top, char const *behind)
{
	return *behind ? arena_join(arena, top[1] ? top : "", behind, NULL) : top;
}

char const *mount_names_at(struct mount_names const *names, struct arena *arena, char const *path,
			   struct mount const *own, uint32_t index)
{
	struct mount const *const other = &names->list[index];
	char const *inside;
	char const *name;

	if (!own || own == other || strcmp(own->device, other->device) != 0)
		return NULL;
	inside = join(arena, own->root, rest(path, own->point));
	if (!path_words_below(inside, other->root))
		return NULL;
	name = join(arena, other->point, rest(inside, other->root));
	return strcmp(name, path) ? name : NULL;
}
