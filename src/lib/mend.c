/* SPDX-License-Identifier: ISC */
/*
 * What a rule wants, as a pure function, and the change of one file in an order in which nobody
 * ever has more than he had before or will have afterwards: first the mode without the bits that
 * go, then the owner, then the final mode.
 */
#include "lib/mend.h"

#include "lib/entry.h"
#include "lib/reach.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

#define CAPABILITIES "security.capability"

enum { SETIDS = S_ISUID | S_ISGID };

static bool leaves(uint32_t value)
{
	return value == UINT32_MAX;
}

static uint32_t wanted_mode(struct plan_rule const *rule, bool directory, uint32_t mode)
{
	uint32_t const limit = directory ? rule->directory_mode : rule->file_mode;

	if (leaves(limit))
		return directory ? mode : mode & ~(uint32_t)SETIDS;
	if (rule->flags & PLAN_RULE_READ)
		return mode & ~limit;
	if (rule->flags & PLAN_RULE_WRITE)
		return (mode & limit) | (limit & S_IRWXU);
	return limit;
}

/*
 * A file that its owner could read and others could not becomes root's: the services that declare
 * it keep reading it through their group. What is root's already was never theirs.
 */
static void keep_readers(struct plan_rule const *rule, bool directory, struct mend_change *change)
{
	uint32_t const open = directory ? S_IROTH | S_IXOTH : S_IROTH;
	struct mend_state *const after = &change->after;

	if (!(rule->flags & PLAN_RULE_READ) || (rule->flags & PLAN_RULE_SHARED) ||
	    leaves(rule->gid))
		return;
	after->gid = change->before.gid;
	if (change->before.uid == after->uid || (change->before.mode & open) == open)
		return;
	after->gid = rule->gid;
	after->mode |= (change->before.mode & (S_IRUSR | S_IXUSR)) >> 3;
}

static bool is_meant(mode_t mode, bool top)
{
	return S_ISREG(mode) || S_ISDIR(mode) || (top && !S_ISLNK(mode));
}

static bool differs(struct mend_change const *change)
{
	return change->before.uid != change->after.uid || change->before.gid != change->after.gid ||
	       change->before.mode != change->after.mode || change->before.capabilities;
}

bool mend_wanted(struct plan_rule const *rule, struct stat const *status, bool top,
		 struct mend_change *change)
{
	bool const directory = S_ISDIR(status->st_mode);

	change->before = (struct mend_state){ .uid = status->st_uid,
					      .gid = status->st_gid,
					      .mode = status->st_mode & 07777u };
	change->after = change->before;
	if (!is_meant(status->st_mode, top))
		return false;
	change->after.mode = wanted_mode(rule, directory, change->before.mode);
	if (!leaves(rule->uid))
		change->after.uid = rule->uid;
	if (!leaves(rule->gid))
		change->after.gid = rule->gid;
	keep_readers(rule, directory, change);
	return differs(change);
}

/* Nobody gets anything by it that he did not have. */
static bool only_takes(struct mend_change const *change)
{
	return change->before.uid == change->after.uid && change->before.gid == change->after.gid &&
	       (change->after.mode & ~change->before.mode) == 0;
}

/*
 * Another name of the file may lie in a place that the rule does not speak of. What belongs to the
 * wanted owner already can be changed, unless that is root: then it may be any file of the system.
 */
static bool gives_away(struct stat const *status, struct mend_change const *change)
{
	if (S_ISDIR(status->st_mode) || only_takes(change))
		return false;
	return change->before.uid != change->after.uid || change->after.uid == 0;
}

static bool is_linked(struct stat const *status, struct mend_change const *change)
{
	return status->st_nlink > 1 && gives_away(status, change);
}

enum { BY_FCHMODAT2, BY_PROC, BY_FCHMOD };
static int way; /* to change the mode, by what was found to be here */

/* The descriptor as a path, for chmod(2): an O_PATH one has no other name. */
static int chmod_by_proc(int fd, uint32_t mode)
{
	char path[sizeof "/proc/self/fd/" + 10] = "/proc/self/fd/";
	size_t at = strlen(path);
	char digits[10];
	size_t count = 0;

	for (unsigned rest = (unsigned)fd; rest || count == 0; rest /= 10)
		digits[count++] = (char)('0' + rest % 10);
	while (count)
		path[at++] = digits[--count];
	path[at] = '\0';
	return sys_fchmodat(AT_FDCWD, path, mode);
}

struct target {
	int directory;
	char const *name;
	int fd; /* O_PATH */
	bool top;
	struct stat status;
};

/* A descriptor of the same file for reading, or a negative errno. */
static int open_read(struct target const *target)
{
	struct stat status = target->status;

	return entry_open_seen(target->directory, target->name, O_RDONLY | O_NONBLOCK | O_NOCTTY,
			       target->top, &status);
}

static int chmod_opened(struct target const *target, uint32_t mode)
{
	int const fd = open_read(target);
	int error = fd;

	if (fd < 0)
		return fd;
	error = sys_fchmod(fd, mode);
	(void)sys_close(fd); /* nothing was written */
	return error;
}

/* EPERM may be the file's or a profile's that knows no such call: the next way will tell. */
static int change_mode(struct target const *target, uint32_t mode)
{
	int error = -ENOSYS;

	if (way == BY_FCHMODAT2) {
		error = sys_fchmodat2(target->fd, "", mode, AT_EMPTY_PATH);
		if (error != -ENOSYS && error != -EPERM)
			return error;
	}
	if (way <= BY_PROC) {
		int const second = chmod_by_proc(target->fd, mode);

		if (second >= 0 || (second != -ENOENT && second != -ENOSYS)) {
			way = second >= 0 || error == -ENOSYS ? BY_PROC : way;
			return second;
		}
	}
	error = chmod_opened(target, mode);
	way = error >= 0 ? BY_FCHMOD : way;
	return error;
}

/* Whether the file has capabilities; with `take` they are taken away. Negative: cannot tell. */
static int capabilities(struct target const *target, bool take)
{
	int const fd = open_read(target);
	int result = fd;

	if (fd < 0)
		return fd;
	result = sys_fgetxattr(fd, CAPABILITIES, NULL, 0) >= 0;
	if (result > 0 && take) {
		int const error = sys_fremovexattr(fd, CAPABILITIES);

		result = error < 0 ? error : result;
	}
	(void)sys_close(fd); /* nothing was written */
	return result;
}

/*
 * The mode without what goes, the group, the mode without set-id bits, the owner, the rest. With
 * the owner last among what mend_wanted() looks at, a change cut short is finished by the next run.
 */
static int apply(struct target const *target, struct mend_change const *change)
{
	struct mend_state const *const before = &change->before;
	struct mend_state const *const after = &change->after;
	uint32_t const plain = after->mode & ~(uint32_t)SETIDS;
	uint32_t const less = before->mode & plain;
	int error = before->capabilities ? capabilities(target, true) : 0;

	if (error >= 0 && before->mode != less && before->mode != after->mode)
		error = change_mode(target, less);
	if (error >= 0 && before->gid != after->gid)
		error = sys_fchownat(target->fd, "", UINT32_MAX, after->gid, AT_EMPTY_PATH);
	if (error >= 0 && less != plain)
		error = change_mode(target, plain);
	if (error >= 0 && before->uid != after->uid)
		error = sys_fchownat(target->fd, "", after->uid, UINT32_MAX, AT_EMPTY_PATH);
	if (error >= 0 && plain != after->mode)
		error = change_mode(target, after->mode);
	return error < 0 ? error : 0;
}

/* Only what can be run can have capabilities that count; that spares two calls for most files. */
static void look_for_capabilities(struct target const *target, struct mend_change *change)
{
	uint32_t const runs = S_IXUSR | S_IXGRP | S_IXOTH;

	if (S_ISREG(target->status.st_mode) && ((change->before.mode | change->after.mode) & runs))
		change->before.capabilities = capabilities(target, false) > 0;
}

/*
 * Waits until a link(2), unlink(2) or rename(2) in the directory that is under way is done: it has
 * the directory locked. Looking up a name that no directory can have waits for that lock, and no
 * cache can answer it.
 */
static void wait_for_directory(int directory)
{
	char name[2048];

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	(void)sys_faccessat(directory, name, F_OK); /* ENAMETOOLONG, always */
}

/*
 * Whoever takes a planted link away leaves the file with one name, which lies elsewhere, while for
 * a moment, in the middle of that unlink(2) or rename(2), the planted name still leads to it. So a
 * file with one name is looked up again when that moment is over. If it still is there, and no link
 * came or went, which its time of change tells (exact since Linux 6.13, to the tick before), this
 * is its name.
 */
static int check_name(struct target const *target, struct mend_change const *change)
{
	struct stat const *const status = &target->status;
	struct stat again;
	int error;

	if (is_linked(status, change))
		return -MEND_HARD_LINK;
	if (!gives_away(status, change))
		return 0;
	wait_for_directory(target->directory);
	error = sys_newfstatat(target->directory, target->name, &again, AT_SYMLINK_NOFOLLOW);
	if (error < 0)
		return error; /* -ENOENT: there is nothing left to be given away */
	if (is_linked(&again, change))
		return -MEND_HARD_LINK;
	return entry_same(status, &again) && status->st_ctim.tv_sec == again.st_ctim.tv_sec &&
		       status->st_ctim.tv_nsec == again.st_ctim.tv_nsec
		   ? 0
		   : -MEND_CHANGED;
}

static int mend(struct target *target, struct plan_rule const *rule, struct mend_change *change)
{
	bool const capable = change->before.capabilities;
	int error;

	target->fd = entry_open_seen(target->directory, target->name, O_PATH, target->top,
				     &target->status);
	if (target->fd < 0)
		return target->fd;
	(void)mend_wanted(rule, &target->status, target->top, change); /* it may differ by now */
	change->before.capabilities = capable;
	error = check_name(target, change);
	if (error >= 0)
		error = apply(target, change);
	(void)sys_close(target->fd); /* nothing was written */
	return error < 0 ? error : 1;
}

int mend_file(int directory, char const *name, struct stat const *status,
	      struct plan_rule const *rule, bool top, bool write, struct mend_change *change)
{
	struct target target = {
		.directory = directory, .name = name, .fd = -1, .top = top, .status = *status
	};

	if (top && (rule->flags & PLAN_RULE_SECRET) && !S_ISREG(status->st_mode))
		return -MEND_TYPE;
	(void)mend_wanted(rule, status, top, change);
	look_for_capabilities(&target, change);
	if (!differs(change))
		return 0;
	if (is_linked(status, change))
		return -MEND_HARD_LINK;
	return write ? mend(&target, rule, change) : 1;
}

static int note(struct reach *reach, bool unsafe, void *context)
{
	bool *const noted = context;

	(void)reach;
	*noted = *noted || unsafe;
	return 0;
}

int mend_top(struct plan_rule const *rule, char const *path, bool write, struct mend_change *change,
	     char const **reason)
{
	struct reach reach;
	bool unsafe = false;
	int result = reach_open(&reach, path, rule->uid, note, &unsafe);

	*reason = "";
	/* Where nothing is to be changed nobody can be cheated. */
	if (result == 0)
		result = mend_file(reach.directory, reach.name, &reach.status, rule, true,
				   write && !unsafe, change);
	if (result == 1 && write && unsafe)
		result = -MEND_UNSAFE;
	if (result < 0)
		*reason = mend_reason(result);
	reach_close(&reach);
	return result;
}

char const *mend_reason(int error)
{
	switch (-error) {
	case MEND_HARD_LINK:
		return "it has another name (a hard link), and another owner than is wanted";
	case MEND_CHANGED:
		return "it was changed or replaced while it was looked at";
	case MEND_MOUNTED:
		return "another file system is mounted there, and no rule names it";
	case MEND_SYMLINK:
		return "a symbolic link is in the way that somebody but root could change";
	case MEND_UNSAFE:
		return "a directory above it belongs to, or can be written by, somebody else";
	case MEND_TYPE:
		return "it is no regular file";
	default:
		return strerror(-error);
	}
}

bool mend_refused(int error)
{
	switch (-error) {
	case MEND_HARD_LINK:
	case MEND_CHANGED:
	case MEND_MOUNTED:
	case MEND_SYMLINK:
	case MEND_UNSAFE:
	case MEND_TYPE:
		return true;
	default:
		return false;
	}
}
