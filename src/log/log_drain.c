/* SPDX-License-Identifier: ISC */
/*
 * The state's file position is set, the order given (FILLS), then the splices move the position,
 * and the order is taken back. The same pages are used each time: new ones would cost more than all
 * else of it.
 */
#include "log/log_drain.h"

#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* No memory for it: read and forgotten, which takes none, but does not survive a kill. */
static int waste(int fd, uint32_t count)
{
	char bytes[4096];

	while (count > 0) {
		ssize_t const n = sys_read(fd, bytes, count < sizeof bytes ? count : sizeof bytes);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		count -= (uint32_t)n;
	}
	return 0;
}

/* Moves the rest of `count` bytes behind the `done` that have left the pipe already. */
static void fill(struct log_outputs *outputs, int fd, uint32_t done, uint32_t count)
{
	while (done < count) {
		ssize_t const n = sys_splice(fd, NULL, outputs->state_fd, NULL, count - done,
					     SPLICE_F_NONBLOCK);

		if (n == -EINTR)
			continue;
		if (n == 0 || n == -EAGAIN) /* somebody else has read from the pipe */
			return;
		if (n < 0) {
			(void)waste(fd, count - done);
			return;
		}
		done += (uint32_t)n;
	}
}

static int carry_out(struct log_outputs *outputs, int64_t done)
{
	struct log_state *state = outputs->state;
	uint32_t const index = atomic_load(&state->drain_output);
	uint32_t const pipe = atomic_load(&state->drain_pipe);
	struct log_record *record = (struct log_record *)(void *)(outputs->map + LOG_RECORDS);

	if (index < LOG_RECORD_COUNT && pipe < outputs->source_count && done >= 0) {
		record += index;
		if (outputs->sources[pipe].fd >= 0)
			fill(outputs, outputs->sources[pipe].fd, (uint32_t)done,
			     atomic_load(&state->drain_count));
		log_output_own(record, pipe,
			       atomic_load(&record->flags) & LOG_CHUNK_ENDS ? LOG_LINE_WHOLE
									    : LOG_LINE_OPEN);
		atomic_store(&record->pipe, 0);
	}
	atomic_store(&state->drain, LOG_DRAIN_EMPTY);
	outputs->drained = true;
	return 0;
}

int log_drain_take(struct log_outputs *outputs, uint32_t output)
{
	struct log_state *state = outputs->state;
	struct log_output const *out = &outputs->out[output];
	int64_t const at = sys_lseek(outputs->state_fd, LOG_DRAIN, SEEK_SET);

	if (at < 0)
		return (int)at;
	atomic_store(&state->drain_output, out->index);
	atomic_store(&state->drain_pipe, atomic_load(&out->record->pipe) - 1);
	atomic_store(&state->drain_count, atomic_load(&out->record->used));
	atomic_store(&state->drain, LOG_DRAIN_FILLS);
	return carry_out(outputs, 0);
}

int log_drain_recover(struct log_outputs *outputs)
{
	int64_t at;

	outputs->drained = true;
	if (atomic_load(&outputs->state->drain) == LOG_DRAIN_EMPTY)
		return 0;
	at = sys_lseek(outputs->state_fd, 0, SEEK_CUR);
	return at < 0 ? (int)at : carry_out(outputs, at - LOG_DRAIN);
}

void log_drain_tidy(struct log_outputs *outputs)
{
	/* Without it the memory is kept until the next time. */
	if (outputs->drained)
		(void)sys_fallocate(outputs->state_fd, LOG_PUNCH_HOLE, LOG_DRAIN, LOG_CHUNK);
	outputs->drained = false;
}
