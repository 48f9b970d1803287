/* SPDX-License-Identifier: ISC */
/* See log_lines.h. */
#include "log/log_lines.h"

#include <string.h>

enum { PAGE = 4096 };

size_t log_lines_whole(char const *bytes, size_t count)
{
	char const *newline = count ? memrchr(bytes, '\n', count) : NULL;

	return newline ? (size_t)(newline - bytes) + 1 : 0;
}

/*
 * A pipe is full when its slots are, and two writes that do not fit into one page take a slot
 * each: it can be full at half its size. One page less for a first slot that is nearly read.
 */
size_t log_lines_long(size_t capacity)
{
	return capacity / 2 > PAGE ? capacity / 2 - PAGE : 1;
}
