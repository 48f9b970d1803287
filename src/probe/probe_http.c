/* SPDX-License-Identifier: ISC */
/* http:URL: the page answers with a status from 200 to 399. */
#include "probe/probe_http.h"

#include "probe/probe_address.h"
#include "probe/probe_stream.h"
#include "sys/sys.h"

#include <errno.h>
#include <string.h>

/* "HTTP/1.1 200", where d is a digit; more never has to be read. */
static char const pattern[] = "HTTP/d.d ddd";

int probe_http_status(char const *bytes, size_t count)
{
	size_t const length = sizeof pattern - 1;

	for (size_t i = 0; i < count && i < length; i++) {
		bool const digit = bytes[i] >= '0' && bytes[i] <= '9';

		if (pattern[i] == 'd' ? !digit : bytes[i] != pattern[i])
			return -EPROTO;
	}
	if (count <= length)
		return -EAGAIN;
	if (bytes[length] != ' ' && bytes[length] != '\r' && bytes[length] != '\n')
		return -EPROTO;
	if (bytes[9] < '1' || bytes[9] > '5')
		return -EPROTO;
	return (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + (bytes[11] - '0');
}

/* Both http://HOST/ and, as a kind before a URL, http:http://HOST/ are taken. */
static int parse(struct probe_target *target, char const *rest, struct text *problem)
{
	char const *host = strncmp(rest, "http:", 5) ? rest : rest + 5;
	size_t length;

	if (host[0] == '/' && host[1] == '/') {
		host += 2;
		length = strcspn(host, "/?");
		if (strlen(host + length) < sizeof target->path - 1 && !strpbrk(host, " \r\n\t#")) {
			if (host[length] != '/')
				strcpy(target->path, "/");
			strcat(target->path, host + length);
			if (probe_address_internet(target, host, length, 80) == 0)
				return 0;
		}
	}
	text_add(problem, "http://HOST[:PORT]/PATH with an address such as 127.0.0.1 or localhost");
	return -EINVAL;
}

static int ask(struct probe_target const *target, int fd, uint64_t deadline)
{
	struct text request = TEXT_EMPTY;
	int error = -ENOMEM;

	text_add(&request, "GET ");
	text_add(&request, target->path);
	text_add(&request, " HTTP/1.1\r\nHost: ");
	text_add(&request, target->host);
	text_add(&request, "\r\nUser-Agent: orlop-probe\r\nAccept: */*\r\n"
			   "Connection: close\r\n\r\n");
	if (!request.failed)
		error = probe_stream_send(fd, request.bytes.s, request.bytes.len, deadline);
	text_free(&request);
	return error;
}

static int hear(int fd, uint64_t deadline)
{
	char answer[64];
	size_t length = 0;

	while (length < sizeof answer) {
		ssize_t const n = probe_stream_receive(fd, answer + length, sizeof answer - length,
						       deadline);
		int status;

		if (n <= 0)
			return n < 0 ? (int)n : -EPROTO;
		length += (size_t)n;
		status = probe_http_status(answer, length);
		if (status != -EAGAIN)
			return status;
	}
	return -EPROTO;
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
	if (status >= 200 && status <= 399)
		return 0;
	if (status < 0)
		return status == -EPROTO ? (text_add(why, "the answer is no HTTP"), status)
					 : probe_stream_why(why, "HTTP", status);
	text_add(why, "HTTP status ");
	text_add_number(why, status);
	return -EHOSTDOWN;
}

struct probe_kind const probe_http = { "http", parse, try };
