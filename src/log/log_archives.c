/* SPDX-License-Identifier: ISC */
/* See log_archives.h. Names of one service's archives all have one length, so they sort as bytes. */
#include "log/log_archives.h"

#include "lib/log_place.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <skalibs/stralloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* As getdents64(2) gives it. */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

typedef void archive_function(char const *file, void *context);

static void for_each(int directory, char const *name, archive_function *function, void *context)
{
	_Alignas(struct entry) char buffer[8192];
	int const fd = sys_openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	ssize_t n = 0;

	while (fd >= 0 && (n = sys_getdents64(fd, buffer, sizeof buffer)) > 0) {
		for (ssize_t at = 0; at < n;) {
			struct entry const *entry = (struct entry const *)(void *)(buffer + at);

			if (log_place_is_archive(entry->name, name))
				function(entry->name, context);
			at += entry->length;
		}
	}
	if (fd >= 0)
		(void)sys_close(fd); /* nothing was written */
}

static void keep_latest(char const *file, void *context)
{
	char *latest = context;

	if (strcmp(file, latest) > 0)
		strcpy(latest, file);
}

/* The next higher stamp. Of one that follows 999999 the seconds may become 60: it still sorts. */
static void count_up(char *archive)
{
	size_t i = strlen(archive) - strlen("Z.log");

	while (i-- > 0) {
		if (archive[i] == '.' || archive[i] == 'T')
			continue;
		if (archive[i] != '9') {
			archive[i]++;
			return;
		}
		archive[i] = '0';
	}
}

void log_archives_next(int directory, char const *name, uint64_t now, char *archive)
{
	char latest[LOG_PLACE_NAME] = "";

	log_place_archive(archive, name, now);
	for_each(directory, name, keep_latest, latest);
	/* The clock has gone backwards, or two were put away in a microsecond. */
	if (strcmp(latest, archive) >= 0) {
		strcpy(archive, latest);
		count_up(archive);
	}
}

struct names {
	stralloc bytes; /* NUL-terminated names */
	size_t width;
	size_t count;
};

static void collect(char const *file, void *context)
{
	struct names *names = context;

	names->width = strlen(file) + 1;
	/* Without memory for all names it is tidied up another time. */
	if (stralloc_catb(&names->bytes, file, names->width))
		names->count++;
}

static int compare(void const *one, void const *other)
{
	return strcmp(one, other);
}

void log_archives_trim(int directory, char const *name, uint64_t keep)
{
	static struct names names;

	names.count = names.bytes.len = 0;
	for_each(directory, name, collect, &names);
	if (names.count > keep) {
		qsort(names.bytes.s, names.count, names.width, compare);
		for (size_t i = 0; i < names.count - keep; i++)
			/* One that cannot be deleted is tried again the next time. */
			(void)sys_unlinkat(directory, names.bytes.s + i * names.width, 0);
	}
	stralloc_free(&names.bytes);
}
