/* SPDX-License-Identifier: ISC */
/* The last call: a program found along PATH, and the exit status that tells why it was not. */
#ifndef ORLOP_CONFINE_EXEC_H
#define ORLOP_CONFINE_EXEC_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * execvp(3) without heap and without its fallback to /bin/sh: a name with a slash is taken as it
 * is, another is looked for in the directories of `path_variable` (NULL: the system's default).
 * Returns only on failure, a negative errno; -EACCES wins over -ENOENT, as it tells more.
 */
int exec_search(char const *path_variable, char const *program, char *const *arguments,
		char *const *environment);

/* The file that exec_search() would execute, or false: there is none. */
bool exec_find(char const *path_variable, char const *program, char path[PATH_MAX]);

/* DIRECTORY/PROGRAM, or PROGRAM in an empty directory; false when that is too long. */
bool exec_join(char path[PATH_MAX], char const *directory, size_t length, char const *program);

/* 127: no such program; 126: there, but not to be executed; 111: the system refused. */
int exec_status(int error);

#endif
