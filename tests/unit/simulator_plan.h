/* SPDX-License-Identifier: ISC */
/*
 * The container that simulator.h brings to life: its plan, made by hand, and its tables.
 */
#ifndef ORLOP_TESTS_SIMULATOR_PLAN_H
#define ORLOP_TESTS_SIMULATOR_PLAN_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervise/control.h"
#include "supervise/supervisor.h"
#include "wire/step.h"

#define SECOND	    UINT64_C(1000000000)
#define MILLISECOND UINT64_C(1000000)
/* Tuesday 2024-01-02, 00:00:00 UTC */
#define SIM_MIDNIGHT UINT64_C(1704153600)

enum {
	SIM_VERBS = 65536,
	SIM_TEXT = 1 << 16,
	SIM_TRACE = 1 << 16,
	SIM_PER_SLOT = 2048,
	SIM_STUBBORN = 1, /* ignores the stop signal */
	SIM_NO_FORK = 2,  /* init cannot fork it */
	SIM_LATE = 4	  /* has not ended yet when it was killed */
};

struct sim {
	char *plan;
	uint32_t used;
	void *slots;
	void *status;
	struct supervisor supervisor;
	struct supervisor_host host;
	bool open;
	uint64_t now;
	uint64_t real;
	int32_t offset;
	struct verb *verbs;
	uint32_t verb_count;
	char *said;	     /* all lines */
	char *trace;	     /* "+0 +1 -1 -0 ": starts and ends, in order */
	uint32_t *spawns;    /* by slot: runs that init began */
	uint32_t *kills;     /* by slot: signals that init sent */
	uint32_t *behaviour; /* by slot: SIM_STUBBORN … */
	uint32_t *gone;	     /* by slot: readiness messages thrown away */
	uint32_t ignored;    /* verbs that init did not take */
	uint32_t twice;	     /* starts of what runs: must stay 0 */
	int exit_status;     /* what EXIT said, -1 before */
	uint32_t readies;
	uint32_t kills_of_supervisor;
	uint32_t asked; /* records that operators wrote */
	long cut_at;	/* stores and verbs until the supervisor is killed, 0 for never */
	long cuts;	/* counted so far */
	jmp_buf cut;
	bool cutting;
	bool init_is_quick; /* it has taken all verbs before the successor looks */
};

static inline struct plan_slot *sim_slot(struct sim *sim, uint32_t slot)
{
	return (struct plan_slot *)(void *)(sim->plan + plan_header(sim->plan)->slots) + slot;
}

static inline struct slot *sim_run_of(struct sim *sim, uint32_t slot)
{
	return slot_at(sim->slots, slot);
}

static inline struct status_slot *sim_status(struct sim *sim, uint32_t slot)
{
	return status_at(sim->status, slot);
}

static inline uint32_t sim_state(struct sim *sim, uint32_t slot)
{
	return atomic_load(&sim_status(sim, slot)->state);
}

static inline uint32_t sim_text(struct sim *sim, char const *text)
{
	uint32_t const at = sim->used;
	size_t const size = strlen(text) + 1;

	memcpy(sim->plan + at, text, size);
	sim->used += (uint32_t)((size + 7) / 8 * 8);
	return at;
}

static inline struct plan_list sim_list(struct sim *sim, uint32_t const *words, uint32_t count)
{
	struct plan_list const list = { .offset = sim->used, .count = count };

	if (count == 0)
		return (struct plan_list){ 0 };
	memcpy(sim->plan + sim->used, words, count * sizeof *words);
	sim->used += (uint32_t)((count * sizeof *words + 7) / 8 * 8);
	return list;
}

static inline void sim_default_slot(struct sim *sim, uint32_t i)
{
	struct plan_slot *p = sim_slot(sim, i);
	char name[16];
	uint32_t word;

	(void)snprintf(name, sizeof name, "s%u", i);
	p->name = p->service = sim_text(sim, name);
	p->executable = sim_text(sim, "/bin/true");
	word = p->name;
	p->arguments = sim_list(sim, &word, 1);
	p->kind = PLAN_LONGRUN;
	p->flags = PLAN_ENABLED | PLAN_SELECTED;
	p->parent = p->ready_probe = p->health_probe = p->stop_command = PLAN_NONE;
	p->notify = p->log_out = p->log_err = p->listen_first = PLAN_NONE;
	p->success[0] = 1;
	p->stop_signal = SIGTERM;
	p->stop_timeout = 8 * SECOND;
	p->restart_limit = 5;
	p->restart_window = 60 * SECOND;
	p->restart_delay_minimum = 200 * MILLISECOND;
	p->restart_delay_maximum = 30 * SECOND;
}

/* `count` longruns s0, s1 …, all selected, none essential, without needs. */
static inline void sim_plan(struct sim *sim, uint32_t count)
{
	struct plan_header *h;

	memset(sim, 0, sizeof *sim);
	sim->exit_status = -1;
	sim->now = 1000 * SECOND;
	sim->real = SIM_MIDNIGHT * SECOND;
	sim->plan = calloc(1, sizeof *h + (size_t)(count + 4) * SIM_PER_SLOT);
	h = (struct plan_header *)(void *)sim->plan;
	h->magic = PLAN_MAGIC;
	h->version = PLAN_VERSION;
	h->slot_size = sizeof(struct plan_slot);
	h->count = h->visible = count;
	h->slots = sizeof *h;
	h->main = PLAN_NONE;
	h->log_count = 1;
	sim->used = (uint32_t)(sizeof *h + count * sizeof(struct plan_slot));
	for (uint32_t i = 0; i < count; i++)
		sim_default_slot(sim, i);
	sim->slots = calloc(1, slot_table_size(count));
	sim->status = calloc(1, status_table_size(count));
	*(struct slot_header *)sim->slots = (struct slot_header){
		.magic = SLOT_MAGIC, .version = SLOT_VERSION, .count = count, .plan_generation = 1
	};
	sim->verbs = calloc(SIM_VERBS, sizeof *sim->verbs);
	sim->said = calloc(1, SIM_TEXT);
	sim->trace = calloc(1, SIM_TRACE);
	sim->spawns = calloc(count, sizeof(uint32_t));
	sim->kills = calloc(count, sizeof(uint32_t));
	sim->behaviour = calloc(count, sizeof(uint32_t));
	sim->gone = calloc(count, sizeof(uint32_t));
}

static inline void sim_free(struct sim *sim)
{
	if (sim->open)
		supervisor_close(&sim->supervisor);
	free(sim->plan);
	free(sim->slots);
	free(sim->status);
	free(sim->verbs);
	free(sim->said);
	free(sim->trace);
	free(sim->spawns);
	free(sim->kills);
	free(sim->behaviour);
	free(sim->gone);
}

static inline void sim_needs(struct sim *sim, uint32_t slot, uint32_t need)
{
	uint32_t words[64];
	struct plan_slot *p = sim_slot(sim, slot);
	uint32_t const count = p->needs.count;

	memcpy(words, plan_words(sim->plan, p->needs), count * sizeof *words);
	words[count] = need;
	p->needs = sim_list(sim, words, count + 1);
}

/* `group` stands for two instances. */
static inline void sim_pool(struct sim *sim, uint32_t group, uint32_t one, uint32_t other)
{
	sim_slot(sim, group)->kind = PLAN_BUNDLE;
	sim_slot(sim, group)->flags |= PLAN_INSTANCE_GROUP;
	sim_slot(sim, one)->instance = 1;
	sim_slot(sim, other)->instance = 2;
	sim_needs(sim, group, one);
	sim_needs(sim, group, other);
}

/* Slot `probe` asks for `slot`; the caller says in which field it stands. */
static inline void sim_probe(struct sim *sim, uint32_t slot, uint32_t probe)
{
	sim_slot(sim, probe)->kind = PLAN_PROBE;
	sim_slot(sim, probe)->parent = slot;
	((struct plan_header *)(void *)sim->plan)->visible--;
}

static inline void sim_after(struct sim *sim, uint32_t slot, uint32_t other)
{
	sim_slot(sim, slot)->after = sim_list(sim, &other, 1);
}

#endif
