/* SPDX-License-Identifier: ISC */
/* The JSON writer; see json.h. */
#include "lib/json.h"

#include <string.h>

/* Bytes of the UTF-8 sequence at `s`, 0 when there is none (overlong and surrogates included). */
static size_t sequence(unsigned char const *s)
{
	size_t const length = s[0] < 0xc2   ? 0
			      : s[0] < 0xe0 ? 2
			      : s[0] < 0xf0 ? 3
			      : s[0] < 0xf5 ? 4
					    : 0;

	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return length;
}

static void add_control(struct text *text, unsigned char byte)
{
	static char const digits[] = "0123456789abcdef";
	char const escaped[6] = { '\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15] };

	if (byte == '\n')
		text_add(text, "\\n");
	else if (byte == '\t')
		text_add(text, "\\t");
	else
		text_add_bytes(text, escaped, sizeof escaped);
}

static void add_quoted(struct text *text, char const *value)
{
	unsigned char const *s = (unsigned char const *)value;

	text_add(text, "\"");
	while (*s) {
		size_t length = 1;

		if (*s == '"' || *s == '\\')
			text_add(text, "\\");
		if (*s < 0x20 || *s == 0x7f) {
			add_control(text, *s);
		} else if (*s < 0x80) {
			text_add_bytes(text, (char const *)s, 1);
		} else if ((length = sequence(s)) != 0) {
			text_add_bytes(text, (char const *)s, length);
		} else {
			text_add(text, "\\ufffd");
			length = 1;
		}
		s += length;
	}
	text_add(text, "\"");
}

static void begin(struct json *json, char const *key)
{
	if (json->comma)
		text_add(&json->text, ",");
	json->comma = true;
	if (!key)
		return;
	add_quoted(&json->text, key);
	text_add(&json->text, ":");
}

void json_open(struct json *json, char const *key, char bracket)
{
	begin(json, key);
	text_add_bytes(&json->text, &bracket, 1);
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	text_add_bytes(&json->text, &bracket, 1);
	json->comma = true;
}

void json_string(struct json *json, char const *key, char const *value)
{
	begin(json, key);
	add_quoted(&json->text, value);
}

void json_number(struct json *json, char const *key, int64_t value)
{
	begin(json, key);
	text_add_number(&json->text, value);
}

void json_boolean(struct json *json, char const *key, bool value)
{
	begin(json, key);
	text_add(&json->text, value ? "true" : "false");
}

void json_null(struct json *json, char const *key)
{
	begin(json, key);
	text_add(&json->text, "null");
}

void json_seconds(struct json *json, char const *key, uint64_t nanoseconds)
{
	uint64_t const milliseconds = nanoseconds / 1000000;
	char const digits[4] = { '.', (char)('0' + milliseconds / 100 % 10),
				 (char)('0' + milliseconds / 10 % 10),
				 (char)('0' + milliseconds % 10) };

	begin(json, key);
	text_add_unsigned(&json->text, milliseconds / 1000);
	text_add_bytes(&json->text, digits, sizeof digits);
}
