/* SPDX-License-Identifier: ISC */
/* A plan with rules and one service and nothing else, for the tests of lockdown. */
#ifndef ORLOP_TESTS_RULED_H
#define ORLOP_TESTS_RULED_H

#include "wire/plan.h"

#include <string.h>

enum { RULED_MAX = 16, RULED_SIZE = 65536 };

static struct {
	struct plan_header header;
	struct plan_slot slot;
	struct plan_rule rules[RULED_MAX];
	char strings[RULED_SIZE];
} ruled;
static size_t ruled_used;

static inline uint32_t ruled_string(char const *string)
{
	size_t const at = ruled_used;

	memcpy(ruled.strings + at, string, strlen(string) + 1);
	ruled_used += strlen(string) + 1;
	return (uint32_t)((size_t)(ruled.strings - (char *)&ruled) + at);
}

static inline void ruled_begin(void)
{
	memset(&ruled, 0, sizeof ruled);
	ruled_used = 0;
	ruled.header.slots = (uint32_t)((char *)&ruled.slot - (char *)&ruled);
	ruled.header.rules.offset = (uint32_t)((char *)ruled.rules - (char *)&ruled);
	ruled.slot.service = ruled_string("web");
}

static inline struct plan_rule *ruled_add(char const *path, uint32_t uid, uint32_t flags)
{
	struct plan_rule *const rule = &ruled.rules[ruled.header.rules.count++];

	*rule = (struct plan_rule){ .path = ruled_string(path),
				    .uid = uid,
				    .gid = uid,
				    .file_mode = 0640,
				    .directory_mode = 0750,
				    .flags = flags,
				    .slot = flags & PLAN_RULE_DECLARED ? PLAN_NONE : 0 };
	if (flags & PLAN_RULE_READ) {
		rule->file_mode = 06022;
		rule->directory_mode = 0022;
		rule->gid = 33;
	}
	return rule;
}

#endif
