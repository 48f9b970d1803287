/* SPDX-License-Identifier: ISC */
/* Where lines end: pure functions over bytes. */
#ifndef ORLOP_LOG_LOG_LINES_H
#define ORLOP_LOG_LOG_LINES_H

#include <stddef.h>

/* Bytes up to and with the last newline, 0 when there is none. */
size_t log_lines_whole(char const *bytes, size_t count);

/* From how many bytes on an unfinished line is not waited for, in a pipe of this capacity. */
size_t log_lines_long(size_t capacity);

#endif
