/* SPDX-License-Identifier: ISC */
/* One turn of a source, the queues, and the three clocks; see log_pump.h. */
#include "log/log_pump.h"

#include "log/log_lines.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum turn {
	TURN_SENT,    /* something changed, there may be more */
	TURN_NOTHING, /* nothing to send now */
	TURN_STUCK    /* the output takes nothing now */
};

/* Turns of one output before the other, and new events, are looked at. */
enum { TURNS = 32 };

static char peeked[LOG_CHUNK];

static char const *prefix_of(uint32_t pipe, void *context)
{
	struct log_pump const *pump = context;

	return pipe < pump->count ? pump->sources[pipe].name : NULL;
}

static uint32_t capacity_of(int fd)
{
	int const capacity = sys_fcntl(fd, F_GETPIPE_SZ, 0);

	return capacity > 0 ? (uint32_t)capacity : LOG_CHUNK;
}

static void enqueue(struct log_pump *pump, struct log_source *source)
{
	struct log_queue *queue = &pump->queues[source->output];

	if (source->queued || source->fd < 0)
		return;
	source->queued = true;
	source->next = NULL;
	if (queue->first)
		queue->last->next = source;
	else
		queue->first = source;
	queue->last = source;
}

static uint64_t heard(struct log_pump const *pump, uint32_t output)
{
	return atomic_load(&pump->outputs.state->heard[output]);
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
		atomic_store(&pump->outputs.state->heard[output], now);
	if (owner < pump->count)
		enqueue(pump, &pump->sources[owner]);
}

/* A service can make its pipe larger than what is ever seen of it. */
static uint32_t too_long(struct log_pump const *pump, struct log_source const *source)
{
	uint32_t const own = capacity_of(source->fd);
	uint32_t const seen = capacity_of(pump->scratch[0]);
	uint32_t const least = own < seen ? own : seen;

	return (uint32_t)log_lines_long(least < LOG_CHUNK ? least : LOG_CHUNK);
}

int log_pump_init(struct log_pump *pump, int const fds[LOG_OUTPUTS], int state_fd, uint64_t now)
{
	int error = sys_pipe2(pump->scratch, O_CLOEXEC | O_NONBLOCK);

	pump->outputs.prefix_of = prefix_of;
	pump->outputs.context = pump;
	if (error == 0)
		error = log_outputs_init(&pump->outputs, fds, state_fd);
	if (error < 0)
		return error;
	pump->living = pump->count;
	for (uint32_t i = 0; i < pump->count; i++) {
		struct log_source *source = &pump->sources[i];

		source->output = log_outputs_route(&pump->outputs, source->output);
		source->too_long = too_long(pump, source);
	}
	for (uint32_t i = 0; i < LOG_OUTPUTS; i++)
		take_over(pump, i, now);
	return 0;
}

static void dequeue(struct log_pump *pump, struct log_source *source)
{
	struct log_queue *queue = &pump->queues[source->output];
	struct log_source *before = NULL;

	for (struct log_source *s = queue->first; s && s != source; s = s->next)
		before = s;
	if (before)
		before->next = source->next;
	else
		queue->first = source->next;
	if (queue->last == source)
		queue->last = before;
	source->queued = false;
}

void log_pump_hear(struct log_pump *pump, uint32_t index, bool hung_up)
{
	struct log_source *source = &pump->sources[index];

	if (hung_up)
		source->hung_up = true;
	source->stale = false;
	source->held = 0;
	enqueue(pump, source);
}

/* Copies what is in the pipe without taking it: its bytes, 0 at the end, or a negative errno. */
static ssize_t peek(struct log_pump *pump, struct log_source const *source)
{
	size_t length = 0;
	ssize_t n;

	do
		n = sys_tee(source->fd, pump->scratch[1], LOG_CHUNK, SPLICE_F_NONBLOCK);
	while (n == -EINTR);
	if (n <= 0)
		return n;
	while (length < (size_t)n) {
		ssize_t const part = sys_read(pump->scratch[0], peeked + length,
					      (size_t)n - length);

		if (part == -EINTR)
			continue;
		if (part <= 0)
			return part < 0 ? part : -EIO;
		length += (size_t)part;
	}
	return n;
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
	dequeue(pump, source);
	(void)sys_close(source->fd);
	source->fd = -1;
	pump->living--;
}

/* How many of the peeked bytes may go now. */
static uint32_t allowed(struct log_pump const *pump, struct log_source const *source, size_t count)
{
	uint32_t const index = (uint32_t)(source - pump->sources);
	bool const owner = log_outputs_owner(&pump->outputs, source->output) == index;
	size_t const whole = log_lines_whole(peeked, count);

	if (whole && !source->hung_up)
		return (uint32_t)whole;
	if (owner || source->hung_up || source->stale || count >= source->too_long)
		return (uint32_t)count;
	return 0;
}

static enum turn stuck(struct log_pump *pump, uint32_t output, int error, uint64_t now)
{
	struct log_queue *queue = &pump->queues[output];

	if (error == -EAGAIN) {
		queue->blocked = true;
	} else if (error != -EBUSY) {
		queue->retry = now + LOG_RETRY;
		atomic_fetch_add(&pump->outputs.state->retries, 1);
		if (output == 0)
			log_outputs_tell(&pump->outputs, LOG_TOLD_DISK,
					 "standard output cannot be written: trying each second");
	}
	return TURN_STUCK;
}

/* Fills the parcel with what may go; false when that is nothing, and the source leaves the queue. */
static bool prepare(struct log_pump *pump, struct log_source *source, struct log_parcel *parcel,
		    uint64_t now)
{
	ssize_t const count = peek(pump, source);

	if (count == 0) {
		end(pump, source);
		return false;
	}
	parcel->fd = source->fd;
	parcel->pipe = (uint32_t)(source - pump->sources);
	parcel->count = count > 0 ? allowed(pump, source, (size_t)count) : 0;
	if (parcel->count == 0) {
		dequeue(pump, source);
		if (count > 0)
			hold(pump, source, now);
		return false;
	}
	parcel->ends = peeked[parcel->count - 1] == '\n';
	return true;
}

/* The first `count` of the peeked bytes were sent: how long is the open line now? */
static void measure(struct log_queue *queue, size_t count)
{
	size_t const whole = log_lines_whole(peeked, count);

	if (whole) {
		queue->open = 0;
		queue->since = 0;
	}
	queue->open += count - whole;
}

static enum turn take_turn(struct log_pump *pump, struct log_source *source, uint64_t now)
{
	struct log_parcel parcel;
	uint32_t count;
	int error;

	/* That one source has nothing says nothing of the next in the queue. */
	if (!prepare(pump, source, &parcel, now))
		return TURN_SENT;
	count = parcel.count;
	error = log_outputs_send(&pump->outputs, source->output, &parcel);
	measure(&pump->queues[source->output], count - parcel.count);
	atomic_store(&pump->outputs.state->heard[source->output], now);
	if (error < 0)
		return stuck(pump, source->output, error, now);
	source->stale = false;
	/* To the end of the queue, that all have their turn. */
	dequeue(pump, source);
	enqueue(pump, source);
	return TURN_SENT;
}

/* True when the open line of `owner` has been waited for long enough. */
static bool waited(struct log_pump *pump, uint32_t output, uint32_t owner, uint64_t now)
{
	struct log_queue *queue = &pump->queues[output];

	if (owner >= pump->count || pump->sources[owner].fd < 0 || queue->open >= LOG_ENDLESS)
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

	if (!prepare(pump, pump->queues[output].first, &parcel, now))
		return TURN_SENT;
	if (!waited(pump, output, owner, now))
		return TURN_NOTHING;
	error = log_outputs_break(&pump->outputs, output);
	pump->queues[output].open = 0;
	pump->queues[output].since = 0;
	return error < 0 ? stuck(pump, output, error, now) : TURN_SENT;
}

/* The owner's line has no end in sight, and somebody else has something. */
static bool endless(struct log_pump *pump, uint32_t output, uint32_t owner)
{
	struct log_queue const *queue = &pump->queues[output];

	if (queue->open < LOG_ENDLESS)
		return false;
	dequeue(pump, &pump->sources[owner]);
	enqueue(pump, &pump->sources[owner]);
	return queue->first != &pump->sources[owner];
}

static enum turn serve(struct log_pump *pump, uint32_t output, uint64_t now)
{
	struct log_queue *queue = &pump->queues[output];
	bool const pending = log_outputs_pending(&pump->outputs, output);
	int error = log_outputs_flush(&pump->outputs, output);
	uint32_t const owner = log_outputs_owner(&pump->outputs, output);

	if (error < 0)
		return stuck(pump, output, error, now);
	if (pending)
		return TURN_SENT;
	if (!queue->first)
		return TURN_NOTHING;
	if (owner == UINT32_MAX)
		return take_turn(pump, queue->first, now);
	if (owner < pump->count && pump->sources[owner].queued && !endless(pump, output, owner))
		return take_turn(pump, &pump->sources[owner], now);
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
	for (uint32_t i = 0; i < pump->count; i++) {
		struct log_source *source = &pump->sources[i];

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
	for (uint32_t i = 0; i < LOG_OUTPUTS; i++)
		if (run_output(pump, i, now))
			progress = true;
	return progress;
}

uint64_t log_pump_deadline(struct log_pump const *pump)
{
	uint64_t deadline = pump->wake;

	for (uint32_t i = 0; i < LOG_OUTPUTS; i++) {
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
	return pump->living == 0 && !log_outputs_pending(&pump->outputs, 0) &&
	       !log_outputs_pending(&pump->outputs, 1);
}
