/* SPDX-License-Identifier: ISC */
/*
 * The directories of `log = file:DIR`, at start. The logger opens, renames and deletes in them by
 * itself, as itself: no service shares its uid (but where all share one), so none can change what
 * another has said. A directory is given to it only when it is new, or empty: a volume is that the
 * first time. Anybody else's is a fault, so that no mistyped path gives away what is in use.
 */
#ifndef ORLOP_PLAN_LOG_DIRECTORIES_H
#define ORLOP_PLAN_LOG_DIRECTORIES_H

#include "plan/declaration.h"

/* For all services that may be started; `etc` has passwd and group in it. */
void log_directories_make(struct declarations *declarations, char const *etc);

#endif
