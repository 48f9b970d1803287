/* SPDX-License-Identifier: ISC */
/* Replacing the files of accounts; see account_files.h. */
#include "build/account_files.h"

#include "build/account_lines.h"
#include "sys/sys.h"
#include "wire/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

struct kind {
	char const *name;
	char const *anew; /* what it is written as; one left over by a killed run is replaced */
	bool optional;
};

static struct kind const kinds[ACCOUNT_FILES] = {
	[ACCOUNT_SHADOW] = { "shadow", ".shadow.orlop", true },
	[ACCOUNT_GSHADOW] = { "gshadow", ".gshadow.orlop", true },
	[ACCOUNT_GROUP] = { "group", ".group.orlop", false },
	[ACCOUNT_PASSWD] = { "passwd", ".passwd.orlop", false },
};

/* Of a user who logs in nowhere: the first that the image has. */
static char const *find_shell(void)
{
	static char const *const shells[] = { "/usr/sbin/nologin", "/sbin/nologin", "/bin/false" };

	for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
		if (sys_faccessat(AT_FDCWD, shells[i], X_OK) == 0)
			return shells[i];
	return shells[0];
}

static int read_all(int fd, struct text *content)
{
	char buffer[4096];
	ssize_t n;

	while ((n = sys_read(fd, buffer, sizeof buffer)) != 0) {
		if (n > 0)
			text_add_bytes(content, buffer, (size_t)n);
		else if (n != -EINTR)
			return (int)n;
	}
	return content->failed ? -ENOMEM : 0;
}

/* The file as it is; -ENOENT where there is none, -ELOOP for a link, -EINVAL for what is no file. */
static int load(int etc, struct kind const *kind, struct text *content, struct stat *status)
{
	int fd;
	int error = sys_newfstatat(etc, kind->name, status, AT_SYMLINK_NOFOLLOW);

	if (error < 0)
		return error;
	if (!S_ISREG(status->st_mode))
		return S_ISLNK(status->st_mode) ? -ELOOP : -EINVAL;
	fd = sys_openat(etc, kind->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	error = read_all(fd, content);
	(void)sys_close(fd); /* nothing was written */
	return error;
}

/* Content, owner, group and mode into the new file, down to the disk. */
static int fill(int fd, struct text *content, struct stat const *wanted)
{
	struct stat made;
	int error = sys_fstat(fd, &made);

	if (error >= 0)
		error = text_write(content, fd);
	/* Where one id alone is mapped, a chown to what it is already would be refused. */
	if (error >= 0 && (made.st_uid != wanted->st_uid || made.st_gid != wanted->st_gid))
		error = sys_fchown(fd, wanted->st_uid, wanted->st_gid);
	if (error >= 0)
		error = sys_fchmod(fd, wanted->st_mode & 07777);
	return error < 0 ? error : sys_fsync(fd);
}

static int replace(int etc, struct kind const *kind, struct text *content,
		   struct stat const *wanted)
{
	int const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int const fd = sys_openat(etc, kind->anew, flags, 0600);
	int error;
	int closed;

	if (fd < 0)
		return fd;
	error = fill(fd, content, wanted);
	closed = sys_close(fd);
	if (error >= 0)
		error = closed;
	if (error >= 0)
		error = sys_renameat(etc, kind->anew, etc, kind->name);
	if (error < 0)
		(void)sys_unlinkat(etc, kind->anew, 0); /* the next run tries again */
	else
		(void)sys_fsync(
		    etc); /* it is replaced already; not every file system can do more */
	return error;
}

/* The accounts of the plan behind `content`: how many lines, or -EINVAL for an impossible name. */
static int add_all(struct text *content, enum account_file file, void const *plan)
{
	struct plan_list const list = plan_header(plan)->accounts;
	struct plan_account const *accounts = plan_accounts(plan, list);
	char const *const shell = find_shell();
	int added = 0;

	for (uint32_t i = 0; i < list.count; i++) {
		struct account_line const line = { plan_string(plan, accounts[i].name),
						   accounts[i].group, accounts[i].id,
						   accounts[i].gid, shell };

		if (!account_lines_is_name(line.name))
			return -EINVAL;
		added += account_lines_add(content, file, &line);
	}
	return content->failed ? -ENOMEM : added;
}

/* Whether it was written: 1, 0, or a negative errno. */
static int make_one(int etc, enum account_file file, void const *plan)
{
	struct kind const *const kind = &kinds[file];
	struct stat status = { .st_mode = 0644 }; /* root's */
	struct text content = TEXT_EMPTY;
	int added = load(etc, kind, &content, &status);
	int error = 0;

	if (added == -ENOENT && kind->optional)
		return 0;
	if (added == 0 || added == -ENOENT)
		added = add_all(&content, file, plan);
	if (added > 0)
		error = replace(etc, kind, &content, &status);
	text_free(&content);
	return added <= 0 ? added : error < 0 ? error : 1;
}

int account_files_make(char const *etc, void const *plan, char const **file)
{
	int const directory = sys_openat(AT_FDCWD, etc, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	int written = 0;
	int result = 0;

	*file = "";
	if (directory < 0)
		return directory;
	/* Two at once would take each other's new file for a left one; not every file system can. */
	(void)sys_flock(directory, LOCK_EX);
	for (enum account_file i = 0; i < ACCOUNT_FILES && result >= 0; i++) {
		*file = kinds[i].name;
		result = sys_unlinkat(directory, kinds[i].anew, 0);
		if (result == -ENOENT || result == -EROFS)
			result = 0;
		if (result == 0 && plan_header(plan)->accounts.count)
			result = make_one(directory, i, plan);
		if (result > 0)
			written++;
	}
	(void)sys_close(directory); /* nothing was written through it */
	return result < 0 ? result : written;
}
