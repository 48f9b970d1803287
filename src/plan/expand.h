/* SPDX-License-Identifier: ISC */
/*
 * Services become slots: one for a process at a time, so instances, the main program and the
 * probes that serve a slot each have their own.
 */
#ifndef ORLOP_PLAN_EXPAND_H
#define ORLOP_PLAN_EXPAND_H

#include "plan/declaration.h"

enum planned_kind {
	PLANNED_SERVICE, /* a service, or one instance of it */
	PLANNED_GROUP,	 /* the bundle of a service's instances */
	PLANNED_MAIN,
	PLANNED_READY,
	PLANNED_HEALTH,
	PLANNED_STOP
};

struct planned {
	char const *name;
	struct service *service; /* NULL for the main program */
	enum planned_kind kind;
	uint32_t instance;     /* from 1, or 0 */
	uint32_t parent;       /* slot index, or PLAN_NONE */
	uint32_t probes[3];    /* slot indices or PLAN_NONE: ready, health, stop */
	uint32_t const *needs; /* slot indices */
	uint32_t const *after; /* slot indices */
	uint32_t need_count;
	uint32_t after_count;
};

struct expansion {
	struct planned *slots; /* sorted by name, probes last */
	uint32_t count;
	uint32_t visible; /* without the probes */
	uint32_t main;	  /* slot index, or PLAN_NONE */
};

/* 0, or -ECANCELED with a fault added when there are more than SLOT_MAX. */
int expand_all(struct declarations *declarations, struct expansion *expansion);

#endif
