/* SPDX-License-Identifier: ISC */
/*
 * JSON by hand into a text: commas where they belong, strings escaped, bytes that are no UTF-8
 * replaced, so that the document is valid whatever a name contains.
 */
#ifndef ORLOP_LIB_JSON_H
#define ORLOP_LIB_JSON_H

#include "lib/text.h"

struct json {
	struct text text;
	bool comma; /* something stands before in this object or array */
};

#define JSON_EMPTY                                 \
	{                                          \
		.text = TEXT_EMPTY, .comma = false \
	}

/* `key` is NULL inside an array and at the top. */
void json_open(struct json *json, char const *key, char bracket);
void json_close(struct json *json, char bracket);
void json_string(struct json *json, char const *key, char const *value);
void json_number(struct json *json, char const *key, int64_t value);
void json_boolean(struct json *json, char const *key, bool value);
void json_null(struct json *json, char const *key);

/* Seconds with three digits behind the point, from nanoseconds. */
void json_seconds(struct json *json, char const *key, uint64_t nanoseconds);

#endif
