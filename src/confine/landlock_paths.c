/* SPDX-License-Identifier: ISC */
/*
 * The paths of a service's Landlock domain. The plan has the complete list, base paths and all;
 * each becomes a rule for the file or the tree that it names at this moment. They are opened with
 * O_PATH, which opens no device and needs no permission on the file itself, and before the ids
 * change, as the service need not be able to walk there.
 */
#include "confine/landlock_rights.h"
#include "confine/steps.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>

enum {
	OF_FILES = FILE_EXECUTE | FILE_WRITE | FILE_READ | FILE_TRUNCATE | FILE_IOCTL,
	READ = FILE_READ | DIRECTORY_READ,
	/* Devices are made by nobody, whatever is declared. */
	WRITE = FILE_WRITE | FILE_TRUNCATE | DIRECTORY_REFER | DIRECTORY_REMOVE_DIRECTORY |
		DIRECTORY_REMOVE_FILE | DIRECTORY_MAKE_DIRECTORY | DIRECTORY_MAKE_FILE |
		DIRECTORY_MAKE_SOCKET | DIRECTORY_MAKE_FIFO | DIRECTORY_MAKE_SYMLINK
};

static uint64_t kernel_rights(uint32_t rights)
{
	uint64_t result = 0;

	if (rights & PLAN_READ)
		result |= READ;
	if (rights & PLAN_WRITE)
		result |= WRITE;
	if (rights & PLAN_EXECUTE)
		result |= FILE_EXECUTE;
	if (rights & PLAN_DEVICE)
		result |= FILE_IOCTL;
	return result;
}

/* The kernel refuses a rule that gives a file the rights of directories. */
static int add_rule(int ruleset, int fd, uint64_t rights)
{
	struct landlock_path_rule rule = { .fd = fd };
	struct stat status;
	int result = sys_fstat(fd, &status);

	if (result < 0)
		return result;
	rule.rights = S_ISDIR(status.st_mode) ? rights : rights & OF_FILES;
	if (rule.rights == 0)
		return 0;
	result = sys_landlock_add_rule(ruleset, RULE_PATH, &rule, 0);
	/* /dev/stdout may be a pipe or a socket: these have no path, and nothing is denied there. */
	return result == -EBADFD ? 0 : result;
}

/* Not there, or not to be reached even by who starts the service. */
static bool misses(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -EACCES || error == -ELOOP;
}

static int allow(int ruleset, char const *path, uint32_t rights, uint64_t known)
{
	int const fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	int result;

	if (fd < 0)
		return rights & PLAN_MAY_MISS && misses(fd) ? 0 : fd;
	result = add_rule(ruleset, fd, kernel_rights(rights) & known);
	(void)sys_close(fd); /* nothing was written */
	return result;
}

int landlock_paths(struct confine_request const *request, int ruleset, uint32_t *object)
{
	struct plan_slot const *slot = request->slot;
	struct plan_path const *paths = plan_paths(request->plan, slot->paths);
	uint64_t const known = landlock_file_rights(plan_header(request->plan)->landlock_abi);

	if (ruleset < 0 || !(slot->flags & PLAN_FILE_CAGE))
		return 0;
	for (uint32_t i = 0; i < slot->paths.count; i++) {
		int const result = allow(ruleset, plan_string(request->plan, paths[i].path),
					 paths[i].rights, known);

		if (result < 0) {
			*object = i + 1;
			return result;
		}
	}
	return 0;
}
