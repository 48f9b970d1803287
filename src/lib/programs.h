/* SPDX-License-Identifier: ISC */
/*
 * The programs inside the one static file `orlop`. src/ctl/main.c looks at argv[0] and calls one;
 * each returns its exit status.
 */
#ifndef ORLOP_LIB_PROGRAMS_H
#define ORLOP_LIB_PROGRAMS_H

typedef int program_function(int argc, char const *const *argv, char const *const *envp);

program_function plan_main;	 /* orlop-plan: declarations -> FD_PLAN */
program_function supervise_main; /* orlop-supervise */
program_function log_main;	 /* orlop-log */
program_function probe_main;	 /* orlop-probe */

/* Verbs of `orlop` with a folder of their own; argv[0] is the verb. */
program_function lockdown_main;
program_function audit_main;
program_function build_main;

#endif
