/* SPDX-License-Identifier: ISC */
/*
 * Filling, writing and clearing of the journal, each step of which may be the last of this logger:
 *
 *	fill	stage USED with pipe and output, then splice: the file grows by what left the pipe
 *	write	position (a file's size before), the write, progress, position gone
 *	clear	stage CLEAR, truncate, stage EMPTY
 *
 * Killed between a write and its progress, the successor sees by the file's size what was written.
 * Pipes, terminals and sockets cannot tell: there the last chunk may come twice, so it is small.
 */
#include "log/log_journal.h"

#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

/* The next bytes to write, as they go out, and the journal bytes that they stand for. */
struct chunk {
	char const *bytes;
	size_t length;
	size_t used;
};

/* As much as a pipe takes whole or not at all. */
enum { SMALL = 4096 };

static char room[LOG_CHUNK];

static struct chunk next_chunk(struct log_outputs const *outputs, uint32_t done)
{
	struct log_state const *state = outputs->state;
	struct log_prefix const prefix = {
		.name = outputs->prefix_of(atomic_load(&state->pipe), outputs->context),
		.continues = done ? outputs->journal[done - 1] != '\n'
				  : atomic_load(&state->continues),
	};
	bool const regular = outputs->out[atomic_load(&state->output)].regular;
	size_t const most = regular ? LOG_CHUNK : SMALL;
	size_t const left = outputs->journal_length - done;
	size_t const part = left < most ? left : most;
	struct chunk chunk = { .bytes = outputs->journal + done, .length = part, .used = part };

	if (!prefix.name)
		return chunk;
	chunk.bytes = room;
	chunk.length = log_lines_prefix(&prefix, outputs->journal + done, left, room, most,
					&chunk.used);
	return chunk;
}

static uint64_t file_size(struct log_output const *out)
{
	struct stat status;

	return sys_fstat(out->fd, &status) < 0 ? 0 : (uint64_t)status.st_size;
}

/* Notes that `written` more bytes of the chunk are out. */
static void advance(struct log_state *state, struct chunk const *chunk, size_t written)
{
	uint64_t progress = atomic_load(&state->progress) + written;

	if ((progress & UINT32_MAX) >= chunk->length)
		progress = ((progress >> 32) + chunk->used) << 32;
	atomic_store(&state->progress, progress);
	atomic_store(&state->position, 0);
}

/* What an earlier logger had written but not noted. */
static void recover(struct log_outputs *outputs, struct log_output const *out)
{
	struct log_state *state = outputs->state;
	uint64_t const before = atomic_load(&state->position);
	uint64_t const progress = atomic_load(&state->progress);
	struct chunk const chunk = next_chunk(outputs, (uint32_t)(progress >> 32));
	uint64_t const size = file_size(out);
	size_t const left = chunk.length - (size_t)(progress & UINT32_MAX);

	if (before && out->regular && size > before - 1) {
		uint64_t const grown = size - (before - 1);

		advance(state, &chunk, grown < left ? (size_t)grown : left);
	}
	atomic_store(&state->position, 0);
}

static int clear(struct log_outputs *outputs)
{
	int error;

	atomic_store(&outputs->state->stage, LOG_JOURNAL_CLEAR);
	error = sys_ftruncate(outputs->journal_fd, LOG_STATE_SIZE);
	if (error < 0)
		return error;
	outputs->journal_length = 0;
	atomic_store(&outputs->state->stage, LOG_JOURNAL_EMPTY);
	return 0;
}

static ssize_t write_chunk(struct log_outputs *outputs, struct log_output const *out,
			   struct chunk const *chunk, size_t skip)
{
	struct log_state *state = outputs->state;
	ssize_t n = log_output_ready(out);

	if (n < 0)
		return n;
	if (out->regular)
		atomic_store(&state->position, file_size(out) + 1);
	n = sys_write(out->fd, chunk->bytes + skip, chunk->length - skip);
	if (n < 0)
		atomic_store(&state->position, 0);
	return n == -EINTR ? 0 : n;
}

static void give_up(struct log_outputs *outputs, uint32_t output, uint32_t done)
{
	atomic_fetch_add(&outputs->state->dropped[output], outputs->journal_length - done);
	atomic_store(&outputs->state->progress, (uint64_t)outputs->journal_length << 32);
	log_output_tell_gone(outputs, output);
}

int log_outputs_flush(struct log_outputs *outputs, uint32_t output)
{
	struct log_state *state = outputs->state;
	struct log_output const *out = &outputs->out[output];

	if (!log_outputs_pending(outputs, output))
		return 0;
	while (atomic_load(&state->stage) == LOG_JOURNAL_USED) {
		uint64_t const progress = atomic_load(&state->progress);
		uint32_t const done = (uint32_t)(progress >> 32);
		struct chunk chunk;
		ssize_t n;

		if (done >= outputs->journal_length)
			break;
		chunk = next_chunk(outputs, done);
		n = write_chunk(outputs, out, &chunk, (size_t)(progress & UINT32_MAX));
		if (log_output_gone(out, (int)n))
			give_up(outputs, output, done);
		else if (n < 0)
			return (int)n;
		else
			advance(state, &chunk, (size_t)n);
	}
	if (outputs->journal_length) {
		bool const whole = outputs->journal[outputs->journal_length - 1] == '\n';

		log_output_own(outputs, output, atomic_load(&state->pipe),
			       whole ? LOG_LINE_WHOLE : LOG_LINE_OPEN);
	}
	return clear(outputs);
}

int log_journal_fill(struct log_outputs *outputs, uint32_t output, struct log_parcel const *parcel)
{
	struct log_state *state = outputs->state;
	uint32_t const limit = parcel->count < LOG_CHUNK ? parcel->count : LOG_CHUNK;

	if (atomic_load(&state->stage) != LOG_JOURNAL_EMPTY)
		return -EBUSY;
	atomic_store(&state->pipe, parcel->pipe);
	atomic_store(&state->output, output);
	atomic_store(&state->continues, atomic_load(&state->line[output]) == LOG_LINE_OPEN);
	atomic_store(&state->progress, 0);
	atomic_store(&state->position, 0);
	atomic_store(&state->stage, LOG_JOURNAL_USED);
	while (outputs->journal_length < limit) {
		int64_t offset = LOG_STATE_SIZE + outputs->journal_length;
		ssize_t const n = sys_splice(parcel->fd, NULL, outputs->journal_fd, &offset,
					     limit - outputs->journal_length, SPLICE_F_NONBLOCK);

		if (n == -EINTR)
			continue;
		/* No memory for it: what is in the journal goes out first. */
		if (n <= 0)
			return outputs->journal_length || n == 0 ? 0 : (int)n;
		outputs->journal_length += (uint32_t)n;
	}
	return 0;
}

static void begin(struct log_state *state)
{
	memset(state, 0, LOG_STATE_SIZE);
	state->version = LOG_STATE_VERSION;
	state->magic = LOG_STATE_MAGIC;
}

static int take_over(struct log_outputs *outputs, uint64_t size)
{
	struct log_state *state = outputs->state;
	uint32_t const stage = atomic_load(&state->stage);
	uint32_t const output = atomic_load(&state->output);

	if (stage != LOG_JOURNAL_USED || size <= LOG_STATE_SIZE || output >= LOG_OUTPUTS)
		return clear(outputs);
	outputs->journal_length = (uint32_t)(size - LOG_STATE_SIZE);
	if (outputs->journal_length > LOG_CHUNK)
		return -EPROTO;
	recover(outputs, &outputs->out[output]);
	return 0;
}

int log_journal_open(struct log_outputs *outputs, int state_fd)
{
	struct stat status;
	int error = sys_fstat(state_fd, &status);
	char *map;

	if (error == 0 && status.st_size < LOG_STATE_SIZE)
		error = sys_ftruncate(state_fd, LOG_STATE_SIZE);
	if (error < 0)
		return error;
	map = sys_mmap(LOG_STATE_SIZE + LOG_CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED, state_fd,
		       &error);
	if (!map)
		return error;
	outputs->state = (struct log_state *)(void *)map;
	outputs->journal = map + LOG_STATE_SIZE;
	outputs->journal_fd = state_fd;
	outputs->journal_length = 0;
	if (outputs->state->magic != LOG_STATE_MAGIC ||
	    outputs->state->version != LOG_STATE_VERSION)
		begin(outputs->state);
	return take_over(outputs, (uint64_t)status.st_size);
}
