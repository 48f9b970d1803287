/* SPDX-License-Identifier: ISC */
/*
 * openat2(2) where it is to be had: Linux 5.6, and not refused as by Docker's profile before
 * 20.10. Without it openat(2) with O_NOFOLLOW does the same for a single name, but for mounts.
 */
#include "lib/entry.h"

#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

/* Of linux/openat2.h, which old headers lack. */
enum { NO_XDEV = 0x01, NO_MAGICLINKS = 0x02, NO_SYMLINKS = 0x04, BENEATH = 0x08 };

struct how {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};

/* Without NO_XDEV: only directories tell, as overlayfs gives files the device of their layer. */
static int refuse_mount(int directory, int fd)
{
	struct stat above;
	struct stat status;
	int error = sys_fstat(directory, &above);

	if (error >= 0)
		error = sys_fstat(fd, &status);
	if (error >= 0 && S_ISDIR(status.st_mode) && status.st_dev != above.st_dev)
		error = -EXDEV;
	if (error >= 0)
		return fd;
	(void)sys_close(fd); /* nothing was written */
	return error;
}

enum { UNKNOWN, HERE, NOT_HERE };
static int openat2_is;

int entry_open(int directory, char const *name, int flags, bool cross)
{
	struct how const how = {
		.flags = (uint64_t)flags | O_NOFOLLOW | O_CLOEXEC,
		.resolve = NO_MAGICLINKS | NO_SYMLINKS | BENEATH | (cross ? 0 : NO_XDEV),
	};
	int fd = -ENOSYS;

	if (strchr(name, '/') || !strcmp(name, ".."))
		return -EINVAL;
	if (openat2_is != NOT_HERE) {
		fd = sys_openat2(directory, name, &how, sizeof how);
		if (fd == -ENOSYS || (fd == -EPERM && openat2_is == UNKNOWN))
			openat2_is = NOT_HERE;
		else if (fd >= 0)
			openat2_is = HERE;
	}
	if (openat2_is != NOT_HERE)
		return fd;
	fd = sys_openat(directory, name, (int)how.flags, 0);
	return fd < 0 || cross ? fd : refuse_mount(directory, fd);
}

bool entry_same(struct stat const *one, struct stat const *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
	       (one->st_mode & S_IFMT) == (other->st_mode & S_IFMT);
}

int entry_open_seen(int directory, char const *name, int flags, bool cross, struct stat *status)
{
	struct stat const seen = *status;
	int const fd = entry_open(directory, name, flags, cross);
	int error = fd;

	if (fd < 0)
		return fd;
	error = sys_fstat(fd, status);
	if (error >= 0 && !entry_same(&seen, status))
		error = -ESTALE;
	if (error >= 0)
		return fd;
	(void)sys_close(fd); /* nothing was written */
	return error;
}
