/* SPDX-License-Identifier: ISC */
/* Addresses of targets: HOST:PORT without a resolver, and paths of sockets. */
#ifndef ORLOP_PROBE_PROBE_ADDRESS_H
#define ORLOP_PROBE_PROBE_ADDRESS_H

#include "probe/probe.h"

#include <stddef.h>

/*
 * Takes HOST:PORT from the first `length` bytes of `text`: 127.0.0.1, [::1] or localhost, and a
 * port from 1 to 65535; `default_port` when there is none, 0 to insist on one. 0 or -EINVAL.
 */
int probe_address_internet(struct probe_target *target, char const *text, size_t length,
			   uint16_t default_port);

/* A path, or @NAME for an abstract one. 0 or -EINVAL (not absolute, too long). */
int probe_address_unix(struct probe_target *target, char const *path, size_t length);

#endif
