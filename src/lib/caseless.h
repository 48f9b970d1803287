/* SPDX-License-Identifier: ISC */
/*
 * ASCII letters of either case are the same. strncasecmp(3) asks the locale, of which there is one,
 * and brings five versions of itself, 28 kB.
 */
#ifndef ORLOP_LIB_CASELESS_H
#define ORLOP_LIB_CASELESS_H

#include <stdbool.h>
#include <stddef.h>

/* The first `length` bytes of both, or less when both end there. */
bool caseless_same(char const *a, char const *b, size_t length);

#endif
