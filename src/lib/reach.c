/* SPDX-License-Identifier: ISC */
/*
 * The loop over the names of a path. reach->path is always free of symbolic links, so `..` and a
 * link start anew at / with what is known so far in front of what is left.
 */
#include "lib/reach.h"

#include "lib/entry.h"
#include "lib/mend.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { LINKS_MAX = 40 };

bool reach_unsafe(uint32_t owner, uint32_t gid, uint32_t mode, uint32_t uid)
{
	return (owner != 0 && owner != uid) || (mode & S_IWOTH) || ((mode & S_IWGRP) && gid != 0);
}

/* In a sticky directory only the owner of a file, and the directory's, may replace it. */
bool reach_kept(struct stat const *parent, struct stat const *child, uint32_t uid)
{
	return (parent->st_mode & S_ISVTX) && (parent->st_uid == 0 || parent->st_uid == uid) &&
	       (child->st_uid == 0 || child->st_uid == uid);
}

static int judge_parent(struct reach *reach, uint32_t uid, reach_judge *judge, void *context)
{
	struct stat const *const parent = &reach->parent;
	bool const unsafe = reach_unsafe(parent->st_uid, parent->st_gid, parent->st_mode, uid) &&
			    !reach_kept(parent, &reach->status, uid);
	int const error = judge ? judge(reach, unsafe, context) : unsafe ? -MEND_UNSAFE : 0;

	if (error < 0)
		reach->name[0] = '\0'; /* it is the directory that is at fault */
	return error;
}

static int start(struct reach *reach)
{
	if (reach->directory >= 0)
		(void)sys_close(reach->directory); /* nothing was written */
	reach->path.bytes.len = 0;
	reach->directory = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	return reach->directory < 0 ? reach->directory
				    : sys_fstat(reach->directory, &reach->parent);
}

/* Puts `front` before what is left and starts anew. */
static int restart(struct reach *reach, char const *front)
{
	char rest[PATH_MAX];
	size_t const length = strlen(front);
	size_t const old = strlen(reach->rest);

	if (++reach->links > LINKS_MAX)
		return -MEND_SYMLINK;
	if (length + 1 + old >= sizeof rest)
		return -ENAMETOOLONG;
	memcpy(rest, front, length);
	rest[length] = '/';
	memcpy(rest + length + 1, reach->rest, old + 1);
	memcpy(reach->rest, rest, length + old + 2);
	return start(reach);
}

/* Back to the directory above the one that was reached. */
static int go_up(struct reach *reach)
{
	char *const slash = strrchr(text_string(&reach->path), '/');
	char front[PATH_MAX] = "";

	if (slash && (size_t)(slash - reach->path.bytes.s) < sizeof front)
		memcpy(front, reach->path.bytes.s, (size_t)(slash - reach->path.bytes.s));
	return restart(reach, front);
}

static int follow(struct reach *reach, int link)
{
	char target[PATH_MAX];
	struct stat const *const parent = &reach->parent;
	char const *const before = text_string(&reach->path);
	size_t length = 0;
	ssize_t size;

	if (reach->status.st_uid != 0 || parent->st_uid != 0 ||
	    reach_unsafe(0, parent->st_gid, parent->st_mode, 0))
		return -MEND_SYMLINK;
	size = sys_readlinkat(link, "", target, sizeof target - 1);
	if (size < 0)
		return (int)size;
	if (target[0] != '/')
		length = strlen(before) + 1;
	if (length + (size_t)size >= sizeof target)
		return -ENAMETOOLONG;
	memmove(target + length, target, (size_t)size);
	if (length) {
		memcpy(target, before, length - 1);
		target[length - 1] = '/';
	}
	target[length + (size_t)size] = '\0';
	return restart(reach, target);
}

/* Takes the next name off the rest: 1, or 0 at the end. */
static int next_name(struct reach *reach)
{
	char *const begin = reach->rest + strspn(reach->rest, "/");
	size_t const length = strcspn(begin, "/");

	reach->name[0] = '\0';
	if (length == 0)
		return 0;
	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(reach->name, begin, length);
	reach->name[length] = '\0';
	memmove(reach->rest, begin + length, strlen(begin + length) + 1);
	return 1;
}

static bool is_last(struct reach const *reach)
{
	return reach->rest[strspn(reach->rest, "/")] == '\0';
}

/* Makes the directory `fd` the present one. */
static void descend(struct reach *reach, int fd)
{
	(void)sys_close(reach->directory); /* nothing was written */
	reach->directory = fd;
	reach->parent = reach->status;
	text_add(&reach->path, "/");
	text_add(&reach->path, reach->name);
}

/* One name further: 1 when it was the last one, 0 when there may be more. */
static int step(struct reach *reach, uint32_t uid, reach_judge *judge, void *context)
{
	int const fd = entry_open(reach->directory, reach->name, O_PATH, true);
	int error = fd == -ENOENT ? 0 : fd;

	reach->status = (struct stat){ .st_uid = 0 };
	if (fd >= 0)
		error = sys_fstat(fd, &reach->status);
	if (error >= 0)
		error = judge_parent(reach, uid, judge, context);
	if (error >= 0 && fd < 0)
		return -ENOENT;
	if (error >= 0 && S_ISLNK(reach->status.st_mode)) {
		error = follow(reach, fd);
	} else if (error >= 0 && is_last(reach)) {
		error = 1;
	} else if (error >= 0 && !S_ISDIR(reach->status.st_mode)) {
		error = -ENOTDIR;
	} else if (error >= 0) {
		descend(reach, fd);
		return 0;
	}
	if (fd >= 0)
		(void)sys_close(fd); /* nothing was written */
	return error;
}

/* Goes on until the last name: 1, 0 when the path is that of reach->directory, or negative. */
static int go(struct reach *reach, uint32_t uid, reach_judge *judge, void *context)
{
	int result = start(reach);

	while (result == 0) {
		result = next_name(reach);
		if (result <= 0)
			return result;
		if (!strcmp(reach->name, "."))
			result = 0;
		else if (!strcmp(reach->name, ".."))
			result = go_up(reach);
		else
			result = step(reach, uid, judge, context);
	}
	return result;
}

int reach_open(struct reach *reach, char const *path, uint32_t uid, reach_judge *judge,
	       void *context)
{
	int error;

	memset(reach, 0, sizeof *reach);
	reach->directory = -1;
	if (path[0] != '/' || strlen(path) >= sizeof reach->rest)
		return path[0] == '/' ? -ENAMETOOLONG : -EINVAL;
	memcpy(reach->rest, path, strlen(path) + 1);
	error = go(reach, uid, judge, context);
	if (error != 0 && reach->name[0]) {
		text_add(&reach->path, "/");
		text_add(&reach->path, reach->name);
	}
	if (error == 0) {
		memcpy(reach->name, ".", 2);
		reach->status = reach->parent;
	}
	if (reach->path.bytes.len == 0)
		text_add(&reach->path, "/");
	(void)text_string(&reach->path); /* its NUL */
	if (error >= 0 && reach->path.failed)
		error = -ENOMEM;
	return error < 0 ? error : 0;
}

void reach_close(struct reach *reach)
{
	if (reach->directory >= 0)
		(void)sys_close(reach->directory); /* nothing was written */
	reach->directory = -1;
	text_free(&reach->path);
}
