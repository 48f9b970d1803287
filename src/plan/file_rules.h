/* SPDX-License-Identifier: ISC */
/*
 * Ownership and modes of the image's files, from the lines of [files] and from what services
 * declare: one rule for each path, sorted. Where several say something about one path the first of
 * these holds: [files], a secret, `write`, `read` and `execute`, and then what services of
 * phase = build say, as they are gone when the image is used.
 */
#ifndef ORLOP_PLAN_FILE_RULES_H
#define ORLOP_PLAN_FILE_RULES_H

#include "plan/builder.h"
#include "plan/declaration.h"

/* What nobody but root may have of what services read: others' w, and set-id bits of files. */
enum { READ_FILE_BITS = 06022, READ_DIRECTORY_BITS = 0022 };

struct derived_rule {
	char const *path;
	uint32_t service; /* index, or PLAN_NONE */
	uint32_t rank;	  /* the higher one holds */
	enum service_key key;
	struct plan_rule record;
};

struct file_rules {
	struct derived_rule *at;
	uint32_t count;
};

/*
 * Makes the rules of all services in the plan. A `write` path that two users want, or that is a
 * system directory, is a fault.
 */
void file_rules_make(struct declarations *declarations, struct file_rules *rules);

/* The rules as the plan carries them, once the services have their slots. */
struct plan_list file_rules_record(struct file_rules const *rules,
				   struct declarations const *declarations,
				   struct builder *builder);

#endif
