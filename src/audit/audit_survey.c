/* SPDX-License-Identifier: ISC */
/*
 * One walk over the whole root file system, as root: 500,000 files in about a second, so a file
 * costs one fstatat(2), and a look for capabilities if it can be executed. Whether an identity may
 * write is the kernel's to say, but where the nine mode bits give nobody but root the right there
 * is nothing to ask: on Linux's own file systems the group's bits are the mask of an access control
 * list, so no list can give more. On others, every file is asked about.
 */
#include "audit/audit.h"

#include "audit/audit_mounts.h"
#include "audit/audit_names.h"
#include "lib/walk.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

/* What a directory is part of, inherited by those below it. */
enum {
	IN_CODE = 1 << 0,    /* executed or loaded */
	IN_DATA = 1 << 1,    /* only read */
	IN_READ = 1 << 2,    /* declared by a service, which needs to read all of it */
	IN_WRITE = 1 << 3,   /* the top of a `write` path: what is below is data that changes */
	IN_SYSTEM = 1 << 4,  /* base paths: some of their files are nobody's to read */
	IN_VENDOR = 1 << 5,  /* the distribution's own: its file names mean nothing */
	NO_VENDOR = 1 << 6,  /* except here */
	DOUBT_MODES = 1 << 7 /* a file system whose mode bits do not bound its lists */
};

/* The directory that was entered last at its depth, so the one above whatever comes now. */
struct level {
	dev_t device;
	unsigned flags;
};

struct survey {
	struct audit *audit;
	struct names tops;    /* path -> IN_* that begin there */
	struct level *levels; /* by the slashes in the path; the root directory has none */
	uint32_t room;
};

static uint32_t depth_of(char const *path)
{
	uint32_t depth = 0;

	for (; *path; path++)
		depth += *path == '/' && path[1] != '\0';
	return depth;
}

static void mark(struct survey *survey, char const *path, unsigned flags)
{
	struct names *const tops = &survey->tops;
	uint32_t const old = names_enter(tops, &survey->audit->arena, path, flags);

	if ((old & flags) == flags)
		return;
	for (uint32_t i = 0; i < tops->size; i++)
		if (tops->entries[i].name && !strcmp(tops->entries[i].name, path))
			tops->entries[i].value |= flags;
}

static void mark_list(struct survey *survey, struct plan_list list, unsigned flags)
{
	struct audit *const audit = survey->audit;
	uint32_t const *words = plan_words(audit->plan, list);
	struct audit_way way;

	for (uint32_t i = 0; i < list.count; i++)
		if (audit_follow(audit, audit_declared(audit, words[i]), &way) == 0 &&
		    !(flags == IN_READ && audit_is_system(audit, way.path)))
			mark(survey, way.path, flags);
}

static void mark_all(struct survey *survey)
{
	static unsigned const marks[] = { [HOLD_SYSTEM] = IN_CODE | IN_SYSTEM,
					  [HOLD_DECLARATIONS] = IN_CODE,
					  [HOLD_ORLOP] = IN_CODE,
					  [HOLD_CODE] = IN_CODE,
					  [HOLD_DATA] = IN_DATA,
					  [HOLD_SECRET] = IN_DATA,
					  [HOLD_WRITE] = IN_DATA };
	struct audit *const audit = survey->audit;

	for (uint32_t i = 0; i < audit->holding_count; i++)
		if (audit->holdings[i].tree)
			mark(survey, audit->holdings[i].path, marks[audit->holdings[i].kind]);
	for (uint32_t i = 0; i < audit->service_count; i++) {
		mark_list(survey, audit->services[i].slot->read, IN_READ);
		mark_list(survey, audit->services[i].slot->execute, IN_READ);
		mark_list(survey, audit->services[i].slot->write, IN_WRITE);
	}
	mark(survey, "/usr", IN_VENDOR);
	mark(survey, "/usr/local", NO_VENDOR);
}

/* The flags of a directory at `path` below one with `flags`. */
static unsigned inherit(struct survey const *survey, unsigned flags, char const *path)
{
	uint32_t const top = names_find(&survey->tops, path);

	flags &= ~(unsigned)NO_VENDOR;
	if (top == NAMES_NONE)
		return flags;
	flags |= top;
	if (top & IN_WRITE)
		flags &= ~(unsigned)(IN_DATA | IN_READ | IN_WRITE);
	if (top & IN_SYSTEM)
		flags &= ~(unsigned)(IN_READ | IN_SYSTEM);
	if (top & NO_VENDOR)
		flags &= ~(unsigned)IN_VENDOR;
	return flags;
}

static bool is_somebodys(struct audit const *audit, uint32_t uid)
{
	if (uid == 0)
		return false;
	for (uint32_t i = 0; i < audit->identity_count; i++)
		if (audit->identities[i].slot->uid == uid)
			return true;
	return false;
}

/* Whether anybody but root might write it. */
static bool might_write(struct survey const *survey, struct stat const *status, unsigned flags)
{
	return flags & DOUBT_MODES || status->st_mode & (S_IWGRP | S_IWOTH) ||
	       is_somebodys(survey->audit, status->st_uid);
}

static void look_at_privileges(struct survey *survey, char const *path, mode_t mode)
{
	struct audit *const audit = survey->audit;
	char value[64];

	if (!(mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		return;
	if (mode & S_ISUID)
		audit_found(audit, FINDING_SETUID, audit->service_count, path, "");
	else if (mode & S_ISGID && mode & S_IXGRP)
		audit_found(audit, FINDING_SETGID, audit->service_count, path, "");
	else if (sys_lgetxattr(path, "security.capability", value, sizeof value) > 0)
		audit_found(audit, FINDING_FILE_CAPABILITY, audit->service_count, path, "");
}

static void look_at_link(struct survey *survey, char const *path, unsigned flags)
{
	struct stat status;
	struct audit_way way;

	if (!(flags & (IN_CODE | IN_DATA)) || sys_newfstatat(AT_FDCWD, path, &status, 0) < 0 ||
	    (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) ||
	    !might_write(survey, &status, flags))
		return;
	if (audit_follow(survey->audit, path, &way) == 0)
		(void)audit_spot_put(survey->audit, path, way.path, &status,
				     SPOT_ASK_WRITE | SPOT_LINK);
}

/* The questions about a file or directory. */
static void look_at(struct survey *survey, struct walk_entry const *entry, unsigned flags)
{
	struct stat const *const status = entry->status;
	mode_t const readable = S_ISDIR(status->st_mode) ? S_IROTH | S_IXOTH : S_IROTH;
	uint32_t asked = 0;

	if (flags & (IN_CODE | IN_DATA) && might_write(survey, status, flags))
		asked |= SPOT_ASK_WRITE;
	if (flags & IN_READ && (status->st_mode & readable) != readable)
		asked |= SPOT_ASK_READ | SPOT_DEEP;
	if (S_ISREG(status->st_mode) && !(flags & IN_VENDOR) && audit_name_is_key(entry->name))
		asked |= SPOT_ASK_READ | SPOT_KEY;
	if (asked)
		(void)audit_spot_put(survey->audit, entry->path, NULL, status, asked);
}

static bool is_kernels(char const *path)
{
	return !strcmp(path, "/proc") || !strcmp(path, "/sys") || !strcmp(path, "/dev");
}

static enum audit_mount mount_of(struct walk_entry const *entry)
{
	int const fd = sys_openat(entry->directory, entry->name,
				  O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC, 0);
	enum audit_mount mount = MOUNT_OTHER;

	if (fd < 0)
		return mount;
	mount = audit_mount(fd);
	(void)sys_close(fd); /* nothing was written */
	return mount;
}

static int enter_directory(struct survey *survey, struct walk_entry const *entry)
{
	uint32_t const depth = depth_of(entry->path);
	struct level const *const above = depth ? &survey->levels[depth - 1] : NULL;
	unsigned flags = inherit(survey, above ? above->flags : 0, entry->path);

	if (is_kernels(entry->path))
		return WALK_SKIP;
	if (!above || above->device != entry->status->st_dev) {
		enum audit_mount const mount = mount_of(entry);

		if (mount == MOUNT_PSEUDO)
			return WALK_SKIP;
		flags &= ~(unsigned)DOUBT_MODES;
		flags |= mount == MOUNT_PLAIN ? 0 : DOUBT_MODES;
	}
	look_at(survey, entry, flags);
	survey->levels = audit_grow(survey->audit, survey->levels, depth, &survey->room,
				    sizeof *survey->levels);
	survey->levels[depth] = (struct level){ .device = entry->status->st_dev, .flags = flags };
	return WALK_ON;
}

static int enter(struct walk_entry const *entry, void *context)
{
	struct survey *const survey = context;
	mode_t const mode = entry->status->st_mode;
	unsigned flags;

	/* Nobody can name it, so there is no asking; of a directory, not what is in it either. */
	if (strlen(entry->path) >= PATH_MAX - (S_ISDIR(mode) ? 2 : 0)) {
		audit_notice(survey->audit, "cannot look at", entry->path, -ENAMETOOLONG);
		return WALK_SKIP;
	}
	if (S_ISDIR(mode))
		return enter_directory(survey, entry);
	flags = survey->levels[depth_of(entry->path) - 1].flags;
	if (S_ISLNK(mode))
		look_at_link(survey, entry->path, flags);
	if (S_ISREG(mode)) {
		look_at(survey, entry, flags);
		look_at_privileges(survey, entry->path, mode);
	}
	return WALK_ON;
}

static int trouble(char const *path, int error, void *context)
{
	struct survey *const survey = context;

	if (!strcmp(path, "/"))
		return error; /* nothing was seen at all */
	audit_notice(survey->audit, "cannot look into", path, error);
	return 0;
}

int audit_survey(struct audit *audit)
{
	struct survey survey = { .audit = audit };
	struct walk const walk = {
		.enter = enter, .trouble = trouble, .context = &survey, .cross = true
	};

	int const root = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int error;

	if (root < 0)
		return root;
	mark_all(&survey);
	error = walk_tree(&walk, root, ".", "/");
	(void)sys_close(root); /* nothing was written */
	return error;
}
