/* SPDX-License-Identifier: ISC */
/*
 * Where `log = file:DIR` writes: the words of the key as the plan carries them, and the names in
 * the directory. NAME is the slot's, which has no dot in it, so no name is two services':
 *
 *	NAME.log				what is written now
 *	NAME.20261124T094640.123456Z.log	an archive, by the time when it was put away
 */
#ifndef ORLOP_LIB_LOG_PLACE_H
#define ORLOP_LIB_LOG_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LOG_PLACE_KEEP = 10,
	LOG_PLACE_NAME = 112, /* bytes of a file's name and its NUL */
	LOG_PLACE_DIRECTORY = 4096
};
#define LOG_PLACE_SIZE (UINT64_C(1) << 20)

struct log_place {
	char const *directory;	 /* the words begin with it */
	size_t directory_length; /* bytes of it; no NUL follows */
	uint64_t size;		 /* bytes of a file at most */
	uint64_t keep;		 /* archives */
	uint64_t age;		 /* nanoseconds until a file is put away, 0: for ever */
	bool json;
	bool fpm;
};

/* Takes one word behind the directory: 0 or -EINVAL. */
int log_place_word(struct log_place *place, char const *word, size_t length);

/* The words of log_option, joined by a space; 0 or -EINVAL. */
int log_place_parse(struct log_place *place, char const *words);

/* The names; `out` has LOG_PLACE_NAME bytes. `time`: CLOCK_REALTIME, nanoseconds. */
void log_place_current(char *out, char const *name);
void log_place_archive(char *out, char const *name, uint64_t time);

/* True when `file` is an archive of `name`. They sort by age. */
bool log_place_is_archive(char const *file, char const *name);

enum { LOG_PLACE_TIME = 27 };

/* "2026-11-24T09:46:40.123456Z", LOG_PLACE_TIME bytes and no NUL. */
void log_place_time(char *out, uint64_t time);

#endif
