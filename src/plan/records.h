/* SPDX-License-Identifier: ISC */
/* The fixed record of each slot. */
#ifndef ORLOP_PLAN_RECORDS_H
#define ORLOP_PLAN_RECORDS_H

#include "plan/assemble.h"

/* Completes service->slot with all that its slots have in common. */
void records_service(struct assembly *assembly, struct service *service);

/* Fills in assembly->slots[index]. */
void records_slot(struct assembly *assembly, uint32_t index);

/* Makes a probe of `slot`, which has the fields of its service. */
void records_probe(struct assembly *assembly, struct planned const *planned,
		   struct plan_slot *slot);

/* The variables of one slot; `notify` is its NOTIFY_SOCKET or NULL. */
void records_environment(struct assembly *assembly, struct planned const *planned,
			 struct plan_slot *slot, char const *notify);

struct plan_list records_paths(struct assembly *assembly, struct allowed_list const *list);
void records_helpers(struct assembly *assembly);

#endif
