/* SPDX-License-Identifier: ISC */
/* The part of HTTP that a probe reads: the status line. */
#ifndef ORLOP_PROBE_PROBE_HTTP_H
#define ORLOP_PROBE_PROBE_HTTP_H

#include <stddef.h>

/* The status, 100 to 599; -EAGAIN when more bytes are needed, -EPROTO when it is no HTTP. */
int probe_http_status(char const *bytes, size_t count);

#endif
