/* SPDX-License-Identifier: ISC */
/* The names of uids and gids, for messages: passwd(5) and group(5), each read once. */
#ifndef ORLOP_LOCKDOWN_OWNERS_H
#define ORLOP_LOCKDOWN_OWNERS_H

#include "lib/text.h"

struct owners {
	struct text users;
	struct text groups;
};

/* Reads passwd and group in `etc`. What cannot be read has no names. */
void owners_load(struct owners *owners, char const *etc);
void owners_free(struct owners *owners);

/* Adds "user:group", numbers where there are no names. */
void owners_add(struct owners const *owners, uint32_t uid, uint32_t gid, struct text *text);

#endif
