/* SPDX-License-Identifier: ISC */
/* Which file a start failed at; see step_object.h. */
#include "lib/step_object.h"

#include "wire/step.h"

char const *step_object(void const *plan, struct plan_slot const *slot, uint32_t step,
			uint32_t number)
{
	char const *path;

	switch (step) {
	case STEP_EXEC:
		return plan_string(plan, slot->executable);
	case STEP_DIRECTORY:
		return plan_string(plan, slot->directory);
	case STEP_PATHS:
		if (number == 0 || number > slot->paths.count)
			return "";
		return plan_string(plan, plan_paths(plan, slot->paths)[number - 1].path);
	case STEP_SECRETS:
		if (number == 0 || number > slot->secrets.count / 2)
			return "";
		path = plan_string(plan, plan_words(plan, slot->secrets)[2 * number - 1]);
		return path + (*path == '?');
	default:
		return "";
	}
}
