/* SPDX-License-Identifier: ISC */
/*
 * Probes: a slot with the user and the cage of the slot that it serves, that runs something else
 * (a question to it, or the command that stops it) and is nobody's need.
 */
#include "plan/records.h"

#include "plan/cage_paths.h"

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
static void probe_ports(struct assembly *a, struct planned const *p, struct plan_slot *slot)
{
	struct service const *s = p->service;
	uint32_t const port = p->kind == PLANNED_READY	  ? s->ready_port
			      : p->kind == PLANNED_HEALTH ? s->health_port
							  : 0;
	uint32_t *connects = arena_array(a->declarations->arena, s->connect.count + 1,
					 sizeof *connects);

	if (!port || !(slot->flags & PLAN_CONNECT_CAGE))
		return;
	for (uint32_t i = 0; i < s->connect.count; i++)
		connects[i] = s->connect.at[i];
	connects[s->connect.count] = port;
	slot->connect = builder_list(&a->builder, connects, s->connect.count + 1, sizeof *connects);
}

/* The service's, and its own program. */
static void probe_paths(struct assembly *a, struct planned const *p, struct plan_slot *slot)
{
	char const *const program = plan_string(a->builder.bytes.s, slot->executable);
	struct allowed_list list;

	if (!(slot->flags & PLAN_FILE_CAGE))
		return;
	list = cage_paths_probe(a->declarations, p->service,
				arena_copy(a->declarations->arena, program, strlen(program)));
	slot->paths = records_paths(a, &list);
}

/* A secret is for the service alone: neither its file is read for a probe nor its variable passed. */
static void probe_secrets(struct assembly *a, struct planned const *p, struct plan_slot *slot)
{
	struct words const *passed = &p->service->passed;
	struct words const *given = &p->service->given;
	char const **names = arena_array(a->declarations->arena, passed->count, sizeof *names);
	struct words kept = { names, 0 };

	slot->secrets = (struct plan_list){ 0, 0 };
	if (given->count == 0)
		return;
	for (uint32_t i = 0; i < passed->count; i++) {
		bool secret = false;

		for (uint32_t k = 0; k < given->count; k++)
			secret = secret || !strcmp(given->at[k], passed->at[i]);
		if (!secret)
			names[kept.count++] = passed->at[i];
	}
	slot->pass = builder_strings(&a->builder, &kept);
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
	probe_ports(a, p, slot);
	probe_paths(a, p, slot);
	probe_secrets(a, p, slot);
	records_environment(a, p, slot, NULL);
}
