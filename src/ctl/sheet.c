/* SPDX-License-Identifier: ISC */
/* Lines for people and members of JSON; see sheet.h. */
#include "ctl/sheet.h"

#include "lib/duration.h"

#include <string.h>

enum { COLUMN = 16, WIDTH = 96 };

static struct text *text_of(struct sheet *sheet)
{
	return &sheet->json.text;
}

static void begin_line(struct sheet *sheet, char const *label)
{
	sheet->line = text_of(sheet)->bytes.len;
	text_add(text_of(sheet), "  ");
	text_add(text_of(sheet), label);
	text_pad(text_of(sheet), sheet->line, COLUMN - 1);
}

static void end_line(struct sheet *sheet)
{
	struct text *text = text_of(sheet);

	/* Without words there would be spaces at the end. */
	while (!text->failed && text->bytes.len > sheet->line &&
	       text->bytes.s[text->bytes.len - 1] == ' ')
		text->bytes.len--;
	text_add(text, "\n");
}

/* A word, on the next line if it does not fit on this one. */
static void add_word(struct sheet *sheet, char const *word)
{
	struct text *text = text_of(sheet);
	size_t const used = text->bytes.len - sheet->line;

	if (used > COLUMN && used + 1 + strlen(word) > WIDTH) {
		end_line(sheet);
		begin_line(sheet, "");
	}
	text_add(text, " ");
	text_add_plain(text, word);
}

void sheet_title(struct sheet *sheet, char const *title)
{
	if (sheet->as_json)
		return;
	text_add_plain(text_of(sheet), title);
	text_add(text_of(sheet), "\n");
}

void sheet_line(struct sheet *sheet, char const *label, char const *words)
{
	char word[256];

	if (sheet->as_json)
		return;
	begin_line(sheet, label);
	while (*words) {
		size_t const length = strcspn(words, " ");
		size_t const fits = length < sizeof word ? length : sizeof word - 1;

		memcpy(word, words, fits);
		word[fits] = '\0';
		add_word(sheet, word);
		words += fits;
		words += *words == ' ';
	}
	end_line(sheet);
}

static void put(struct sheet *sheet, char const *label, char const *value)
{
	if (!label)
		return;
	begin_line(sheet, label);
	add_word(sheet, value);
	end_line(sheet);
}

void sheet_string(struct sheet *sheet, char const *label, char const *key, char const *value)
{
	if (!sheet->as_json)
		put(sheet, label, value);
	else if (key)
		json_string(&sheet->json, key, value);
}

void sheet_number(struct sheet *sheet, char const *label, char const *key, int64_t value)
{
	struct text digits = TEXT_EMPTY;

	if (sheet->as_json) {
		if (key)
			json_number(&sheet->json, key, value);
		return;
	}
	if (!label)
		return;
	text_add_number(&digits, value);
	put(sheet, label, text_string(&digits));
	text_free(&digits);
}

void sheet_boolean(struct sheet *sheet, char const *label, char const *key, bool value)
{
	if (!sheet->as_json)
		put(sheet, label, value ? "yes" : "no");
	else if (key)
		json_boolean(&sheet->json, key, value);
}

void sheet_null(struct sheet *sheet, char const *key)
{
	if (sheet->as_json)
		json_null(&sheet->json, key);
}

void sheet_duration(struct sheet *sheet, char const *label, char const *key, uint64_t nanoseconds)
{
	struct text words = TEXT_EMPTY;

	if (sheet->as_json) {
		if (key)
			json_seconds(&sheet->json, key, nanoseconds);
		return;
	}
	if (!label)
		return;
	duration_add(&words, nanoseconds);
	put(sheet, label, text_string(&words));
	text_free(&words);
}

void sheet_begin(struct sheet *sheet, char const *label, char const *key)
{
	if (sheet->as_json)
		json_open(&sheet->json, key, '[');
	else
		begin_line(sheet, label);
}

void sheet_word(struct sheet *sheet, char const *word)
{
	if (sheet->as_json)
		json_string(&sheet->json, NULL, word);
	else
		add_word(sheet, word);
}

void sheet_word_number(struct sheet *sheet, uint64_t number)
{
	struct text digits = TEXT_EMPTY;

	if (sheet->as_json) {
		json_number(&sheet->json, NULL, (int64_t)number);
		return;
	}
	text_add_unsigned(&digits, number);
	add_word(sheet, text_string(&digits));
	text_free(&digits);
}

void sheet_end(struct sheet *sheet, char const *none)
{
	if (sheet->as_json) {
		json_close(&sheet->json, ']');
		return;
	}
	if (!text_of(sheet)->failed && text_of(sheet)->bytes.len - sheet->line < COLUMN)
		add_word(sheet, none);
	end_line(sheet);
}
