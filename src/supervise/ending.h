/* SPDX-License-Identifier: ISC */
/*
 * What the end of one slot means for others, and the end of everything. Slots that shall go down
 * are only marked here; the graph lets each of them go once nothing that needs it is left.
 */
#ifndef ORLOP_SUPERVISE_ENDING_H
#define ORLOP_SUPERVISE_ENDING_H

#include "supervise/supervisor.h"

/* Ends the container with `status`, because of `slot` (PLAN_NONE: because it was asked to). */
void ending_begin(struct supervisor *s, int32_t status, uint32_t slot);

/* Marks everything as not wanted, once the phase says ENDING. */
void ending_unwant_all(struct supervisor *s);

/* Ends the container when init has received a stop signal. */
void ending_look_for_stop(struct supervisor *s);

/* Follows up a slot that has failed, or is done, for good. May be done twice. */
void ending_follow(struct supervisor *s, uint32_t slot);

/* Everything is down: sends EXIT, once. */
void ending_finish(struct supervisor *s);

static inline bool ending_begun(struct supervisor const *s)
{
	return atomic_load(&supervisor_header(s)->phase) >= STATUS_ENDING;
}

#endif
