/* SPDX-License-Identifier: ISC */
/*
 * The rules of a plan by where their paths really are: root's symbolic links in them (/var/run)
 * are taken away, so that a file has one path only and the longest rule above it can be found.
 */
#ifndef ORLOP_LOCKDOWN_RULES_H
#define ORLOP_LOCKDOWN_RULES_H

#include "wire/plan.h"

#include <stdbool.h>
#include <stddef.h>

struct located_rule {
	struct plan_rule const *rule;
	char const *path; /* where it really is */
	bool given_up;	  /* not to be applied: what is the matter with it was told */
	bool made;	  /* a directory that is made where it is missing */
};

struct rules {
	struct located_rule *list; /* sorted by path, so what is above comes before what is below */
	size_t count;
};

/* Told of two rules of one kind for one place that want different things; the first one counts. */
typedef void rules_conflict(struct plan_rule const *first, struct plan_rule const *other,
			    void *context);

/* 0, or -ENOMEM. */
int rules_load(struct rules *rules, void const *plan, rules_conflict *conflict, void *context);
void rules_free(struct rules *rules);

/* The rule for this very path, or NULL. */
struct located_rule const *rules_at(struct rules const *rules, char const *path);

/* The rule that has `path`: its own, or the nearest one above that is recursive; or NULL. */
struct located_rule const *rules_over(struct rules const *rules, char const *path);

#endif
