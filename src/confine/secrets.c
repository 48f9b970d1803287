/* SPDX-License-Identifier: ISC */
/*
 * The service's secrets: small files that become variables of its environment and of nobody
 * else's. They are read in the forked child while it may still read them, into memory that dies
 * with its exec, so neither PID 1 nor the plan ever holds one.
 */
#include "confine/steps.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { TEXT_MAX = 64 * 1024 + 1 };

static char text[TEXT_MAX];
static char *variables[CONFINE_SECRETS_MAX + 1];

/* Reads to the end of the file; how many bytes, -EFBIG when they are more than `room`. */
static ssize_t read_all(int fd, char *to, size_t room)
{
	size_t length = 0;
	ssize_t got;

	while ((got = sys_read(fd, to + length, room - length)) > 0) {
		length += (size_t)got;
		if (length == room)
			return -EFBIG; /* there is no room left for its end */
	}
	return got < 0 ? got : (ssize_t)length;
}

/* A fifo would wait for ever, a device may have no end. */
static ssize_t read_file(char const *path, char *to, size_t room)
{
	int const fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	struct stat status;
	ssize_t result;

	if (fd < 0)
		return fd;
	result = sys_fstat(fd, &status);
	if (result >= 0 && !S_ISREG(status.st_mode))
		result = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	if (result >= 0)
		result = read_all(fd, to, room);
	(void)sys_close(fd); /* nothing was written */
	return result;
}

/* "NAME=content" at `to`, which has `room`; its length with the NUL, or 0 for one that may miss. */
static ssize_t take(char const *name, char const *path, char *to, size_t room)
{
	bool const may_miss = *path == '?';
	size_t const start = strlen(name) + 1;
	ssize_t length;

	if (start >= room)
		return -EFBIG;
	memcpy(to, name, start - 1);
	to[start - 1] = '=';
	length = read_file(path + may_miss, to + start, room - start);
	if (length == -ENOENT && may_miss)
		return 0;
	if (length < 0)
		return length;
	/* Editors and echo(1) end a file with a newline that is not meant. */
	if (length > 0 && to[start + (size_t)length - 1] == '\n')
		length--;
	to[start + (size_t)length] = '\0';
	if (memchr(to + start, '\0', (size_t)length))
		return -EILSEQ; /* a variable would end there */
	return (ssize_t)start + length + 1;
}

int secrets_read(struct confine_request const *request, char *const **secrets, uint32_t *object)
{
	struct plan_list const list = request->slot->secrets;
	uint32_t const *words = plan_words(request->plan, list);
	uint32_t const pairs = list.count / 2;
	size_t used = 0;
	uint32_t count = 0;

	*secrets = variables;
	if (pairs > CONFINE_SECRETS_MAX)
		return -E2BIG;
	for (uint32_t i = 0; i < pairs; i++) {
		ssize_t const length = take(plan_string(request->plan, words[2 * i]),
					    plan_string(request->plan, words[2 * i + 1]),
					    text + used, sizeof text - used);

		if (length < 0) {
			*object = i + 1;
			return (int)length;
		}
		if (length == 0)
			continue;
		variables[count++] = text + used;
		used += (size_t)length;
	}
	variables[count] = NULL;
	return 0;
}
