/* SPDX-License-Identifier: ISC */
/*
 * What php-fpm puts around the lines of its workers when it was not told
 * `decorate_workers_output = no`:
 *
 *	[24-Nov-2026 09:54:14] WARNING: [pool www] child 12 said into stderr: "the line"
 *
 * A line that makes this longer than log_limit is cut into pieces, each of them decorated and as
 * long as the limit allows but the last; nothing else tells a piece from a whole line.
 */
#ifndef ORLOP_LOG_LOG_FPM_H
#define ORLOP_LOG_LOG_FPM_H

#include <stdbool.h>
#include <stddef.h>

struct log_fpm {
	size_t head; /* bytes before the worker's own */
	size_t body; /* its own */
	size_t key;  /* of the head's last bytes: the same in all pieces of one line */
	bool goes_on;
};

/* Looks at one line, without its newline; false when php-fpm has not decorated it. */
bool log_fpm_parse(char const *line, size_t length, struct log_fpm *parsed);

/* Bytes up to and with the last newline that ends a line and not a mere piece of one. */
size_t log_fpm_whole(char const *bytes, size_t count);

/*
 * The worker's own line at `bytes`, its pieces joined, copied to `out`, no newline behind it. 0,
 * with nothing copied, when that is not a decorated line, or has no room. *used: bytes it stands for.
 */
bool log_fpm_join(char const *bytes, size_t count, char *out, size_t room, size_t *length,
		  size_t *used);

#endif
