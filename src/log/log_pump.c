/* SPDX-License-Identifier: ISC */
/* One turn of a source, the queues, and the three clocks; see log_pump.h. */
#include "log/log_pump.h"

#include "log/log_chunk.h"
#include "log/log_drain.h"
#include "log/log_turn.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Turns of one output before the other, and new events, are looked at. */
enum { TURNS = 32 };

static uint32_t capacity_of(int fd)
{
	int const capacity = sys_fcntl(fd, F_GETPIPE_SZ, 0);

	return capacity > 0 ? (uint32_t)capacity : LOG_CHUNK;
}

static void enqueue(struct log_pump *pump, struct log_source *source)
{
	log_queue_add(&pump->queues[source->output], source);
}

static uint64_t heard(struct log_pump const *pump, uint32_t output)
{
	return atomic_load(&pump->outputs.out[output].record->heard);
}

/*
 * The second of silence goes on where the last logger was: each one that begins it anew and is
 * killed within it would keep all others waiting. Whose line is open has the first word.
 */
static void take_over(struct log_pump *pump, uint32_t output, uint64_t now)
{
	uint32_t const owner = log_outputs_owner(&pump->outputs, output);
	uint64_t const before = heard(pump, output);

	if (before == 0 || before > now)
		atomic_store(&pump->outputs.out[output].record->heard, now);
	if (owner < pump->outputs.source_count)
		enqueue(pump, &pump->outputs.sources[owner]);
}

/* A service can make its pipe larger than what is ever seen of it. */
static uint32_t too_long(struct log_pump const *pump, struct log_source const *source)
{
	uint32_t const own = capacity_of(source->fd);
	uint32_t const seen = capacity_of(pump->outputs.peek.scratch[0]);
	uint32_t const least = own < seen ? own : seen;

	return (uint32_t)log_lines_long(least < LOG_CHUNK ? least : LOG_CHUNK);
}

int log_pump_init(struct log_pump *pump, int state_fd, uint64_t now)
{
	struct log_outputs *outputs = &pump->outputs;
	int const error = log_outputs_init(outputs, state_fd);

	if (error < 0)
		return error;
	pump->living = outputs->source_count;
	for (uint32_t i = 0; i < outputs->source_count; i++) {
		struct log_source *source = &outputs->sources[i];

		source->output = log_outputs_route(outputs, source->output);
		source->too_long = too_long(pump, source);
	}
	for (uint32_t i = 0; i < outputs->count; i++)
		take_over(pump, i, now);
	return 0;
}

void log_pump_hear(struct log_pump *pump, uint32_t index, bool hung_up)
{
	struct log_source *source = &pump->outputs.sources[index];

	if (hung_up)
		source->hung_up = true;
	source->stale = false;
	source->held = 0;
	enqueue(pump, source);
}

/* True when the open line of `owner` has been waited for long enough. */
static bool waited(struct log_pump *pump, uint32_t output, uint32_t owner, uint64_t now)
{
	struct log_queue *queue = &pump->queues[output];

	if (owner >= pump->outputs.source_count || pump->outputs.sources[owner].fd < 0 ||
	    queue->open >= LOG_ENDLESS)
		return true;
	if (queue->since == 0)
		queue->since = now;
	if (now >= queue->since + LOG_SLOW)
		return true;
	return now >= heard(pump, output) + LOG_SILENCE;
}

/* The first who has something may have to wait for the owner of the open line. */
static enum turn interrupt(struct log_pump *pump, uint32_t output, uint32_t owner, uint64_t now)
{
	struct log_parcel parcel;
	int error;

	if (!log_turn_prepare(pump, pump->queues[output].first, &parcel, now))
		return TURN_SENT;
	if (!waited(pump, output, owner, now))
		return TURN_NOTHING;
	error = log_outputs_break(&pump->outputs, output);
	pump->queues[output].open = 0;
	pump->queues[output].since = 0;
	return error < 0 ? log_turn_stuck(pump, output, error, now) : TURN_SENT;
}

/* The owner's line has no end in sight, and somebody else has something. */
static bool endless(struct log_pump *pump, uint32_t output, uint32_t owner)
{
	struct log_queue *queue = &pump->queues[output];
	struct log_source *source = &pump->outputs.sources[owner];

	if (queue->open < LOG_ENDLESS)
		return false;
	log_queue_remove(queue, source);
	log_queue_add(queue, source);
	return queue->first != source;
}

static enum turn serve(struct log_pump *pump, uint32_t output, uint64_t now)
{
	struct log_queue *queue = &pump->queues[output];
	struct log_outputs *outputs = &pump->outputs;
	bool const pending = log_outputs_pending(outputs, output);
	uint32_t owner;
	int error;

	if (!pending && !queue->first)
		return TURN_NOTHING;
	/* Who has nothing to say needs no file, and waits for none. */
	if (!pending && outputs->out[output].file && log_turn_is_over(pump, queue->first))
		return TURN_SENT;
	error = log_outputs_open(outputs, output);
	if (error == 0)
		error = log_chunk_flush(outputs, output);
	if (error < 0)
		return log_turn_stuck(pump, output, error, now);
	if (pending)
		return TURN_SENT;
	owner = log_outputs_owner(outputs, output);
	if (owner == UINT32_MAX)
		return log_turn_take(pump, queue->first, now);
	if (owner < outputs->source_count && outputs->sources[owner].queued &&
	    !endless(pump, output, owner))
		return log_turn_take(pump, &outputs->sources[owner], now);
	return interrupt(pump, output, owner, now);
}

static void earlier(uint64_t *deadline, uint64_t time)
{
	if (*deadline == 0 || time < *deadline)
		*deadline = time;
}

/* A line may have been finished since `wake` was set: one look too many a second, at most. */
static void wake_held(struct log_pump *pump, uint64_t now)
{
	if (pump->wake == 0 || now < pump->wake)
		return;
	pump->wake = 0;
	for (uint32_t i = 0; i < pump->outputs.source_count; i++) {
		struct log_source *source = &pump->outputs.sources[i];

		if (!source->held)
			continue;
		if (now < source->held + LOG_SILENCE) {
			earlier(&pump->wake, source->held + LOG_SILENCE);
			continue;
		}
		source->held = 0;
		source->stale = true;
		enqueue(pump, source);
	}
}

static bool run_output(struct log_pump *pump, uint32_t output, uint64_t now)
{
	struct log_queue *queue = &pump->queues[output];
	bool progress = false;

	if (queue->blocked || (queue->retry && now < queue->retry))
		return false;
	queue->retry = 0;
	for (int turns = 0; turns < TURNS && serve(pump, output, now) == TURN_SENT; turns++)
		progress = true;
	return progress;
}

bool log_pump_run(struct log_pump *pump, uint64_t now)
{
	bool progress = false;

	wake_held(pump, now);
	for (uint32_t i = 0; i < pump->outputs.count; i++)
		if (run_output(pump, i, now))
			progress = true;
	if (!progress)
		log_drain_tidy(&pump->outputs);
	return progress;
}

uint64_t log_pump_deadline(struct log_pump const *pump)
{
	uint64_t deadline = pump->wake;

	for (uint32_t i = 0; i < pump->outputs.count; i++) {
		struct log_queue const *queue = &pump->queues[i];

		if (queue->retry)
			earlier(&deadline, queue->retry);
		else if (queue->first && !queue->blocked &&
			 log_outputs_owner(&pump->outputs, i) != UINT32_MAX)
			earlier(&deadline, heard(pump, i) + LOG_SILENCE);
	}
	return deadline;
}

bool log_pump_done(struct log_pump const *pump)
{
	if (pump->living)
		return false;
	for (uint32_t i = 0; i < pump->outputs.count; i++)
		if (log_outputs_pending(&pump->outputs, i))
			return false;
	return true;
}
