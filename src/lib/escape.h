/* SPDX-License-Identifier: ISC */
/* Bytes made harmless: for JSON strings, and for terminals that obey control characters. */
#ifndef ORLOP_LIB_ESCAPE_H
#define ORLOP_LIB_ESCAPE_H

#include <stddef.h>

/*
 * Copies as many of `count` bytes as have room, whole characters at a time; returns the bytes
 * written and sets *used.
 */
typedef size_t escape_function(char const *bytes, size_t count, char *out, size_t room,
			       size_t *used);

/* What stands between the quotes of a JSON string; bytes that are no UTF-8 become U+FFFD. */
escape_function escape_json;

/* Tab stays; other control characters, C1 ones and what is no UTF-8 become \x1b and the like. */
escape_function escape_terminal;

#endif
