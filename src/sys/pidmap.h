/* SPDX-License-Identifier: ISC */
/*
 * From a pid to a small index, in constant time and static memory: a table of thousands of slots
 * must not be searched for every child that dies.
 */
#ifndef ORLOP_SYS_PIDMAP_H
#define ORLOP_SYS_PIDMAP_H

#include <stdint.h>

enum { PIDMAP_SIZE = 8192, PIDMAP_NONE = -1 };

/* Empties it. */
void pidmap_clear(void);

/* `index` is below PIDMAP_SIZE and has no pid yet; `pid` is in no other entry. */
void pidmap_add(int pid, int index);

/* The index of `pid`, or PIDMAP_NONE. */
int pidmap_find(int pid);

/* Forgets `pid`, if it is there. */
void pidmap_remove(int pid);

#endif
