/* SPDX-License-Identifier: ISC */
/* What PID 1 holds for everybody: tables, pipes and listening sockets at fixed numbers. */
#ifndef ORLOP_INIT_HOLD_H
#define ORLOP_INIT_HOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "sys/sys.h"
#include "wire/slot.h"
#include "wire/status.h"

/* Makes every signal disposition the default, closes whatever the engine left open but stdio and
   puts the first descriptors in their places; `signals` becomes FD_SIGNALS. 0, or a negative
   errno after saying what failed. */
int hold_begin(int signals);

/* The path of the file `name` beside this executable. 0, or a negative errno, said. */
int hold_beside(char *path, size_t size, char const *name);

/* Maps the plan that orlop-plan wrote to FD_PLAN, once it is sealed and whole; NULL,
   and said, if it is not. */
void const *hold_plan(void);

/* Opens everything that the plan asks for. 0, or a negative errno after saying what failed. */
int hold_open(void const *plan);

/* The slot table, written here alone, and the status table, only looked at; set by hold_open. */
extern struct slot_header *hold_slots;
extern struct status_header const *hold_status;

/* Tells the supervisor to look at the slot table; false: it has not yet heard the last time. */
bool hold_wake(void);
bool hold_wake_pending(void);

/* After an upgrade, with the tables mapped: all else that hold_open does without opening it. */
void hold_resume(void const *plan);

/* The limit of descriptors, if hold_open needed more; a child gets the original. */
extern struct hold_limit {
	struct sys_rlimit original;
	bool raised;
} hold_limit;
void hold_restore_limit(void);

/* Nobody writes any more: the logger sees the end of every pipe once the services are gone. */
void hold_close_logs(void const *plan);

#endif
