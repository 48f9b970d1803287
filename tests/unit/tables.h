/* SPDX-License-Identifier: ISC */
/*
 * A small house for the tests of the user's command: a plan with services added one by one, and
 * the two tables beside it, all in memory and writable.
 */
#ifndef ORLOP_TESTS_TABLES_H
#define ORLOP_TESTS_TABLES_H

#include "ctl/house.h"

#include <string.h>

enum { TABLES_SLOTS = 16, TABLES_SIZE = 65536 };

static struct {
	_Alignas(8) unsigned char plan[TABLES_SIZE];
	_Alignas(8) unsigned char slots[TABLES_SIZE];
	_Alignas(8) unsigned char status[TABLES_SIZE + STATUS_EVENTS * sizeof(struct status_event)];
	uint32_t used; /* of the plan */
} tables;

static inline uint32_t tables_string(char const *string)
{
	uint32_t const offset = tables.used;

	memcpy(tables.plan + offset, string, strlen(string) + 1);
	tables.used += (uint32_t)strlen(string) + 1;
	return offset;
}

static inline struct plan_list tables_words(uint32_t const *words, uint32_t count)
{
	struct plan_list list = { .count = count };

	tables.used = (tables.used + 7) & ~7u;
	list.offset = tables.used;
	memcpy(tables.plan + tables.used, words, count * sizeof *words);
	tables.used += count * (uint32_t)sizeof *words;
	return list;
}

static inline struct plan_slot *tables_slot(uint32_t index)
{
	return (struct plan_slot *)(void *)(tables.plan + sizeof(struct plan_header)) +
	       PLAN_HELPERS + index;
}

static inline void tables_program(struct plan_slot *slot, char const *name, uint32_t kind)
{
	uint32_t const word = tables_string("/bin/true");

	slot->name = slot->service = tables_string(name);
	slot->kind = kind;
	slot->executable = kind == PLAN_BUNDLE ? 0 : word;
	slot->arguments = tables_words(&word, 1);
	slot->flags = PLAN_ENABLED | PLAN_SELECTED | PLAN_ESSENTIAL;
	slot->user = tables_string("www-data");
	slot->uid = slot->gid = 33;
	slot->parent = slot->ready_probe = slot->health_probe = PLAN_NONE;
	slot->stop_command = slot->notify = slot->listen_first = PLAN_NONE;
	slot->log_out = slot->log_err = PLAN_NONE;
}

static inline void tables_begin(void)
{
	struct plan_header *header = (struct plan_header *)(void *)tables.plan;
	struct slot_header *slots = (struct slot_header *)(void *)tables.slots;
	struct status_header *status = (struct status_header *)(void *)tables.status;

	memset(&tables, 0, sizeof tables);
	tables.used = (uint32_t)(sizeof *header +
				 (PLAN_HELPERS + TABLES_SLOTS) * sizeof(struct plan_slot));
	header->magic = PLAN_MAGIC;
	header->version = PLAN_VERSION;
	header->size = TABLES_SIZE;
	header->slot_size = sizeof(struct plan_slot);
	header->helpers = sizeof *header;
	header->slots = sizeof *header + PLAN_HELPERS * sizeof(struct plan_slot);
	header->main = PLAN_NONE;
	header->log_count = 1;
	tables_program(tables_slot(0) - 2, "supervisor", PLAN_HELPER);
	tables_program(tables_slot(0) - 1, "logger", PLAN_HELPER);
	slots->magic = SLOT_MAGIC;
	slots->version = SLOT_VERSION;
	slots->count = TABLES_SLOTS;
	status->magic = STATUS_MAGIC;
	status->version = STATUS_VERSION;
	status->count = TABLES_SLOTS;
	atomic_store(&status->plan_generation, 1);
	atomic_store(&status->phase, STATUS_RUNNING);
}

/* The next service; its index. */
static inline uint32_t tables_add(char const *name, uint32_t kind)
{
	struct plan_header *header = (struct plan_header *)(void *)tables.plan;

	tables_program(tables_slot(header->count), name, kind);
	header->visible++;
	return header->count++;
}

static inline struct slot *tables_run(uint32_t index)
{
	return slot_at(tables.slots, index);
}

static inline struct status_slot *tables_status(uint32_t index)
{
	return status_at(tables.status, index);
}

/* It runs, wanted and up, in its first generation. */
static inline void tables_up(uint32_t index)
{
	atomic_store(&tables_run(index)->state, SLOT_RUNNING);
	atomic_store(&tables_run(index)->generation, 1);
	atomic_store(&tables_run(index)->pid, 100 + (int32_t)index);
	atomic_store(&tables_status(index)->state, STATUS_UP);
	atomic_store(&tables_status(index)->wanted, 1);
	atomic_store(&tables_status(index)->generation, 1);
	atomic_store(&tables_status(index)->last_wait_status, -1);
}

/* The next event of the ring; its number. */
static inline uint64_t tables_event(struct status_event_view const *view)
{
	struct status_header *header = (struct status_header *)(void *)tables.status;
	uint64_t const number = atomic_load(&header->events) + 1;
	struct status_event *event = (struct status_event *)(void *)(tables.status +
								     status_event_offset(
									 header->count, number));

	atomic_store(&event->time, view->time);
	atomic_store(&event->subject, view->slot | (uint64_t)view->generation << 32);
	atomic_store(&event->what, view->kind | view->state << 8 | view->reason << 16 |
				       (uint64_t)view->detail << 24 |
				       (uint64_t)(uint32_t)view->argument << 32);
	atomic_store(&event->number, number);
	atomic_store(&header->events, number);
	return number;
}

static inline struct house tables_house(uint64_t now)
{
	return (struct house){
		.pid = 1,
		.plan = tables.plan,
		.slots = tables.slots,
		.status = tables.status,
		.now = now,
	};
}

#endif
