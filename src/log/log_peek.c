/* SPDX-License-Identifier: ISC */
/* See log_peek.h. */
#include "log/log_peek.h"

#include "log/log_state.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static char peeked[LOG_CHUNK];

int log_peek_open(struct log_peek *peek)
{
	int const null = sys_openat(AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC, 0);

	peek->null = null < 0 ? -1 : null;
	return sys_pipe2(peek->scratch, O_CLOEXEC | O_NONBLOCK);
}

static ssize_t copy(struct log_peek *peek, int fd)
{
	ssize_t n;

	do
		n = sys_tee(fd, peek->scratch[1], LOG_CHUNK, SPLICE_F_NONBLOCK);
	while (n == -EINTR);
	return n;
}

/* What was copied, from byte `from` on up to `count`: 0, or a negative errno. */
static int take(struct log_peek *peek, size_t from, size_t count)
{
	while (from < count) {
		ssize_t const n = sys_read(peek->scratch[0], peeked + from, count - from);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		from += (size_t)n;
	}
	return 0;
}

ssize_t log_peek_at(struct log_peek *peek, int fd, char const **bytes)
{
	ssize_t const n = copy(peek, fd);
	int const error = n > 0 ? take(peek, 0, (size_t)n) : 0;

	*bytes = peeked;
	return error < 0 ? error : n;
}

ssize_t log_peek_tail(struct log_peek *peek, int fd, char const **bytes)
{
	ssize_t const n = copy(peek, fd);
	size_t from = 0;
	int error;

	*bytes = peeked;
	while (n > LOG_TAIL && peek->null >= 0 && from < (size_t)n - LOG_TAIL) {
		ssize_t const gone = sys_splice(peek->scratch[0], NULL, peek->null, NULL,
						(size_t)n - LOG_TAIL - from, SPLICE_F_NONBLOCK);

		if (gone <= 0)
			break;
		from += (size_t)gone;
	}
	error = n > 0 ? take(peek, from, (size_t)n) : 0;
	if (error < 0 || n <= 0)
		return error < 0 ? error : n;
	return from && !memchr(peeked + from, '\n', (size_t)n - from) ? log_peek_at(peek, fd, bytes)
								      : n;
}
