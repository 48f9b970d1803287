/* SPDX-License-Identifier: ISC */
/*
 * Durations as people write them: "200ms", "30s", "2m", "1h", "1d"; digits alone are seconds.
 * Nanoseconds inside.
 */
#ifndef ORLOP_LIB_DURATION_H
#define ORLOP_LIB_DURATION_H

#include "lib/text.h"

#include <stdint.h>

/* 0, or -EINVAL when `string` is no duration, -ERANGE when it is longer than 100 years. */
int duration_parse(char const *string, uint64_t *nanoseconds);

/* A duration for a table, two units at most: "350ms", "12s", "3m 05s", "2h 10m", "4d 03h". */
void duration_add(struct text *text, uint64_t nanoseconds);

#endif
