/* SPDX-License-Identifier: ISC */
/*
 * The options of all verbs: long names, `--name=value`, anywhere before `--`, and the two short ones
 * that everybody knows from looking at logs. What is no option is a word.
 */
#ifndef ORLOP_LIB_OPTIONS_H
#define ORLOP_LIB_OPTIONS_H

#include "lib/text.h"

#include <stdbool.h>
#include <stdint.h>

enum options_bit {
	OPTION_JSON = 1 << 0,
	OPTION_PID = 1 << 1,
	OPTION_TIMEOUT = 1 << 2,
	OPTION_NO_WAIT = 1 << 3,
	OPTION_GROUP = 1 << 4,
	OPTION_DIRECTORY = 1 << 5,
	OPTION_SERVICES = 1 << 6,
	OPTION_SYSCALLS = 1 << 7,
	OPTION_READY = 1 << 8,
	OPTION_DOWN = 1 << 9,
	OPTION_CHECK = 1 << 13,
	OPTION_DRY_RUN = 1 << 14,
	OPTION_VERBOSE = 1 << 15,
	OPTION_FOLLOW = 1 << 16, /* -f too */
	OPTION_LINES = 1 << 17,	 /* -n N too */
	OPTION_IMAGE = 1 << 18
};

struct options {
	unsigned given;	  /* bits */
	int pid;	  /* of --pid */
	uint64_t timeout; /* of --timeout, nanoseconds */
	uint64_t lines;	  /* of --lines */
	char const *directory;
	char const *services;
	char const **words; /* allocated; the strings are argv's */
	uint32_t word_count;
};

/* Takes argv[1] …; 0, -EINVAL with `problem` filled, or -ENOMEM. */
int options_parse(struct options *options, unsigned allowed, int argc, char const *const *argv,
		  struct text *problem);
void options_free(struct options *options);

#endif
