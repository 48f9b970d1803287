/* SPDX-License-Identifier: ISC */
/*
 * What `php-fpm -tt` prints: its whole configuration as it understood it, one key a line, or why
 * it refused it. Pure: text in, values out, so that nobody here has to know php-fpm's own syntax,
 * its includes or its defaults.
 */
#ifndef ORLOP_CTL_FPM_DUMP_H
#define ORLOP_CTL_FPM_DUMP_H

#include "lib/text.h"

#include <skalibs/genalloc.h>
#include <stddef.h>

enum fpm_key {
	FPM_CONTROL_TIMEOUT, /* of [global] */
	FPM_ERROR_LOG,
	FPM_LOG_LIMIT,
	FPM_DAEMONIZE,
	FPM_LISTEN, /* of a pool */
	FPM_CATCH_OUTPUT,
	FPM_DECORATE_OUTPUT,
	FPM_CLEAR_ENV,
	FPM_KEYS,
	FPM_POOL_KEYS = FPM_LISTEN
};

/* [global] or a pool; a value is NULL where this php-fpm does not know the key. */
struct fpm_section {
	char const *name;
	char const *values[FPM_KEYS];
	bool has_env; /* env[NAME] lines */
};

struct fpm_dump {
	char const *file;    /* the configuration's main file; NULL: it was refused */
	genalloc sections;   /* of struct fpm_section, [global] first */
	struct text refusal; /* why, in php-fpm's words; empty where it was not refused */
};

extern char const *const fpm_key_names[FPM_KEYS];

/* Takes `output` to pieces and keeps pointers into it: 0 or -ENOMEM. */
int fpm_dump_parse(struct fpm_dump *dump, char *output);
void fpm_dump_free(struct fpm_dump *dump);

static inline size_t fpm_dump_count(struct fpm_dump const *dump)
{
	return genalloc_len(struct fpm_section, &dump->sections);
}

static inline struct fpm_section const *fpm_dump_section(struct fpm_dump const *dump, size_t index)
{
	return genalloc_s(struct fpm_section, &dump->sections) + index;
}

#endif
