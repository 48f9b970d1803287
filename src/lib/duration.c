/* SPDX-License-Identifier: ISC */
/* Durations from and to text; see duration.h. */
#include "lib/duration.h"

#include <errno.h>
#include <skalibs/types.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

static uint64_t const longest = UINT64_C(36525) * 86400 * SECOND;

static uint64_t unit_of(char const *string)
{
	static struct {
		char const *name;
		uint64_t nanoseconds;
	} const units[] = {
		{ "", SECOND },	      { "ms", 1000000 },      { "s", SECOND },
		{ "m", 60 * SECOND }, { "h", 3600 * SECOND }, { "d", 86400 * SECOND },
	};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (!strcmp(string, units[i].name))
			return units[i].nanoseconds;
	return 0;
}

int duration_parse(char const *string, uint64_t *nanoseconds)
{
	uint64_t number = 0;
	char const *end = string;
	uint64_t unit;

	for (; *end >= '0' && *end <= '9'; end++) {
		if (number > longest / 10)
			return -ERANGE;
		number = number * 10 + (uint64_t)(*end - '0');
	}
	unit = unit_of(end);
	if (end == string || unit == 0)
		return -EINVAL;
	if (number > longest / unit)
		return -ERANGE;
	*nanoseconds = number * unit;
	return 0;
}

static void add_two(struct text *text, uint64_t big, char const *unit, uint64_t small,
		    char const *small_unit)
{
	text_add_unsigned(text, big);
	text_add(text, unit);
	text_add(text, small < 10 ? " 0" : " ");
	text_add_unsigned(text, small);
	text_add(text, small_unit);
}

void duration_add(struct text *text, uint64_t nanoseconds)
{
	uint64_t const seconds = nanoseconds / SECOND;

	if (seconds == 0) {
		text_add_unsigned(text, nanoseconds / 1000000);
		text_add(text, "ms");
	} else if (seconds < 60) {
		text_add_unsigned(text, seconds);
		text_add(text, "s");
	} else if (seconds < 3600) {
		add_two(text, seconds / 60, "m", seconds % 60, "s");
	} else if (seconds < 86400) {
		add_two(text, seconds / 3600, "h", seconds / 60 % 60, "m");
	} else {
		add_two(text, seconds / 86400, "d", seconds / 3600 % 24, "h");
	}
}
