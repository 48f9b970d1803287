/* SPDX-License-Identifier: ISC */
/*
 * The slot table: what orlop-init knows about every process that it was told to run. A memfd that
 * init alone writes; the supervisor and the user's command map it read-only. The table is the
 * truth: whatever is said over a pipe is only a wake-up, so a supervisor that was killed at any
 * instruction is followed by one that reads here what happened.
 *
 *	offset	0	struct slot_header, 128 bytes
 *		128	struct slot [count], 64 bytes each; slot i runs plan slot i
 *
 * All numbers are in the machine's byte order: the table never leaves the machine. Writing order:
 * init fills a slot's other fields first and `state` last (release); readers read `state` first
 * (acquire) and `generation` before and after, see slot_read().
 * Times are nanoseconds of CLOCK_MONOTONIC, 0 for never.
 *
 * The memfd is sealed so that nobody can map it for writing again, not even the program that init
 * goes on as after an upgrade. That one gets a copy in a memfd of its own, and `moved` of the old
 * one is set once the new one is to be found under the same number.
 */
#ifndef ORLOP_WIRE_SLOT_H
#define ORLOP_WIRE_SLOT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SLOT_MAGIC = 0x4f524c53, /* "ORLS" */
	SLOT_VERSION = 1,
	SLOT_MAX = 8192
};

enum slot_state {
	SLOT_IDLE = 0,	  /* nothing runs; generation is that of the last run, 0 for none */
	SLOT_RUNNING = 1, /* pid is alive, or dead and not yet reaped */
	SLOT_EXITED = 2	  /* the run is over, wait_status and error tell how; wants its ACK */
};

enum slot_stop {
	SLOT_STOP_NONE = 0,
	SLOT_STOP_ORDERED = 1, /* stop in order, within the plan's stop_timeout */
	SLOT_STOP_NOW = 2      /* a second signal: init kills everything by itself */
};

struct slot {
	_Atomic uint32_t state;	      /*  0 enum slot_state */
	_Atomic uint32_t generation;  /*  4 of the run that state speaks of, from 1 */
	_Atomic int32_t pid;	      /*  8 also the process group and session; kept after exit */
	_Atomic int32_t wait_status;  /* 12 as wait(2) gives it; valid when EXITED */
	_Atomic uint64_t start;	      /* 16 when it was forked */
	_Atomic uint64_t end;	      /* 24 when it was reaped; 0 while running */
	_Atomic uint32_t sequence;    /* 32 that of the last KILL carried out in this generation */
	_Atomic uint32_t error_step;  /* 36 enum confine_step that failed before exec, 0 for none */
	_Atomic int32_t error_number; /* 40 errno of that step */
	_Atomic uint32_t forks_failed; /* 44 forks refused by the system since boot */
	_Atomic uint32_t error_object; /* 48 the path or secret of that step, from 1; else 0 */
	uint32_t reserved0;	       /* 52 zero */
	uint64_t reserved1;	       /* 56 zero */
};

struct slot_header {
	uint32_t magic;			    /*   0 SLOT_MAGIC */
	uint32_t version;		    /*   4 SLOT_VERSION */
	uint32_t count;			    /*   8 slots that follow */
	uint32_t first_fd;		    /*  12 where the blocks of descriptors.h begin */
	_Atomic uint32_t plan_generation;   /*  16 from 1, one more for each reload */
	_Atomic int32_t init_pid;	    /*  20 in init's own pid namespace */
	_Atomic int32_t supervisor_pid;	    /*  24 0 while there is none */
	_Atomic int32_t logger_pid;	    /*  28 0 while there is none */
	_Atomic uint32_t supervisor_starts; /*  32 restarts are one less */
	_Atomic uint32_t logger_starts;	    /*  36 */
	_Atomic uint32_t signals;	    /*  40 signals received by init, SIGCHLD aside */
	_Atomic uint32_t verbs_ignored;	    /*  44 unknown or stale records */
	_Atomic uint32_t stop;		    /*  48 enum slot_stop */
	_Atomic uint32_t stop_signal;	    /*  52 the signal that asked for it */
	_Atomic uint32_t reload;	    /*  56 reloads asked for (HUP) */
	_Atomic uint32_t supervisor_ready;  /*  60 supervisor_starts of the last that said READY */
	_Atomic uint64_t boot;		    /*  64 when init started */
	_Atomic uint64_t stop_since;	    /*  72 when the stop was asked for */
	_Atomic uint64_t supervisor_since;  /*  80 when the present supervisor was forked */
	_Atomic uint64_t orphans;	    /*  88 reaped processes that were nobody's slot */
	_Atomic uint32_t upgrades;	    /*  96 how often init went on as another program */
	_Atomic uint32_t upgrades_refused;  /* 100 because of upgrade_error */
	_Atomic int32_t upgrade_error;	    /* 104 errno of the last that was refused */
	_Atomic uint32_t moved;		    /* 108 1: another memfd is the table, see below */
	uint64_t reserved[2];		    /* 112 zero */
};

_Static_assert(sizeof(struct slot) == 64, "a slot is 64 bytes");
_Static_assert(sizeof(struct slot_header) == 128, "the slot header is 128 bytes");

/* A consistent copy of one slot, for everyone but init. */
struct slot_view {
	uint32_t state;
	uint32_t generation;
	int32_t pid;
	int32_t wait_status;
	uint64_t start;
	uint64_t end;
	uint32_t sequence;
	uint32_t error_step;
	int32_t error_number;
	uint32_t error_object;
};

static inline struct slot *slot_at(void *table, uint32_t index)
{
	return (struct slot *)((char *)table + sizeof(struct slot_header)) + index;
}

static inline struct slot const *slot_at_const(void const *table, uint32_t index)
{
	return (struct slot const *)((char const *)table + sizeof(struct slot_header)) + index;
}

/* Bytes of a table of `count` slots. */
static inline size_t slot_table_size(uint32_t count)
{
	return sizeof(struct slot_header) + (size_t)count * sizeof(struct slot);
}

/* 0 when `table` of `size` bytes is a slot table, -EPROTO when it is not. */
int slot_table_check(void const *table, size_t size);

/* For init alone: a run begins, is over (state last, so that a reader never sees half). */
void slot_begin(struct slot *slot, uint32_t generation, int32_t pid, uint64_t now);
void slot_end(struct slot *slot, int32_t wait_status, uint64_t now);

/* Copies slot `index` so that all fields belong to the same generation and state. */
void slot_read(void const *table, uint32_t index, struct slot_view *view);

#endif
