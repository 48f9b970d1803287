/* SPDX-License-Identifier: ISC */
/*
 * Lines of passwd(5), group(5), shadow(5) and gshadow(5), as text alone: what an account needs in
 * each of them, and whether it is there already. Nothing that stands in a file is changed: not its
 * order, not a line that makes no sense, not its line ends.
 */
#ifndef ORLOP_BUILD_ACCOUNT_LINES_H
#define ORLOP_BUILD_ACCOUNT_LINES_H

#include "lib/text.h"

#include <stdint.h>

enum account_file { ACCOUNT_SHADOW, ACCOUNT_GSHADOW, ACCOUNT_GROUP, ACCOUNT_PASSWD, ACCOUNT_FILES };

struct account_line {
	char const *name;
	bool group;	   /* a group alone; else a user, and the group of its name */
	uint32_t id;	   /* uid, or the group's gid */
	uint32_t gid;	   /* of a user */
	char const *shell; /* of a user */
};

/* False for what would break a file apart: an empty name, one with a colon or a line end in it. */
bool account_lines_is_name(char const *name);

/* Whether a line of `content` is `name`'s. */
bool account_lines_has(struct text const *content, char const *name);

/* Adds what `file` lacks of the account behind `content`; whether anything was added. */
bool account_lines_add(struct text *content, enum account_file file,
		       struct account_line const *line);

#endif
