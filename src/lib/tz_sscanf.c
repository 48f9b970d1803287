/* SPDX-License-Identifier: ISC */
/*
 * sscanf(3) for its one caller in this static program: glibc's tzset(3), which reads the numbers of
 * a TZ value with it. glibc's own would bring 95 kB of floating point along, a twelfth of the file.
 * Linked into `orlop` alone. A libc that asks for another name gets its own.
 */
#include "lib/tz_scan.h"

int __isoc99_sscanf(char const *restrict text, char const *restrict format, ...);

int __isoc99_sscanf(char const *restrict text, char const *restrict format, ...)
{
	va_list arguments;
	int count;

	va_start(arguments, format);
	count = tz_scan(text, format, arguments);
	va_end(arguments);
	return count;
}
