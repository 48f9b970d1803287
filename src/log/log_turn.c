/* SPDX-License-Identifier: ISC */
/* See log_turn.h. */
#include "log/log_turn.h"

#include "lib/now.h"
#include "log/log_ring.h"
#include "sys/sys.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { WIDE = 128 << 10 }; /* bytes of the pipe of a service that says much */

static struct log_queue *queue_of(struct log_pump *pump, struct log_source const *source)
{
	return &pump->queues[source->output];
}

/* An unfinished line stays where it is; the first to be held says when to look again. */
static void hold(struct log_pump *pump, struct log_source *source, uint64_t now)
{
	source->held = now;
	if (pump->wake == 0)
		pump->wake = now + LOG_SILENCE;
}

static void end(struct log_pump *pump, struct log_source *source)
{
	source->held = 0;
	log_queue_remove(queue_of(pump, source), source);
	(void)sys_close(source->fd);
	source->fd = -1;
	pump->living--;
}

bool log_turn_is_over(struct log_pump *pump, struct log_source *source)
{
	int unread = 1;

	if (!source->hung_up || sys_ioctl(source->fd, FIONREAD, &unread) < 0 || unread != 0)
		return false;
	end(pump, source);
	return true;
}

/* How many of the peeked bytes may go now. */
static size_t allowed(struct log_pump const *pump, struct log_source const *source,
		      char const *bytes, size_t count)
{
	uint32_t const pipe = (uint32_t)(source - pump->outputs.sources);
	bool const owner = log_outputs_owner(&pump->outputs, source->output) == pipe;
	size_t const whole = log_style_whole(&source->style, bytes, count);

	if (whole && !source->hung_up)
		return whole;
	if (source->hung_up || source->stale)
		return count;
	if (owner || count >= source->too_long)
		return log_style_cut(&source->style, bytes, count);
	return 0;
}

/* Where nobody looks at the lines and all goes at once, their end is enough. */
static ssize_t look(struct log_pump *pump, struct log_source const *source,
		    struct log_parcel *parcel)
{
	struct log_output const *out = &pump->outputs.out[source->output];
	struct log_peek *peek = &pump->outputs.peek;

	if (out->regular && !out->no_splice && log_style_is_plain(&source->style))
		return log_peek_tail(peek, source->fd, &parcel->bytes);
	return log_peek_at(peek, source->fd, &parcel->bytes);
}

/*
 * Who fills a pipe would wait for each turn, and the turn for it: with more room they work at the
 * same time. Where that is refused, all goes on as before.
 */
static void widen(struct log_source *source, ssize_t count)
{
	if (source->wide || count < LOG_CHUNK - 4096)
		return;
	source->wide = true;
	(void)sys_fcntl(source->fd, F_SETPIPE_SZ, WIDE);
}

bool log_turn_prepare(struct log_pump *pump, struct log_source *source, struct log_parcel *parcel,
		      uint64_t now)
{
	ssize_t const count = look(pump, source, parcel);

	if (count == 0) {
		end(pump, source);
		return false;
	}
	widen(source, count);
	parcel->pipe = (uint32_t)(source - pump->outputs.sources);
	parcel->count = count > 0 ? (uint32_t)allowed(pump, source, parcel->bytes, (size_t)count)
				  : 0;
	if (parcel->count == 0) {
		log_queue_remove(queue_of(pump, source), source);
		if (count > 0)
			hold(pump, source, now);
		return false;
	}
	parcel->ends = parcel->bytes[parcel->count - 1] == '\n';
	return true;
}

static void tell_file(struct log_pump *pump, struct log_output const *out, int error)
{
	char message[480];

	if (atomic_exchange(&out->record->told, 1))
		return;
	(void)snprintf(message, sizeof message, "%.300s/%.70s.log cannot be written (%.60s): %s",
		       out->file->path, out->file->name, strerror(-error), "trying each second");
	log_outputs_say(&pump->outputs, message);
}

enum turn log_turn_stuck(struct log_pump *pump, uint32_t output, int error, uint64_t now)
{
	struct log_queue *queue = &pump->queues[output];
	struct log_output const *out = &pump->outputs.out[output];

	if (error == -EAGAIN && !out->file) {
		queue->blocked = true;
		return TURN_STUCK;
	}
	queue->retry = now + LOG_RETRY;
	atomic_fetch_add(&pump->outputs.state->retries, 1);
	if (out->file)
		tell_file(pump, out, error);
	else if (output == 0)
		log_outputs_tell(&pump->outputs, LOG_TOLD_DISK,
				 "standard output cannot be written: trying each second");
	return TURN_STUCK;
}

/* Cuts the parcel to what the file has room for, which may have to be another file. */
static int find_room(struct log_pump *pump, struct log_output *out, struct log_parcel *parcel)
{
	uint32_t const output = (uint32_t)(out - pump->outputs.out);
	bool const open = log_outputs_owner(&pump->outputs, output) != UINT32_MAX;
	uint64_t const now = now_read(CLOCK_REALTIME);
	size_t count = parcel->count;
	int error;

	/* Lines are told apart now, so all of them are needed. */
	if (!log_file_has_room(out->file, count) &&
	    log_peek_at(&pump->outputs.peek, pump->outputs.sources[parcel->pipe].fd,
			&parcel->bytes) < (ssize_t)count)
		return -EAGAIN;
	count = log_file_room(out->file, out->record, now, parcel->bytes, count, open);
	if (count == 0) {
		error = log_file_rotate(out->file, out->record, now);
		if (error < 0)
			return error;
		log_outputs_close(&pump->outputs, output);
		error = log_outputs_open(&pump->outputs, output);
		if (error < 0)
			return error;
		count = log_file_room(out->file, out->record, now, parcel->bytes, parcel->count,
				      open);
	}
	if (atomic_load(&out->record->born) == 0)
		atomic_store(&out->record->born, now);
	parcel->count = (uint32_t)count;
	parcel->ends = parcel->bytes[count - 1] == '\n';
	return 0;
}

/* The first `count` of the peeked bytes were sent: how long is the open line now? */
static void measure(struct log_queue *queue, char const *bytes, size_t count)
{
	size_t const whole = log_lines_whole(bytes, count);

	if (whole) {
		queue->open = 0;
		queue->since = 0;
	}
	queue->open += count - whole;
}

enum turn log_turn_take(struct log_pump *pump, struct log_source *source, uint64_t now)
{
	struct log_output *out = &pump->outputs.out[source->output];
	struct log_queue *queue = queue_of(pump, source);
	struct log_parcel parcel;
	uint32_t count;
	int error = 0;

	/* That one source has nothing says nothing of the next in the queue. */
	if (!log_turn_prepare(pump, source, &parcel, now))
		return TURN_SENT;
	if (out->file)
		error = find_room(pump, out, &parcel);
	count = parcel.count;
	if (error == 0) {
		error = log_outputs_send(&pump->outputs, source->output, &parcel);
		measure(queue, parcel.bytes, count - parcel.count);
		atomic_store(&out->record->heard, now);
		log_ring_put(&pump->outputs, source, parcel.bytes, count - parcel.count);
	}
	if (error < 0)
		return log_turn_stuck(pump, source->output, error, now);
	if (parcel.count < count)
		source->stale = false;
	/* To the end of the queue, that all have their turn. */
	log_queue_remove(queue, source);
	log_queue_add(queue, source);
	return TURN_SENT;
}
