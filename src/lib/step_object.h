/* SPDX-License-Identifier: ISC */
/* What a step between fork and exec was about, where it is one file: for the log and for status. */
#ifndef ORLOP_LIB_STEP_OBJECT_H
#define ORLOP_LIB_STEP_OBJECT_H

#include "wire/plan.h"

/* `number` is the `object` of struct spawn_error. Its path, or "". */
char const *step_object(void const *plan, struct plan_slot const *slot, uint32_t step,
			uint32_t number);

#endif
