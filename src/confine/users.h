/* SPDX-License-Identifier: ISC */
/*
 * A reader of passwd(5) and group(5) files, so that no name service runs as root at start. It
 * streams: a line may be of any length. A line that is not well-formed is skipped, and never
 * matches. Functions return 0, -ENOENT when the file has no such entry, or the errno of a file
 * that cannot be read. A name of digits alone is a number: ask users_number() first.
 */
#ifndef ORLOP_CONFINE_USERS_H
#define ORLOP_CONFINE_USERS_H

#include <stddef.h>
#include <stdint.h>

struct user {
	char name[64];
	uint32_t uid;
	uint32_t gid;
	char home[256];
	char shell[256];
};

int users_by_name(char const *file, char const *name, struct user *user);
int users_by_uid(char const *file, uint32_t uid, struct user *user);

int groups_by_name(char const *file, char const *name, uint32_t *gid);

/*
 * The groups that name `user` as a member, in file order and each once. Returns how many there
 * are; of more than `maximum` only the first `maximum` are stored.
 */
int groups_of(char const *file, char const *user, uint32_t *list, size_t maximum);

/* 0; -EINVAL when `text` is not digits alone; -ERANGE above 4294967294, the last usable id. */
int users_number(char const *text, uint32_t *id);

#endif
