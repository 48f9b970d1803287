/* SPDX-License-Identifier: ISC */
/* The archives of one service in its directory: which there are, what the next is called. */
#ifndef ORLOP_LOG_LOG_ARCHIVES_H
#define ORLOP_LOG_LOG_ARCHIVES_H

#include <stdint.h>

/* A name for an archive of the time `now` that sorts behind all others; LOG_PLACE_NAME bytes. */
void log_archives_next(int directory, char const *name, uint64_t now, char *archive);

/* Deletes the oldest ones until there are `keep`. */
void log_archives_trim(int directory, char const *name, uint64_t keep);

#endif
