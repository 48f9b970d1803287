/* SPDX-License-Identifier: ISC */
/*
 * Text that is put together piece by piece and written once, so that a table or a JSON document
 * comes out whole. Running out of memory is remembered and told at the end, by text_write(), so
 * that the code between reads like the text.
 */
#ifndef ORLOP_LIB_TEXT_H
#define ORLOP_LIB_TEXT_H

#include <skalibs/stralloc.h>
#include <stdbool.h>
#include <stdint.h>

struct text {
	stralloc bytes;
	bool failed;
};

#define TEXT_EMPTY                              \
	{                                       \
		.bytes = { 0 }, .failed = false \
	}

void text_add(struct text *text, char const *string);
void text_add_bytes(struct text *text, char const *bytes, size_t count);
void text_add_number(struct text *text, int64_t number);
void text_add_unsigned(struct text *text, uint64_t number);

/* Spaces up to `column` counted from offset `start`; always one at least. */
void text_pad(struct text *text, size_t start, size_t column);

/* Control characters as ?, so that a name or a reason cannot command a terminal. */
void text_add_plain(struct text *text, char const *string);

/* The text as a C string that lives until the next change; "" when memory ran out. */
char const *text_string(struct text *text);

/* Writes all of it, waiting where it must: 0, or a negative errno (-ENOMEM: it is not whole). */
int text_write(struct text *text, int fd);
void text_free(struct text *text);

#endif
