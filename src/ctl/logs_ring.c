/* SPDX-License-Identifier: ISC */
/*
 * Reading a ring that the logger goes on writing. Read with lseek(2) and read(2): a map would make
 * pages of what has none yet.
 */
#include "ctl/logs.h"
#include "sys/sys.h"
#include "wire/log_ring.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int read_at(int fd, int64_t offset, char *bytes, size_t count)
{
	int64_t const at = sys_lseek(fd, offset, SEEK_SET);
	ssize_t const n = at < 0 ? (ssize_t)at : sys_read(fd, bytes, count);

	if (n < 0)
		return (int)n;
	/* The file is as long as a logger makes it. */
	if ((size_t)n < count)
		memset(bytes + n, 0, count - (size_t)n);
	return 0;
}

static int read_end(struct logs const *logs, uint32_t slot, uint64_t *end)
{
	int64_t const record = LOG_RECORDS + (LOG_RING_FIRST + (int64_t)slot) * LOG_RECORD_SIZE;

	return read_at(logs->state, record, (char *)end, sizeof *end);
}

/* The ring's last bytes in their order, up to `end`. */
static int read_ring(struct logs const *logs, uint32_t slot, uint64_t end, char *bytes)
{
	int64_t const ring = LOG_RINGS + (int64_t)slot * LOG_RING_SIZE;
	size_t const split = (size_t)(end % LOG_RING_SIZE);
	int error = read_at(logs->state, ring + (int64_t)split, bytes, LOG_RING_SIZE - split);

	if (error == 0 && split)
		error = read_at(logs->state, ring, bytes + LOG_RING_SIZE - split, split);
	return error;
}

static bool parse_time(char const *digits, uint64_t *time)
{
	*time = 0;
	for (unsigned i = 0; i < 16; i++) {
		char const c = digits[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		*time = *time << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return true;
}

static void add_lines(struct logs *logs, uint32_t slot, char const *bytes, size_t count)
{
	for (size_t at = 0; at < count;) {
		char const *const newline = memchr(bytes + at, '\n', count - at);
		size_t const length = newline ? (size_t)(newline - bytes) - at : count - at;
		uint64_t time;

		if (newline && length >= LOG_RING_HEAD && parse_time(bytes + at, &time))
			logs_add(logs, slot, time, bytes + at + LOG_RING_HEAD,
				 length - LOG_RING_HEAD);
		at += length + 1;
	}
}

int logs_ring_read(struct logs *logs, struct logs_place *place, uint64_t lines)
{
	char bytes[LOG_RING_SIZE];
	size_t const first = genalloc_len(struct logs_line, &logs->lines);
	bool const anew = place->seen == 0;
	uint64_t from = place->seen;
	uint64_t end;
	uint64_t now;
	int error = read_end(logs, place->slot, &end);

	if (error < 0 || end == from)
		return error;
	error = read_ring(logs, place->slot, end, bytes);
	if (error == 0)
		error = read_end(logs, place->slot, &now);
	if (error < 0)
		return error;
	place->seen = end;
	/* What was overwritten before it was read, and the rest of the line that was cut by that. */
	if (now > LOG_RING_SIZE && from < now - LOG_RING_SIZE) {
		from = now - LOG_RING_SIZE;
		logs->missed += !anew;
		while (from < end && bytes[LOG_RING_SIZE - (end - from)] != '\n')
			from++;
	}
	if (from < end)
		add_lines(logs, place->slot, bytes + LOG_RING_SIZE - (end - from),
			  (size_t)(end - from));
	if (anew)
		logs_keep(logs, first, lines);
	return 0;
}
