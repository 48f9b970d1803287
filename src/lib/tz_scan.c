/* SPDX-License-Identifier: ISC */
/* See tz_scan.h. */
#include "lib/tz_scan.h"

#include <stddef.h>
#include <string.h>

/* White space in front and a sign are allowed, as everywhere in scanf(3). NULL: no number. */
static char const *take_number(char const *s, unsigned short *value)
{
	unsigned long n = 0;
	char const *digits;
	int negative;

	while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
		s++;
	negative = *s == '-';
	s += *s == '-' || *s == '+';
	for (digits = s; *s >= '0' && *s <= '9'; s++)
		n = n * 10 + (unsigned long)(*s - '0');
	*value = (unsigned short)(negative ? 0 - n : n);
	return s == digits ? NULL : s;
}

int tz_scan(char const *text, char const *format, va_list arguments)
{
	char const *s = text;
	int count = 0;

	while (*format) {
		if (!strncmp(format, "%n", 2)) {
			*va_arg(arguments, int *) = (int)(s - text);
			format += 2;
		} else if (!strncmp(format, "%hu", 3)) {
			char const *const end = take_number(s, va_arg(arguments, unsigned short *));

			if (!end)
				return count == 0 && *s == '\0' ? -1 : count;
			s = end;
			count++;
			format += 3;
		} else if (*format == '%') {
			return -1;
		} else if (*format++ != *s++) {
			return count == 0 && s[-1] == '\0' ? -1 : count;
		}
	}
	return count;
}
