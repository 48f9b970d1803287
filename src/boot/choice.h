/* SPDX-License-Identifier: ISC */
/* What orlop-init is to run, decided once from how it was started; before there is anything to lose. */
#ifndef ORLOP_BOOT_CHOICE_H
#define ORLOP_BOOT_CHOICE_H

#include <stdbool.h>

struct choice {
	bool tree;	/* of services; else the command alone */
	char **command; /* behind the options; its first word is NULL where there is none */
	char **plan;	/* orlop-plan's arguments */
};

/* Ends the program for help, the version and wrong usage. Call it once. */
struct choice choice_make(int argc, char **argv);

#endif
