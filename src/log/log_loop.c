/* SPDX-License-Identifier: ISC */
/*
 * Edge-triggered on the pipes: one that holds an unfinished line is readable all the time, and
 * only something new in it is news. An output is watched while it is full, once each time.
 */
#include "log/log_loop.h"

#include "lib/now.h"
#include "sys/sys.h"

#include <errno.h>
#include <time.h>

enum { EVENTS = 64 };

struct loop {
	struct log_pump *pump;
	int epoll;
	bool known[LOG_OUTPUTS]; /* added to the epoll once */
	bool armed[LOG_OUTPUTS];
};

static int watch_sources(struct loop *loop)
{
	for (uint32_t i = 0; i < loop->pump->outputs.source_count; i++) {
		struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u32 = i };
		int const error = sys_epoll_ctl(loop->epoll, EPOLL_CTL_ADD,
						loop->pump->outputs.sources[i].fd, &event);

		if (error < 0)
			return error;
	}
	return 0;
}

static void watch_output(struct loop *loop, uint32_t output, uint64_t now)
{
	struct log_queue *queue = &loop->pump->queues[output];
	struct epoll_event event = { .events = EPOLLOUT | EPOLLONESHOT,
				     .data.u32 = loop->pump->outputs.source_count + output };
	int const operation = loop->known[output] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (!queue->blocked || loop->armed[output])
		return;
	if (sys_epoll_ctl(loop->epoll, operation, loop->pump->outputs.out[output].fd, &event) < 0) {
		/* What cannot be watched is tried again like a full disk. */
		queue->blocked = false;
		queue->retry = now + LOG_RETRY;
		return;
	}
	loop->known[output] = true;
	loop->armed[output] = true;
}

static void take(struct loop *loop, struct epoll_event const *event)
{
	uint32_t const index = event->data.u32;

	if (index < loop->pump->outputs.source_count) {
		log_pump_hear(loop->pump, index, event->events & (EPOLLHUP | EPOLLERR));
		return;
	}
	loop->armed[index - loop->pump->outputs.source_count] = false;
	loop->pump->queues[index - loop->pump->outputs.source_count].blocked = false;
}

/* Milliseconds to wait: none while there is more, for ever when nothing is due. */
static int patience(struct log_pump const *pump, bool more, uint64_t now)
{
	uint64_t const deadline = log_pump_deadline(pump);

	if (more)
		return 0;
	if (deadline == 0)
		return -1;
	return deadline > now ? (int)((deadline - now) / 1000000) + 1 : 0;
}

int log_loop(struct log_pump *pump)
{
	struct loop loop = { .pump = pump, .epoll = sys_epoll_create1(EPOLL_CLOEXEC) };
	int error = loop.epoll < 0 ? loop.epoll : watch_sources(&loop);

	while (error == 0) {
		struct epoll_event events[EVENTS];
		uint64_t const now = now_read(CLOCK_MONOTONIC);
		bool const more = log_pump_run(pump, now);
		int count;

		if (log_pump_done(pump))
			break;
		for (uint32_t i = 0; i < LOG_OUTPUTS; i++)
			watch_output(&loop, i, now);
		count = sys_epoll_pwait(loop.epoll, events, EVENTS, patience(pump, more, now), NULL,
					SYS_MASK_SIZE);
		if (count < 0 && count != -EINTR)
			error = count;
		for (int i = 0; i < count; i++)
			take(&loop, &events[i]);
	}
	if (loop.epoll >= 0)
		(void)sys_close(loop.epoll);
	return error;
}
