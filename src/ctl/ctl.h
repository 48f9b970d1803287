/* SPDX-License-Identifier: ISC */
/*
 * The user's command `orlop VERB …`: one file a verb, and the table of them in command.c. A verb
 * gets its own words (argv[0] is the verb) and returns the exit status of DESIGN 9: 0 yes, 1 no,
 * 100 usage, 111 the system refused.
 */
#ifndef ORLOP_CTL_CTL_H
#define ORLOP_CTL_CTL_H

#include "lib/programs.h"

enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 100, EXIT_SYSTEM = 111 };

struct ctl_verb {
	char const *name;
	char const *words;   /* what follows it, for the usage line */
	char const *summary; /* one line for `orlop --help` */
	char const *help;    /* the options, one a line */
	unsigned options;    /* enum options_bit that it takes */
	unsigned lead;	     /* words before the names */
	unsigned names;	     /* names that it needs at least */
	program_function *run;
};

/* The verb called `name`, or NULL. */
struct ctl_verb const *ctl_verb_find(char const *name);

/* Prints what was found and expected and how the verb is used; returns EXIT_USAGE. */
int ctl_usage(char const *verb, char const *problem);

/* `orlop …` itself. */
program_function ctl_run;

program_function verb_check;
program_function verb_explain;
program_function verb_status;
program_function verb_tree;
program_function verb_health;
program_function verb_logs;
program_function verb_events;
program_function verb_timeline;
program_function verb_start;
program_function verb_stop;
program_function verb_restart;
program_function verb_signal;
program_function verb_upgrade;
program_function verb_wait;
program_function verb_exec;
program_function verb_run;

#endif
