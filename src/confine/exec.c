/* SPDX-License-Identifier: ISC */
/* Finding and executing a program; see exec.h. */
#include "confine/exec.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What container engines set where an image says nothing. */
static char const default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* An empty element of PATH is the working directory. */
bool exec_join(char path[PATH_MAX], char const *directory, size_t length, char const *program)
{
	size_t const rest = strlen(program) + 1;

	if (length + 1 + rest > PATH_MAX)
		return false;
	memcpy(path, directory, length);
	if (length > 0)
		path[length++] = '/';
	memcpy(path + length, program, rest);
	return true;
}

/* Another directory may still have it. */
static bool goes_on(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -EACCES;
}

int exec_search(char const *path_variable, char const *program, char *const *arguments,
		char *const *environment)
{
	static char path[PATH_MAX];
	char const *directory = path_variable ? path_variable : default_path;
	int worst = -ENOENT;

	if (*program == '\0')
		return -ENOENT;
	if (strchr(program, '/'))
		return sys_execve(program, arguments, environment);
	for (;;) {
		size_t const length = strcspn(directory, ":");

		if (exec_join(path, directory, length, program)) {
			int const error = sys_execve(path, arguments, environment);

			if (!goes_on(error))
				return error;
			if (error == -EACCES)
				worst = error;
		}
		if (directory[length] == '\0')
			return worst;
		directory += length + 1;
	}
}

bool exec_find(char const *path_variable, char const *program, char path[PATH_MAX])
{
	char const *directory = path_variable ? path_variable : default_path;

	if (strchr(program, '/'))
		directory = "";
	for (; *program; directory++) {
		size_t const length = strcspn(directory, ":");

		if (exec_join(path, directory, length, program) &&
		    sys_faccessat(AT_FDCWD, path, X_OK) == 0)
			return true;
		directory += length;
		if (*directory == '\0')
			break;
	}
	return false;
}

int exec_status(int error)
{
	switch (-error) {
	case ENOENT:
	case ENOTDIR:
		return 127;
	case EACCES:
	case EPERM:
	case ENOEXEC:
	case EISDIR:
	case ELIBBAD:
	case ETXTBSY:
	case EINVAL:
	case ELOOP:
	case ENAMETOOLONG:
		return 126;
	default:
		return 111;
	}
}
