/* SPDX-License-Identifier: ISC */
/* See log_lines.h. */
#include "log/log_lines.h"

#include <string.h>

enum { PAGE = 4096 };

static char const separator[] = " | ";

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

static size_t line_length(char const *bytes, size_t count)
{
	char const *newline = memchr(bytes, '\n', count);

	return newline ? (size_t)(newline - bytes) + 1 : count;
}

size_t log_lines_prefix(struct log_prefix const *prefix, char const *bytes, size_t count, char *out,
			size_t room, size_t *used)
{
	size_t const name = strlen(prefix->name);
	size_t length = 0;
	bool bare = prefix->continues;

	*used = 0;
	while (*used < count) {
		size_t const head = bare ? 0 : name + sizeof separator - 1;
		size_t line = line_length(bytes + *used, count - *used);

		if (head + line > room - length) {
			if (length || room <= head)
				break;
			line = room - head;
		}
		if (!bare) {
			memcpy(out + length, prefix->name, name);
			memcpy(out + length + name, separator, sizeof separator - 1);
		}
		memcpy(out + length + head, bytes + *used, line);
		length += head + line;
		*used += line;
		bare = false;
		if (bytes[*used - 1] != '\n')
			break;
	}
	return length;
}
