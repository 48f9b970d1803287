/* SPDX-License-Identifier: ISC */
/* Numbers and sizes from text, strictly: digits only, no sign, no blanks, no overflow. */
#ifndef ORLOP_LIB_NUMBER_H
#define ORLOP_LIB_NUMBER_H

#include <stdint.h>

/* 0; -EINVAL when `string` is not digits of `base` (2 to 10) alone; -ERANGE above `maximum`. */
int number_parse(char const *string, unsigned base, uint64_t maximum, uint64_t *number);

/* The same in decimal with an optional sign in front, between `low` and `high`. */
int number_signed(char const *string, int64_t low, int64_t high, int64_t *number);

/* A size: digits, then nothing or one of K M G T (powers of 1024). */
int number_size(char const *string, uint64_t *bytes);

#endif
