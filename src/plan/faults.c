/* SPDX-License-Identifier: ISC */
/* The list of what is wrong; see faults.h. */
#include "plan/faults.h"

#include "lib/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { QUOTE_MAX = 80 };

struct fault {
	struct place place;
	char const *text;
};

static void append(struct faults *faults, genalloc *list, void const *item, size_t size)
{
	if (!stralloc_catb(list, item, size))
		faults->arena->exhausted();
}

void faults_add(struct faults *faults, struct place place, ...)
{
	struct fault fault = { .place = place, .text = "" };
	va_list strings;

	va_start(strings, place);
	for (char const *s; (s = va_arg(strings, char const *));)
		fault.text = *fault.text ? arena_join(faults->arena, fault.text, s, NULL) : s;
	va_end(strings);
	append(faults, &faults->list, &fault, sizeof fault);
}

void faults_notice(struct faults *faults, char const *text)
{
	uint32_t const number = (uint32_t)genalloc_len(char const *, &faults->notices);

	if (names_enter(&faults->noticed, faults->arena, text, number) == number)
		append(faults, &faults->notices, &text, sizeof text);
}

size_t faults_count(struct faults const *faults)
{
	return genalloc_len(struct fault, &faults->list);
}

char const *faults_quote(struct faults *faults, char const *value)
{
	size_t const length = strlen(value);
	size_t const shown = length > QUOTE_MAX ? QUOTE_MAX : length;
	char *copy = arena_copy(faults->arena, value, shown);

	for (size_t i = 0; i < shown; i++)
		if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7f)
			copy[i] = '?';
	return arena_join(faults->arena, "\"", copy, shown < length ? "...\"" : "\"", NULL);
}

static int compare_texts(struct fault const *left, struct fault const *right)
{
	int const files = strcmp(left->place.file, right->place.file);

	if (files)
		return files;
	if (left->place.line != right->place.line)
		return left->place.line < right->place.line ? -1 : 1;
	return strcmp(left->text, right->text);
}

static int compare(void const *a, void const *b)
{
	return compare_texts(a, b);
}

static void add_line(struct text *text, struct fault const *fault)
{
	text_add_plain(text, fault->place.file);
	if (fault->place.line) {
		text_add(text, ":");
		text_add_unsigned(text, fault->place.line);
	}
	text_add(text, ": ");
	text_add_plain(text, fault->text);
	text_add(text, "\n");
}

int faults_print(struct faults *faults, int fd)
{
	struct fault *list = genalloc_s(struct fault, &faults->list);
	size_t const count = faults_count(faults);
	struct text text = TEXT_EMPTY;
	size_t printed = 0;
	int error;

	if (count)
		qsort(list, count, sizeof *list, compare);
	for (size_t i = 0; i < count; i++) {
		/* A preset's line that is wrong is found by every service that uses it. */
		if (i > 0 && !compare_texts(&list[i - 1], &list[i]))
			continue;
		add_line(&text, &list[i]);
		printed++;
	}
	text_add(&text, "orlop: ");
	text_add_unsigned(&text, printed);
	text_add(&text,
		 printed == 1 ? " error in the declarations\n" : " errors in the declarations\n");
	error = text_write(&text, fd);
	text_free(&text);
	return error;
}

void faults_free(struct faults *faults)
{
	genalloc_free(struct fault, &faults->list);
	genalloc_free(char const *, &faults->notices);
}

int faults_print_notices(struct faults const *faults, int fd)
{
	char const *const *notices = genalloc_s(char const *, &faults->notices);
	struct text text = TEXT_EMPTY;
	int error;

	for (size_t i = 0; i < genalloc_len(char const *, &faults->notices); i++) {
		text_add(&text, "orlop: notice: ");
		text_add_plain(&text, notices[i]);
		text_add(&text, "\n");
	}
	error = text.bytes.len ? text_write(&text, fd) : 0;
	text_free(&text);
	return error;
}
