/* SPDX-License-Identifier: ISC */
/*
 * An audit put together by hand for tests of src/audit: services with slots in memory, spots and
 * holdings as the test says, a plan that holds nothing but `accept` lines.
 */
#ifndef ORLOP_TESTS_AUDITED_H
#define ORLOP_TESTS_AUDITED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/audit.h"

#include <string.h>

enum { AUDITED_SERVICES = 2 };

static struct {
	struct audit audit;
	struct plan_slot slots[AUDITED_SERVICES];
	union {
		struct plan_header header;
		char bytes[2048];
		uint32_t words[512];
	} plan;
	uint32_t used;
} bed;

static void audited_exhausted(void)
{
	fail_msg("out of memory");
}

/* A string in the plan. */
static inline uint32_t audited_string(char const *string)
{
	uint32_t const offset = bed.used;

	memcpy(bed.plan.bytes + offset, string, strlen(string) + 1);
	bed.used += (uint32_t)strlen(string) + 1;
	return offset;
}

/* A list of one string in the plan. */
static inline struct plan_list audited_list(char const *string)
{
	uint32_t const offset = audited_string(string);
	uint32_t const place = (bed.used + 7) / 8 * 8;

	bed.plan.words[place / 4] = offset;
	bed.used = place + 8;
	return (struct plan_list){ place, 1 };
}

/* Two services, web (1001:1001) and worker (1002:1002), of which nothing is known. */
static inline int audited_begin(void **state)
{
	static char const *const names[AUDITED_SERVICES] = { "web", "worker" };

	(void)state;
	memset(&bed, 0, sizeof bed);
	bed.used = sizeof bed.plan.header + 8;
	bed.audit.arena.exhausted = audited_exhausted;
	bed.audit.plan = bed.plan.bytes;
	bed.audit.service_count = AUDITED_SERVICES;
	bed.audit.identity_count = AUDITED_SERVICES;
	bed.audit.services = arena_array(&bed.audit.arena, AUDITED_SERVICES + 1,
					 sizeof *bed.audit.services);
	bed.audit.identities = arena_array(&bed.audit.arena, AUDITED_SERVICES,
					   sizeof *bed.audit.identities);
	bed.audit.accept_used = arena_array(&bed.audit.arena, 8, sizeof *bed.audit.accept_used);
	for (uint32_t i = 0; i < AUDITED_SERVICES; i++) {
		bed.slots[i].uid = bed.slots[i].gid = 1001 + i;
		bed.audit.identities[i].slot = &bed.slots[i];
		bed.audit.services[i] = (struct audit_service){ .name = names[i],
								.user = names[i],
								.slot = &bed.slots[i],
								.identity = i,
								.shown = true };
	}
	bed.audit.services[AUDITED_SERVICES] = (struct audit_service){ .name = "image",
								       .user = "",
								       .shown = true };
	return 0;
}

static inline int audited_end(void **state)
{
	(void)state;
	arena_free(&bed.audit.arena);
	return 0;
}

static inline uint32_t audited_spot(char const *path, uint32_t uid, uint32_t mode)
{
	struct stat const status = { .st_uid = uid, .st_gid = uid, .st_mode = mode };

	return audit_spot_put(&bed.audit, path, NULL, &status, SPOT_ASK_WRITE);
}

/* Something that is executed or read, whose chain is the spots of `above`, ended by AUDIT_NONE. */
static inline void audited_holding(enum audit_hold kind, uint32_t service, char const *path,
				   uint32_t const *above)
{
	struct audit_holding *holding;

	bed.audit.holdings = audit_grow(&bed.audit, bed.audit.holdings, bed.audit.holding_count,
					&bed.audit.holding_room, sizeof *bed.audit.holdings);
	holding = &bed.audit.holdings[bed.audit.holding_count++];
	*holding = (struct audit_holding){
		.kind = kind, .tree = true, .service = service, .path = path
	};
	holding->chain = arena_array(&bed.audit.arena, 8, sizeof *holding->chain);
	for (; *above != AUDIT_NONE; above++)
		holding->chain[holding->chain_count++] = *above;
}

/* How many findings of that code with that path a service has. */
static inline unsigned audited_found(enum finding code, uint32_t service, char const *path)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < bed.audit.found_count; i++)
		if (bed.audit.found[i].code == code && bed.audit.found[i].service == service &&
		    (!path || !strcmp(bed.audit.found[i].path, path)))
			count++;
	return count;
}

/* A test with an audit of its own. */
#define AUDITED(test) cmocka_unit_test_setup_teardown(test, audited_begin, audited_end)

#endif
