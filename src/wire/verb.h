/* SPDX-License-Identifier: ISC */
/*
 * The one record that travels over pipes: from the supervisor to init (FD_VERBS_*), from
 * operators to the supervisor (FD_CONTROL_*). 32 bytes, so a write is atomic (PIPE_BUF) and a
 * reader that was killed never leaves half a record behind. Every record is idempotent: a
 * generation or sequence that is not the next one is stale, and is ignored and counted.
 *
 *	 0	uint32	magic VERB_MAGIC
 *	 4	uint32	verb, enum verb_kind
 *	 8	uint32	slot index
 *	12	uint32	generation
 *	16	uint32	sequence
 *	20	int32	argument
 *	24	uint32	scope, enum verb_scope
 *	28	uint32	0
 */
#ifndef ORLOP_WIRE_VERB_H
#define ORLOP_WIRE_VERB_H

#include <stdint.h>

enum {
	VERB_MAGIC = 0x4f524c56, /* "ORLV" */
	VERB_SIZE = 32
};

enum verb_kind {
	/* supervisor -> init */
	VERB_SPAWN = 1, /* slot, generation: must be IDLE at generation - 1 */
	VERB_ACK = 2,	/* slot, generation: EXITED -> IDLE */
	VERB_KILL =
	    3, /* slot, generation (RUNNING), sequence (last + 1), argument: signal, scope */
	VERB_READY = 4,	  /* I am up: resets init's back-off for the supervisor */
	VERB_EXIT = 5,	  /* argument: exit status; every slot is down, the container is done */
	VERB_RELOAD = 6,  /* run orlop-plan again */
	VERB_UPGRADE = 7, /* sequence (upgrades done and refused + 1): go on as the program that is
			     on disk now; operators send the same to the supervisor */

	/* operator -> supervisor; generation is the plan's */
	VERB_START = 32,   /* slot up, and all that it needs; a scheduled job runs now */
	VERB_STOP = 33,	   /* slot down, after all that need it */
	VERB_RESTART = 34, /* this slot alone: down, then up */
	VERB_SIGNAL = 35,  /* argument: signal, scope */
	VERB_SHUTDOWN = 36 /* stop everything in order; argument: exit status */
};

enum verb_scope {
	SCOPE_PROCESS = 0,
	SCOPE_GROUP = 1, /* its whole process group */
	SCOPE_STOP = 2	 /* the process, then SIGCONT: a stopped one would not hear the signal */
};

struct verb {
	uint32_t kind;
	uint32_t slot;
	uint32_t generation;
	uint32_t sequence;
	int32_t argument;
	uint32_t scope;
};

void verb_pack(unsigned char record[VERB_SIZE], struct verb const *verb);

/* 0, or -EPROTO for a wrong magic, an unknown verb or scope, or a record that is not zero at 28. */
int verb_unpack(unsigned char const record[VERB_SIZE], struct verb *verb);

#endif
