/* SPDX-License-Identifier: ISC */
/* The clock of everything that waits. */
#ifndef ORLOP_SYS_MOMENT_H
#define ORLOP_SYS_MOMENT_H

#include <stdint.h>
#include <time.h>

#define MOMENT_SECOND UINT64_C(1000000000)

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t moment_now(void);

/* From `now` to `then`, 0 when it has come, as ppoll(2) wants it. */
struct timespec moment_until(uint64_t then, uint64_t now);

#endif
