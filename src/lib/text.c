/* SPDX-License-Identifier: ISC */
/* A stralloc with a memory for failure; see text.h. */
#include "lib/text.h"

#include "sys/sys.h"

#include <errno.h>
#include <skalibs/types.h>
#include <string.h>

void text_add_bytes(struct text *text, char const *bytes, size_t count)
{
	if (!text->failed && !stralloc_catb(&text->bytes, bytes, count))
		text->failed = true;
}

void text_add(struct text *text, char const *string)
{
	text_add_bytes(text, string, strlen(string));
}

void text_add_unsigned(struct text *text, uint64_t number)
{
	char digits[UINT64_FMT];

	text_add_bytes(text, digits, uint64_fmt(digits, number));
}

void text_add_number(struct text *text, int64_t number)
{
	if (number < 0)
		text_add(text, "-");
	text_add_unsigned(text, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void text_pad(struct text *text, size_t start, size_t column)
{
	do
		text_add(text, " ");
	while (!text->failed && text->bytes.len < start + column);
}

void text_add_plain(struct text *text, char const *string)
{
	for (; *string; string++) {
		unsigned char const byte = (unsigned char)*string;

		text_add_bytes(text, byte < 0x20 || byte == 0x7f ? "?" : string, 1);
	}
}

char const *text_string(struct text *text)
{
	if (text->failed || !stralloc_0(&text->bytes)) {
		text->failed = true;
		return "";
	}
	text->bytes.len--;
	return text->bytes.s;
}

static int wait_writable(int fd)
{
	struct pollfd poll = { .fd = fd, .events = POLLOUT };
	int const ready = sys_ppoll(&poll, 1, NULL, NULL, SYS_MASK_SIZE);

	return ready == -EINTR || ready > 0 ? 0 : ready;
}

int text_write(struct text *text, int fd)
{
	size_t done = 0;

	if (text->failed)
		return -ENOMEM;
	while (done < text->bytes.len) {
		ssize_t n = sys_write(fd, text->bytes.s + done, text->bytes.len - done);

		if (n == -EAGAIN)
			n = wait_writable(fd);
		if (n == -EINTR)
			n = 0;
		if (n < 0)
			return (int)n;
		done += (size_t)n;
	}
	return 0;
}

void text_free(struct text *text)
{
	stralloc_free(&text->bytes);
	text->failed = false;
}
