/* SPDX-License-Identifier: ISC */
/*
 * Scheduled slots: arming the next time, and what happens when it has come. A run is marked as
 * due before its next time is set, so a supervisor that is killed in between loses none.
 */
#ifndef ORLOP_SUPERVISE_JOBS_H
#define ORLOP_SUPERVISE_JOBS_H

#include "supervise/supervisor.h"

/* Sets next_run from now on. */
void jobs_arm(struct supervisor *s, uint32_t slot);

/* The wall clock was moved by `change` nanoseconds: @every keeps its beat, a date keeps its date. */
void jobs_follow_clock(struct supervisor *s, uint32_t slot, int64_t change);

/* Its time has come: it runs, unless the last run has not ended. */
void jobs_due(struct supervisor *s, uint32_t slot);

/* It shall run now, whatever its schedule says; nothing when it runs already. */
void jobs_run_now(struct supervisor *s, uint32_t slot);

/* Goes on with a run that was marked as due when the last supervisor was killed. */
void jobs_resume(struct supervisor *s, uint32_t slot);

#endif
