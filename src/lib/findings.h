/* SPDX-License-Identifier: ISC */
/*
 * What `orlop audit` can find: a code for `accept` lines and machines, a weight for the score, and
 * a sentence each for what it means and what to do. orlop-plan checks the codes of `accept` lines
 * against this table; orlop-audit(8) documents it.
 */
#ifndef ORLOP_LIB_FINDINGS_H
#define ORLOP_LIB_FINDINGS_H

#include <stdbool.h>

/* In the order in which they are listed: what gives everything away first. */
enum finding {
	FINDING_WRITES_DECLARATIONS,
	FINDING_WRITES_ORLOP,
	FINDING_ROOT,
	FINDING_UNCONFINED,
	FINDING_WRITES_SYSTEM,
	FINDING_WRITES_OTHER,
	FINDING_WRITES_OWN,
	FINDING_NESTED_WRITE,
	FINDING_READS_SECRET,
	FINDING_CAPABILITY,
	FINDING_SHARED_UID,
	FINDING_READS_KEY,
	FINDING_NO_PATHS,
	FINDING_SYSCALLS_ALL,
	FINDING_CANNOT_RUN,
	FINDING_CANNOT_READ,
	FINDING_CANNOT_WRITE,
	FINDING_MISSING_WRITE,
	FINDING_SETUID,
	FINDING_SETGID,
	FINDING_FILE_CAPABILITY,
	FINDINGS
};

struct finding_kind {
	char const *code;
	unsigned weight; /* what it takes off a score of 100, once, however many paths it names */
	char const *meaning;
	char const *remedy;
};

extern struct finding_kind const finding_kinds[FINDINGS];

/* Whether `code` is one of the codes. */
bool findings_known(char const *code);

#endif
