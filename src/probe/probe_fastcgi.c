/* SPDX-License-Identifier: ISC */
/*
 * fastcgi:SOCKET[:/ping]: the application answers this path with status 200 and a body, as php-fpm
 * does for its ping.path. SOCKET is a path or HOST:PORT.
 *
 * A record is 8 bytes of head (version, type, request id, content length, padding length, 0; big
 * endian), content and padding.
 */
#include "probe/probe_fastcgi.h"
#include "lib/caseless.h"

#include "probe/probe_address.h"
#include "probe/probe_stream.h"
#include "sys/sys.h"

#include <errno.h>
#include <string.h>

enum {
	VERSION = 1,
	HEAD = 8,
	BEGIN_REQUEST = 1,
	END_REQUEST = 3,
	PARAMS = 4,
	STDIN = 5,
	STDOUT = 6,
	STDERR = 7,
	RESPONDER = 1,
	HEADERS_MAX = 8192
};

static void add_record(struct text *request, unsigned type, char const *content, size_t length)
{
	unsigned char const head[HEAD] = {
		VERSION, (unsigned char)type,	       0,
		1,	 (unsigned char)(length >> 8), (unsigned char)length,
	};

	text_add_bytes(request, (char const *)head, sizeof head);
	text_add_bytes(request, content, length);
}

/* Names and values below 128 bytes have a length of one byte, others of four. */
static void add_length(struct text *params, size_t length)
{
	unsigned char const four[4] = { (unsigned char)(0x80 | length >> 24),
					(unsigned char)(length >> 16), (unsigned char)(length >> 8),
					(unsigned char)length };

	if (length < 128)
		text_add_bytes(params, (char const *)four + 3, 1);
	else
		text_add_bytes(params, (char const *)four, 4);
}

static void add_param(struct text *params, char const *name, char const *value)
{
	add_length(params, strlen(name));
	add_length(params, strlen(value));
	text_add(params, name);
	text_add(params, value);
}

void probe_fastcgi_request(struct text *request, char const *path)
{
	static char const begin[8] = { 0, RESPONDER };
	struct text params = TEXT_EMPTY;

	add_param(&params, "GATEWAY_INTERFACE", "CGI/1.1");
	add_param(&params, "SERVER_SOFTWARE", "orlop-probe");
	add_param(&params, "SERVER_PROTOCOL", "HTTP/1.1");
	add_param(&params, "REQUEST_METHOD", "GET");
	add_param(&params, "REQUEST_URI", path);
	add_param(&params, "SCRIPT_NAME", path);
	add_param(&params, "SCRIPT_FILENAME", path);
	add_param(&params, "QUERY_STRING", "");
	add_record(request, BEGIN_REQUEST, begin, sizeof begin);
	if (params.failed)
		request->failed = true;
	else
		add_record(request, PARAMS, params.bytes.s, params.bytes.len);
	add_record(request, PARAMS, "", 0);
	add_record(request, STDIN, "", 0);
	text_free(&params);
}

/* What a Status header says, 200 when there is none, -EPROTO when it is no number. */
static int header_status(char const *headers, size_t count)
{
	while (count > 0) {
		char const *end = memchr(headers, '\n', count);
		size_t const length = end ? (size_t)(end - headers) + 1 : count;

		if (length >= 11 && caseless_same(headers, "Status:", 7)) {
			char const *digits = headers + 7 + (headers[7] == ' ');
			int status = 0;

			for (int i = 0; i < 3; i++) {
				if (digits[i] < '0' || digits[i] > '9')
					return -EPROTO;
				status = status * 10 + (digits[i] - '0');
			}
			return status;
		}
		headers += length;
		count -= length;
	}
	return 200;
}

/* Bytes of the headers with the empty line behind them; 0 while that has not come. */
static size_t headers_end(char const *out, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++) {
		if (out[i] != '\n')
			continue;
		if (out[i + 1] == '\n')
			return i + 2;
		if (i + 2 < count && out[i + 1] == '\r' && out[i + 2] == '\n')
			return i + 3;
	}
	return 0;
}

static int judge(char const *out, size_t count, bool ended)
{
	size_t const end = headers_end(out, count);

	if (end == 0 && count >= HEADERS_MAX)
		return -E2BIG;
	if (end && count > end)
		return header_status(out, end);
	return ended ? -ENODATA : -EAGAIN;
}

int probe_fastcgi_status(unsigned char const *bytes, size_t count)
{
	char out[HEADERS_MAX];
	size_t length = 0;
	bool ended = false;

	while (count >= HEAD && !ended && length < sizeof out) {
		size_t const content = (size_t)bytes[4] << 8 | bytes[5];
		size_t part = content;
		size_t whole = HEAD + content + bytes[6];

		if (bytes[0] != VERSION ||
		    (bytes[1] != STDOUT && bytes[1] != STDERR && bytes[1] != END_REQUEST))
			return -EPROTO;
		if (bytes[1] == END_REQUEST && count >= whole)
			ended = true;
		if (part > count - HEAD)
			part = count - HEAD;
		if (part > sizeof out - length)
			part = sizeof out - length;
		if (bytes[1] == STDOUT) {
			memcpy(out + length, bytes + HEAD, part);
			length += part;
		}
		if (whole > count)
			break;
		bytes += whole;
		count -= whole;
	}
	return judge(out, length, ended);
}

/* Where the path begins behind SOCKET: a colon with a slash behind it. */
static int parse(struct probe_target *target, char const *rest, struct text *problem)
{
	char const *path = strstr(rest, ":/");
	size_t const length = path ? (size_t)(path - rest) : strlen(rest);
	bool const local = rest[0] == '/' || rest[0] == '@';

	path = path ? path + 1 : "/ping";
	if (strlen(path) < sizeof target->path) {
		strcpy(target->path, path);
		if ((local ? probe_address_unix(target, rest, length)
			   : probe_address_internet(target, rest, length, 0)) == 0)
			return 0;
	}
	text_add(problem, "fastcgi:PATH[:/PING] or fastcgi:HOST:PORT[:/PING]");
	return -EINVAL;
}

static int hear(int fd, uint64_t deadline)
{
	static unsigned char answer[PROBE_ANSWER_MAX];
	size_t length = 0;

	while (length < sizeof answer) {
		ssize_t const n = probe_stream_receive(fd, answer + length, sizeof answer - length,
						       deadline);
		int status;

		if (n < 0)
			return (int)n;
		length += (size_t)n;
		status = probe_fastcgi_status(answer, length);
		if (status != -EAGAIN)
			return status;
		if (n == 0)
			return -EPROTO;
	}
	return -E2BIG;
}

static int ask(struct probe_target const *target, int fd, uint64_t deadline)
{
	struct text request = TEXT_EMPTY;
	int error = -ENOMEM;

	probe_fastcgi_request(&request, target->path);
	if (!request.failed)
		error = probe_stream_send(fd, request.bytes.s, request.bytes.len, deadline);
	text_free(&request);
	return error;
}

static int no(struct text *why, struct probe_target const *target, int status)
{
	if (status == -EPROTO || status == -E2BIG) {
		text_add(why, "the answer is no FastCGI");
		return status;
	}
	if (status < 0 && status != -ENODATA)
		return probe_stream_why(why, "FastCGI", status);
	text_add(why, target->path);
	if (status == -ENODATA) {
		text_add(why, " is answered with nothing");
	} else {
		text_add(why, " is answered with status ");
		text_add_number(why, status);
		text_add(why, status == 404 ? " (is ping.path set?)" : "");
	}
	return -EHOSTDOWN;
}

static int try(struct probe_target const *target, uint64_t deadline, struct text *why)
{
	int const fd = probe_stream_open(target, deadline, why);
	int status;

	if (fd < 0)
		return fd;
	status = ask(target, fd, deadline);
	if (status == 0)
		status = hear(fd, deadline);
	(void)sys_close(fd);
	return status == 200 ? 0 : no(why, target, status);
}

struct probe_kind const probe_fastcgi = { "fastcgi", parse, try };
