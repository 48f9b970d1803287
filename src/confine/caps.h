/* SPDX-License-Identifier: ISC */
/*
 * Capabilities by name and number, and the two steps that set them: everything that is not kept
 * leaves the bounding set while that is still allowed, and after the change of user the process's
 * sets become exactly what is kept.
 */
#ifndef ORLOP_CONFINE_CAPS_H
#define ORLOP_CONFINE_CAPS_H

#include <stdbool.h>
#include <stdint.h>

/* The number of "net_bind_service" or "CAP_NET_BIND_SERVICE", in any case; -EINVAL for none. */
int caps_number(char const *name);

/* The lower-case name without cap_, or NULL for a number without one. */
char const *caps_name(unsigned number);

/* The process's effective and permitted capabilities, as bits. */
int caps_get(uint64_t *effective, uint64_t *permitted);

/*
 * Looks, the first time, which capabilities the bounding set lacks. Called by who forks many
 * children: each drop costs a microsecond, and a container's engine has done most of them.
 */
void caps_look(void);

/*
 * Drops all but `kept` from the bounding set. A process that may not do that (no CAP_SETPCAP) gets
 * -EPERM, unless nothing was left to drop.
 */
int caps_bound(uint64_t kept);

/* Nothing effective or inheritable any more; permitted stays, for caps_set(). */
int caps_lower(void);

/* Permitted, effective, inheritable and ambient become exactly `kept`. */
int caps_set(uint64_t kept);

#endif
