/* SPDX-License-Identifier: ISC */
/* Addresses of sockets; see address.h. */
#include "plan/address.h"

#include "lib/number.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { HOST_SIZE = 64, URL_PATH_SIZE = 1024 /* what orlop-probe has room for */ };

static int parse_port(char const *text, uint32_t *port)
{
	uint64_t number;

	if (number_parse(text, 10, 65535, &number) || number == 0)
		return -EINVAL;
	*port = (uint32_t)number;
	return 0;
}

/* Splits HOST:PORT; a host in brackets may have colons. The host is empty where only PORT is. */
static int split(char const *text, char host[HOST_SIZE], uint32_t *port)
{
	char const *const colon = strrchr(text, ':');
	char const *start = text;
	size_t length = colon ? (size_t)(colon - text) : 0;

	if (*text == '[') {
		if (length < 3 || text[length - 1] != ']')
			return -EINVAL;
		start++;
		length -= 2;
	} else if (memchr(text, ':', length)) {
		return -EINVAL;
	}
	if (length >= HOST_SIZE || (colon && length == 0))
		return -EINVAL;
	memcpy(host, start, length);
	host[length] = '\0';
	return parse_port(colon ? colon + 1 : text, port);
}

static int listen_tcp(char const *text, struct plan_listen *listen)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	char host[HOST_SIZE];
	uint32_t port;

	if (split(text, host, &port) < 0)
		return -EINVAL;
	if (*text == '[') {
		v6.sin6_port = htons((uint16_t)port);
		if (inet_pton(AF_INET6, host, &v6.sin6_addr) != 1)
			return -EINVAL;
		listen->domain = AF_INET6;
		listen->length = sizeof v6;
		memcpy(listen->address, &v6, sizeof v6);
		return 0;
	}
	v4.sin_port = htons((uint16_t)port);
	if (*host && inet_pton(AF_INET, host, &v4.sin_addr) != 1)
		return -EINVAL;
	listen->domain = AF_INET;
	listen->length = sizeof v4;
	memcpy(listen->address, &v4, sizeof v4);
	return 0;
}

static bool is_socket_path(char const *path)
{
	return *path == '/' && path[1] && strlen(path) < sizeof((struct sockaddr_un *)0)->sun_path;
}

static int listen_unix(char const *path, struct plan_listen *listen)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (!is_socket_path(path))
		return -EINVAL;
	strcpy(address.sun_path, path);
	listen->domain = AF_UNIX;
	listen->length = (uint32_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1);
	memcpy(listen->address, &address, sizeof address);
	return 0;
}

int address_listen(char const *text, struct plan_listen *listen)
{
	memset(listen, 0, sizeof *listen);
	listen->uid = listen->gid = UINT32_MAX;
	if (!strncmp(text, "tcp:", 4))
		return listen_tcp(text + 4, listen);
	if (!strncmp(text, "unix:", 5))
		return listen_unix(text + 5, listen);
	return -EINVAL;
}

char const *address_fpm(struct arena *arena, struct plan_listen const *listen)
{
	char host[INET6_ADDRSTRLEN] = "";
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un path;
	unsigned port;

	switch (listen->domain) {
	case AF_INET:
		memcpy(&v4, listen->address, sizeof v4);
		(void)inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host); /* it is large enough */
		port = ntohs(v4.sin_port);
		break;
	case AF_INET6:
		memcpy(&v6, listen->address, sizeof v6);
		(void)inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
		port = ntohs(v6.sin6_port);
		break;
	default:
		memcpy(&path, listen->address, sizeof path);
		return arena_copy(arena, path.sun_path, strlen(path.sun_path));
	}
	return arena_join(arena, host, ":", arena_number(arena, port), NULL);
}

/* orlop-probe resolves no names either; what it would refuse is told before the boot. */
static bool is_host(char const *host, bool bracketed)
{
	struct in6_addr address;

	if (bracketed)
		return inet_pton(AF_INET6, host, &address) == 1;
	return *host == '\0' || !strcmp(host, "localhost") ||
	       inet_pton(AF_INET, host, &address) == 1;
}

/* HOST:PORT or PORT alone, which means this machine. */
static int probe_tcp(struct arena *arena, char const *scheme, char const *text, char const **probe,
		     uint32_t *port)
{
	char host[HOST_SIZE];

	if (split(text, host, port) < 0 || !is_host(host, *text == '['))
		return -EINVAL;
	*probe = arena_join(arena, scheme, *host ? "" : "127.0.0.1:", text, NULL);
	return 0;
}

static int probe_http(struct arena *arena, char const *text, char const **probe, uint32_t *port)
{
	size_t const length = strcspn(text, "/");
	char const *authority = arena_copy(arena, text, length);
	char const *const colon = strrchr(authority, ':');
	char const *const bracket = strrchr(authority, ']');
	char const *ignored;

	if (!colon || (bracket && colon < bracket))
		authority = arena_join(arena, authority, ":80", NULL);
	if (probe_tcp(arena, "", authority, &ignored, port) < 0 ||
	    strlen(text + length) >= URL_PATH_SIZE)
		return -EINVAL;
	*probe = arena_join(arena, "http://", authority, text[length] ? text + length : "/", NULL);
	return 0;
}

static int probe_fastcgi(struct arena *arena, char const *text, char const **probe, uint32_t *port)
{
	char const *const ping = strstr(text, ":/");
	size_t const length = ping ? (size_t)(ping - text) : strlen(text);
	char const *const target = arena_copy(arena, text, length);

	if (ping && strlen(ping + 1) >= URL_PATH_SIZE)
		return -EINVAL;
	if (*target != '/') {
		if (probe_tcp(arena, "fastcgi:", target, probe, port) < 0)
			return -EINVAL;
		*probe = arena_join(arena, *probe, ping ? ping : "", NULL);
		return 0;
	}
	if (!is_socket_path(target))
		return -EINVAL;
	*probe = arena_join(arena, "fastcgi:", text, NULL);
	return 0;
}

int address_probe(struct arena *arena, char const *text, char const **probe, uint32_t *port)
{
	*port = 0;
	if (!strncmp(text, "tcp:", 4))
		return probe_tcp(arena, "tcp:", text + 4, probe, port);
	if (!strncmp(text, "http://", 7))
		return probe_http(arena, text + 7, probe, port);
	if (!strncmp(text, "fastcgi:", 8))
		return probe_fastcgi(arena, text + 8, probe, port);
	if (strncmp(text, "unix:", 5) != 0 || !is_socket_path(text + 5))
		return -EINVAL;
	*probe = text;
	return 0;
}
