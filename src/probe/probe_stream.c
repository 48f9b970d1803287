/* SPDX-License-Identifier: ISC */
/* See probe_stream.h. */
#include "probe/probe_stream.h"

#include "lib/now.h"
#include "sys/sys.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

static int wait_for(int fd, short events, uint64_t deadline)
{
	struct pollfd poll = { .fd = fd, .events = events };
	uint64_t const now = now_read(CLOCK_MONOTONIC);
	uint64_t const left = deadline > now ? deadline - now : 0;
	struct timespec time = { .tv_sec = (time_t)(left / 1000000000),
				 .tv_nsec = (long)(left % 1000000000) };
	int const ready = sys_ppoll(&poll, 1, &time, NULL, SYS_MASK_SIZE);

	if (ready == -EINTR)
		return 0;
	return ready == 0 ? -ETIMEDOUT : ready < 0 ? ready : 0;
}

int probe_stream_why(struct text *why, char const *what, int error)
{
	text_add(why, what);
	text_add(why, ": ");
	text_add(why, strerror(-error));
	return error;
}

static int finish_connect(int fd, uint64_t deadline)
{
	int error = wait_for(fd, POLLOUT, deadline);
	int result = 0;
	unsigned length = sizeof result;

	if (error == 0)
		error = sys_getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &length);
	return error < 0 ? error : -result;
}

int probe_stream_open(struct probe_target const *target, uint64_t deadline, struct text *why)
{
	int const fd = sys_socket(target->address.any.sa_family,
				  SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	if (fd < 0)
		return probe_stream_why(why, "socket", fd);
	error = sys_connect(fd, &target->address, target->length);
	if (error == -EINPROGRESS)
		error = finish_connect(fd, deadline);
	/* A unix socket whose queue is full is alive, but does not serve: that is a no. */
	if (error == 0)
		return fd;
	(void)sys_close(fd);
	return probe_stream_why(why, "connect", error);
}

int probe_stream_try(struct probe_target const *target, uint64_t deadline, struct text *why)
{
	int const fd = probe_stream_open(target, deadline, why);

	if (fd < 0)
		return fd;
	(void)sys_close(fd);
	return 0;
}

int probe_stream_send(int fd, void const *bytes, size_t count, uint64_t deadline)
{
	size_t done = 0;

	while (done < count) {
		struct iovec part = { .iov_base = (char *)(uintptr_t)bytes + done,
				      .iov_len = count - done };
		struct msghdr const message = { .msg_iov = &part, .msg_iovlen = 1 };
		ssize_t n = sys_sendmsg(fd, &message, MSG_NOSIGNAL);

		if (n == -EAGAIN)
			n = wait_for(fd, POLLOUT, deadline);
		if (n == -EINTR)
			n = 0;
		if (n < 0)
			return (int)n;
		done += (size_t)n;
	}
	return 0;
}

ssize_t probe_stream_receive(int fd, void *bytes, size_t room, uint64_t deadline)
{
	for (;;) {
		ssize_t const n = sys_read(fd, bytes, room);
		int error;

		if (n != -EAGAIN && n != -EINTR)
			return n;
		error = wait_for(fd, POLLIN, deadline);
		if (error < 0)
			return error;
	}
}
