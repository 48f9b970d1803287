/* SPDX-License-Identifier: ISC */
/*
 * See log_ring.h. Written with pwrite(2): mapped, each slot's ring would be memory of the logger's
 * too. Only the last part of a turn's bytes is looked at, so that a flood costs no more.
 */
#include "log/log_ring.h"

#include "lib/now.h"
#include "sys/sys.h"

#include <string.h>

enum {
	LATEST = 4096, /* bytes of one turn that are kept at most */
	ROOM = LATEST * (LOG_RING_HEAD + 1)
};

static size_t put_head(char *out, uint64_t time, char letter)
{
	static char const digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < 16; i++)
		out[i] = digits[time >> (60 - 4 * i) & 15];
	out[16] = letter;
	return LOG_RING_HEAD;
}

static size_t format(struct log_source const *source, char const *bytes, size_t count, char *out)
{
	uint64_t const time = now_read(CLOCK_REALTIME);
	char const goes_on = (char)(source->stream - 'a' + 'A');
	size_t length = 0;

	for (size_t at = 0; at < count;) {
		char const *newline = memchr(bytes + at, '\n', count - at);
		size_t const line = newline ? (size_t)(newline - bytes) - at : count - at;

		length += put_head(out + length, time, newline ? source->stream : goes_on);
		memcpy(out + length, bytes + at, line);
		length += line;
		out[length++] = '\n';
		at += line + 1;
	}
	return length;
}

static bool put(int fd, uint32_t slot, uint64_t at, char const *bytes, size_t count)
{
	int64_t const ring = LOG_RINGS + (int64_t)slot * LOG_RING_SIZE;
	size_t const offset = (size_t)(at % LOG_RING_SIZE);
	size_t const first = count < LOG_RING_SIZE - offset ? count : LOG_RING_SIZE - offset;

	if (sys_pwrite64(fd, bytes, first, ring + (int64_t)offset) < 0)
		return false;
	return first == count || sys_pwrite64(fd, bytes + first, count - first, ring) >= 0;
}

void log_ring_put(struct log_outputs *outputs, struct log_source const *source, char const *bytes,
		  size_t count)
{
	static char text[ROOM];
	size_t const skipped = count > LATEST ? count - LATEST : 0;
	char const *const newline = skipped ? memchr(bytes + skipped, '\n', LATEST - 1) : NULL;
	/* Of a line that is longer than that its end is better than nothing. */
	size_t const start = newline ? (size_t)(newline - bytes) + 1 : skipped;
	struct log_record *record;
	uint64_t end;
	size_t length;
	size_t over;

	if (source->slot >= LOG_RING_COUNT || count == 0)
		return;
	record = (struct log_record *)(void *)(outputs->map + LOG_RECORDS) + LOG_RING_FIRST +
		 source->slot;
	length = format(source, bytes + start, count - start, text);
	over = length > LOG_RING_SIZE ? length - LOG_RING_SIZE : 0; /* lines without anything */
	end = atomic_load(&record->ring);
	/* It is a help for people: without memory for it there is none. */
	if (put(outputs->state_fd, source->slot, end, text + over, length - over))
		atomic_store(&record->ring, end + length - over);
}
