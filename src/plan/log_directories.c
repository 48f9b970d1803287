/* SPDX-License-Identifier: ISC */
/* See log_directories.h. */
#include "plan/log_directories.h"

#include "lib/log_place.h"
#include "lib/mend.h"
#include "plan/identity.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

struct maker {
	struct declarations *declarations;
	struct service const *service;
	uint32_t uid; /* the logger's */
	uint32_t gid;
	struct names seen;
};

static void fault(struct maker *maker, char const *path, char const *found, char const *expected)
{
	struct service const *s = maker->service;
	struct faults *const faults = maker->declarations->faults;

	faults_add(faults, s->places[KEY_LOG].file ? s->places[KEY_LOG] : s->place,
		   "log: ", faults_quote(faults, path), ": found ", found, ", expected ", expected,
		   NULL);
}

/* The directories on the way and the last one, where they are missing. */
static int make_path(char const *path)
{
	char part[PATH_MAX];
	int error = 0;

	for (size_t i = 1; path[i - 1] && i < sizeof part; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		error = sys_mkdirat(AT_FDCWD, part, 0755);
		/* EROFS and the like of one that is there are no matter. */
		if (error < 0 && sys_faccessat(AT_FDCWD, part, F_OK) == 0)
			error = 0;
		if (error < 0)
			return error;
	}
	return error;
}

/* What a file system has of itself at its top does not count. */
static bool is_empty(int fd)
{
	struct entry {
		uint64_t inode;
		int64_t offset;
		uint16_t length;
		uint8_t type;
		char name[];
	};
	_Alignas(struct entry) char buffer[4096];
	ssize_t n;

	while ((n = sys_getdents64(fd, buffer, sizeof buffer)) > 0)
		for (ssize_t at = 0; at < n;) {
			struct entry const *entry = (struct entry const *)(void *)(buffer + at);

			if (strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0 &&
			    strcmp(entry->name, "lost+found") != 0)
				return false;
			at += entry->length;
		}
	return n == 0;
}

/* Whether it may be given to the logger: 0, or a negative errno, or a fault. */
static int look(struct maker *maker, char const *path)
{
	struct arena *const arena = maker->declarations->arena;
	int const fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
				  0);
	struct stat status;
	int error = fd < 0 ? fd : sys_fstat(fd, &status);

	if (error == 0 && status.st_uid != maker->uid && !is_empty(fd)) {
		fault(maker, path,
		      arena_join(arena, "a directory of uid ", arena_number(arena, status.st_uid),
				 " with files in it", NULL),
		      arena_join(arena, "one of uid ", arena_number(arena, maker->uid),
				 ", which the logger runs as, or an empty one", NULL));
		error = -ECANCELED;
	}
	if (fd >= 0)
		(void)sys_close(fd); /* nothing was written */
	return error;
}

static int give(struct maker *maker, char const *path, char const **reason)
{
	struct plan_rule const rule = { .uid = maker->uid,
					.gid = maker->gid,
					.file_mode = UINT32_MAX,
					.directory_mode = 0750,
					.flags = PLAN_RULE_DECLARED };
	struct mend_change change;
	int error;

	*reason = "";
	/* The ids stay as they are; all that counts is that it can be written. */
	if (maker->declarations->shared_uid) {
		error = sys_faccessat(AT_FDCWD, path, W_OK | X_OK);
		*reason = strerror(-error);
		return error;
	}
	error = mend_top(&rule, path, true, &change, reason);
	return error < 0 ? error : 0;
}

static void make(struct maker *maker, char const *path)
{
	char const *reason;
	int error = make_path(path);

	if (error == 0 && !maker->declarations->shared_uid)
		error = look(maker, path);
	if (error == -ECANCELED)
		return;
	reason = strerror(-error);
	if (error == 0)
		error = give(maker, path, &reason);
	if (error < 0)
		fault(maker, path, reason, "a directory that the logger can have");
}

void log_directories_make(struct declarations *d, char const *etc)
{
	struct maker maker = { .declarations = d, .uid = d->host.uid, .gid = d->host.gid };
	struct log_place place;

	if (!d->shared_uid)
		identity_nobody(etc, &maker.uid, &maker.gid);
	for (uint32_t i = 0; i < d->count; i++) {
		struct service const *s = &d->services[i];
		char const *path;

		if (s->slot.log != PLAN_LOG_FILE || s->slot.kind == PLAN_BUNDLE ||
		    s->flags & SERVICE_DISABLED || (!d->build && s->flags & SERVICE_BUILD) ||
		    log_place_parse(&place, s->log_option) < 0)
			continue;
		path = arena_copy(d->arena, place.directory, place.directory_length);
		if (names_find(&maker.seen, path) != NAMES_NONE)
			continue;
		names_enter(&maker.seen, d->arena, path, i);
		maker.service = s;
		make(&maker, path);
	}
}
