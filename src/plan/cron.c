/* SPDX-License-Identifier: ISC */
/* Cron expressions; see cron.h. */
#include "plan/cron.h"
#include "lib/caseless.h"

#include "lib/duration.h"
#include "lib/number.h"

#include <errno.h>
#include <string.h>

struct field {
	unsigned low;
	unsigned high;
	char const *expected;
	char const *names; /* three letters each, the first is `low`; "" for none */
};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

static struct field const fields[FIELDS] = {
	[MINUTE] = { 0, 59, "a minute: 0-59, *, lists, ranges and steps of these", "" },
	[HOUR] = { 0, 23, "an hour: 0-23, *, lists, ranges and steps of these", "" },
	[DAY] = { 1, 31, "a day of the month: 1-31, *, lists, ranges and steps of these", "" },
	[MONTH] = { 1, 12, "a month: 1-12 or jan-dec, *, lists, ranges and steps of these",
		    "janfebmaraprmayjunjulaugsepoctnovdec" },
	[WEEKDAY] = { 0, 7,
		      "a day of the week: 0-7 or sun-sat, *, lists, ranges and steps of these",
		      "sunmontuewedthufrisat" },
};

/* The number that `length` bytes at `s` mean in this field, or -EINVAL. */
static int value_of(struct field const *field, char const *s, size_t length)
{
	char digits[3] = "";
	uint64_t number;

	if (length == 3 && (unsigned char)*s > '9')
		for (unsigned i = 0; field->names[3 * i]; i++)
			if (caseless_same(field->names + 3 * i, s, 3))
				return (int)(field->low + i);
	if (length == 0 || length > 2)
		return -EINVAL;
	memcpy(digits, s, length);
	if (number_parse(digits, 10, field->high, &number) || number < field->low)
		return -EINVAL;
	return (int)number;
}

/* One element of a list: `*`, `a`, `a-b`, each with an optional `/step`. */
static int element(struct field const *field, char const *s, size_t length, uint64_t *bits)
{
	char const *const slash = memchr(s, '/', length);
	size_t const range = slash ? (size_t)(slash - s) : length;
	char const *const dash = memchr(s, '-', range);
	int low = (int)field->low;
	/* Sunday is 0 here, so that it comes once only; 7 has to be written out. */
	int high = field->high == 7 ? 6 : (int)field->high;
	int step = 1;

	if (slash) {
		struct field const steps = { 1, 99, "", "" };

		step = value_of(&steps, slash + 1, length - range - 1);
	}
	if (range != 1 || *s != '*') {
		low = value_of(field, s, dash ? (size_t)(dash - s) : range);
		if (dash)
			high = value_of(field, dash + 1, range - (size_t)(dash - s) - 1);
		else if (!slash)
			high = low;
	}
	if (low < 0 || high < low || step < 1)
		return -EINVAL;
	for (int i = low; i <= high; i += step)
		*bits |= UINT64_C(1) << i;
	return 0;
}

static int parse_field(struct field const *field, char const *s, uint64_t *bits)
{
	size_t length;

	*bits = 0;
	for (;; s += length + 1) {
		length = strcspn(s, ",");
		if (element(field, s, length, bits) < 0)
			return -EINVAL;
		if (s[length] == '\0')
			return 0;
	}
}

/* 30 February never comes, and a job that never runs is a mistake. */
static bool comes(struct plan_schedule const *s)
{
	static unsigned char const longest[] = {
		0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};

	if (s->either)
		return true;
	for (unsigned month = 1; month <= 12; month++)
		if (s->months & 1U << month && s->days & ((UINT64_C(2) << longest[month]) - 1))
			return true;
	return false;
}

static int parse_every(struct words const *words, struct plan_schedule *schedule,
		       char const **found, char const **expected)
{
	*found = words->at[words->count - 1];
	*expected = "@every and a duration from 1s on";
	if (words->count != 2 || duration_parse(words->at[1], &schedule->every) ||
	    schedule->every < 1000000000)
		return -EINVAL;
	return 0;
}

int cron_parse(struct words const *words, struct plan_schedule *schedule, char const **found,
	       char const **expected)
{
	uint64_t bits[FIELDS];

	memset(schedule, 0, sizeof *schedule);
	if (words->count && !strcmp(words->at[0], "@every"))
		return parse_every(words, schedule, found, expected);
	*found = NULL;
	*expected = "five fields (minute hour day month weekday) or @every DURATION";
	if (words->count != FIELDS)
		return -EINVAL;
	for (unsigned i = 0; i < FIELDS; i++) {
		*found = words->at[i];
		*expected = fields[i].expected;
		if (parse_field(&fields[i], words->at[i], &bits[i]) < 0)
			return -EINVAL;
	}
	if (bits[WEEKDAY] & 1 << 7)
		bits[WEEKDAY] |= 1;
	schedule->minutes = bits[MINUTE];
	schedule->hours = (uint32_t)bits[HOUR];
	schedule->days = (uint32_t)bits[DAY];
	schedule->months = (uint16_t)bits[MONTH];
	schedule->weekdays = (uint8_t)(bits[WEEKDAY] & 0x7f);
	schedule->either = *words->at[DAY] != '*' && *words->at[WEEKDAY] != '*';
	*found = words->at[DAY];
	*expected = "a day that one of these months has";
	return comes(schedule) ? 0 : -EINVAL;
}
