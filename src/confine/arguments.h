/* SPDX-License-Identifier: ISC */
/*
 * orlop-confine's command line, turned into the records of a plan with one slot. Everything lies in
 * one static structure, so references are offsets into it as in any other plan.
 */
#ifndef ORLOP_CONFINE_ARGUMENTS_H
#define ORLOP_CONFINE_ARGUMENTS_H

#include <stdbool.h>

#include "confine/confine.h"
#include "confine/host.h"
#include "wire/plan.h"

enum {
	ARGUMENTS_LIMITS_MAX = 64,
	ARGUMENTS_ENVIRONMENT_MAX = 1024,
	ARGUMENTS_PATHS_MAX = 1024,
	ARGUMENTS_PORTS_MAX = 256,
	ARGUMENTS_SYSCALLS_MAX = 512,
	ARGUMENTS_TEXT_MAX = 1 << 20
};

struct arguments_plan {
	struct plan_header header;
	struct plan_slot slot;
	struct plan_limit limits[ARGUMENTS_LIMITS_MAX];
	uint32_t groups[PLAN_GROUPS_MAX];
	uint32_t environment[ARGUMENTS_ENVIRONMENT_MAX];
	struct plan_path paths[ARGUMENTS_PATHS_MAX];
	uint32_t bind[ARGUMENTS_PORTS_MAX];
	uint32_t connect[ARGUMENTS_PORTS_MAX];
	uint32_t syscalls[ARGUMENTS_SYSCALLS_MAX];
	uint32_t secrets[2 * CONFINE_SECRETS_MAX];
	char text[ARGUMENTS_TEXT_MAX];
};

struct arguments {
	struct arguments_plan plan;
	uint32_t text_used;
	bool help;
	bool version;
	bool keep_descriptors;
	bool wants_ids;		  /* -u, -g or -G */
	bool ids_differ;	  /* from the caller's */
	char *const *program;	  /* PROGRAM [ARGUMENT]... */
	char *const *environment; /* the caller's, set by it, or NULL */
};

/* What is wrong: fault.error is a negative errno or 0. */
struct arguments_fault {
	char const *what;
	char const *object;
	int error;
};

/* 0, or the exit status to end with: 100 for the caller's mistake, 111 for the system's. */
int arguments_parse(struct arguments *arguments, char *const *argv, struct host const *host,
		    struct arguments_fault *fault);

char const *arguments_text(struct arguments const *arguments, uint32_t offset);

#endif
