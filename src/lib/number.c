/* SPDX-License-Identifier: ISC */
/* Strict numbers; see number.h. */
#include "lib/number.h"

#include <errno.h>
#include <string.h>

static int digits(char const *s, char const *end, unsigned base, uint64_t *number)
{
	uint64_t value = 0;

	if (s == end)
		return -EINVAL;
	for (; s < end; s++) {
		unsigned const digit = (unsigned)(unsigned char)*s - '0';

		if (digit >= base)
			return -EINVAL;
		if (value > (UINT64_MAX - digit) / base)
			return -ERANGE;
		value = value * base + digit;
	}
	*number = value;
	return 0;
}

int number_parse(char const *string, unsigned base, uint64_t maximum, uint64_t *number)
{
	uint64_t value;
	int const error = digits(string, string + strlen(string), base, &value);

	if (error)
		return error;
	if (value > maximum)
		return -ERANGE;
	*number = value;
	return 0;
}

int number_signed(char const *string, int64_t low, int64_t high, int64_t *number)
{
	uint64_t value;
	int64_t result;
	int const error = number_parse(string + (*string == '-'), 10, INT64_MAX, &value);

	if (error)
		return error;
	result = *string == '-' ? -(int64_t)value : (int64_t)value;
	if (result < low || result > high)
		return -ERANGE;
	*number = result;
	return 0;
}

int number_size(char const *string, uint64_t *bytes)
{
	static char const units[] = "KMGT";
	size_t const length = strlen(string);
	char const *const unit = length ? strchr(units, string[length - 1]) : NULL;
	unsigned const shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	uint64_t value;
	int const error = digits(string, string + length - (unit ? 1 : 0), 10, &value);

	if (error)
		return error;
	if (value > UINT64_MAX >> shift)
		return -ERANGE;
	*bytes = value << shift;
	return 0;
}
