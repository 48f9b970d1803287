/* SPDX-License-Identifier: ISC */
/*
 * Owner, group and mode of one file, compared with what a rule of the plan wants, and mended. What
 * is right is not even opened. A file is changed through a descriptor that was compared with what
 * was looked at, never by its path, so whoever may write in its directory cannot have another file
 * given away: neither by a symbolic link in its place nor by a hard link to somebody else's file.
 */
#ifndef ORLOP_LIB_MEND_H
#define ORLOP_LIB_MEND_H

#include "wire/plan.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>

/* Refusals: errnos that the system calls made here give with no other meaning. */
enum mend_refusal {
	MEND_HARD_LINK = EMLINK, /* it has another name, and another owner than is wanted */
	MEND_CHANGED = ESTALE,	 /* it is not what or where it was a moment ago */
	MEND_MOUNTED = EXDEV,	 /* another file system is mounted there */
	MEND_SYMLINK = ELOOP,	 /* a symbolic link in the path that cannot be trusted */
	MEND_UNSAFE = EREMCHG,	 /* somebody else could replace it; see reach.h */
	MEND_TYPE = EBADFD	 /* not a kind of file that the rule can mean */
};

struct mend_state {
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;	   /* twelve bits */
	bool capabilities; /* a file with capabilities; never wanted */
};

struct mend_change {
	struct mend_state before;
	struct mend_state after;
};

/*
 * What `rule` wants of a file with this status, in change->after. `top`: the rule names this very
 * path, so that a socket, fifo or device is meant too. True when that differs from what is there.
 */
bool mend_wanted(struct plan_rule const *rule, struct stat const *status, bool top,
		 struct mend_change *change);

/*
 * Compares `name` in the directory `directory` with `rule`, and mends it if `write`. `status` is
 * what was seen there before. 0: it is right or none of the rule's business; 1: it was wrong, and
 * `change` tells how; a negative errno or refusal when it stays wrong, or became so in between.
 */
int mend_file(int directory, char const *name, struct stat const *status,
	      struct plan_rule const *rule, bool top, bool write, struct mend_change *change);

/*
 * The path of one rule alone, nothing below it: as mend_file(), and -ENOENT when there is no such
 * path. `reason`, if the result is negative, says what is the matter; it is valid until the next
 * call.
 */
int mend_top(struct plan_rule const *rule, char const *path, bool write, struct mend_change *change,
	     char const **reason);

/* What a negative result means, for a message. */
char const *mend_reason(int error);

/* True for a refusal, false for what the system said. */
bool mend_refused(int error);

#endif
