/* SPDX-License-Identifier: ISC */
/* See probe_address.h. */
#include "probe/probe_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

static int take_port(char const *text, uint16_t *port)
{
	uint32_t number = 0;

	if (*text == '\0')
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		number = number * 10 + (uint32_t)(*text - '0');
		if (number > 65535)
			return -EINVAL;
	}
	*port = (uint16_t)number;
	return number ? 0 : -EINVAL;
}

static int take_four(struct probe_target *target, char const *host, uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (inet_pton(AF_INET, strcmp(host, "localhost") ? host : "127.0.0.1", &address.sin_addr) !=
	    1)
		return -EINVAL;
	memcpy(&target->address, &address, sizeof address);
	target->length = sizeof address;
	return 0;
}

static int take_six(struct probe_target *target, char const *host, uint16_t port)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	if (inet_pton(AF_INET6, host, &address.sin6_addr) != 1)
		return -EINVAL;
	memcpy(&target->address, &address, sizeof address);
	target->length = sizeof address;
	return 0;
}

int probe_address_internet(struct probe_target *target, char const *text, size_t length,
			   uint16_t default_port)
{
	char copy[PROBE_HOST_MAX];
	char *host = copy;
	char *end;
	uint16_t port = default_port;

	if (length == 0 || length >= sizeof copy || memchr(text, '\0', length))
		return -EINVAL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	memcpy(target->host, copy, length + 1);
	end = copy[0] == '[' ? strchr(copy, ']') : strchr(copy, ':');
	if (copy[0] == '[') {
		if (!end)
			return -EINVAL;
		host++;
		*end++ = '\0';
		if (*end && *end != ':')
			return -EINVAL;
	}
	if (end && *end == ':') {
		*end = '\0';
		if (take_port(end + 1, &port) < 0)
			return -EINVAL;
	}
	if (port == 0)
		return -EINVAL;
	return copy[0] == '[' ? take_six(target, host, port) : take_four(target, host, port);
}

int probe_address_unix(struct probe_target *target, char const *path, size_t length)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	bool const abstract = length > 1 && path[0] == '@';

	if (length >= sizeof address.sun_path || (!abstract && path[0] != '/'))
		return -EINVAL;
	memcpy(address.sun_path, path, length);
	if (abstract)
		address.sun_path[0] = '\0';
	memcpy(&target->address, &address, sizeof address);
	target->length = (unsigned)(offsetof(struct sockaddr_un, sun_path) + length + !abstract);
	return 0;
}
