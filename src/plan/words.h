/* SPDX-License-Identifier: ISC */
/*
 * A value's words, in execline's own syntax, so that no shell is involved. ${NAME} and
 * ${NAME:-default} take the container's environment: what comes in becomes part of the word where
 * it stands and is never split or parsed again, and so does the default.
 */
#ifndef ORLOP_PLAN_WORDS_H
#define ORLOP_PLAN_WORDS_H

#include "lib/names.h"

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>
#include <stdbool.h>
#include <stdint.h>

struct words {
	char const *const *at;
	uint32_t count;
};

struct words_parser {
	struct arena *arena;
	char const *const *environment;
	stralloc marked; /* the value with a mark for each substitution */
	stralloc parsed;
	genalloc values;   /* of char const *: what the marks stand for, in order */
	struct names used; /* all variables that were asked for */
	bool block;	   /* the last value had a { block } */
	bool unset;	   /* the last failure was a variable without a value */
	char const *found;
	char const *expected; /* of the last failure */
};

/* The value of NAME in `environment`, or NULL. */
char const *words_variable(char const *const *environment, char const *name, size_t length);

/* Whether the first `length` bytes are a variable's name. */
bool words_is_name(char const *name, size_t length);

/* 0, or -EINVAL with found and expected told. */
int words_parse(struct words_parser *parser, char const *value, struct words *words);

/* Frees what the parser works with; the words belong to the arena. */
void words_free(struct words_parser *parser);

/* The words behind each other with one space in between. */
char const *words_join(struct arena *arena, struct words const *words, uint32_t first);

#endif
