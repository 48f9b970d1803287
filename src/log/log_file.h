/* SPDX-License-Identifier: ISC */
/*
 * The file that a service's lines go to, and its archives (lib/log_place.h has the names). A file
 * is put away by one rename, so that whoever is killed leaves either the old state or a directory
 * without a current file, which the next logger makes. What is too much is deleted afterwards.
 */
#ifndef ORLOP_LOG_LOG_FILE_H
#define ORLOP_LOG_LOG_FILE_H

#include "lib/log_place.h"
#include "log/log_state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_file {
	char const *name; /* the slot's */
	struct log_place place;
	char *path;	 /* the directory */
	int directory;	 /* its descriptor, -1: not open */
	uint64_t inode;	 /* of the current file */
	uint64_t length; /* its bytes */
};

/* Opens the current file and makes it when there is none: its descriptor, or a negative errno. */
int log_file_open(struct log_file *file, struct log_record *record);

/* Takes over the length that it has now; false when somebody has deleted or renamed it. */
bool log_file_is_current(struct log_file *file, int fd);

/* All `count` bytes have room, whatever they are. */
bool log_file_has_room(struct log_file const *file, size_t count);

/*
 * How many of `count` bytes may still go to it: whole lines, if one has room; 0 when the file is to
 * be put away first. `open`: it ends in the middle of a line, which is cut only when the file has
 * become twice as long as it may be: then archives one after the other are what was said.
 */
size_t log_file_room(struct log_file const *file, struct log_record const *record, uint64_t now,
		     char const *bytes, size_t count, bool open);

/* Puts the current file away; the caller closes its descriptor. */
int log_file_rotate(struct log_file *file, struct log_record *record, uint64_t now);

#endif
