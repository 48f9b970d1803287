/* SPDX-License-Identifier: ISC */
/* See caseless.h. */
#include "lib/caseless.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool caseless_same(char const *a, char const *b, size_t length)
{
	for (; length; length--, a++, b++) {
		if (lower(*a) != lower(*b))
			return false;
		if (*a == '\0')
			return true;
	}
	return true;
}
