/* SPDX-License-Identifier: ISC */
/*
 * Probes: a slot with the user and the cage of the slot that it serves, that runs something else
 * (a question to it, or the command that stops it) and is nobody's need.
 */
#include "plan/records.h"

#include <signal.h>
#include <string.h>

/* What the probe runs. */
static void probe_command(struct assembly *a, struct planned const *p, struct plan_slot *slot)
{
	struct service const *s = p->service;
	char const *const wait[] = { "orlop-probe", "--wait", s->ready_probe };
	char const *const once[] = { "orlop-probe", s->health_probe };
	char const *executable = a->declarations->program;
	struct words words = { once, 2 };

	if (p->kind == PLANNED_STOP) {
		executable = s->stop_executable;
		words = s->stop_command;
	} else if (p->kind == PLANNED_READY && s->ready_command.count) {
		executable = s->ready_executable;
		words = s->ready_command;
	} else if (p->kind == PLANNED_READY) {
		words = (struct words){ wait, 3 };
	}
	slot->executable = builder_string(&a->builder, executable);
	slot->arguments = builder_strings(&a->builder, &words);
}

/* A caged service may be probed on its own port though it connects to no other. */
static void probe_cage(struct assembly *a, struct planned const *p, struct plan_slot *slot)
{
	struct service const *s = p->service;
	uint32_t const port = p->kind == PLANNED_READY	  ? s->ready_port
			      : p->kind == PLANNED_HEALTH ? s->health_port
							  : 0;
	struct arena *const arena = a->declarations->arena;
	uint32_t *connects = arena_array(arena, s->connect.count + 1, sizeof *connects);
	char const **paths = arena_array(arena, s->execute.count + 1, sizeof *paths);
	struct words execute = { paths, s->execute.count + 1 };

	if (port && slot->flags & PLAN_CONNECT_CAGE) {
		for (uint32_t i = 0; i < s->connect.count; i++)
			connects[i] = s->connect.at[i];
		connects[s->connect.count] = port;
		slot->connect = builder_list(&a->builder, connects, s->connect.count + 1,
					     sizeof *connects);
	}
	if (p->kind == PLANNED_STOP || s->ready_command.count || !(slot->flags & PLAN_FILE_CAGE))
		return;
	for (uint32_t i = 0; i < s->execute.count; i++)
		paths[i] = s->execute.at[i];
	paths[s->execute.count] = a->declarations->program;
	slot->execute = builder_strings(&a->builder, &execute);
}

void records_probe(struct assembly *a, struct planned const *p, struct plan_slot *slot)
{
	struct plan_slot const *parent = &a->slots[p->parent];

	slot->kind = PLAN_PROBE;
	slot->flags &= ~(uint32_t)(PLAN_SELECTED | PLAN_ESSENTIAL);
	slot->parent = p->parent;
	slot->needs = slot->after = (struct plan_list){ 0, 0 };
	slot->start_timeout = p->kind == PLANNED_READY	  ? 0
			      : p->kind == PLANNED_HEALTH ? parent->health_interval
							  : parent->stop_timeout;
	slot->ready = PLAN_READY_STARTED;
	slot->watchdog = 0;
	slot->restart = PLAN_NEVER;
	memset(slot->success, 0, sizeof slot->success);
	slot->success[0] = 1;
	slot->stop_signal = SIGTERM;
	slot->forward = 0;
	slot->listen = (struct plan_list){ 0, 0 };
	slot->listen_first = PLAN_NONE;
	slot->listen_env = 0;
	slot->log_out = parent->log_out;
	slot->log_err = parent->log_err;
	slot->scheduled = 0;
	memset(&slot->schedule, 0, sizeof slot->schedule);
	probe_command(a, p, slot);
	probe_cage(a, p, slot);
	records_environment(a, p, slot, NULL);
}
