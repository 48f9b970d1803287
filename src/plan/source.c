/* SPDX-License-Identifier: ISC */
/* Opening and reading declaration files; see source.h. */
#include "plan/source.h"

#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int refuse(struct declarations *d, char const *path, char const *found, char const *expected)
{
	faults_add(d->faults, (struct place){ path, 0 }, "found ", found, ", expected ", expected,
		   NULL);
	return -EPERM;
}

static int refuse_error(struct declarations *d, char const *path, int error)
{
	faults_add(d->faults, (struct place){ path, 0 }, "cannot be read: ", strerror(-error),
		   NULL);
	return error;
}

/* Modes do not matter where nobody can write: Kubernetes mounts its maps 0777, read-only. */
static bool is_read_only(int fd)
{
	struct statvfs system;

	return fstatvfs(fd, &system) == 0 && system.f_flag & ST_RDONLY;
}

static int check_trust(struct declarations *d, int fd, char const *path, struct stat const *status)
{
	char mode[] = "mode 0000";

	if (status->st_uid != 0 && status->st_uid != geteuid() && !is_read_only(fd))
		return refuse(d, path,
			      arena_join(d->arena, "the owner ",
					 arena_number(d->arena, status->st_uid), NULL),
			      "root or the user who starts Orlop");
	if (!(status->st_mode & 022) || is_read_only(fd))
		return 0;
	for (int i = 0; i < 4; i++)
		mode[5 + i] = (char)('0' + (status->st_mode >> (9 - 3 * i) & 7));
	return refuse(d, path, arena_copy(d->arena, mode, 9),
		      "one that neither group nor others can write");
}

int source_open_directory(struct declarations *d, char const *path)
{
	int const fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	struct stat status;
	int error;

	if (fd == -ENOTDIR) {
		refuse(d, path, "a file", "a directory");
		return fd;
	}
	if (fd < 0)
		return fd == -ENOENT ? fd : refuse_error(d, path, fd);
	error = sys_fstat(fd, &status);
	if (error < 0)
		refuse_error(d, path, error);
	else
		error = check_trust(d, fd, path, &status);
	if (error == 0)
		return fd;
	(void)sys_close(fd); /* nothing was written */
	return error;
}

static char const *type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFIFO:
		return "a named pipe";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

static int read_all(struct declarations *d, int fd, char const *path, struct ini *ini)
{
	struct stat status;
	size_t length = 0;
	ssize_t got = 1;
	char *text;
	int error = sys_fstat(fd, &status);

	if (error < 0)
		return refuse_error(d, path, error);
	if (!S_ISREG(status.st_mode))
		return refuse(d, path, type_of(status.st_mode), "a file");
	error = check_trust(d, fd, path, &status);
	if (error < 0)
		return error;
	if (status.st_size > SOURCE_SIZE_MAX)
		return refuse(d, path, "a file of more than 1 MiB", "a declaration");
	text = arena_take(d->arena, (size_t)status.st_size + 1);
	while (got > 0 && length < (size_t)status.st_size) {
		got = sys_read(fd, text + length, (size_t)status.st_size - length);
		if (got < 0 && got != -EINTR)
			return refuse_error(d, path, (int)got);
		length += got > 0 ? (size_t)got : 0;
	}
	ini_parse(d->faults, path, text, length, ini);
	return 0;
}

int source_read(struct declarations *d, int directory, char const *name, char const *path,
		struct ini *ini)
{
	int const fd = sys_openat(directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	int error;

	if (fd == -ENOENT)
		return fd;
	if (fd == -ENXIO)
		return refuse(d, path, "a socket", "a file");
	if (fd < 0)
		return refuse_error(d, path, fd);
	error = read_all(d, fd, path, ini);
	(void)sys_close(fd); /* nothing was written */
	return error;
}

static int compare(void const *a, void const *b)
{
	return strcmp(*(char const *const *)a, *(char const *const *)b);
}

/* The length of NAME in NAME.ini, or 0 for a file that is none: hidden, or of another kind. */
static size_t name_length(char const *file)
{
	size_t const length = strlen(file);

	if (*file == '.' || length < 5 || strcmp(file + length - 4, ".ini") != 0)
		return 0;
	return length - 4;
}

/* As the kernel gives them, see getdents64(2). */
struct entry {
	uint64_t inode;
	int64_t next;
	uint16_t size;
	uint8_t type;
	char name[];
};

static void take_names(struct declarations *d, char const *buffer, size_t size, genalloc *list)
{
	for (size_t at = 0; at < size;) {
		struct entry const *entry = (struct entry const *)(void const *)(buffer + at);
		size_t const length = name_length(entry->name);
		char const *const name = arena_copy(d->arena, entry->name, length);

		if (length && !genalloc_append(char const *, list, &name))
			d->arena->exhausted();
		at += entry->size;
	}
}

int source_list(struct declarations *d, int directory, char const *path, struct words *names)
{
	enum { SIZE = 32768 };
	char *const buffer = arena_take(d->arena, SIZE);
	genalloc list = GENALLOC_ZERO;
	char const **at;
	ssize_t got;

	while ((got = sys_getdents64(directory, buffer, SIZE)) > 0)
		take_names(d, buffer, (size_t)got, &list);
	names->count = (uint32_t)genalloc_len(char const *, &list);
	at = arena_array(d->arena, names->count, sizeof *at);
	if (names->count) {
		memcpy(at, list.s, list.len);
		qsort(at, names->count, sizeof *at, compare);
	}
	genalloc_free(char const *, &list);
	names->at = at;
	return got < 0 ? refuse_error(d, path, (int)got) : 0;
}
