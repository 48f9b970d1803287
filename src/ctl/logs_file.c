/* SPDX-License-Identifier: ISC */
/*
 * Reading the files of `log = file:`. The names sort by age, the current one comes last; a file
 * that was put away while it was followed is found among the archives by its inode.
 */
#include "ctl/logs.h"
#include "lib/log_place.h"
#include "sys/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PART = 65536,
	MOST = 16 << 20,   /* bytes of one file that are looked at */
	LONGEST = 1 << 20, /* of a line: what has no end yet is not read again and again */
};

struct files {
	int directory;
	stralloc names; /* each with its NUL, oldest first */
	size_t width;
	size_t count;
};

static int compare(void const *one, void const *other)
{
	return strcmp(one, other);
}

static int list(char const *path, char const *name, struct files *files)
{
	DIR *directory = opendir(path);
	struct dirent const *entry;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory)))
		if (log_place_is_archive(entry->d_name, name)) {
			files->width = strlen(entry->d_name) + 1;
			if (!stralloc_catb(&files->names, entry->d_name, files->width)) {
				(void)closedir(directory); /* nothing was written */
				return -ENOMEM;
			}
			files->count++;
		}
	(void)closedir(directory);
	if (files->count)
		qsort(files->names.s, files->count, files->width, compare);
	return 0;
}

/* File `index` of them; the last one is the current one. */
static int open_file(struct files const *files, char const *name, size_t index)
{
	char current[LOG_PLACE_NAME];

	log_place_current(current, name);
	return sys_openat(files->directory,
			  index < files->count ? files->names.s + index * files->width : current,
			  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
}

/* Adds the whole lines from *offset on and moves it behind them; the rest too when `all`. */
static int add_lines(struct logs *logs, uint32_t slot, int fd, uint64_t *offset, bool all)
{
	stralloc rest = STRALLOC_ZERO;
	struct stat status;
	int error = sys_fstat(fd, &status);
	int64_t const at = error < 0 ? error : sys_lseek(fd, (int64_t)*offset, SEEK_SET);
	uint64_t const time = error < 0 ? 0
					: (uint64_t)status.st_mtim.tv_sec * 1000000000 +
					      (uint64_t)status.st_mtim.tv_nsec;
	ssize_t n = at < 0 ? (ssize_t)at : 1;

	while (n > 0) {
		char part[PART];
		size_t searched = rest.len;
		size_t done = 0;
		char const *newline;

		n = sys_read(fd, part, sizeof part);
		if (n > 0 && !stralloc_catb(&rest, part, (size_t)n))
			n = -ENOMEM;
		while (n > 0 && (newline = memchr(rest.s + searched, '\n', rest.len - searched))) {
			size_t const length = (size_t)(newline - rest.s) - done;

			logs_add(logs, slot, time, rest.s + done, length);
			searched = done += length + 1;
		}
		if (n > 0 && rest.len - done >= LONGEST) {
			logs_add(logs, slot, time, rest.s + done, rest.len - done);
			done = rest.len;
		}
		memmove(rest.s, rest.s + done, done ? rest.len - done : 0);
		rest.len -= done;
		*offset += done;
	}
	if (all && rest.len && n == 0)
		logs_add(logs, slot, time, rest.s, rest.len);
	stralloc_free(&rest);
	return (int)n;
}

/* Where the last `lines` lines of a file begin; *lines: how many more are wanted. */
static uint64_t find_start(int fd, uint64_t *lines)
{
	struct stat status;
	char part[PART];
	int64_t at = sys_fstat(fd, &status) < 0 ? 0 : status.st_size;
	int64_t const least = at > MOST ? at - MOST : 0;
	int64_t end = at;

	while (at > least) {
		int64_t const begin = at - least > PART ? at - PART : least;
		ssize_t n = 0;

		if (sys_lseek(fd, begin, SEEK_SET) == begin)
			n = sys_read(fd, part, (size_t)(at - begin));
		for (; n > 0; n--) {
			/* The newline at the file's end begins no line. */
			if (part[n - 1] != '\n' || begin + n == end)
				continue;
			if (--*lines == 0)
				return (uint64_t)(begin + n);
		}
		at = begin;
	}
	if (end > 0)
		--*lines;
	return (uint64_t)least;
}

/* The first time: the last lines of the last files. */
static int begin(struct logs *logs, struct logs_place *place, struct files const *files,
		 char const *name, uint64_t lines)
{
	size_t const first = genalloc_len(struct logs_line, &logs->lines);
	size_t index = files->count + 1;
	uint64_t wanted = lines ? lines : 1;
	uint64_t start = 0;
	int error = 0;

	while (index > 0 && wanted > 0) {
		int const fd = open_file(files, name, --index);

		start = 0;
		if (fd < 0 && fd != -ENOENT)
			return fd;
		if (fd < 0)
			continue;
		start = find_start(fd, &wanted);
		(void)sys_close(fd); /* nothing was written */
	}
	for (; error == 0 && index <= files->count; index++) {
		int const fd = open_file(files, name, index);

		if (fd < 0)
			continue;
		error = add_lines(logs, place->slot, fd, &start, index < files->count);
		place->seen = start;
		start = 0;
		if (index == files->count)
			place->fd = fd;
		else
			(void)sys_close(fd);
	}
	logs_keep(logs, first, lines);
	return error;
}

static bool same(int fd, int other)
{
	struct stat one;
	struct stat two;

	return sys_fstat(fd, &one) == 0 && sys_fstat(other, &two) == 0 &&
	       one.st_ino == two.st_ino && one.st_dev == two.st_dev;
}

/* What was written since: to the file that was open, and to those that came after it. */
static int go_on(struct logs *logs, struct logs_place *place, struct files const *files,
		 char const *name)
{
	bool behind = place->fd < 0;
	int error = 0;

	for (size_t index = 0; error == 0 && index <= files->count; index++) {
		bool const current = index == files->count;
		int const fd = open_file(files, name, index);
		uint64_t offset = 0;

		if (fd < 0)
			continue;
		if (place->fd >= 0 && same(fd, place->fd)) {
			behind = true;
			offset = place->seen;
		}
		if (behind)
			error = add_lines(logs, place->slot, fd, &offset, !current);
		if (behind && current) {
			if (place->fd >= 0)
				(void)sys_close(place->fd);
			place->fd = fd;
			place->seen = offset;
		} else {
			(void)sys_close(fd);
		}
	}
	/* It was put away and deleted since: what is there now all came after it. */
	if (!behind && error == 0) {
		error = add_lines(logs, place->slot, place->fd, &place->seen, true);
		(void)sys_close(place->fd);
		place->fd = -1;
	}
	return error;
}

int logs_file_read(struct logs *logs, struct logs_place *place, uint64_t lines)
{
	char const *const name = plan_string(logs->house->plan,
					     plan_slot(logs->house->plan, place->slot)->name);
	struct files files = { .names = STRALLOC_ZERO };
	bool const anew = place->seen == UINT64_MAX;
	int error;

	files.directory = sys_openat(AT_FDCWD, place->path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (files.directory < 0)
		return files.directory;
	error = list(place->path, name, &files);
	if (error == 0 && anew)
		place->seen = 0;
	if (error == 0)
		error = anew ? begin(logs, place, &files, name, lines)
			     : go_on(logs, place, &files, name);
	stralloc_free(&files.names);
	(void)sys_close(files.directory); /* nothing was written */
	return error;
}
