/* SPDX-License-Identifier: ISC */
/*
 * Addresses as text: those to listen on become a sockaddr for bind(2), those to probe are checked
 * and written out for orlop-probe. No name is resolved.
 */
#ifndef ORLOP_PLAN_ADDRESS_H
#define ORLOP_PLAN_ADDRESS_H

#include "lib/arena.h"
#include "wire/plan.h"

/* tcp:PORT, tcp:HOST:PORT, unix:PATH; HOST is an IPv4 address or an IPv6 one in brackets.
 * 0 or -EINVAL. */
int address_listen(char const *text, struct plan_listen *listen);

/* What php-fpm calls the same address in FPM_SOCKETS. */
char const *address_fpm(struct arena *arena, struct plan_listen const *listen);

/*
 * tcp:[HOST:]PORT, unix:PATH, http://HOST[:PORT][/PATH], fastcgi:SOCKET[:/PING]; *probe is what
 * orlop-probe is given and *port the TCP port that it connects to, 0 for none. 0 or -EINVAL.
 */
int address_probe(struct arena *arena, char const *text, char const **probe, uint32_t *port);

#endif
