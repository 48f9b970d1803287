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
	bool execute; /* -x is given */
};

typedef int arguments_setter(struct parser *parser, char const *text);

arguments_setter arguments_umask;
arguments_setter arguments_nice;
arguments_setter arguments_oom_score;
arguments_setter arguments_capability;
arguments_setter arguments_limit;
arguments_setter arguments_user;
arguments_setter arguments_read;
arguments_setter arguments_write;
arguments_setter arguments_execute;
arguments_setter arguments_bind;
arguments_setter arguments_connect;
arguments_setter arguments_syscalls;
arguments_setter arguments_secret;

/* When all options are read: the slot's uid, gid and groups. */
int arguments_take_ids(struct parser *parser, struct host const *host);

/* Then the base paths and the program itself, where a path is given. */
int arguments_take_cage(struct parser *parser);
int arguments_take_program(struct parser *parser);
int arguments_add_path(struct parser *parser, char const *path, uint32_t rights);

/* `text` and `more` as one string of the plan. */
int arguments_add_text(struct parser *parser, char const *text, char const *more, uint32_t *offset);

/* Whether `text` is the number that digits of `base` make, up to `maximum`; *end is behind it. */
bool arguments_number(char const *text, unsigned base, uint64_t maximum, uint64_t *value,
		      char const **end);

/* Fill the fault; 100 for the caller's mistake, 111 for the system's. */
int arguments_wrong(struct parser *parser, char const *what, char const *object);
int arguments_refused(struct parser *parser, char const *what, char const *object, int error);

#endif
