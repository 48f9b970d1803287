/* SPDX-License-Identifier: ISC */
/*
 * What status, tree and health have in common: the way from words to a picked set of slots, the
 * line about the whole container, and the JSON of the container and of one service.
 */
#ifndef ORLOP_CTL_REPORT_H
#define ORLOP_CTL_REPORT_H

#include "ctl/describe.h"
#include "ctl/pick.h"
#include "lib/json.h"
#include "lib/options.h"

struct report {
	struct options options;
	struct house house;
	struct pick pick;
};

/* Options, tables and names of `verb`: 0, or the exit status after a message. */
int report_begin(struct report *report, char const *verb, int argc, char const *const *argv,
		 char const *const *envp);
void report_end(struct report *report);

/* "running, up 3m 05s, supervisor restarted 1 time" and the notices of the plan. */
void report_container(struct house const *house, struct text *text);

/* Members of an open JSON object. */
void report_container_json(struct house const *house, struct json *json);

/* One service as a JSON object. */
void report_service_json(struct house const *house, uint32_t index, struct json *json);

/* True when standard output is a terminal and NO_COLOR is not set. */
bool report_colours(char const *const *envp);

/* The colour of a state, "" for none. */
char const *report_colour(char const *state);
#define REPORT_PLAIN "\033[0m"

/* Writes and frees: the verb's exit status. */
int report_print(struct text *text, int status);

#endif
