/* SPDX-License-Identifier: ISC */
/*
 * The part of FastCGI that a probe speaks: one request as responder, and a reader of the answer's
 * records that takes them in pieces of any size.
 */
#ifndef ORLOP_PROBE_PROBE_FASTCGI_H
#define ORLOP_PROBE_PROBE_FASTCGI_H

#include "lib/text.h"

#include <stddef.h>

/* Adds the records of GET `path` to `request`. */
void probe_fastcgi_request(struct text *request, char const *path);

/*
 * Looks at an answer of `count` bytes: its status (200 when none is given) once there are headers
 * and a body that is not empty; -EAGAIN when more bytes are needed; -ENODATA for an answer that
 * ended without body; -EPROTO when it is no FastCGI; -E2BIG for headers without end.
 */
int probe_fastcgi_status(unsigned char const *bytes, size_t count);

#endif
