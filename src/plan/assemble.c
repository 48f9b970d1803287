/* SPDX-License-Identifier: ISC */
/*
 * The plan as a whole: first what is counted (pipes, sockets), then one record after the other
 * with its strings and lists behind the fixed part, and the fixed part itself at the end.
 */
#include "plan/assemble.h"

#include "plan/address.h"
#include "plan/notify.h"
#include "plan/records.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

enum { SPARE_DESCRIPTORS = 16 };

struct count {
	uint64_t logged;
	uint64_t notified;
	uint64_t sockets;
};

static bool is_notified(struct plan_slot const *slot)
{
	return slot->ready == PLAN_READY_NOTIFY || slot->watchdog != 0;
}

static struct count count_all(struct assembly const *a)
{
	struct count count = { 0, 0, 0 };

	for (uint32_t i = 0; i < a->declarations->count; i++) {
		struct service const *s = &a->declarations->services[i];

		if (!declaration_is_planned(a->declarations, s) || s->slot.kind == PLAN_BUNDLE)
			continue;
		if (s->slot.log != PLAN_LOG_NONE)
			count.logged += s->instances;
		if (is_notified(&s->slot) || s->slot.ready == PLAN_READY_FD)
			count.notified += s->instances;
		if (s->flags & SERVICE_SELECTED)
			count.sockets += s->socket_count;
	}
	return count;
}

/* Two pipes for each slot where init can hold them, one where not, else no plan at all. */
static int choose_pipes(struct assembly *a)
{
	struct count const count = count_all(a);
	uint64_t const fixed = FD_BLOCKS + SPARE_DESCRIPTORS + 2 + 2 * count.notified +
			       count.sockets;
	struct declarations *const d = a->declarations;
	struct sys_rlimit limit = { 0, 0 };
	int const error = sys_prlimit64(0, RLIMIT_NOFILE, NULL, &limit);

	a->log_next = 1; /* 0 is Orlop's own */
	a->pipes = error < 0 || fixed + 4 * count.logged <= limit.hard ? 2 : 1;
	if (a->pipes == 2 || d->image || fixed + 2 * count.logged <= limit.hard)
		return 0;
	faults_add(d->faults, (struct place){ d->directory, 0 }, "found RLIMIT_NOFILE ",
		   arena_number(d->arena, limit.hard), ", expected ",
		   arena_number(d->arena, fixed + 2 * count.logged),
		   " at least, for the pipes and sockets of all services", NULL);
	return -ECANCELED;
}

/* An address can be had once only; services that do not start here are no rivals. */
static int check_addresses(struct assembly *a)
{
	struct declarations *const d = a->declarations;
	struct names seen = { 0 };
	int error = 0;

	for (uint32_t i = 0; i < d->count; i++) {
		struct service const *s = &d->services[i];

		for (uint32_t k = 0; s->flags & SERVICE_SELECTED && k < s->socket_count; k++) {
			char const *const address = address_fpm(d->arena, &s->sockets[k].record);
			uint32_t const first = names_enter(&seen, d->arena, address,
							   i * PLAN_LISTEN_MAX + k);

			if (first == i * PLAN_LISTEN_MAX + k)
				continue;
			faults_add(d->faults, s->places[KEY_LISTEN], "listen: found ",
				   faults_quote(d->faults, s->sockets[k].name),
				   ", expected an address that ",
				   d->services[first / PLAN_LISTEN_MAX].name,
				   " does not listen on already", NULL);
			error = -ECANCELED;
		}
	}
	return error;
}

static void choose_notify_directory(struct assembly *a, bool write)
{
	/* Nothing is left behind in an image that is being made: an abstract socket is no file. */
	if (a->declarations->build)
		return;
	for (uint32_t i = 0; write && i < a->declarations->count; i++) {
		struct service const *s = &a->declarations->services[i];

		if (is_notified(&s->slot) && declaration_is_wanted(a->declarations, s)) {
			a->notify_directory = notify_directory(a->declarations);
			return;
		}
	}
	a->notify_directory = "/run/orlop";
}

/* Who waits for whom, turned round: two passes, to count and to fill. */
static void invert(struct assembly *a)
{
	struct expansion const *e = a->expansion;
	struct arena *const arena = a->declarations->arena;
	uint32_t **lists = arena_array(arena, e->count, sizeof *lists);
	uint32_t *counts = arena_array(arena, e->count, sizeof *counts);

	for (int filling = 0; filling < 2; filling++) {
		for (uint32_t i = 0; i < e->visible; i++) {
			struct planned const *p = &e->slots[i];

			for (uint32_t k = 0; k < p->need_count + p->after_count; k++) {
				uint32_t const to = k < p->need_count ? p->needs[k]
								      : p->after[k - p->need_count];

				if (filling)
					lists[to][counts[to]] = i;
				counts[to]++;
			}
		}
		for (uint32_t i = 0; !filling && i < e->count; i++) {
			lists[i] = arena_array(arena, counts[i], sizeof **lists);
			counts[i] = 0;
		}
	}
	for (uint32_t i = 0; i < e->count; i++)
		a->slots[i].needed = builder_list(&a->builder, lists[i], counts[i], sizeof **lists);
}

static void place_sockets(struct assembly *a)
{
	struct plan_header *h = &a->header;

	h->listen_count = (uint32_t)genalloc_len(struct plan_listen, &a->listens);
	h->notify_count = (uint32_t)genalloc_len(struct plan_listen, &a->notifies);
	h->listens = builder_list(&a->builder, a->listens.s, h->listen_count,
				  sizeof(struct plan_listen));
	h->notifies = builder_list(&a->builder, a->notifies.s, h->notify_count,
				   sizeof(struct plan_listen));
	/* A service's sockets are a part of the list of all. */
	for (uint32_t i = 0; i < a->expansion->count; i++)
		if (a->slots[i].listen.count)
			a->slots[i].listen.offset = h->listens.offset +
						    a->slots[i].listen_first *
							(uint32_t)sizeof(struct plan_listen);
}

static uint32_t host_flags(struct declarations const *d)
{
	return (d->shared_uid ? (uint32_t)PLAN_HOST_SHARED_UID : 0) |
	       (d->host.landlock_abi >= 6 ? (uint32_t)PLAN_HOST_LANDLOCK_SCOPE : 0) |
	       (d->host.can_seccomp ? (uint32_t)PLAN_HOST_SECCOMP : 0) |
	       (d->init_pid == 1 ? (uint32_t)PLAN_HOST_PID1 : 0);
}

static struct plan_list record_accounts(struct assembly *a)
{
	struct declarations const *const d = a->declarations;
	struct plan_account *accounts = arena_array(d->arena, d->missing_count, sizeof *accounts);

	for (uint32_t i = 0; i < d->missing_count; i++)
		accounts[i] = (struct plan_account){
			.name = builder_string(&a->builder, d->missing[i].name),
			.group = d->missing[i].group,
			.id = d->missing[i].id,
			.gid = d->missing[i].gid,
		};
	return builder_list(&a->builder, accounts, d->missing_count, sizeof *accounts);
}

static void fill_lists(struct assembly *a)
{
	struct declarations *const d = a->declarations;
	struct settings const *settings = &d->settings;
	struct plan_header *h = &a->header;
	struct words const accepts = { settings->accepts, settings->accept_count };
	struct words const notices = { genalloc_s(char const *const, &d->faults->notices),
				       (uint32_t)genalloc_len(char const *, &d->faults->notices) };

	h->operators = builder_list(&a->builder, settings->operator_ids, settings->operator_count,
				    sizeof *settings->operator_ids);
	h->notices = builder_strings(&a->builder, &notices);
	h->rules = file_rules_record(a->rules, d, &a->builder);
	h->accepts = builder_strings(&a->builder, &accepts);
	h->accounts = record_accounts(a);
}

static void fill_header(struct assembly *a)
{
	struct declarations *const d = a->declarations;
	struct settings const *settings = &d->settings;
	struct plan_header *h = &a->header;
	struct timespec now = { 0, 0 };

	(void)sys_clock_gettime(CLOCK_REALTIME, &now); /* only shown */
	h->magic = PLAN_MAGIC;
	h->version = PLAN_VERSION;
	h->slot_size = sizeof(struct plan_slot);
	h->count = a->expansion->count;
	h->visible = a->expansion->visible;
	h->helpers = sizeof *h;
	h->slots = (uint32_t)(sizeof *h + sizeof a->helpers);
	h->main = a->expansion->main;
	h->host = host_flags(d);
	h->uid = d->host.uid;
	h->gid = d->host.gid;
	h->landlock_abi = d->host.landlock_abi;
	h->log_count = a->log_next;
	h->stop_timeout = settings->stop_timeout;
	for (uint32_t i = 0; i < h->count; i++)
		h->forward |= a->slots[i].forward;
	h->built = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	h->timezone = builder_string(&a->builder, words_variable(d->environment, "TZ", 2));
	h->directory = builder_string(&a->builder, d->directory);
	fill_lists(a);
}

static void lay_out(struct assembly *a)
{
	struct expansion const *e = a->expansion;
	size_t const slots = e->count * sizeof(struct plan_slot);
	size_t const fixed = sizeof a->header + sizeof a->helpers + slots;

	builder_begin(&a->builder, a->declarations->arena, fixed);
	for (uint32_t i = 0; i < a->declarations->count; i++)
		if (declaration_is_planned(a->declarations, &a->declarations->services[i]))
			records_service(a, &a->declarations->services[i]);
	records_helpers(a);
	for (uint32_t i = 0; i < e->count; i++)
		records_slot(a, i);
	invert(a);
	place_sockets(a);
	fill_header(a);
	builder_end(&a->builder);
	a->header.size = (uint32_t)a->builder.bytes.len;
	memcpy(a->builder.bytes.s, &a->header, sizeof a->header);
	memcpy(a->builder.bytes.s + a->header.helpers, a->helpers, sizeof a->helpers);
	if (slots)
		memcpy(a->builder.bytes.s + a->header.slots, a->slots, slots);
}

int assemble_plan(struct declarations *d, struct expansion const *e, struct file_rules const *rules,
		  struct compile_request const *request, stralloc *plan)
{
	struct assembly a = { .declarations = d,
			      .expansion = e,
			      .rules = rules,
			      .etc = request->etc,
			      .slots = arena_array(d->arena, e->count, sizeof *a.slots) };
	int const addresses = check_addresses(&a);
	int const pipes = choose_pipes(&a);

	if (addresses < 0 || pipes < 0)
		return -ECANCELED;
	choose_notify_directory(&a, request->write && !d->image);
	lay_out(&a);
	genalloc_free(struct plan_listen, &a.listens);
	genalloc_free(struct plan_listen, &a.notifies);
	*plan = a.builder.bytes;
	return 0;
}
