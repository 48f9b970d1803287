/* SPDX-License-Identifier: ISC */
/*
 * One walk over facts, two outputs: lines "label  words" for people, wrapped and indented, or the
 * members of a JSON object. A label is NULL for what only the JSON has, a key for what only
 * people read.
 */
#ifndef ORLOP_CTL_SHEET_H
#define ORLOP_CTL_SHEET_H

#include "lib/json.h"

struct sheet {
	bool as_json;
	struct json json; /* its text is the output in both cases */
	size_t line;	  /* where the present line begins */
};

/* A line of its own, for people: what follows belongs below it. */
void sheet_title(struct sheet *sheet, char const *title);

/* A fact with one value. */
void sheet_string(struct sheet *sheet, char const *label, char const *key, char const *value);
void sheet_number(struct sheet *sheet, char const *label, char const *key, int64_t value);
void sheet_boolean(struct sheet *sheet, char const *label, char const *key, bool value);
void sheet_null(struct sheet *sheet, char const *key);

/* A duration: as people write it, and in seconds as the JSON's number. */
void sheet_duration(struct sheet *sheet, char const *label, char const *key, uint64_t nanoseconds);

/* A list: begin, each word, end. `none` stands there for people when no word came. */
void sheet_begin(struct sheet *sheet, char const *label, char const *key);
void sheet_word(struct sheet *sheet, char const *word);
void sheet_word_number(struct sheet *sheet, uint64_t number);
void sheet_end(struct sheet *sheet, char const *none);

/* Words behind a label, for people alone; a label of "" goes on below the one before. */
void sheet_line(struct sheet *sheet, char const *label, char const *words);

#endif
