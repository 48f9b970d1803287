/* SPDX-License-Identifier: ISC */
/* See log_file.h. */
#include "log/log_file.h"

#include "log/log_archives.h"
#include "log/log_lines.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int open_directory(struct log_file *file)
{
	int fd;

	if (file->directory >= 0)
		return 0;
	fd = sys_openat(AT_FDCWD, file->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	file->directory = fd;
	return fd < 0 ? fd : 0;
}

/* A directory that was replaced is found again when the file in it is opened the next time. */
static void close_directory(struct log_file *file)
{
	(void)sys_close(file->directory);
	file->directory = -1;
}

/* Whoever was killed while it wrote did not know where it stood; a file tells. */
static void resolve(struct log_record *record, int fd, int64_t size)
{
	char last = '\n';

	if (atomic_load(&record->owner) == 0)
		return;
	if (size > 0 && (sys_lseek(fd, size - 1, SEEK_SET) < 0 || sys_read(fd, &last, 1) != 1))
		return;
	atomic_store(&record->line, last == '\n' ? LOG_LINE_WHOLE : LOG_LINE_OPEN);
	if (last == '\n')
		atomic_store(&record->owner, 0);
}

static int check(struct log_file *file, struct log_record *record, int fd)
{
	struct stat status;
	int const error = sys_fstat(fd, &status);

	if (error < 0)
		return error;
	if (!S_ISREG(status.st_mode))
		return -EEXIST;
	file->length = (uint64_t)status.st_size;
	file->inode = status.st_ino;
	resolve(record, fd, status.st_size);
	if (file->length == 0)
		atomic_store(&record->born, 0);
	else if (atomic_load(&record->born) == 0) /* from before the container's start */
		atomic_store(&record->born, (uint64_t)status.st_mtim.tv_sec * 1000000000);
	return (int)sys_lseek(fd, 0, SEEK_END) < 0 ? -EIO : 0;
}

int log_file_open(struct log_file *file, struct log_record *record)
{
	/* No O_APPEND, which splice refuses: nobody else writes to it. */
	int const flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	char name[LOG_PLACE_NAME];
	int error = open_directory(file);
	int fd;

	if (error < 0)
		return error;
	log_place_current(name, file->name);
	fd = sys_openat(file->directory, name, flags, 0640);
	error = fd < 0 ? fd : check(file, record, fd);
	if (error == 0)
		log_archives_trim(file->directory, file->name, file->place.keep);
	if (error < 0 && fd >= 0)
		(void)sys_close(fd); /* nothing was written */
	if (error < 0)
		close_directory(file);
	return error < 0 ? error : fd;
}

bool log_file_is_current(struct log_file *file, int fd)
{
	char name[LOG_PLACE_NAME];
	struct stat status;

	log_place_current(name, file->name);
	if (sys_newfstatat(file->directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    status.st_ino != file->inode)
		return false;
	/* Somebody has emptied it: what comes next must not stand behind a hole. */
	if ((uint64_t)status.st_size < file->length)
		(void)sys_lseek(fd, 0, SEEK_END);
	file->length = (uint64_t)status.st_size;
	return true;
}

bool log_file_has_room(struct log_file const *file, size_t count)
{
	return file->length + count <= file->place.size;
}

/* Of a line that has no room: the rest of it, as far as it is there. */
static size_t rest_of_line(char const *bytes, size_t count)
{
	char const *const newline = memchr(bytes, '\n', count);

	return newline ? (size_t)(newline - bytes) + 1 : count;
}

size_t log_file_room(struct log_file const *file, struct log_record const *record, uint64_t now,
		     char const *bytes, size_t count, bool open)
{
	uint64_t const limit = file->place.size;
	uint64_t const left = file->length < limit ? limit - file->length : 0;
	uint64_t const born = atomic_load(&record->born);
	size_t fits;

	if (file->length && file->place.age && !open && now >= born + file->place.age)
		return 0;
	if (count <= left)
		return count;
	fits = log_lines_whole(bytes, (size_t)left);
	if (fits)
		return fits;
	if (file->length && (!open || file->length >= 2 * limit))
		return 0;
	return rest_of_line(bytes, count);
}

int log_file_rotate(struct log_file *file, struct log_record *record, uint64_t now)
{
	char current[LOG_PLACE_NAME];
	char archive[LOG_PLACE_NAME];
	int error = open_directory(file);

	if (error < 0)
		return error;
	log_place_current(current, file->name);
	log_archives_next(file->directory, file->name, now, archive);
	error = sys_renameat(file->directory, current, file->directory, archive);
	if (error < 0 && error != -ENOENT) /* somebody deleted it: there is nothing to put away */
		return error;
	file->length = 0;
	atomic_store(&record->born, 0);
	return 0;
}
