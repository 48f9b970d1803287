/* SPDX-License-Identifier: ISC */
/* orlop.ini: what holds for the whole container, and the [files] rules of the image. */
#ifndef ORLOP_PLAN_SETTINGS_H
#define ORLOP_PLAN_SETTINGS_H

#include "plan/declaration.h"

void settings_defaults(struct settings *settings);

/* Reads orlop.ini in the directory `fd`, which is closed. A file that is not there is no fault. */
void settings_read(struct declarations *declarations, int fd);

#endif
