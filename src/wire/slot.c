/* SPDX-License-Identifier: ISC */
/* Reading the slot table from another process than its writer; see slot.h for the layout. */
#include "wire/slot.h"

#include <errno.h>

int slot_table_check(void const *table, size_t size)
{
	struct slot_header const *header = table;

	if (size < sizeof *header)
		return -EPROTO;
	if (header->magic != SLOT_MAGIC || header->version != SLOT_VERSION)
		return -EPROTO;
	if (header->count > SLOT_MAX || size < slot_table_size(header->count))
		return -EPROTO;
	return 0;
}

void slot_begin(struct slot *slot, uint32_t generation, int32_t pid, uint64_t now)
{
	atomic_store(&slot->generation, generation);
	atomic_store(&slot->pid, pid);
	atomic_store(&slot->wait_status, 0);
	atomic_store(&slot->start, now);
	atomic_store(&slot->end, 0);
	atomic_store(&slot->sequence, 0);
	atomic_store(&slot->error_step, 0);
	atomic_store(&slot->error_number, 0);
	atomic_store(&slot->error_object, 0);
	atomic_store_explicit(&slot->state, SLOT_RUNNING, memory_order_release);
}

void slot_end(struct slot *slot, int32_t wait_status, uint64_t now)
{
	atomic_store(&slot->wait_status, wait_status);
	atomic_store(&slot->end, now);
	atomic_store_explicit(&slot->state, SLOT_EXITED, memory_order_release);
}

static void copy(struct slot const *slot, struct slot_view *view)
{
	view->state = atomic_load_explicit(&slot->state, memory_order_acquire);
	view->generation = atomic_load(&slot->generation);
	view->pid = atomic_load(&slot->pid);
	view->wait_status = atomic_load(&slot->wait_status);
	view->start = atomic_load(&slot->start);
	view->end = atomic_load(&slot->end);
	view->sequence = atomic_load(&slot->sequence);
	view->error_step = atomic_load(&slot->error_step);
	view->error_number = atomic_load(&slot->error_number);
	view->error_object = atomic_load(&slot->error_object);
}

void slot_read(void const *table, uint32_t index, struct slot_view *view)
{
	struct slot const *slot = slot_at_const(table, index);

	/* init changes a slot in a few stores; a second look that differs is rare and short. */
	do
		copy(slot, view);
	while (atomic_load(&slot->state) != view->state ||
	       atomic_load(&slot->generation) != view->generation);
}
