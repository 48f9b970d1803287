/* SPDX-License-Identifier: ISC */
/* The options of orlop-confine that are numbers: umask, nice, oom score, capabilities, limits. */
#include "confine/arguments_parts.h"

#include "confine/caps.h"
#include "confine/limits.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

bool arguments_number(char const *text, unsigned base, uint64_t maximum, uint64_t *value,
		      char const **end)
{
	char const *start = text;

	for (*value = 0; *text >= '0' && *text < (char)('0' + base); text++) {
		unsigned const digit = (unsigned)(*text - '0');

		if (*value > (maximum - digit) / base)
			return false;
		*value = *value * base + digit;
	}
	*end = text;
	return text != start;
}

int arguments_umask(struct parser *parser, char const *text)
{
	uint64_t value;
	char const *end;

	if (!arguments_number(text, 8, 0777, &value, &end) || *end)
		return arguments_wrong(parser, "umask is not an octal number up to 777", text);
	parser->arguments->plan.slot.umask = (uint32_t)value;
	return 0;
}

static bool signed_number(char const *text, int64_t minimum, int64_t maximum, int32_t *value)
{
	bool const negative = *text == '-';
	uint64_t size;
	char const *end;

	if (negative || *text == '+')
		text++;
	if (!arguments_number(text, 10, (uint64_t)(negative ? -minimum : maximum), &size, &end) ||
	    *end)
		return false;
	*value = negative ? -(int32_t)size : (int32_t)size;
	return true;
}

int arguments_nice(struct parser *parser, char const *text)
{
	struct plan_slot *slot = &parser->arguments->plan.slot;

	if (!signed_number(text, -20, 19, &slot->nice))
		return arguments_wrong(parser, "nice is not a number from -20 to 19", text);
	slot->flags |= PLAN_NICE;
	return 0;
}

int arguments_oom_score(struct parser *parser, char const *text)
{
	struct plan_slot *slot = &parser->arguments->plan.slot;

	if (!signed_number(text, -1000, 1000, &slot->oom_score_adjust))
		return arguments_wrong(parser, "oom score is not a number from -1000 to 1000",
				       text);
	slot->flags |= PLAN_OOM;
	return 0;
}

int arguments_capability(struct parser *parser, char const *text)
{
	int const capability = caps_number(text);

	if (capability < 0)
		return arguments_wrong(parser, "unknown capability", text);
	parser->arguments->plan.slot.capabilities |= (uint64_t)1 << capability;
	return 0;
}

static bool limit_value(char const **text, uint64_t *value)
{
	static char const unlimited[] = "unlimited";
	static char const units[] = "KMGT";
	char const *unit;

	if (strncmp(*text, unlimited, sizeof unlimited - 1) == 0) {
		*text += sizeof unlimited - 1;
		*value = UINT64_MAX;
		return true;
	}
	if (!arguments_number(*text, 10, UINT64_MAX - 1, value, text))
		return false;
	unit = **text ? strchr(units, **text) : NULL;
	if (!unit)
		return true;
	++*text;
	for (ptrdiff_t power = unit - units; power >= 0; power--) {
		if (*value > UINT64_MAX / 1024 - 1)
			return false;
		*value *= 1024;
	}
	return true;
}

static int limit_name(char const *text, size_t length)
{
	char name[16];

	if (length >= sizeof name)
		return -EINVAL;
	memcpy(name, text, length);
	name[length] = '\0';
	return limits_resource(name);
}

int arguments_limit(struct parser *parser, char const *text)
{
	struct arguments_plan *plan = &parser->arguments->plan;
	struct plan_limit *limit = &plan->limits[plan->slot.limits.count];
	size_t const length = strcspn(text, "=");
	int const resource = limit_name(text, length);
	char const *value = text + length + 1;

	if (resource < 0)
		return arguments_wrong(parser, "unknown limit", text);
	if (plan->slot.limits.count == ARGUMENTS_LIMITS_MAX)
		return arguments_wrong(parser, "too many limits", text);
	if (text[length] != '=' || !limit_value(&value, &limit->soft))
		return arguments_wrong(parser, "limit has no value", text);
	limit->hard = limit->soft;
	if (*value == ':') {
		value++;
		if (!limit_value(&value, &limit->hard))
			return arguments_wrong(parser, "limit has no hard value", text);
	}
	if (*value || limit->soft > limit->hard)
		return arguments_wrong(parser, "bad limit", text);
	limit->resource = (uint32_t)resource;
	plan->slot.limits.count++;
	return 0;
}
