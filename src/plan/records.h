/* SPDX-License-Identifier: ISC */
/* The fixed record of each slot. */
#ifndef ORLOP_PLAN_RECORDS_H
#define ORLOP_PLAN_RECORDS_H

#include "plan/assemble.h"

/* Completes service->slot with all that its slots have in common. */
void records_service(struct assembly *assembly, struct service *service);

/* Fills in assembly->slots[index]. */
void records_slot(struct assembly *assembly, uint32_t index);

void records_helpers(struct assembly *assembly);

#endif
