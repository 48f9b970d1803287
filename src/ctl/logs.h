/* SPDX-License-Identifier: ISC */
/*
 * Lines of services, wherever they are kept: in the ring that the logger has for each slot whose
 * log goes to the container's output (wire/log_ring.h), or in the files of `log = file:`.
 */
#ifndef ORLOP_CTL_LOGS_H
#define ORLOP_CTL_LOGS_H

#include "ctl/house.h"

#include <skalibs/genalloc.h>

struct logs_line {
	uint64_t time; /* CLOCK_REALTIME, to sort by; of a file: when it was written last */
	uint32_t slot;
	uint32_t order; /* in which it was found */
	uint32_t start; /* in logs.bytes */
	uint32_t length;
};

/* Where the reading of one slot stands. */
struct logs_place {
	uint32_t slot;
	uint64_t seen; /* ring: bytes; file: its offset */
	char *path;    /* file: of its directory, else NULL */
	int fd;	       /* file: the current one, or -1 */
};

struct logs {
	struct house const *house;
	int state; /* the memfd with the rings */
	stralloc bytes;
	genalloc lines;	 /* of struct logs_line */
	bool failed;	 /* no memory */
	uint32_t missed; /* times that a ring was overwritten before it was read */
};

/* Adds a line without its newline. */
void logs_add(struct logs *logs, uint32_t slot, uint64_t time, char const *bytes, size_t count);

/* Takes the last `lines` lines of all added since `first` away from the others before them. */
void logs_keep(struct logs *logs, size_t first, uint64_t lines);

/* What came since the last time; the first time what is kept, `lines` lines of it at most. */
int logs_ring_read(struct logs *logs, struct logs_place *place, uint64_t lines);
int logs_file_read(struct logs *logs, struct logs_place *place, uint64_t lines);

#endif
