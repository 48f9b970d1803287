/* SPDX-License-Identifier: ISC */
/*
 * Whether php-fpm can remove its sockets. It does so whenever it ends, and init gives them their
 * names again; but what connects in between is refused, and this is told in a notice.
 */
#ifndef ORLOP_PLAN_SOCKET_FOLDERS_H
#define ORLOP_PLAN_SOCKET_FOLDERS_H

#include "plan/declaration.h"

/* For all services that start from this plan, or are in the image. */
void socket_folders_check(struct declarations *declarations);

#endif
