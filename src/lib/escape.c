/* SPDX-License-Identifier: ISC */
/* See escape_function.h. Both copy what needs nothing in one piece, and look closer at the rest only. */
#include "lib/escape.h"

#include "lib/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LONGEST = 6 };

static char const digits[] = "0123456789abcdef";

/* Needs nothing, for both. */
static bool is_harmless(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/* The same for eight bytes at once: no high bit remains where nothing is to be done. */
static bool are_harmless(char const *bytes)
{
	uint64_t const ones = UINT64_C(0x0101010101010101);
	uint64_t const high = 0x80 * ones;
	uint64_t word;
	uint64_t quote;
	uint64_t backslash;
	uint64_t del;

	memcpy(&word, bytes, sizeof word);
	quote = word ^ 0x22 * ones;
	backslash = word ^ 0x5c * ones;
	del = word ^ 0x7f * ones;
	/* A byte below n borrows; one that is 0 is below 1. A false alarm costs a closer look. */
	return !(
	    (word | (word - 0x20 * ones) | (quote - ones) | (backslash - ones) | (del - ones)) &
	    high);
}

static size_t harmless(char const *bytes, size_t count)
{
	size_t length = 0;

	while (count - length >= sizeof(uint64_t) && are_harmless(bytes + length))
		length += sizeof(uint64_t);
	while (length < count && is_harmless((unsigned char)bytes[length]))
		length++;
	return length;
}

static size_t put(char *out, char const *text)
{
	size_t const length = strlen(text);

	memcpy(out, text, length);
	return length;
}

/* One character of *used bytes; what it becomes is at most LONGEST. */
typedef size_t escape_one(char const *bytes, size_t count, char *out, size_t *used);

static size_t one_for_json(char const *bytes, size_t count, char *out, size_t *used)
{
	unsigned char const byte = (unsigned char)*bytes;
	size_t const length = utf8_length(bytes, count);

	*used = 1;
	if (length == 0)
		return put(out, "\\ufffd");
	if (byte == '"' || byte == '\\') {
		out[0] = '\\';
		out[1] = *bytes;
		return 2;
	}
	if (byte == '\t')
		return put(out, "\\t");
	if (byte < 0x20 || byte == 0x7f) {
		memcpy(out, "\\u00", 4);
		out[4] = digits[byte >> 4];
		out[5] = digits[byte & 15];
		return 6;
	}
	memcpy(out, bytes, length);
	*used = length;
	return length;
}

static size_t one_for_terminal(char const *bytes, size_t count, char *out, size_t *used)
{
	unsigned char byte = (unsigned char)*bytes;
	size_t const length = utf8_length(bytes, count);
	/* Some terminals obey U+0080 to U+009F as they obey ESC and a letter. */
	bool const c1 = length == 2 && byte == 0xc2 && (unsigned char)bytes[1] < 0xa0;

	*used = c1 ? 2 : 1;
	if (c1)
		byte = (unsigned char)bytes[1];
	if (length == 0 || c1 || (byte < 0x20 && byte != '\t') || byte == 0x7f) {
		memcpy(out, "\\x", 2);
		out[2] = digits[byte >> 4];
		out[3] = digits[byte & 15];
		return 4;
	}
	memcpy(out, bytes, length);
	*used = length;
	return length;
}

static size_t escape(escape_one *one, char const *bytes, size_t count, char *out, size_t room,
		     size_t *used)
{
	size_t length = 0;
	size_t done = 0;

	while (done < count) {
		size_t const left = room - length;
		size_t same = harmless(bytes + done, count - done < left ? count - done : left);
		size_t step = 0;

		memcpy(out + length, bytes + done, same);
		length += same;
		done += same;
		if (done == count || room - length < LONGEST)
			break;
		length += one(bytes + done, count - done, out + length, &step);
		done += step;
	}
	*used = done;
	return length;
}

size_t escape_json(char const *bytes, size_t count, char *out, size_t room, size_t *used)
{
	return escape(one_for_json, bytes, count, out, room, used);
}

size_t escape_terminal(char const *bytes, size_t count, char *out, size_t room, size_t *used)
{
	return escape(one_for_terminal, bytes, count, out, room, used);
}
