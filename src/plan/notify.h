/* SPDX-License-Identifier: ISC */
/*
 * Where the datagram sockets of `ready = notify` and `watchdog` are: in a directory that can be
 * made here, or nowhere in the file system, under abstract names.
 */
#ifndef ORLOP_PLAN_NOTIFY_H
#define ORLOP_PLAN_NOTIFY_H

#include "plan/declaration.h"

/* The directory, made with mode 0711, or NULL with a notice added. */
char const *notify_directory(struct declarations *declarations);

/* The record for init to bind, and what NOTIFY_SOCKET says; `directory` as above. */
char const *notify_address(struct declarations *declarations, char const *directory,
			   char const *slot, struct plan_listen *listen);

#endif
