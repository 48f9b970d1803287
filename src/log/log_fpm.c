/* SPDX-License-Identifier: ISC */
/* See log_fpm.h. */
#include "log/log_fpm.h"

#include <string.h>

enum { TIME = sizeof "[24-Nov-2026 09:54:14] " - 1, LIMIT_MIN = 1024 };

static char const closed[] = ", pipe is closed";

struct cursor {
	char const *at;
	char const *end;
};

static bool skip(struct cursor *cursor, char const *text)
{
	size_t const length = strlen(text);

	if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, text, length) != 0)
		return false;
	cursor->at += length;
	return true;
}

static bool skip_digits(struct cursor *cursor)
{
	char const *const start = cursor->at;

	while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9')
		cursor->at++;
	return cursor->at > start;
}

static bool skip_time(struct cursor *cursor)
{
	char const *at = cursor->at;

	if (cursor->end - at < TIME || at[0] != '[' || at[3] != '-' || at[7] != '-' ||
	    at[TIME - 2] != ']' || at[TIME - 1] != ' ')
		return false;
	cursor->at += TIME;
	/* log_level = debug adds where in php-fpm's source it comes from; that is left as it is. */
	return true;
}

static bool skip_pool(struct cursor *cursor)
{
	char const *close;

	if (!skip(cursor, "[pool "))
		return false;
	close = memchr(cursor->at, ']', (size_t)(cursor->end - cursor->at));
	if (!close)
		return false;
	cursor->at = close;
	return skip(cursor, "] child ");
}

/* A limit is a power of two for all who set one; a whole line of that very length is joined too. */
static bool is_full(size_t length)
{
	size_t const limit = length + 1;

	return limit >= LIMIT_MIN && (limit & (limit - 1)) == 0;
}

bool log_fpm_parse(char const *line, size_t length, struct log_fpm *parsed)
{
	struct cursor cursor = { line, line + length };
	char const *key;
	size_t tail = 1;

	if (!skip_time(&cursor))
		return false;
	key = cursor.at;
	if (!skip(&cursor, "WARNING: ") || !skip_pool(&cursor) || !skip_digits(&cursor) ||
	    !(skip(&cursor, " said into stderr: \"") || skip(&cursor, " said into stdout: \"")))
		return false;
	parsed->head = (size_t)(cursor.at - line);
	parsed->key = (size_t)(cursor.at - key);
	length -= parsed->head;
	if (length > sizeof closed - 1 &&
	    memcmp(cursor.at + length - (sizeof closed - 1), closed, sizeof closed - 1) == 0)
		tail += sizeof closed - 1;
	if (length < tail || cursor.at[length - tail] != '"')
		return false;
	parsed->body = length - tail;
	parsed->goes_on = tail == 1 && is_full(parsed->head + length);
	return true;
}

size_t log_fpm_whole(char const *bytes, size_t count)
{
	while (count > 0) {
		char const *const newline = memrchr(bytes, '\n', count);
		size_t const end = newline ? (size_t)(newline - bytes) : 0;
		char const *const before = newline && end ? memrchr(bytes, '\n', end) : NULL;
		size_t const start = before ? (size_t)(before - bytes) + 1 : 0;
		struct log_fpm parsed;

		if (!newline)
			return 0;
		if (!log_fpm_parse(bytes + start, end - start, &parsed) || !parsed.goes_on)
			return end + 1;
		count = start;
	}
	return 0;
}

/* Both stand behind the same worker's name, and into the same stream. */
static bool same_worker(char const *one, struct log_fpm const *first, char const *other,
			struct log_fpm const *second)
{
	return first->key == second->key &&
	       memcmp(one + first->head - first->key, other + second->head - second->key,
		      first->key) == 0;
}

bool log_fpm_join(char const *bytes, size_t count, char *out, size_t room, size_t *length,
		  size_t *used)
{
	struct log_fpm first;
	struct log_fpm piece;
	size_t at = 0;

	*length = 0;
	for (;;) {
		char const *const newline = memchr(bytes + at, '\n', count - at);
		size_t const line = newline ? (size_t)(newline - bytes) - at : 0;

		if (!newline || !log_fpm_parse(bytes + at, line, &piece))
			break;
		if (at == 0)
			first = piece;
		else if (!same_worker(bytes, &first, bytes + at, &piece))
			break;
		if (*length + piece.body > room)
			return false;
		memcpy(out + *length, bytes + at + piece.head, piece.body);
		*length += piece.body;
		at += line + 1;
		if (!piece.goes_on)
			break;
	}
	*used = at;
	return at > 0;
}
