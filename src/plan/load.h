/* SPDX-License-Identifier: ISC */
/*
 * From a directory to services: every file is read, every key taken, presets put underneath. What
 * concerns several services at once comes later (needs.h, identity.h).
 */
#ifndef ORLOP_PLAN_LOAD_H
#define ORLOP_PLAN_LOAD_H

#include "plan/declaration.h"

#include <stdbool.h>

/* Where `make install` puts them; the build says. */
#define LOAD_PRESETS ORLOP_SHARE "/presets"

/* Reads DIRECTORY/orlop.ini and DIRECTORY/services; all that is wrong is in the faults. */
void load_all(struct declarations *declarations);

/* Whether it is [a-z0-9][a-z0-9_-]{0,62}. */
bool load_is_name(char const *name);

#endif
