/* SPDX-License-Identifier: ISC */
/* Slots as the plan carries them; see records.h. */
#include "plan/records.h"

#include "plan/address.h"
#include "plan/identity.h"
#include "plan/notify.h"
#include "plan/variables.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static struct plan_list ports(struct assembly *a, struct ports const *list)
{
	return builder_list(&a->builder, list->at, list->count, sizeof *list->at);
}

struct plan_list records_paths(struct assembly *a, struct allowed_list const *list)
{
	struct plan_path *paths = arena_array(a->declarations->arena, list->count, sizeof *paths);

	for (uint32_t i = 0; i < list->count; i++)
		paths[i] = (struct plan_path){ builder_string(&a->builder, list->at[i].path),
					       list->at[i].rights };
	return builder_list(&a->builder, paths, list->count, sizeof *paths);
}

/* The sockets of a service that starts at boot; another's are not opened, or callers would wait
 * for an answer that nobody gives. */
static void record_sockets(struct assembly *a, struct service *s)
{
	uint32_t const first = (uint32_t)genalloc_len(struct plan_listen, &a->listens);

	s->slot.listen_first = PLAN_NONE;
	if (s->socket_count == 0 || !(s->flags & SERVICE_SELECTED || a->declarations->image))
		return;
	for (uint32_t i = 0; i < s->socket_count; i++) {
		struct plan_listen record = s->sockets[i].record;

		record.name = builder_string(&a->builder, s->sockets[i].name);
		if (!genalloc_append(struct plan_listen, &a->listens, &record))
			a->declarations->arena->exhausted();
	}
	s->handed = variables_sockets(a->declarations, s);
	s->slot.listen_first = first;
	s->slot.listen.count = s->socket_count; /* the offset is known when all sockets are */
}

static void record_process(struct assembly *a, struct service *s)
{
	struct builder *const b = &a->builder;
	struct plan_slot *slot = &s->slot;
	struct arena *const arena = a->declarations->arena;
	char const *const user = s->user || a->declarations->shared_uid
				     ? s->user_name
				     : arena_number(arena, slot->uid);
	struct words const alone = { &s->name, 1 };

	slot->executable = builder_string(b, s->executable ? s->executable : s->name);
	slot->arguments = builder_strings(b, s->command.count ? &s->command : &alone);
	slot->directory = builder_string(b, s->directory);
	slot->secrets = builder_strings(b, &s->secrets);
	slot->groups = builder_list(b, s->group_ids, s->group_count, sizeof *s->group_ids);
	slot->user = builder_string(b, user);
	slot->limits = builder_list(b, s->limits, s->limit_count, sizeof *s->limits);
	slot->read = builder_strings(b, &s->read);
	slot->write = builder_strings(b, &s->write);
	slot->execute = builder_strings(b, &s->execute);
	slot->paths = records_paths(a, &s->cage);
	slot->bind = ports(a, &s->bind);
	slot->connect = ports(a, &s->connect);
	slot->syscalls = ports(a, &s->syscalls);
	slot->log_option = builder_string(b, s->log_option);
	s->common = variables_common(a->declarations, s);
	s->passed = variables_passed(a->declarations, s);
	slot->pass = builder_strings(b, &s->passed);
	record_sockets(a, s);
}

void records_service(struct assembly *a, struct service *s)
{
	struct builder *const b = &a->builder;
	struct plan_slot *slot = &s->slot;
	uint32_t const after = s->edge_count - s->need_count;

	slot->service = builder_string(b, s->name);
	slot->file = builder_string(b, s->place.file);
	slot->parent = slot->ready_probe = slot->health_probe = slot->stop_command = PLAN_NONE;
	slot->notify = slot->log_out = slot->log_err = slot->listen_first = PLAN_NONE;
	slot->needs = builder_list(b, s->need_slots, s->need_count, sizeof *s->need_slots);
	slot->after = builder_list(b, s->after_slots, after, sizeof *s->after_slots);
	if (slot->kind == PLAN_BUNDLE)
		slot->log = PLAN_LOG_NONE;
	else
		record_process(a, s);
}

struct list {
	char const **at;
	uint32_t count;
};

static void append(struct list *list, struct words const *words)
{
	for (uint32_t i = 0; i < words->count; i++)
		list->at[list->count++] = words->at[i];
}

/* The variables of one slot; a probe is not handed what its service is. */
void records_environment(struct assembly *a, struct planned const *p, struct plan_slot *slot,
			 char const *notify)
{
	struct arena *const arena = a->declarations->arena;
	struct service const *s = p->service;
	struct list list = {
		arena_array(arena, s->common.count + s->handed.count + 3, sizeof(char const *)), 0
	};
	struct words words;

	append(&list, &s->common);
	if (p->kind == PLANNED_SERVICE)
		append(&list, &s->handed);
	if (p->instance)
		list.at[list.count++] = arena_join(
		    arena, "ORLOP_INSTANCE=", arena_number(arena, p->instance), NULL);
	if (notify)
		list.at[list.count++] = arena_join(arena, "NOTIFY_SOCKET=", notify, NULL);
	if (notify && slot->watchdog)
		list.at[list.count++] = arena_join(
		    arena, "WATCHDOG_USEC=", arena_number(arena, slot->watchdog / 1000), NULL);
	words = (struct words){ list.at, list.count };
	slot->environment = builder_strings(&a->builder, &words);
}

/* Gives the slot an index in the notify blocks. Returns the socket's name, NULL for a pipe. */
static char const *record_notify(struct assembly *a, struct planned const *p,
				 struct plan_slot *slot)
{
	struct plan_listen record = { .uid = UINT32_MAX, .gid = UINT32_MAX };
	char const *name = NULL;

	if (slot->ready != PLAN_READY_FD && slot->ready != PLAN_READY_NOTIFY && !slot->watchdog)
		return NULL;
	slot->notify = (uint32_t)genalloc_len(struct plan_listen, &a->notifies);
	if (slot->ready != PLAN_READY_FD) {
		name = notify_address(a->declarations, a->notify_directory, p->name, &record);
		record.name = builder_string(&a->builder, name);
	}
	if (name && !a->declarations->shared_uid) {
		record.uid = slot->uid;
		record.gid = slot->gid;
	}
	if (!genalloc_append(struct plan_listen, &a->notifies, &record))
		a->declarations->arena->exhausted();
	return name;
}

static void record_logs(struct assembly *a, struct plan_slot *slot)
{
	if (slot->log == PLAN_LOG_NONE)
		return;
	slot->log_out = a->log_next;
	slot->log_err = a->log_next + a->pipes - 1;
	a->log_next += a->pipes;
}

static void record_group(struct assembly *a, struct planned const *p, struct plan_slot *slot)
{
	uint32_t const flags = slot->flags & (PLAN_ENABLED | PLAN_SELECTED);

	*slot = (struct plan_slot){ .service = slot->service,
				    .file = slot->file,
				    .kind = PLAN_BUNDLE,
				    .flags = flags | PLAN_INSTANCE_GROUP,
				    .parent = PLAN_NONE,
				    .uid = slot->uid,
				    .gid = slot->gid,
				    .user = slot->user,
				    .ready_probe = PLAN_NONE,
				    .notify = PLAN_NONE,
				    .health_probe = PLAN_NONE,
				    .restart = PLAN_NEVER,
				    .success = { 1 },
				    .stop_signal = SIGTERM,
				    .reload_signal = SIGHUP,
				    .stop_command = PLAN_NONE,
				    .listen_first = PLAN_NONE,
				    .log_out = PLAN_NONE,
				    .log_err = PLAN_NONE,
				    .log = PLAN_LOG_NONE };
	slot->needs = builder_list(&a->builder, p->needs, p->need_count, sizeof *p->needs);
}

static void record_main(struct assembly *a, struct planned const *p, struct plan_slot *slot)
{
	struct declarations *const d = a->declarations;
	struct words command = { d->main, 0 };

	while (d->main[command.count])
		command.count++;
	*slot = (struct plan_slot){
		.service = builder_string(&a->builder, p->name),
		.kind = PLAN_MAIN,
		.flags = PLAN_ENABLED | PLAN_SELECTED | PLAN_ESSENTIAL | PLAN_PASS_ALL | PLAN_TTY |
			 PLAN_KEEP_USER | PLAN_SYSCALLS_ALL,
		.parent = PLAN_NONE,
		.executable = builder_string(&a->builder, d->main_executable),
		.uid = d->host.uid,
		.gid = d->host.gid,
		.user = builder_string(&a->builder, arena_number(d->arena, d->host.uid)),
		.umask = 0022,
		.capabilities = d->host.capabilities,
		.confine = PLAN_UNCONFINED,
		.ready_probe = PLAN_NONE,
		.notify = PLAN_NONE,
		.health_probe = PLAN_NONE,
		.restart = PLAN_NEVER,
		.success = { 1 },
		.stop_signal = SIGTERM,
		.reload_signal = SIGHUP,
		.stop_timeout = UINT64_C(8000000000),
		.stop_command = PLAN_NONE,
		.listen_first = PLAN_NONE,
		.log_out = PLAN_NONE,
		.log_err = PLAN_NONE,
		.log = PLAN_LOG_NONE,
	};
	slot->arguments = builder_strings(&a->builder, &command);
	slot->needs = builder_list(&a->builder, p->needs, p->need_count, sizeof *p->needs);
	if (d->init_pid != 1) {
		char const *const pid = arena_join(
		    d->arena, "ORLOP_PID=", arena_number(d->arena, d->init_pid), NULL);
		struct words const own = { &pid, 1 };

		slot->environment = builder_strings(&a->builder, &own);
	}
}

void records_slot(struct assembly *a, uint32_t index)
{
	struct planned const *p = &a->expansion->slots[index];
	struct plan_slot *slot = &a->slots[index];

	if (p->service)
		*slot = p->service->slot;
	if (p->kind == PLANNED_GROUP)
		record_group(a, p, slot);
	else if (p->kind == PLANNED_MAIN)
		record_main(a, p, slot);
	else if (p->kind != PLANNED_SERVICE)
		records_probe(a, p, slot);
	slot->name = builder_string(&a->builder, p->name);
	slot->instance = p->instance;
	if (p->kind != PLANNED_SERVICE || slot->kind == PLAN_BUNDLE)
		return;
	record_logs(a, slot);
	records_environment(a, p, slot, record_notify(a, p, slot));
	slot->ready_probe = p->probes[0];
	slot->health_probe = p->probes[1];
	slot->stop_command = p->probes[2];
}

void records_helpers(struct assembly *a)
{
	static char const *const names[] = { "orlop-supervise", "orlop-log" };
	static char const *const passed[] = { "TZ" };
	static struct plan_limit const core = { .resource = RLIMIT_CORE };
	struct words const pass = { passed, 1 };
	struct builder *const b = &a->builder;
	uint32_t uid = a->declarations->host.uid;
	uint32_t gid = a->declarations->host.gid;

	if (!a->declarations->shared_uid)
		identity_nobody(a->etc, &uid, &gid);
	for (uint32_t i = 0; i < PLAN_HELPERS; i++) {
		struct plan_slot *slot = &a->helpers[i];
		struct words const command = { &names[i], 1 };

		memset(slot, 0, sizeof *slot);
		slot->name = slot->service = builder_string(b, names[i]);
		slot->kind = PLAN_HELPER;
		slot->flags = PLAN_ENABLED | PLAN_SELECTED;
		slot->executable = builder_string(b, a->declarations->program);
		slot->arguments = builder_strings(b, &command);
		slot->pass = builder_strings(b, &pass);
		slot->directory = builder_string(b, "/");
		slot->umask = 0077;
		slot->limits = builder_list(b, &core, 1, sizeof core);
		slot->uid = uid;
		slot->gid = gid;
		slot->user = builder_string(b, arena_number(a->declarations->arena, slot->uid));
		slot->parent = slot->ready_probe = slot->health_probe = PLAN_NONE;
		slot->stop_command = slot->notify = slot->listen_first = PLAN_NONE;
		slot->success[0] = 1;
		slot->stop_signal = SIGTERM;
		slot->reload_signal = SIGHUP;
		slot->log = i == PLAN_SUPERVISOR ? PLAN_LOG_PLAIN : PLAN_LOG_NONE;
		slot->log_out = slot->log_err = i == PLAN_SUPERVISOR ? 0 : PLAN_NONE;
	}
}
