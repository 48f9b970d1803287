/* SPDX-License-Identifier: ISC */
/*
 * Everything that is wrong with the declarations, gathered so that one run reports all of it: one
 * line each, sorted by file and line, each once, "FILE:LINE: what was found, what was expected".
 * Notices are what the declarations ask for and this host cannot give.
 */
#ifndef ORLOP_PLAN_FAULTS_H
#define ORLOP_PLAN_FAULTS_H

#include "lib/arena.h"
#include "lib/names.h"

#include <skalibs/genalloc.h>

struct place {
	char const *file;
	uint32_t line; /* from 1; 0: the file as a whole */
};

struct faults {
	struct arena *arena;
	genalloc list; /* of struct fault */
	struct names noticed;
	genalloc notices; /* of char const * */
};

/* Adds the line "FILE:LINE: " and the strings behind each other; the last argument is NULL. */
void faults_add(struct faults *faults, struct place place, ...) __attribute__((sentinel));

/* Adds a notice unless there is one with the same text. */
void faults_notice(struct faults *faults, char const *text);

size_t faults_count(struct faults const *faults);

/* The value as it may be shown: quoted, at most 80 bytes, control characters as ?. */
char const *faults_quote(struct faults *faults, char const *value);

/* Sorts, and prints all faults and the last line with their count, or the notices, to `fd`. */
int faults_print(struct faults *faults, int fd);
int faults_print_notices(struct faults const *faults, int fd);

/* Frees the lists; the texts belong to the arena. */
void faults_free(struct faults *faults);

#endif
