/* SPDX-License-Identifier: ISC */
/* Takers of the listening sockets: addresses, each with the words that belong to it. */
#include "plan/take.h"

#include "lib/number.h"
#include "plan/address.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

enum { MODE_UNSET = 07777 }; /* until mode= was seen, or nothing more can come */

/* mode=, user=, group= behind a unix socket. */
static int take_option(struct socket_declaration *s, char const *word)
{
	uint64_t mode;

	if (s->record.domain != AF_UNIX)
		return -EINVAL;
	if (!strncmp(word, "user=", 5) && word[5] && !s->user) {
		s->user = word + 5;
		return 0;
	}
	if (!strncmp(word, "group=", 6) && word[6] && !s->group) {
		s->group = word + 6;
		return 0;
	}
	if (strncmp(word, "mode=", 5) != 0 || s->record.mode != MODE_UNSET ||
	    number_parse(word + 5, 8, 0777, &mode) < 0)
		return -EINVAL;
	s->record.mode = (uint32_t)mode;
	return 0;
}

static int take_word(struct taking const *t, char const *word)
{
	struct service *s = t->service;
	struct socket_declaration *socket;

	if (strncmp(word, "tcp:", 4) && strncmp(word, "unix:", 5))
		return s->socket_count ? take_option(&s->sockets[s->socket_count - 1], word)
				       : -EINVAL;
	if (s->socket_count == PLAN_LISTEN_MAX)
		return keys_fault(t, "65 sockets", "at most 64 sockets of one service");
	socket = &s->sockets[s->socket_count];
	if (address_listen(word, &socket->record) < 0)
		return -EINVAL;
	socket->record.mode = MODE_UNSET;
	socket->name = word;
	s->socket_count++;
	return 0;
}

static in_port_t port_of(struct plan_listen const *listen)
{
	struct sockaddr_in address; /* the port is at the same place in both families */

	memcpy(&address, listen->address, sizeof address);
	return address.sin_port;
}

/* What was left open: a path's mode; an IPv6 socket takes IPv4 too where nothing else does. */
static uint32_t default_mode(struct service const *s, struct plan_listen const *listen)
{
	if (listen->domain == AF_UNIX)
		return 0660;
	for (uint32_t i = 0; listen->domain == AF_INET6 && i < s->socket_count; i++)
		if (s->sockets[i].record.domain == AF_INET &&
		    port_of(&s->sockets[i].record) == port_of(listen))
			return PLAN_LISTEN_V6_ONLY;
	return 0;
}

int take_listen(struct taking const *t)
{
	struct service *s = t->service;

	s->sockets = arena_array(t->declarations->arena,
				 t->words.count < PLAN_LISTEN_MAX ? t->words.count
								  : PLAN_LISTEN_MAX,
				 sizeof *s->sockets);
	for (uint32_t i = 0; i < t->words.count; i++) {
		int const error = take_word(t, t->words.at[i]);

		if (error == -EINVAL)
			return keys_fault(t, faults_quote(t->declarations->faults, t->words.at[i]),
					  t->key->expected);
		if (error)
			return error;
	}
	for (uint32_t i = 0; i < s->socket_count; i++)
		if (s->sockets[i].record.mode == MODE_UNSET)
			s->sockets[i].record.mode = default_mode(s, &s->sockets[i].record);
	return 0;
}

int take_listen_env(struct taking const *t)
{
	static char const *const names[] = { [PLAN_LISTEN_SYSTEMD] = "systemd",
					     [PLAN_LISTEN_PHP_FPM] = "php-fpm",
					     [PLAN_LISTEN_NGINX] = "nginx" };

	for (uint32_t i = 0; i < t->words.count; i++) {
		uint32_t kind = PLAN_LISTEN_SYSTEMD;

		while (kind <= PLAN_LISTEN_NGINX && strcmp(names[kind], t->words.at[i]) != 0)
			kind++;
		if (kind > PLAN_LISTEN_NGINX)
			return keys_fault(t, faults_quote(t->declarations->faults, t->words.at[i]),
					  t->key->expected);
		t->service->slot.listen_env |= 1U << kind;
	}
	return 0;
}
