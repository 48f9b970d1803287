/* SPDX-License-Identifier: ISC */
/*
 * As much of sscanf(3) as glibc's tzset(3) uses to read a TZ value: literal characters, %hu and %n,
 * as in "%hu%n:%hu%n:%hu%n" and "M%hu.%hu.%hu%n".
 */
#ifndef ORLOP_LIB_TZ_SCAN_H
#define ORLOP_LIB_TZ_SCAN_H

#include <stdarg.h>

/* How many numbers were read; -1 for a text that ends before the first, or another conversion. */
int tz_scan(char const *text, char const *format, va_list arguments);

#endif
