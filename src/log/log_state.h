/* SPDX-License-Identifier: ISC */
/*
 * What a logger leaves to the next one when it is killed, in the memfd FD_LOG_STATE. One page,
 * struct log_state, and behind it the journal: bytes that have left their pipe and are not all
 * written yet. They are moved there by splice(2), which takes from the pipe exactly what it adds
 * to the file, so the file's size tells at any instruction how many bytes the journal holds:
 *
 *	offset	0	struct log_state
 *		4096	the journal, as long as the file
 *
 * So the memfd has to be free to grow and to shrink: sealed against that it would be no journal.
 *
 * Every store is a step that can be the last one: intent first, then the act, then the result.
 */
#ifndef ORLOP_LOG_LOG_STATE_H
#define ORLOP_LOG_LOG_STATE_H

#include <stdatomic.h>
#include <stdint.h>

enum {
	LOG_STATE_MAGIC = 0x4f524c4c, /* "ORLL" */
	LOG_STATE_VERSION = 1,
	LOG_STATE_SIZE = 4096,
	LOG_OUTPUTS = 2,
	LOG_CHUNK = 65536 /* bytes of one turn, and of the journal at most */
};

enum log_stage {
	LOG_JOURNAL_EMPTY = 0,
	LOG_JOURNAL_USED = 1, /* filled or being written */
	LOG_JOURNAL_CLEAR = 2 /* all written: only to be truncated */
};

enum log_line {
	LOG_LINE_WHOLE = 0,  /* the output stands behind a newline */
	LOG_LINE_OPEN = 1,   /* in the middle of the owner's line */
	LOG_LINE_PERHAPS = 2 /* the owner's bytes were on their way: nobody knows */
};

struct log_state {
	uint32_t magic;		    /*  0 */
	uint32_t version;	    /*  4 */
	_Atomic uint32_t stage;	    /*  8 enum log_stage */
	_Atomic uint32_t pipe;	    /* 12 whose bytes the journal holds */
	_Atomic uint32_t output;    /* 16 where they go: 0 or 1 */
	_Atomic uint32_t continues; /* 20 1: they go on in an open line, so no prefix */
	_Atomic uint64_t progress;  /* 24 journal bytes done << 32 | bytes of the next chunk
						     that are written already, prefixes included */
	_Atomic uint64_t position;  /* 32 size of the output file + 1 while a write is under
						     way, else 0; regular files only */
	_Atomic uint32_t owner[LOG_OUTPUTS];   /* 40 pipe + 1 whose line is open, 0 for none */
	_Atomic uint32_t line[LOG_OUTPUTS];    /* 48 enum log_line */
	_Atomic uint64_t dropped[LOG_OUTPUTS]; /* 56 bytes that had no reader any more */
	_Atomic uint64_t retries;	       /* 72 writes refused by a full disk */
	_Atomic uint32_t told;		       /* 80 bits of what was said once */
	uint32_t reserved;		       /* 84 */
	_Atomic uint64_t heard[LOG_OUTPUTS];   /* 88 when the owner last wrote, 0 for never */
};

#endif
