/* SPDX-License-Identifier: ISC */
/* Splicing, and who owns the open line of an output; log_chunk.c has the other way. */
#include "log/log_output.h"

#include "log/log_chunk.h"
#include "sys/sys.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

void log_output_own(struct log_record *record, uint32_t pipe, uint32_t line)
{
	/* A line that nobody owns must not look open in between: the owner comes first and goes last. */
	if (line == LOG_LINE_WHOLE) {
		atomic_store(&record->line, line);
		atomic_store(&record->owner, 0);
		return;
	}
	atomic_store(&record->owner, pipe + 1);
	atomic_store(&record->line, line);
}

/* The reader is gone for good, or for now: its services must not stand still for that. */
bool log_output_gone(struct log_output const *output, int error)
{
	/* A terminal that was hung up says EIO, and so does a disk that may recover. */
	if (error == -EIO)
		return !output->regular;
	return error == -EPIPE || error == -EBADF || error == -ECONNRESET || error == -ENXIO;
}

/* 0 when a write will not have to wait. Pipes say so themselves, files never wait. */
int log_output_ready(struct log_output const *output)
{
	struct pollfd poll = { .fd = output->fd, .events = POLLOUT };
	struct timespec none = { 0 };
	int ready;

	if (output->regular)
		return 0;
	ready = sys_ppoll(&poll, 1, &none, NULL, SYS_MASK_SIZE);
	return ready == 0 ? -EAGAIN : ready < 0 && ready != -EINTR ? ready : 0;
}

/* Said once for each output. */
void log_output_tell_gone(struct log_outputs *outputs, uint32_t output)
{
	if (output == 0)
		log_outputs_tell(outputs, LOG_TOLD_OUT,
				 "standard output has no reader: its lines are dropped");
	else
		log_outputs_tell(outputs, LOG_TOLD_ERR,
				 "standard error has no reader: its lines are dropped");
}

static int drop(struct log_outputs *outputs, uint32_t output, struct log_parcel const *parcel)
{
	struct log_record *record = outputs->out[output].record;
	int const fd = outputs->sources[parcel->pipe].fd;
	char waste[4096];
	uint32_t left = parcel->count;

	while (left > 0) {
		ssize_t const n = sys_read(fd, waste, left < sizeof waste ? left : sizeof waste);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? (int)n : 0;
		left -= (uint32_t)n;
		atomic_fetch_add(&record->dropped, (uint64_t)n);
	}
	log_output_own(record, parcel->pipe, parcel->ends ? LOG_LINE_WHOLE : LOG_LINE_OPEN);
	log_output_tell_gone(outputs, output);
	return 0;
}

/* Takes what it could move off the parcel's count. */
static int splice_parcel(struct log_outputs *outputs, uint32_t output, struct log_parcel *parcel)
{
	struct log_output const *out = &outputs->out[output];
	int const fd = outputs->sources[parcel->pipe].fd;
	uint32_t line = atomic_load(&out->record->line);

	while (parcel->count > 0) {
		ssize_t n = out->pipe ? 0 : log_output_ready(out);

		if (n == 0) {
			log_output_own(out->record, parcel->pipe, LOG_LINE_PERHAPS);
			n = sys_splice(fd, NULL, out->fd, NULL, parcel->count, SPLICE_F_NONBLOCK);
			if (n > 0)
				line = parcel->ends && (uint32_t)n == parcel->count ? LOG_LINE_WHOLE
										    : LOG_LINE_OPEN;
			log_output_own(out->record, parcel->pipe, line);
		}
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? -EAGAIN : (int)n;
		parcel->count -= (uint32_t)n;
	}
	return 0;
}

int log_outputs_send(struct log_outputs *outputs, uint32_t output, struct log_parcel *parcel)
{
	struct log_output *out = &outputs->out[output];
	int error;

	if (!out->no_splice && log_style_is_plain(&outputs->sources[parcel->pipe].style)) {
		error = splice_parcel(outputs, output, parcel);
		if (log_output_gone(out, error))
			return drop(outputs, output, parcel);
		if (error != -EINVAL)
			return error;
		out->no_splice = true;
		return 0; /* nothing has gone: it is looked at anew, for a chunk */
	}
	log_chunk_fill(outputs, output, parcel);
	return log_chunk_flush(outputs, output);
}

int log_outputs_break(struct log_outputs *outputs, uint32_t output)
{
	struct log_output const *out = &outputs->out[output];
	uint32_t const pipe = log_outputs_owner(outputs, output);
	ssize_t n;

	if (atomic_load(&out->record->line) == LOG_LINE_OPEN) {
		n = log_output_ready(out);
		if (n == 0)
			n = sys_write(out->fd, "\n", 1);
		if (n == -EINTR)
			return -EAGAIN;
		if (n < 0 && !log_output_gone(out, (int)n))
			return (int)n;
	}
	log_output_own(out->record, pipe, LOG_LINE_WHOLE);
	return 0;
}

void log_outputs_say(struct log_outputs *outputs, char const *line)
{
	uint32_t const output = log_outputs_route(outputs, 1);
	struct log_output const *out = &outputs->out[output];
	char message[512] = "orlop-log: ";
	size_t const space = sizeof message - strlen(message) - 2;

	if (log_outputs_owner(outputs, output) != UINT32_MAX ||
	    log_outputs_pending(outputs, output) || log_output_ready(out) < 0)
		return;
	strncat(message, line, space);
	strcat(message, "\n");
	/* A message is less than the services' lines: whether it gets through is not looked at. */
	(void)sys_write(out->fd, message, strlen(message));
}

void log_outputs_tell(struct log_outputs *outputs, uint32_t bit, char const *line)
{
	if (!(atomic_fetch_or(&outputs->state->told, bit) & bit))
		log_outputs_say(outputs, line);
}

uint32_t log_outputs_route(struct log_outputs const *outputs, uint32_t wanted)
{
	return wanted == 1 && outputs->out[1].fd < 0 ? 0 : wanted;
}

static void look_at(struct log_output *out, struct stat *status)
{
	struct termios modes;

	memset(status, 0, sizeof *status);
	if (sys_fstat(out->fd, status) < 0)
		return;
	out->pipe = S_ISFIFO(status->st_mode);
	out->regular = S_ISREG(status->st_mode);
	out->terminal = S_ISCHR(status->st_mode) && sys_ioctl(out->fd, TCGETS, &modes) == 0;
}

void log_outputs_close(struct log_outputs *outputs, uint32_t output)
{
	struct log_output *out = &outputs->out[output];

	if (out->fd >= 0)
		(void)sys_close(out->fd); /* a local file: nothing is told by that */
	out->fd = -1;
}

int log_outputs_open(struct log_outputs *outputs, uint32_t output)
{
	struct log_output *out = &outputs->out[output];
	int fd;

	if (!out->file)
		return 0;
	if (out->fd >= 0 && !log_file_is_current(out->file, out->fd))
		log_outputs_close(outputs, output);
	if (out->fd >= 0)
		return 0;
	fd = log_file_open(out->file, out->record);
	if (fd < 0)
		return fd;
	out->fd = fd;
	out->regular = true;
	log_chunk_recover(outputs, output);
	return 0;
}

int log_outputs_init(struct log_outputs *outputs, int state_fd)
{
	struct stat first;
	struct stat second;
	int const error = log_peek_open(&outputs->peek);

	if (error < 0)
		return error;
	look_at(&outputs->out[0], &first);
	look_at(&outputs->out[1], &second);
	/* One file behind both: lines must not tear there either, so it is one output. */
	if (first.st_mode && first.st_dev == second.st_dev && first.st_ino == second.st_ino)
		outputs->out[1].fd = -1;
	return log_chunk_open(outputs, state_fd);
}
