/* SPDX-License-Identifier: ISC */
/*
 * Paths as declarations write them: absolute, with a ? in front of one that may be missing. They
 * are compared as text, so each is brought to one form first: no //, no /./, no slash at the end.
 */
#ifndef ORLOP_PLAN_PATH_WORDS_H
#define ORLOP_PLAN_PATH_WORDS_H

#include "lib/arena.h"

#include <stdbool.h>

/* The word in that form, its ? kept, or NULL when it is not absolute or has .. in it. */
char const *path_words_normal(struct arena *arena, char const *word);

/* The path in a word. */
static inline char const *path_words_path(char const *word)
{
	return word + (*word == '?');
}

/* Whether `path` is `top` or below it. */
bool path_words_below(char const *path, char const *top);

/* Directories that every program shares: they can belong to no service as a whole. */
bool path_words_is_system(char const *path);

/* What the kernel makes up, where owner and mode are not ours: /proc, /sys, /dev and all below. */
bool path_words_is_kernel(char const *path);

#endif
