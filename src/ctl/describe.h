/* SPDX-License-Identifier: ISC */
/*
 * What one slot is and why, in words: the cells of `orlop status`, the lines of `health` and the
 * strings of the JSON. Reads the tables, changes nothing.
 */
#ifndef ORLOP_CTL_DESCRIBE_H
#define ORLOP_CTL_DESCRIBE_H

#include "ctl/house.h"

/* A copy of what the tables say of one slot, with both views laid over each other. */
struct described {
	struct plan_slot const *plan;
	struct slot_view slot;
	uint32_t index;
	uint32_t state;	 /* enum status_state */
	uint32_t wanted; /* 1: up is desired */
	uint32_t generation;
	uint32_t restarts;
	uint32_t reason;
	int32_t reason_argument;
	uint32_t reason_step;
	int32_t last_wait_status;
	uint32_t healthy;
	uint64_t since;
	uint64_t deadline;
	uint64_t next_run;
};

void describe(struct house const *house, uint32_t index, struct described *described);

/* "longrun", "scheduled", "bundle" …, as in the declaration. */
char const *describe_kind(struct plan_slot const *slot);

/* "exit", "signal", "start-timeout" …: the stable word for JSON. */
char const *describe_reason_word(uint32_t reason);

/* The user's name and uid: "www-data(33)", or the number alone. */
void describe_user(struct house const *house, struct described const *described, struct text *text);

/* Why it is in its state, in words, or nothing. */
void describe_reason(struct house const *house, struct described const *described,
		     struct text *text);

/* "exit 3", "cannot start: exec /bin/x: No such file or directory", "next run 12:05:00" … or nothing. */
void describe_detail(struct house const *house, struct described const *described,
		     struct text *text);

/* True when it is what it should be: up, done, or a scheduled job at work. */
bool describe_good(struct described const *described);

char const *describe_phase(uint32_t phase);

#endif
