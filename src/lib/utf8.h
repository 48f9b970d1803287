/* SPDX-License-Identifier: ISC */
/* Where the characters of UTF-8 end, in bytes that may be anything. */
#ifndef ORLOP_LIB_UTF8_H
#define ORLOP_LIB_UTF8_H

#include <stddef.h>

/* Bytes of the character at `bytes`; 0 when they are none, overlong and surrogates included. */
size_t utf8_length(char const *bytes, size_t count);

/* How many of the last bytes begin a character that is not finished. */
size_t utf8_unfinished(char const *bytes, size_t count);

#endif
