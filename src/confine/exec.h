/* SPDX-License-Identifier: ISC */
/* The last call: a program found along PATH, and the exit status that tells why it was not. */
#ifndef ORLOP_CONFINE_EXEC_H
#define ORLOP_CONFINE_EXEC_H

/*
 * execvp(3) without heap and without its fallback to /bin/sh: a name with a slash is taken as it
 * is, another is looked for in the directories of `path_variable` (NULL: the system's default).
 * Returns only on failure, a negative errno; -EACCES wins over -ENOENT, as it tells more.
 */
int exec_search(char const *path_variable, char const *program, char *const *arguments,
		char *const *environment);

/* 127: no such program; 126: there, but not to be executed; 111: the system refused. */
int exec_status(int error);

#endif
