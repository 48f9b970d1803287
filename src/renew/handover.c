/* SPDX-License-Identifier: ISC */
/*
 * The slot table is sealed against being mapped for writing, by anybody: a successor needs another
 * memfd. Readers that have the old one mapped find `moved` in it, set only once the other is in
 * its place, and map anew.
 */
#include "renew/handover.h"

#include "hold/hold.h"
#include "sys/put.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

static void *map(int fd, int protection, size_t *size, int *error)
{
	struct stat status = { .st_size = 0 };

	*error = sys_fstat(fd, &status);
	if (*error < 0)
		return NULL;
	*size = (size_t)status.st_size;
	return sys_mmap(*size, protection, MAP_SHARED, fd, error);
}

int handover_take(void const **plan, int protection)
{
	size_t size = 0;
	int error = 0;

	*plan = hold_plan();
	if (!*plan)
		return -EPROTO;
	hold_slots = map(FD_SLOTS, protection, &size, &error);
	if (!hold_slots)
		return error;
	if (slot_table_check(hold_slots, size) < 0 || hold_slots->first_fd != FD_BLOCKS ||
	    hold_slots->count < plan_header(*plan)->count)
		return -EPROTO;
	hold_status = map(FD_STATUS, PROT_READ, &size, &error);
	if (!hold_status)
		return error;
	if (status_table_check(hold_status, size) < 0 ||
	    hold_status->count < plan_header(*plan)->count)
		return -EPROTO;
	return 0;
}

struct slot_header *handover_make(int *error)
{
	size_t const size = slot_table_size(hold_slots->count);
	struct slot_header *copy;

	*error = sys_dup3(FD_SLOTS, FD_RENEW_TABLE, 0);
	if (*error < 0)
		return NULL;
	copy = put_table("orlop-slots", size, FD_SLOTS, error);
	if (!copy) {
		(void)put(FD_RENEW_TABLE, FD_SLOTS);
		return NULL;
	}
	memcpy(copy, hold_slots, size);
	atomic_store(&hold_slots->moved, 1);
	return copy;
}

void handover_undo(struct slot_header *copy)
{
	size_t const size = slot_table_size(copy->count);

	(void)put(FD_RENEW_TABLE, FD_SLOTS);
	atomic_store(&hold_slots->moved, 0);
	atomic_store(&copy->moved, 1);
	(void)sys_munmap(copy, size);
}
