/* SPDX-License-Identifier: ISC */
/* Resource limits by name, and the step that sets a service's. */
#ifndef ORLOP_CONFINE_LIMITS_H
#define ORLOP_CONFINE_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/plan.h"

/* RLIMIT_NOFILE for "nofile", and so on for all 16; -EINVAL for an unknown name. */
int limits_resource(char const *name);

/* "nofile" for RLIMIT_NOFILE; NULL for an unknown one. */
char const *limits_name(unsigned resource);

/*
 * Sets each of `count` limits. What lies above a hard limit that cannot be raised is an error when
 * `strict`, else it becomes as high as allowed.
 */
int limits_set(struct plan_limit const *limits, size_t count, bool strict);

#endif
