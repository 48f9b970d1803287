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

int status_event_peek(void const *table, uint64_t number, struct status_event_view *view)
{
	struct status_header const *header = table;
	struct status_event const *event;
	uint64_t subject;
	uint64_t what;

	event = (struct status_event const *)(void const *)((char const *)table +
							    status_event_offset(header->count,
										number));
	if (atomic_load(&event->number) != number)
		return -ENOENT;
	view->number = number;
	view->time = atomic_load(&event->time);
	subject = atomic_load(&event->subject);
	what = atomic_load(&event->what);
	/* It was written over meanwhile. */
	if (atomic_load(&event->number) != number)
		return -ENOENT;
	view->slot = (uint32_t)subject;
	view->generation = (uint32_t)(subject >> 32);
	view->kind = what & 0xff;
	view->state = what >> 8 & 0xff;
	view->reason = what >> 16 & 0xff;
	view->detail = what >> 24 & 0xff;
	view->argument = (int32_t)(what >> 32);
	return 0;
}

int status_event_read(void const *table, uint64_t number, struct status_event_view *view)
{
	struct status_header const *header = table;

	if (number == 0 || number > atomic_load(&header->events))
		return -ENOENT;
	return status_event_peek(table, number, view);
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
