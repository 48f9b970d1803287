/* SPDX-License-Identifier: ISC */
/*
 * What a logger leaves to the next one when it is killed, in the memfd FD_LOG_STATE:
 *
 *	offset	0		struct log_state
 *		LOG_RECORDS	struct log_record [LOG_RECORD_COUNT]: of standard output, of
 *				standard error, then of each slot
 *		LOG_AREAS	one for each of the two outputs: a chunk, as it goes out
 *		LOG_RINGS	one for each slot: the last lines, for `orlop logs`
 *		LOG_DRAIN	bytes that were taken out of a pipe
 *
 * All of it is sparse: what was never written takes no memory. Two numbers are kept by the kernel,
 * in the same step as what they count, and so are right at whatever instruction the logger is
 * killed:
 *
 *	the memfd's file position	splice(2) from a pipe to the drain moves it by exactly what
 *					it takes from the pipe; splice and sendfile(2) from an area
 *					to a pipe, a terminal or a socket by exactly what they
 *					write. PID 1 holds the file open, so that the position
 *					outlives the logger
 *	an output file's size		grows by exactly what is written
 *
 * Every store is a step that can be the last one: intent first, then the act, then the result, and
 * each result is the same when it is found out again.
 */
#ifndef ORLOP_LOG_LOG_STATE_H
#define ORLOP_LOG_LOG_STATE_H

#include <stdatomic.h>
#include <stdint.h>

#include "wire/log_ring.h"

enum {
	LOG_STATE_MAGIC = 0x4f524c4c, /* "ORLL" */
	LOG_STATE_VERSION = 2,
	LOG_OUTPUTS = 2,
	LOG_CHUNK = 65536, /* bytes of one turn */
	LOG_RECORD_COUNT = LOG_RING_FIRST + LOG_RING_COUNT,
	LOG_AREAS = LOG_RINGS - LOG_OUTPUTS * LOG_CHUNK, /* whole pages, whatever their size */
	LOG_MAPPED = LOG_RINGS,				 /* what loggers map */
	LOG_DRAIN = LOG_RINGS + LOG_RING_COUNT * LOG_RING_SIZE,
	LOG_END = LOG_DRAIN + LOG_CHUNK,
	LOG_PUNCH_HOLE = 0x01 | 0x02 /* FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE */
};

enum log_line {
	LOG_LINE_WHOLE = 0,  /* the output stands behind a newline */
	LOG_LINE_OPEN = 1,   /* in the middle of the owner's line */
	LOG_LINE_PERHAPS = 2 /* the owner's bytes were on their way: nobody knows */
};

enum log_drain {
	LOG_DRAIN_EMPTY = 0,
	LOG_DRAIN_FILLS = 1 /* what was written leaves its pipe: the file position tells how far */
};

enum log_chunk_flag {
	LOG_CHUNK_CONTINUES = 1 << 0, /* its first byte goes on in an open line */
	LOG_CHUNK_ENDS = 1 << 1	      /* the output stands behind a newline after it */
};

/* One output. `ring` is the slot's, see wire/log_ring.h; all else is between loggers. */
struct log_record {
	_Atomic uint64_t ring;	  /*  0 */
	_Atomic uint32_t owner;	  /*  8 pipe + 1 whose line is open, 0 for none */
	_Atomic uint32_t line;	  /* 12 enum log_line */
	_Atomic uint64_t dropped; /* 16 bytes that had no reader any more */
	_Atomic uint64_t heard;	  /* 24 when the owner last wrote, 0 for never */
	_Atomic uint64_t born;	  /* 32 a file's first line, CLOCK_REALTIME, 0: not known */

	/* The chunk that is being written. Its bytes are in the pipe until all of it is out. */
	_Atomic uint32_t pipe;	   /* 40 pipe + 1, stored last; 0: there is none */
	_Atomic uint32_t used;	   /* 44 bytes of the pipe */
	_Atomic uint32_t length;   /* 48 bytes that they become */
	_Atomic uint32_t written;  /* 52 of those */
	_Atomic uint64_t time;	   /* 56 CLOCK_REALTIME, for lines that tell it */
	_Atomic uint32_t flags;	   /* 64 enum log_chunk_flag */
	_Atomic uint32_t before;   /* 68 `written` before the write that is under way */
	_Atomic uint64_t position; /* 72 the file's size before it + 1, 0 for none under way */
	_Atomic uint32_t told;	   /* 80 1: that it cannot be written */
	_Atomic uint32_t offered;  /* 84 bytes of the pipe that it was made from */
	uint32_t reserved[10];	   /* 88 */
};

_Static_assert(sizeof(struct log_record) == LOG_RECORD_SIZE, "as wire/log_ring.h says");
_Static_assert(LOG_RECORDS + LOG_RECORD_COUNT * LOG_RECORD_SIZE <= LOG_AREAS,
	       "the areas lie behind the records");

struct log_state {
	uint32_t magic;		       /*  0 */
	uint32_t version;	       /*  4 */
	_Atomic uint32_t drain;	       /*  8 enum log_drain */
	_Atomic uint32_t drain_output; /* 12 record whose chunk it is */
	_Atomic uint32_t drain_pipe;   /* 16 */
	_Atomic uint32_t drain_count;  /* 20 bytes that are to leave */
	_Atomic uint32_t moving;  /* 24 output + 1 whose area the file position is in, else 0 */
	_Atomic uint32_t told;	  /* 28 bits of what was said once */
	_Atomic uint64_t retries; /* 32 writes refused by a full disk */
};

#endif
