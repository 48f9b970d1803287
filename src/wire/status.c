/* SPDX-License-Identifier: ISC */
/* What readers of the status table need; see status.h for its layout. */
#include "wire/status.h"

#include "wire/slot.h"

#include <errno.h>

int status_table_check(void const *table, size_t size)
{
	struct status_header const *header = table;

	if (size < sizeof *header)
		return -EPROTO;
	if (header->magic != STATUS_MAGIC || header->version != STATUS_VERSION)
		return -EPROTO;
	if (header->count > SLOT_MAX || size < status_table_size(header->count))
		return -EPROTO;
	return 0;
}

char const *status_state_name(uint32_t state)
{
	static char const *const names[STATUS_STATES] = {
		[STATUS_DOWN] = "down",		[STATUS_WAITING] = "waiting",
		[STATUS_STARTING] = "starting", [STATUS_UP] = "up",
		[STATUS_STOPPING] = "stopping", [STATUS_BACKOFF] = "backoff",
		[STATUS_FAILED] = "failed",	[STATUS_DONE] = "done",
	};

	return state < STATUS_STATES ? names[state] : "?";
}
