/* SPDX-License-Identifier: ISC */
/* Looks with tee(2) into pipes and with MSG_PEEK into sockets; see ready.h for why. */
#include "supervise/ready.h"

#include "supervise/supervisor.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { BUFFER = 4096 };

int ready_open(struct ready *ready)
{
	return sys_pipe2(ready->copy, O_NONBLOCK | O_CLOEXEC);
}

static unsigned line_says(char const *line, size_t length)
{
	static struct {
		char const *text;
		unsigned news;
	} const known[] = {
		{ "READY=1", NEWS_READY },
		{ "WATCHDOG=1", NEWS_FED },
		{ "WATCHDOG=trigger", NEWS_HUNG },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strlen(known[i].text) == length && !memcmp(line, known[i].text, length))
			return known[i].news;
	return 0;
}

unsigned ready_datagram_news(char const *message, size_t size)
{
	unsigned news = 0;

	while (size > 0) {
		char const *end = memchr(message, '\n', size);
		size_t const line = end ? (size_t)(end - message) : size;

		news |= line_says(message, line);
		if (!end)
			break;
		message += line + 1;
		size -= line + 1;
	}
	return news;
}

static ssize_t receive(int fd, char *buffer, size_t size, int flags)
{
	struct iovec vector = { .iov_base = buffer, .iov_len = size };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };

	return sys_recvmsg(fd, &message, flags | MSG_DONTWAIT);
}

static int look_at_datagram(int fd, size_t *size)
{
	char buffer[BUFFER];
	ssize_t const got = receive(fd, buffer, sizeof buffer, MSG_PEEK);

	if (got < 0)
		return (int)got;
	*size = (size_t)got;
	return (int)ready_datagram_news(buffer, (size_t)got);
}

static int look_at_pipe(struct ready const *ready, int fd, size_t *size)
{
	char buffer[BUFFER];
	ssize_t got = sys_tee(fd, ready->copy[1], sizeof buffer, SPLICE_F_NONBLOCK);

	if (got == 0)
		return -EAGAIN;
	if (got < 0)
		return (int)got;
	*size = (size_t)got;
	got = sys_read(ready->copy[0], buffer, sizeof buffer);
	return got > 0 && memchr(buffer, '\n', (size_t)got) ? NEWS_READY : 0;
}

int ready_look(struct ready const *ready, int fd, bool datagram, size_t *size)
{
	return datagram ? look_at_datagram(fd, size) : look_at_pipe(ready, fd, size);
}

/* Non-zero when nothing is left to take. */
static int take_once(int fd, bool datagram, size_t size)
{
	char buffer[BUFFER];
	ssize_t got;

	if (datagram)
		got = receive(fd, buffer, sizeof buffer, 0);
	else
		got = sys_read(fd, buffer, size < sizeof buffer ? size : sizeof buffer);
	return got < 0 || (got == 0 && !datagram);
}

void ready_take(int fd, bool datagram, size_t size)
{
	(void)take_once(fd, datagram, size);
}

void ready_forget(int fd, bool datagram)
{
	while (!take_once(fd, datagram, BUFFER))
		;
}
