/* SPDX-License-Identifier: ISC */
/* See log_place.h. */
#include "lib/log_place.h"

#include "lib/duration.h"
#include "lib/number.h"

#include <errno.h>
#include <string.h>

enum { WORD_MAX = 32, SMALLEST = 4096, MOST_KEPT = 10000 };

static int take_value(struct log_place *place, char const *word)
{
	uint64_t number;

	if (!strcmp(word, "json")) {
		place->json = true;
	} else if (!strcmp(word, "fpm")) {
		place->fpm = true;
	} else if (!strncmp(word, "size=", 5)) {
		if (number_size(word + 5, &number) < 0 || number < SMALLEST)
			return -EINVAL;
		place->size = number;
	} else if (!strncmp(word, "keep=", 5)) {
		if (number_parse(word + 5, 10, MOST_KEPT, &number) < 0 || number < 1)
			return -EINVAL;
		place->keep = number;
	} else if (!strncmp(word, "age=", 4)) {
		if (duration_parse(word + 4, &number) < 0 || number < UINT64_C(1000000000))
			return -EINVAL;
		place->age = number;
	} else {
		return -EINVAL;
	}
	return 0;
}

int log_place_word(struct log_place *place, char const *word, size_t length)
{
	char copy[WORD_MAX];

	if (length >= sizeof copy)
		return -EINVAL;
	memcpy(copy, word, length);
	copy[length] = '\0';
	return take_value(place, copy);
}

/* From the end: the directory may have spaces in it. */
int log_place_parse(struct log_place *place, char const *words)
{
	size_t end = strlen(words);

	*place = (struct log_place){ .directory = words,
				     .size = LOG_PLACE_SIZE,
				     .keep = LOG_PLACE_KEEP };
	while (end > 0) {
		char const *const space = memrchr(words, ' ', end);
		size_t const start = space ? (size_t)(space - words) + 1 : 0;

		if (start == 0 || log_place_word(place, words + start, end - start) < 0)
			break;
		end = start - 1;
	}
	place->directory_length = end;
	return end > 0 && end < LOG_PLACE_DIRECTORY && words[0] == '/' ? 0 : -EINVAL;
}

static char *add(char *out, char const *text)
{
	size_t const length = strlen(text);

	memcpy(out, text, length);
	return out + length;
}

static char *add_number(char *out, uint64_t number, unsigned digits)
{
	for (unsigned i = digits; i > 0; i--) {
		out[i - 1] = (char)('0' + number % 10);
		number /= 10;
	}
	return out + digits;
}

struct date {
	uint64_t year;
	uint64_t month;
	uint64_t day;
};

/* Days since 1970 as a date, counted in years that begin in March, so that leap days come last. */
static struct date date_of(uint64_t days)
{
	uint64_t const shifted = days + 719468;
	uint64_t const era = shifted / 146097;
	uint64_t const day_of_era = shifted % 146097;
	uint64_t const year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
				      day_of_era / 146096) /
				     365;
	uint64_t const day = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint64_t const month = (5 * day + 2) / 153;
	struct date date = { .year = year_of_era + era * 400,
			     .month = month < 10 ? month + 3 : month - 9,
			     .day = day - (153 * month + 2) / 5 + 1 };

	date.year += date.month <= 2;
	return date;
}

/* With separators or without. */
static char *add_time(char *out, uint64_t time, char const *dash, char const *colon)
{
	uint64_t const seconds = time / 1000000000;
	struct date const date = date_of(seconds / 86400);

	out = add(add_number(out, date.year, 4), dash);
	out = add(add_number(out, date.month, 2), dash);
	out = add(add_number(out, date.day, 2), "T");
	out = add(add_number(out, seconds / 3600 % 24, 2), colon);
	out = add(add_number(out, seconds / 60 % 60, 2), colon);
	out = add(add_number(out, seconds % 60, 2), ".");
	return add(add_number(out, time / 1000 % 1000000, 6), "Z");
}

void log_place_time(char *out, uint64_t time)
{
	(void)add_time(out, time, "-", ":");
}

void log_place_current(char *out, char const *name)
{
	*add(add(out, name), ".log") = '\0';
}

void log_place_archive(char *out, char const *name, uint64_t time)
{
	*add(add_time(add(add(out, name), "."), time, "", ""), ".log") = '\0';
}

bool log_place_is_archive(char const *file, char const *name)
{
	static char const shape[] = "00000000T000000.000000Z.log";
	size_t const length = strlen(name);
	char const *rest = file + length + 1;

	if (strncmp(file, name, length) != 0 || file[length] != '.' ||
	    strlen(rest) != sizeof shape - 1)
		return false;
	for (size_t i = 0; i < sizeof shape - 1; i++) {
		bool const digit = rest[i] >= '0' && rest[i] <= '9';

		if (shape[i] == '0' ? !digit : rest[i] != shape[i])
			return false;
	}
	return true;
}
