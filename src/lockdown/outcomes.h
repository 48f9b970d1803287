/* SPDX-License-Identifier: ISC */
/*
 * What lockdown did, or would do, and what it could not: counted, and told as lines (changes on
 * standard output, the rest on standard error) or as one JSON document.
 */
#ifndef ORLOP_LOCKDOWN_OUTCOMES_H
#define ORLOP_LOCKDOWN_OUTCOMES_H

#include "lib/json.h"
#include "lib/mend.h"
#include "lockdown/owners.h"
#include "lockdown/progress.h"

enum outcomes_mode { LOCKDOWN_APPLY, LOCKDOWN_CHECK, LOCKDOWN_DRY_RUN };

struct outcomes {
	enum outcomes_mode mode;
	bool json_wanted;
	bool lines; /* a line for each change */
	void const *plan;
	struct owners owners;
	struct progress progress;
	struct json json; /* and the text of plain lines */
	uint64_t seen;	  /* files and directories looked at */
	uint64_t changed; /* or, where nothing is written, wrong */
	uint64_t refused;
	uint64_t failed;
	int error; /* of writing this down */
};

void outcomes_begin(struct outcomes *outcomes);

/* `change` of `path` by `rule`; `made`: it was missing. */
void outcomes_change(struct outcomes *outcomes, char const *path, struct plan_rule const *rule,
		     struct mend_change const *change, bool made);

/* What stays as it is; `reason`, if not NULL, instead of mend_reason(). */
void outcomes_trouble(struct outcomes *outcomes, char const *path, struct plan_rule const *rule,
		      int error, char const *reason);

/* Ends the document or adds the summary, writes and frees it all: the exit status. */
int outcomes_end(struct outcomes *outcomes);

#endif
