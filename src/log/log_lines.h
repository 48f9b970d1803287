/* SPDX-License-Identifier: ISC */
/* Where lines end and how they look: pure functions over bytes. */
#ifndef ORLOP_LOG_LOG_LINES_H
#define ORLOP_LOG_LOG_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes up to and with the last newline, 0 when there is none. */
size_t log_lines_whole(char const *bytes, size_t count);

/* From how many bytes on an unfinished line is not waited for, in a pipe of this capacity. */
size_t log_lines_long(size_t capacity);

struct log_prefix {
	char const *name; /* NULL: lines stay as they are */
	bool continues;	  /* the first byte goes on in an open line */
};

/*
 * Lays lines out into `room` bytes at `out`, "NAME | " before each. Returns the bytes laid out and
 * sets *used to how many of `count` they stand for: as many whole lines as there is room for, and
 * the part of one when not even one has room. `room` must be larger than the prefix.
 */
size_t log_lines_prefix(struct log_prefix const *prefix, char const *bytes, size_t count, char *out,
			size_t room, size_t *used);

#endif
