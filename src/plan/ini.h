/* SPDX-License-Identifier: ISC */
/*
 * The lines of a declaration file: `key = value`, `[section]`, comments, continuations. The text
 * is cut up in place, so keys and values live as long as it does. What a value means is not known
 * here.
 */
#ifndef ORLOP_PLAN_INI_H
#define ORLOP_PLAN_INI_H

#include "plan/faults.h"

enum { INI_LINE_MAX = 65535 };

struct ini_entry {
	char const *section; /* "" before the first */
	char *key;
	char *value; /* continuation lines joined by newlines */
	uint32_t line;
};

struct ini {
	struct ini_entry *entries;
	uint32_t count;
};

/*
 * Cuts `text` of `length` bytes, which has one byte more for a NUL. Every line that is wrong is
 * added to `faults`; the entries of the others are still had.
 */
void ini_parse(struct faults *faults, char const *file, char *text, size_t length, struct ini *ini);

#endif
