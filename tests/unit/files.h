/* SPDX-License-Identifier: ISC */
/* A directory of a test's own to make, change and look at files in. */
#ifndef ORLOP_TESTS_FILES_H
#define ORLOP_TESTS_FILES_H

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char files_directory[64];
static int files_fd = -1;

/* A new one; its descriptor. */
static inline int files_begin(void)
{
	memcpy(files_directory, "/tmp/orlop-unit.XXXXXX", 23);
	if (!mkdtemp(files_directory) || chmod(files_directory, 0755))
		abort();
	files_fd = open(files_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return files_fd;
}

static inline void files_end(void)
{
	char command[96];

	close(files_fd);
	snprintf(command, sizeof command, "rm -rf %s", files_directory);
	if (system(command))
		abort();
}

/* The whole path of a name in there; good until the fourth call after. */
static inline char const *files_path(char const *name)
{
	static char paths[4][PATH_MAX];
	static unsigned next;
	char *const path = paths[next++ % 4];

	snprintf(path, PATH_MAX, "%s/%s", files_directory, name);
	return path;
}

static inline void files_own(char const *name, unsigned uid, unsigned gid, unsigned mode)
{
	if (fchownat(files_fd, name, uid, gid, AT_SYMLINK_NOFOLLOW) ||
	    fchmodat(files_fd, name, mode, 0))
		abort();
}

static inline void files_file(char const *name, unsigned uid, unsigned gid, unsigned mode)
{
	int const fd = openat(files_fd, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0 || close(fd))
		abort();
	files_own(name, uid, gid, mode);
}

static inline void files_folder(char const *name, unsigned uid, unsigned gid, unsigned mode)
{
	if (mkdirat(files_fd, name, 0700))
		abort();
	files_own(name, uid, gid, mode);
}

static inline struct stat files_stat(char const *name)
{
	struct stat status;

	if (fstatat(files_fd, name, &status, AT_SYMLINK_NOFOLLOW))
		memset(&status, 0, sizeof status); /* no file is all zero */
	return status;
}

/* "33:33 0640" */
static inline char const *files_state(char const *name)
{
	static char text[64];
	struct stat const status = files_stat(name);

	snprintf(text, sizeof text, "%u:%u %04o", status.st_uid, status.st_gid,
		 status.st_mode & 07777u);
	return text;
}

#endif
