/* SPDX-License-Identifier: ISC */
/*
 * The first minute of a supervisor: a fresh status table, or the repair of one whose writer was
 * killed between two stores. Nothing that runs is started again or stopped for that.
 */
#ifndef ORLOP_SUPERVISE_RESUME_H
#define ORLOP_SUPERVISE_RESUME_H

#include "supervise/supervisor.h"

void resume(struct supervisor *s);

#endif
