/* SPDX-License-Identifier: ISC */
/*
 * The services that are audited, and the identities behind them. Services of phase = build are
 * left out: they run while the image is made, by whoever makes it, and never in the container.
 */
#include "audit/audit.h"

#include <string.h>

static bool same_groups(void const *plan, struct plan_list a, struct plan_list b)
{
	return a.count == b.count &&
	       !memcmp(plan_words(plan, a), plan_words(plan, b), a.count * sizeof(uint32_t));
}

static uint32_t identity_of(struct audit *audit, struct plan_slot const *slot)
{
	uint32_t i = 0;

	for (; i < audit->identity_count; i++) {
		struct plan_slot const *const other = audit->identities[i].slot;

		if (other->uid == slot->uid && other->gid == slot->gid &&
		    same_groups(audit->plan, other->groups, slot->groups))
			return i;
	}
	audit->identities[audit->identity_count++].slot = slot;
	return i;
}

bool audit_writes(struct audit_service const *service, char const *path)
{
	for (uint32_t i = 0; i < service->write_count; i++)
		if (audit_below(path, service->writes[i]))
			return true;
	return false;
}

static bool is_audited(struct plan_slot const *slot)
{
	return (slot->kind == PLAN_LONGRUN || slot->kind == PLAN_ONESHOT) &&
	       !(slot->flags & PLAN_BUILD);
}

void audit_services(struct audit *audit)
{
	void const *const plan = audit->plan;
	uint32_t const count = plan_header(plan)->visible;
	struct names names = { NULL, 0, 0 };

	audit->services = arena_array(&audit->arena, count + 1, sizeof *audit->services);
	audit->identities = arena_array(&audit->arena, count, sizeof *audit->identities);
	for (uint32_t i = 0; i < count; i++) {
		struct plan_slot const *const slot = plan_slot(plan, i);
		char const *const name = plan_string(plan, slot->service);
		struct audit_service *const service = &audit->services[audit->service_count];

		if (!is_audited(slot) || names_find(&names, name) != NAMES_NONE)
			continue;
		(void)names_enter(&names, &audit->arena, name, i);
		service->name = name;
		service->user = plan_string(plan, slot->user);
		service->slot = slot;
		service->identity = identity_of(audit, slot);
		service->shown = true;
		audit->service_count++;
	}
	audit->services[audit->service_count].name = "image";
	audit->services[audit->service_count].user = "";
	audit->services[audit->service_count].shown = true;
}
