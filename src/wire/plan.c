/* SPDX-License-Identifier: ISC */
/*
 * The proof that a plan is whole, made once by each program that maps it: after plan_check() every
 * reference may be followed without looking. It is the only code that distrusts the plan.
 */
#include "wire/plan.h"

#include "wire/slot.h"

#include <errno.h>
#include <stdbool.h>

struct bounds {
	char const *plan;
	uint32_t size;
	uint32_t count;
};

static bool string_inside(struct bounds const *b, uint32_t offset)
{
	return offset == 0 || (offset >= sizeof(struct plan_header) && offset < b->size);
}

static bool list_inside(struct bounds const *b, struct plan_list list, uint32_t element)
{
	if (list.count == 0)
		return true;
	if (list.offset < sizeof(struct plan_header) || list.offset % 8 || list.offset >= b->size)
		return false;
	return list.count <= (b->size - list.offset) / element;
}

static bool strings_inside(struct bounds const *b, struct plan_list list)
{
	if (!list_inside(b, list, sizeof(uint32_t)))
		return false;
	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t const offset = plan_words(b->plan, list)[i];

		if (offset == 0 || !string_inside(b, offset))
			return false;
	}
	return true;
}

static bool indices_inside(struct bounds const *b, struct plan_list list)
{
	if (!list_inside(b, list, sizeof(uint32_t)))
		return false;
	for (uint32_t i = 0; i < list.count; i++)
		if (plan_words(b->plan, list)[i] >= b->count)
			return false;
	return true;
}

static bool index_inside(uint32_t index, uint32_t count)
{
	return index == PLAN_NONE || index < count;
}

static bool paths_inside(struct bounds const *b, struct plan_list list)
{
	if (!list_inside(b, list, sizeof(struct plan_path)))
		return false;
	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t const path = plan_paths(b->plan, list)[i].path;

		if (path == 0 || !string_inside(b, path))
			return false;
	}
	return true;
}

static bool rules_inside(struct bounds const *b, struct plan_list list)
{
	if (!list_inside(b, list, sizeof(struct plan_rule)))
		return false;
	for (uint32_t i = 0; i < list.count; i++) {
		struct plan_rule const *rule = &plan_rules(b->plan, list)[i];

		if (rule->path == 0 || !string_inside(b, rule->path) ||
		    !index_inside(rule->slot, b->count))
			return false;
	}
	return true;
}

static bool accounts_inside(struct bounds const *b, struct plan_list list)
{
	if (!list_inside(b, list, sizeof(struct plan_account)))
		return false;
	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t const name = plan_accounts(b->plan, list)[i].name;

		if (name == 0 || !string_inside(b, name))
			return false;
	}
	return true;
}

static bool texts_inside(struct bounds const *b, struct plan_slot const *s)
{
	return s->name != 0 && string_inside(b, s->name) && string_inside(b, s->service) &&
	       string_inside(b, s->file) && string_inside(b, s->executable) &&
	       string_inside(b, s->directory) && string_inside(b, s->user) &&
	       string_inside(b, s->log_option) && strings_inside(b, s->arguments) &&
	       strings_inside(b, s->environment) && strings_inside(b, s->pass) &&
	       strings_inside(b, s->secrets) && strings_inside(b, s->read) &&
	       strings_inside(b, s->write) && strings_inside(b, s->execute) &&
	       paths_inside(b, s->paths);
}

static bool numbers_inside(struct bounds const *b, struct plan_slot const *s)
{
	return list_inside(b, s->groups, sizeof(uint32_t)) && s->groups.count <= PLAN_GROUPS_MAX &&
	       list_inside(b, s->limits, sizeof(struct plan_limit)) &&
	       list_inside(b, s->bind, sizeof(uint32_t)) &&
	       list_inside(b, s->connect, sizeof(uint32_t)) &&
	       list_inside(b, s->syscalls, sizeof(uint32_t)) &&
	       list_inside(b, s->listen, sizeof(struct plan_listen)) &&
	       s->listen.count <= PLAN_LISTEN_MAX && s->arguments.count < PLAN_ARGUMENTS_MAX &&
	       s->environment.count < PLAN_ENVIRONMENT_MAX && indices_inside(b, s->needs) &&
	       indices_inside(b, s->after) && indices_inside(b, s->needed) &&
	       index_inside(s->parent, b->count) && index_inside(s->ready_probe, b->count) &&
	       index_inside(s->health_probe, b->count) && index_inside(s->stop_command, b->count);
}

static bool descriptors_inside(struct plan_header const *h, struct plan_slot const *s)
{
	if (!index_inside(s->log_out, h->log_count) || !index_inside(s->log_err, h->log_count) ||
	    !index_inside(s->notify, h->notify_count))
		return false;
	if (s->listen.count == 0)
		return true;
	return s->listen_first < h->listen_count &&
	       s->listen.count <= h->listen_count - s->listen_first;
}

static bool slot_whole(struct bounds const *b, struct plan_slot const *s)
{
	bool const runs = s->kind != PLAN_BUNDLE;

	if (s->kind > PLAN_HELPER || s->ready > PLAN_READY_PROBE || s->confine > PLAN_UNCONFINED)
		return false;
	if (runs && (s->executable == 0 || s->arguments.count == 0))
		return false;
	return texts_inside(b, s) && numbers_inside(b, s) &&
	       descriptors_inside(plan_header(b->plan), s);
}

static bool header_whole(struct plan_header const *h, size_t size)
{
	uint64_t const slots = (uint64_t)h->count * sizeof(struct plan_slot);
	uint64_t const helpers = PLAN_HELPERS * sizeof(struct plan_slot);

	if (h->magic != PLAN_MAGIC || h->version != PLAN_VERSION || h->size != size ||
	    h->slot_size != sizeof(struct plan_slot))
		return false;
	if (h->count > SLOT_MAX || h->visible > h->count || h->slots % 8 || h->helpers % 8 ||
	    h->slots < sizeof *h || h->helpers < sizeof *h)
		return false;
	if (h->slots + slots > size || h->helpers + helpers > size)
		return false;
	return index_inside(h->main, h->count) && h->log_count >= 1 &&
	       h->log_count <= 2 * SLOT_MAX + 1 && h->notify_count <= SLOT_MAX &&
	       h->listen_count <= SLOT_MAX;
}

static bool header_lists_inside(struct bounds const *b)
{
	struct plan_header const *h = plan_header(b->plan);

	return string_inside(b, h->timezone) && string_inside(b, h->directory) &&
	       list_inside(b, h->operators, sizeof(uint32_t)) && strings_inside(b, h->notices) &&
	       list_inside(b, h->listens, sizeof(struct plan_listen)) &&
	       h->listens.count == h->listen_count &&
	       list_inside(b, h->notifies, sizeof(struct plan_listen)) &&
	       h->notifies.count == h->notify_count && rules_inside(b, h->rules) &&
	       strings_inside(b, h->accepts) && accounts_inside(b, h->accounts);
}

int plan_check(void const *plan, size_t size)
{
	struct plan_header const *h = plan;
	struct bounds b = { .plan = plan, .size = (uint32_t)size };

	if (size < sizeof *h || size > UINT32_MAX || !header_whole(h, size))
		return -EPROTO;
	b.count = h->count;
	if (b.plan[size - 1] != '\0' || !header_lists_inside(&b))
		return -EPROTO;
	for (uint32_t i = 0; i < PLAN_HELPERS; i++)
		if (!slot_whole(&b, plan_helper(plan, i)))
			return -EPROTO;
	for (uint32_t i = 0; i < h->count; i++)
		if (!slot_whole(&b, plan_slot(plan, i)))
			return -EPROTO;
	return 0;
}
