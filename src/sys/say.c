/* SPDX-License-Identifier: ISC */
/*
 * One line, one write: other writers on the same pipe cannot come in between (PIPE_BUF), and a
 * full pipe is seen by ppoll before it could block the writer, who may be PID 1.
 */
#include "sys/say.h"

#include "sys/sys.h"

#include <stdarg.h>
#include <string.h>

static int target = 2;

void say_to(int fd)
{
	target = fd;
}

char const *say_error(int number)
{
	return strerror(number);
}

static size_t append(char *line, size_t used, size_t size, char const *text)
{
	size_t const length = strnlen(text, size - used);

	memcpy(line + used, text, length);
	return used + length;
}

void say(char const *program, ...)
{
	char line[512];
	size_t used = append(line, 0, sizeof line - 1, program);
	struct pollfd writable = { .fd = target, .events = POLLOUT };
	struct timespec now = { 0, 0 };
	va_list texts;

	used = append(line, used, sizeof line - 1, ": ");
	va_start(texts, program);
	for (char const *text; (text = va_arg(texts, char const *));)
		used = append(line, used, sizeof line - 1, text);
	va_end(texts);
	line[used++] = '\n';
	if (sys_ppoll(&writable, 1, &now, NULL, SYS_MASK_SIZE) != 1)
		return;
	(void)sys_write(target, line, used); /* a message that cannot be written has no other way */
}
