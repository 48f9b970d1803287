/* SPDX-License-Identifier: ISC */
/*
 * What every file cage allows without being asked: programs, libraries, configuration, /proc (where
 * the domain itself hides the processes outside it) and the device nodes that hold nothing. All of
 * them may be missing. orlop-plan and orlop-confine put them in front of what is declared.
 */
#ifndef ORLOP_CONFINE_BASE_PATHS_H
#define ORLOP_CONFINE_BASE_PATHS_H

#include <stdint.h>

struct base_path {
	char const *path;
	uint32_t rights; /* of enum plan_right; PLAN_EXECUTE not where `execute` was declared */
};

enum { BASE_PATHS_MAX = 32 };

extern struct base_path const base_paths[];
extern uint32_t const base_paths_count;

#endif
