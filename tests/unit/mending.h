/* SPDX-License-Identifier: ISC */
/* The rules that the tests of mend.c go by, and one call for all of them. */
#ifndef ORLOP_TESTS_MENDING_H
#define ORLOP_TESTS_MENDING_H

#include "files.h"
#include "lib/mend.h"
#include "play.h"

enum { WEB = 33, OTHER = 1000 };

static struct plan_rule const write_rule = { .uid = WEB,
					     .gid = WEB,
					     .file_mode = 0640,
					     .directory_mode = 0750,
					     .flags = PLAN_RULE_WRITE | PLAN_RULE_RECURSIVE };
static struct plan_rule const read_rule = { .uid = 0,
					    .gid = WEB,
					    .file_mode = 06022,
					    .directory_mode = 0022,
					    .flags = PLAN_RULE_READ | PLAN_RULE_RECURSIVE };
static struct plan_rule const shared_rule = { .uid = 0,
					      .gid = UINT32_MAX,
					      .file_mode = 06022,
					      .directory_mode = 0022,
					      .flags = PLAN_RULE_READ | PLAN_RULE_RECURSIVE |
						       PLAN_RULE_SHARED };
static struct plan_rule const secret_rule = { .uid = WEB,
					      .gid = WEB,
					      .file_mode = 0400,
					      .directory_mode = UINT32_MAX,
					      .flags = PLAN_RULE_SECRET };
static struct plan_rule const modes_rule = { .uid = WEB,
					     .gid = 0,
					     .file_mode = 0664,
					     .directory_mode = 02770,
					     .flags = PLAN_RULE_DECLARED | PLAN_RULE_RECURSIVE };
static struct plan_rule const owner_rule = { .uid = WEB,
					     .gid = UINT32_MAX,
					     .file_mode = UINT32_MAX,
					     .directory_mode = UINT32_MAX,
					     .flags = PLAN_RULE_DECLARED | PLAN_RULE_RECURSIVE };

static inline int mend(char const *name, struct plan_rule const *rule, bool write)
{
	struct stat const status = files_stat(name);
	struct mend_change change;

	return mend_file(files_fd, name, &status, rule, false, write, &change);
}

/* Between the look and the open: what an attacker does who may write in the directory. */
static inline bool swap_in(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)value;
	(void)renameat(files_fd, context, files_fd, "file");
	return false;
}

#endif
