/* SPDX-License-Identifier: ISC */
/* What the files of arguments.c share: one function an option, each 0 or an exit status. */
#ifndef ORLOP_CONFINE_ARGUMENTS_PARTS_H
#define ORLOP_CONFINE_ARGUMENTS_PARTS_H

#include "confine/arguments.h"
#include "confine/users.h"

struct parser {
	struct arguments *arguments;
	struct arguments_fault *fault;
	struct user user; /* of -u; name "" without */
	char const *gid;  /* of -g, or behind the colon of -u */
	char const *groups;
};

typedef int arguments_setter(struct parser *parser, char const *text);

arguments_setter arguments_umask;
arguments_setter arguments_nice;
arguments_setter arguments_oom_score;
arguments_setter arguments_capability;
arguments_setter arguments_limit;
arguments_setter arguments_user;

/* When all options are read: the slot's uid, gid and groups. */
int arguments_take_ids(struct parser *parser, struct host const *host);

/* Fill the fault; 100 for the caller's mistake, 111 for the system's. */
int arguments_wrong(struct parser *parser, char const *what, char const *object);
int arguments_refused(struct parser *parser, char const *what, char const *object, int error);

#endif
