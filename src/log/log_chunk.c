/* SPDX-License-Identifier: ISC */
/*
 * The steps of a chunk, each of which may be the last of this logger:
 *
 *	fill	all fields, then `pipe`
 *	write	from the area: the file position, `moving`, splice or sendfile, `written`, `moving`;
 *		to a file: `before`, `position`, the write, `written`, `position`
 *	take	log_drain.c: the bytes leave their pipe, `pipe` is cleared
 *
 * What is laid out is not kept: the next logger lays it out again from the same bytes. But the
 * pages of an area go into a pipe as they are and are seen there until they are read, so nothing is
 * laid out into the same pages twice: a hole is punched first, and new pages come.
 */
#include "log/log_chunk.h"

#include "lib/now.h"
#include "log/log_drain.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SMALL = 4096 }; /* what a terminal may be waited for */

static char room[LOG_CHUNK]; /* of what goes to files */

static int64_t area_offset(uint32_t output)
{
	return LOG_AREAS + (int64_t)output * LOG_CHUNK;
}

/* Files need no pages of their own: write(2) copies. */
static char *place_of(struct log_outputs const *outputs, uint32_t output)
{
	return outputs->out[output].regular ? room : outputs->map + area_offset(output);
}

static uint32_t *laid_in(struct log_outputs *outputs, uint32_t output)
{
	return &outputs->laid[outputs->out[output].regular ? LOG_OUTPUTS : output];
}

static void sweep(struct log_outputs *outputs, uint32_t output)
{
	struct log_output *out = &outputs->out[output];

	if (out->regular || out->clean)
		return;
	if (sys_fallocate(outputs->state_fd, LOG_PUNCH_HOLE, area_offset(output), LOG_CHUNK) < 0)
		out->no_move = true; /* write(2) copies */
	out->clean = true;
}

/* Lays the parcel out as the record's flags and time say; the bytes laid out. */
static uint32_t lay(struct log_outputs *outputs, uint32_t output, struct log_parcel const *parcel,
		    size_t *used)
{
	struct log_output *out = &outputs->out[output];
	struct log_layout const layout = {
		.style = &outputs->sources[parcel->pipe].style,
		.time = atomic_load(&out->record->time),
		.continues = atomic_load(&out->record->flags) & LOG_CHUNK_CONTINUES,
		.escape = out->terminal,
	};
	size_t length;

	sweep(outputs, output);
	out->clean = false;
	length = log_style_lay(&layout, parcel->bytes, parcel->count, place_of(outputs, output),
			       LOG_CHUNK, used);
	*laid_in(outputs, output) = output + 1;
	return (uint32_t)length;
}

void log_chunk_fill(struct log_outputs *outputs, uint32_t output, struct log_parcel *parcel)
{
	struct log_record *record = outputs->out[output].record;
	bool const json = outputs->sources[parcel->pipe].style.shape == LOG_SHAPE_JSON;
	bool const open = atomic_load(&record->line) == LOG_LINE_OPEN &&
			  log_outputs_owner(outputs, output) == parcel->pipe;
	uint32_t flags = open ? LOG_CHUNK_CONTINUES : 0;
	uint32_t length;
	size_t used;

	atomic_store(&record->flags, flags);
	atomic_store(&record->time, now_read(CLOCK_REALTIME));
	length = lay(outputs, output, parcel, &used);
	if (json || parcel->bytes[used - 1] == '\n')
		flags |= LOG_CHUNK_ENDS;
	atomic_store(&record->flags, flags);
	atomic_store(&record->offered, parcel->count);
	atomic_store(&record->used, (uint32_t)used);
	atomic_store(&record->length, length);
	atomic_store(&record->written, 0);
	atomic_store(&record->position, 0);
	atomic_store(&record->pipe, parcel->pipe + 1);
	parcel->count -= (uint32_t)used;
}

static ssize_t write_moving(struct log_outputs *outputs, uint32_t output, uint32_t from,
			    uint32_t count)
{
	struct log_output const *out = &outputs->out[output];
	int const fd = outputs->state_fd;
	int64_t const at = sys_lseek(fd, area_offset(output) + from, SEEK_SET);
	ssize_t n;

	if (at < 0)
		return (ssize_t)at;
	atomic_store(&outputs->state->moving, output + 1);
	if (out->pipe)
		n = sys_splice(fd, NULL, out->fd, NULL, count, SPLICE_F_NONBLOCK);
	else
		n = sys_sendfile(out->fd, fd, NULL, count < SMALL ? count : SMALL);
	if (n > 0)
		atomic_store(&out->record->written, from + (uint32_t)n);
	atomic_store(&outputs->state->moving, 0);
	return n == 0 ? -EAGAIN : n;
}

static uint64_t file_size(struct log_output const *out)
{
	struct stat status;

	return sys_fstat(out->fd, &status) < 0 ? 0 : (uint64_t)status.st_size;
}

/* Where nothing tells how much was written: the last of it may come twice, so it is little. */
static ssize_t write_unsure(struct log_outputs *outputs, uint32_t output, uint32_t from,
			    uint32_t count)
{
	struct log_output const *out = &outputs->out[output];
	ssize_t const n = sys_write(out->fd, place_of(outputs, output) + from,
				    count < SMALL ? count : SMALL);

	if (n > 0)
		atomic_store(&out->record->written, from + (uint32_t)n);
	return n;
}

static ssize_t write_file(struct log_outputs *outputs, uint32_t output, uint32_t from,
			  uint32_t count)
{
	struct log_output const *out = &outputs->out[output];
	ssize_t n;

	atomic_store(&out->record->before, from);
	atomic_store(&out->record->position, file_size(out) + 1);
	n = sys_write(out->fd, place_of(outputs, output) + from, count);
	if (n > 0)
		atomic_store(&out->record->written, from + (uint32_t)n);
	atomic_store(&out->record->position, 0);
	return n;
}

static ssize_t write_some(struct log_outputs *outputs, uint32_t output, uint32_t from,
			  uint32_t count)
{
	struct log_output *out = &outputs->out[output];
	ssize_t n = out->pipe && !out->no_move ? 0 : log_output_ready(out);

	if (n < 0)
		return n;
	if (out->regular)
		return write_file(outputs, output, from, count);
	if (!out->no_move) {
		n = write_moving(outputs, output, from, count);
		if (n != -EINVAL)
			return n;
		out->no_move = true;
	}
	return write_unsure(outputs, output, from, count);
}

void log_chunk_recover(struct log_outputs *outputs, uint32_t output)
{
	struct log_output const *out = &outputs->out[output];
	struct log_record *record = out->record;
	uint64_t const position = atomic_load(&record->position);
	uint32_t const before = atomic_load(&record->before);
	uint32_t const length = atomic_load(&record->length);
	uint64_t const size = file_size(out);

	if (!out->regular || position == 0 || !log_outputs_pending(outputs, output))
		return;
	if (before <= length && size > position - 1) {
		uint64_t const grown = size - (position - 1);
		uint32_t const left = length - before;

		atomic_store(&record->written, before + (grown < left ? (uint32_t)grown : left));
	}
	atomic_store(&record->position, 0);
}

/* The reader is gone: what it will not see counts as written. */
static void give_up(struct log_outputs *outputs, uint32_t output)
{
	struct log_record *record = outputs->out[output].record;

	atomic_fetch_add(&record->dropped, atomic_load(&record->used));
	atomic_store(&record->written, atomic_load(&record->length));
	log_output_tell_gone(outputs, output);
}

/* Another logger's chunk, or one whose place another one got. */
static int lay_again(struct log_outputs *outputs, uint32_t output)
{
	struct log_record *record = outputs->out[output].record;
	struct log_parcel parcel = { .pipe = atomic_load(&record->pipe) - 1 };
	struct log_source const *source = &outputs->sources[parcel.pipe];
	uint32_t length = 0;
	size_t used = 0;
	ssize_t n = -EBADF;

	parcel.count = atomic_load(&record->offered);
	if (parcel.pipe < outputs->source_count)
		n = log_peek_at(&outputs->peek, source->fd, &parcel.bytes);
	if (n == -EAGAIN || n == -EBADF || (n >= 0 && (size_t)n < parcel.count))
		n = 0;
	if (n < 0)
		return (int)n;
	if (n > 0)
		length = lay(outputs, output, &parcel, &used);
	/* Somebody else has read from the pipe: what is in it now is sent as something new. */
	if (length != atomic_load(&record->length) || used != atomic_load(&record->used))
		atomic_store(&record->pipe, 0);
	return 0;
}

int log_chunk_flush(struct log_outputs *outputs, uint32_t output)
{
	struct log_output const *out = &outputs->out[output];
	struct log_record *record = out->record;
	int error = 0;

	if (log_outputs_pending(outputs, output) && *laid_in(outputs, output) != output + 1)
		error = lay_again(outputs, output);
	if (error < 0)
		return error;
	while (log_outputs_pending(outputs, output)) {
		uint32_t const from = atomic_load(&record->written);
		uint32_t const length = atomic_load(&record->length);
		ssize_t n;

		if (from >= length)
			return log_drain_take(outputs, output);
		n = write_some(outputs, output, from, length - from);
		if (log_output_gone(out, (int)n))
			give_up(outputs, output);
		else if (n < 0 && n != -EINTR)
			return (int)n;
	}
	return 0;
}

static void begin(struct log_outputs *outputs)
{
	struct log_state *state = outputs->state;

	(void)sys_fallocate(outputs->state_fd, LOG_PUNCH_HOLE, 0, LOG_END); /* memfds can */
	memset(state, 0, sizeof *state);
	state->version = LOG_STATE_VERSION;
	state->magic = LOG_STATE_MAGIC;
}

/* How far another logger had come in writing from an area. */
static void recover_moving(struct log_outputs *outputs)
{
	uint32_t const output = atomic_load(&outputs->state->moving) - 1;

	if (output < LOG_OUTPUTS) {
		struct log_record *record = outputs->out[output].record;
		int64_t const at = sys_lseek(outputs->state_fd, 0, SEEK_CUR) - area_offset(output);

		if (at >= 0 && at <= (int64_t)atomic_load(&record->length))
			atomic_store(&record->written, (uint32_t)at);
	}
	atomic_store(&outputs->state->moving, 0);
}

int log_chunk_open(struct log_outputs *outputs, int state_fd)
{
	struct stat status;
	int error = sys_fstat(state_fd, &status);

	if (error == 0 && status.st_size < LOG_END)
		error = sys_ftruncate(state_fd, LOG_END);
	if (error == 0)
		outputs->map = sys_mmap(LOG_MAPPED, PROT_READ | PROT_WRITE, MAP_SHARED, state_fd,
					&error);
	if (error < 0)
		return error;
	outputs->state_fd = state_fd;
	outputs->state = (struct log_state *)(void *)outputs->map;
	if (outputs->state->magic != LOG_STATE_MAGIC ||
	    outputs->state->version != LOG_STATE_VERSION)
		begin(outputs);
	for (uint32_t i = 0; i < outputs->count; i++)
		outputs->out[i].record = (struct log_record *)(void *)(outputs->map + LOG_RECORDS) +
					 outputs->out[i].index;
	recover_moving(outputs);
	for (uint32_t i = 0; i < LOG_OUTPUTS; i++)
		log_chunk_recover(outputs, i);
	return log_drain_recover(outputs);
}
