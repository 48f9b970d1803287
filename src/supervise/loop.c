/* SPDX-License-Identifier: ISC */
/* See loop.h. */
#include "supervise/loop.h"

#include "supervise/control.h"
#include "supervise/zone.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>

enum { EVENTS = 64, LINE = 512, STANDARD_ERROR = 2 };

/* epoll_event.data of those that are no slot's. */
static uint64_t const wake_tag = UINT64_MAX;
static uint64_t const control_tag = UINT64_MAX - 1;
static uint64_t const clock_tag = UINT64_MAX - 2;

static uint64_t read_clock(clockid_t clock)
{
	struct timespec now = { 0 };

	(void)sys_clock_gettime(clock, &now); /* these two clocks cannot fail */
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void tell_time(struct loop *loop)
{
	supervisor_tell_time(&loop->supervisor, read_clock(CLOCK_MONOTONIC),
			     read_clock(CLOCK_REALTIME));
}

static bool write_line(char const *line)
{
	char buffer[LINE];
	int length = snprintf(buffer, sizeof buffer, "orlop: %s\n", line);
	ssize_t written;

	if (length >= (int)sizeof buffer) {
		length = sizeof buffer;
		buffer[length - 1] = '\n';
	}
	do
		written = sys_write(STANDARD_ERROR, buffer, (size_t)length);
	while (written == -EINTR);
	return written == length;
}

void loop_say(void *context, char const *line)
{
	struct loop *loop = context;
	char note[64];

	if (loop->dropped) {
		(void)snprintf(note, sizeof note, "%u messages could not be written",
			       loop->dropped);
		if (!write_line(note)) {
			loop->dropped++;
			return;
		}
		loop->dropped = 0;
	}
	if (!write_line(line))
		loop->dropped++;
}

static void flush_verbs(struct loop *loop)
{
	size_t const size = (size_t)loop->verb_count * VERB_SIZE;
	size_t done = 0;

	loop->verb_count = 0;
	while (done < size && loop->failure == 0) {
		ssize_t const written = sys_write(FD_VERBS_WRITE, loop->verbs + done, size - done);

		if (written >= 0)
			done += (size_t)written;
		else if (written != -EINTR)
			loop->failure = (int)written;
	}
}

/* Starts are sent together. A kill is sent at once: only the last one is on record. */
static void send_verb(void *context, struct verb const *verb)
{
	struct loop *loop = context;

	verb_pack(loop->verbs + (size_t)loop->verb_count++ * VERB_SIZE, verb);
	if (loop->verb_count == LOOP_VERBS || (verb->kind != VERB_SPAWN && verb->kind != VERB_ACK))
		flush_verbs(loop);
}

static int32_t offset(void *context, int64_t time)
{
	(void)context;
	return zone_offset(time);
}

/* The descriptor on which a slot tells its readiness, -1 for none. */
static int notify_fd(struct loop const *loop, uint32_t slot)
{
	void const *plan = loop->supervisor.plan;
	struct plan_slot const *p = plan_slot(plan, slot);

	if (p->notify == PLAN_NONE)
		return -1;
	return fd_notify_read(plan_header(plan), loop->first_fd, p->notify);
}

static bool by_datagram(struct loop const *loop, uint32_t slot)
{
	void const *plan = loop->supervisor.plan;
	struct plan_header const *h = plan_header(plan);
	uint32_t const notify = plan_slot(plan, slot)->notify;

	return plan_listens(plan, h->notifies)[notify].length != 0;
}

static void forget(void *context, uint32_t slot)
{
	struct loop *loop = context;
	int const fd = notify_fd(loop, slot);

	if (fd >= 0)
		ready_forget(fd, by_datagram(loop, slot));
}

static void notified(struct loop *loop, uint32_t slot)
{
	int const fd = notify_fd(loop, slot);
	bool const datagram = by_datagram(loop, slot);
	size_t size = 0;
	int const says = ready_look(&loop->ready, fd, datagram, &size);

	if (says > 0)
		supervisor_notified(&loop->supervisor, slot, (unsigned)says);
	if (says >= 0)
		ready_take(fd, datagram, size);
}

static void read_control(struct loop *loop)
{
	for (;;) {
		size_t const room = sizeof loop->control - loop->control_used;
		ssize_t const got = sys_read(FD_CONTROL_READ, loop->control + loop->control_used,
					     room);
		bool const drained = got < (ssize_t)room;
		size_t taken;

		if (got > 0)
			loop->control_used += (size_t)got;
		if (got == 0 && room) /* init holds the other end: it is gone */
			loop->failure = -EPIPE;
		taken = control_take(&loop->supervisor, loop->control, loop->control_used, drained);
		loop->control_used -= taken;
		memmove(loop->control, loop->control + taken, loop->control_used);
		if (drained)
			return;
	}
}

static void handle(struct loop *loop, struct epoll_event const *event)
{
	uint64_t count;

	if (event->data.u64 == control_tag)
		read_control(loop);
	else if (event->data.u64 == clock_tag)
		(void)sys_read(loop->clock, &count, sizeof count); /* -ECANCELED is the news */
	else if (event->data.u64 != wake_tag)
		notified(loop, (uint32_t)event->data.u64);
	else
		(void)sys_read(FD_WAKE, &count, sizeof count); /* the tables are what counts */
}

static int watch(struct loop *loop, int fd, uint64_t tag)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = tag };

	return sys_epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* init leaves the read ends of notify pipes blocking. */
static int watch_slot(struct loop *loop, uint32_t slot)
{
	int const fd = notify_fd(loop, slot);
	int flags;

	if (fd < 0)
		return 0;
	flags = sys_fcntl(fd, F_GETFL, 0);
	if (flags < 0)
		return flags;
	if (!(flags & O_NONBLOCK)) {
		flags = sys_fcntl(fd, F_SETFL, flags | O_NONBLOCK);
		if (flags < 0)
			return flags;
	}
	return watch(loop, fd, slot);
}

static bool has_schedule(void const *plan)
{
	for (uint32_t i = 0; i < plan_header(plan)->count; i++)
		if (plan_slot(plan, i)->scheduled)
			return true;
	return false;
}

/*
 * A timer that never rings, but becomes readable when somebody sets the wall clock, or the machine
 * has slept. It goes on after that without being set again. Without one, schedules follow the wall
 * clock at whatever wakes the supervisor next.
 */
static int watch_clock(struct loop *loop)
{
	struct itimerspec const never = { .it_value.tv_sec = INT64_MAX };
	int result;

	loop->clock = -1;
	if (!has_schedule(loop->supervisor.plan))
		return 0;
	loop->clock = sys_timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (loop->clock < 0)
		return 0;
	result = sys_timerfd_settime(loop->clock, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
				     &never, NULL);
	return result < 0 ? 0 : watch(loop, loop->clock, clock_tag);
}

static int watch_all(struct loop *loop)
{
	uint32_t const count = plan_header(loop->supervisor.plan)->count;
	int result = watch(loop, FD_WAKE, wake_tag);

	if (result == 0)
		result = watch(loop, FD_CONTROL_READ, control_tag);
	for (uint32_t i = 0; i < count && result == 0; i++)
		result = watch_slot(loop, i);
	return result < 0 ? result : watch_clock(loop);
}

int loop_open(struct loop *loop, void const *plan, void const *slots, void *status)
{
	int result;

	loop->host = (struct supervisor_host){
		.verb = send_verb,
		.say = loop_say,
		.forget = forget,
		.offset = offset,
		.context = loop,
	};
	loop->first_fd = ((struct slot_header const *)slots)->first_fd;
	result = supervisor_open(&loop->supervisor, plan, slots, status, &loop->host);
	if (result < 0)
		return result;
	loop->supervisor.random = (uint32_t)read_clock(CLOCK_MONOTONIC) | 1;
	result = ready_open(&loop->ready);
	if (result < 0)
		return result;
	loop->epoll = sys_epoll_create1(EPOLL_CLOEXEC);
	return loop->epoll < 0 ? loop->epoll : watch_all(loop);
}

/* Rounded up: a wait that ends before its timer would be made twice. */
int loop_wait(struct loop const *loop)
{
	uint64_t const next = supervisor_next(&loop->supervisor);
	uint64_t left;

	if (next == UINT64_MAX)
		return -1;
	if (next <= loop->supervisor.now)
		return 0;
	left = (next - loop->supervisor.now + 999999) / 1000000;
	return left > INT_MAX ? INT_MAX : (int)left;
}

int loop_run(struct loop *loop)
{
	struct epoll_event events[EVENTS];

	tell_time(loop);
	supervisor_begin(&loop->supervisor);
	for (;;) {
		int count;

		supervisor_step(&loop->supervisor);
		flush_verbs(loop);
		if (loop->failure < 0 || loop->supervisor.ended)
			return loop->failure;
		count = sys_epoll_pwait(loop->epoll, events, EVENTS, loop_wait(loop), NULL,
					SYS_MASK_SIZE);
		if (count < 0 && count != -EINTR)
			return count;
		tell_time(loop);
		for (int i = 0; i < count; i++)
			handle(loop, &events[i]);
	}
}
