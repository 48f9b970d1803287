/* SPDX-License-Identifier: ISC */
/*
 * The supervisor is killed after each single store and before and after each verb of a story, and
 * the story must end as if nothing had happened: same states, same runs, no kill twice, no run
 * twice, no end uncounted, each event told once.
 */
#ifndef ORLOP_TESTS_STORY_H
#define ORLOP_TESTS_STORY_H

#include "simulator.h"

enum { TEXT = 32768 };

typedef void story_function(struct sim *sim);

struct story {
	char const *name;
	void (*plan)(struct sim *sim);
	story_function *tell;
};

/* One event, without its time; those of operators and supervisors are counted apart. */
static inline size_t event(char *text, size_t size, struct status_event_view const *v)
{
	if (v->kind == NOTED_STATE)
		return (size_t)snprintf(text, size, " %s/%u %u %d %u", status_state_name(v->state),
					v->generation, v->reason, v->argument, v->detail);
	if (v->kind == NOTED_SIGNAL)
		return (size_t)snprintf(text, size, " signal %d/%u %u %u", v->argument,
					v->generation, v->detail, v->reason);
	return v->kind == NOTED_PHASE ? (size_t)snprintf(text, size, " phase %u %d of %u", v->state,
							 v->argument, v->slot)
				      : 0;
}

/* All that is told of one slot, or of none: order and number, whatever happened to others. */
static inline size_t events(struct sim *sim, uint32_t slot, char *text, size_t size)
{
	struct status_header const *h = sim->status;
	size_t used = 0;

	for (uint64_t number = 1; number <= atomic_load(&h->events); number++) {
		struct status_event_view view;

		assert_int_equal(status_event_read(sim->status, number, &view), 0);
		assert_true(view.time >= 1000 * SECOND && view.time <= sim->now);
		if (view.kind == NOTED_PHASE ? slot == PLAN_NONE : view.slot == slot)
			used += event(text + used, size - used, &view);
	}
	used += (size_t)snprintf(text + used, size - used, "\n");
	assert_true(used < size);
	return used;
}

static inline long count_events(struct sim *sim, uint32_t kind)
{
	struct status_header const *h = sim->status;
	long count = 0;

	for (uint64_t number = 1; number <= atomic_load(&h->events); number++) {
		struct status_event_view view;

		assert_int_equal(status_event_read(sim->status, number, &view), 0);
		count += view.kind == kind;
	}
	return count;
}

/* What must not depend on where the supervisor was killed. */
static inline void outcome(struct sim *sim, char *text, size_t size)
{
	struct status_header const *h = sim->status;
	size_t used = (size_t)snprintf(text, size, "phase %u exit %d/%d\n", atomic_load(&h->phase),
				       atomic_load(&h->exit_status), sim->exit_status);

	for (uint32_t i = 0; i < plan_header(sim->plan)->visible; i++) {
		struct status_slot const *t = status_at_const(sim->status, i);

		used += (size_t)snprintf(
		    text + used, size - used,
		    "%u: %s wanted %u runs %u kills %u failures %u/%u restarts %u reason %u %d "
		    "status %d missed %u timer %d\n",
		    i, status_state_name(atomic_load(&t->state)), atomic_load(&t->wanted),
		    sim->spawns[i], sim->kills[i], atomic_load(&t->failures),
		    atomic_load(&t->window_failures), atomic_load(&t->restarts),
		    atomic_load(&t->reason), atomic_load(&t->reason_argument),
		    atomic_load(&t->last_wait_status), atomic_load(&t->missed),
		    atomic_load(&t->deadline) != 0);
		used += events(sim, i, text + used, size - used);
	}
	used += events(sim, PLAN_NONE, text + used, size - used);
	assert_true(used < size);
}

static inline void tell(struct story const *story, long cut_at, bool quick, char *text, long *cuts)
{
	struct sim sim;

	story->plan(&sim);
	sim.cut_at = cut_at;
	sim.init_is_quick = quick;
	story->tell(&sim);
	outcome(&sim, text, TEXT);
	assert_int_equal(sim.twice, 0);
	assert_int_equal(sim.kills_of_supervisor, cut_at <= sim.cuts ? 1 : 0);
	/* The successor may be killed before it says so, but there is one successor here. */
	assert_true(count_events(&sim, NOTED_SUPERVISOR) <= 1);
	assert_true(count_events(&sim, NOTED_OPERATOR) >= sim.asked);
	assert_true(count_events(&sim, NOTED_OPERATOR) <= sim.asked + sim.kills_of_supervisor);
	*cuts = sim.cuts;
	sim_free(&sim);
}

static inline void cut_everywhere(struct story const *story)
{
	char expected[TEXT];
	char got[TEXT];
	long cuts;
	long ignored;

	tell(story, INT32_MAX, false, expected, &cuts);
	assert_true(cuts > 10);
	for (long at = 1; at <= 2 * cuts; at++) {
		bool const quick = at > cuts;
		long const cut = quick ? at - cuts : at;

		tell(story, cut, quick, got, &ignored);
		if (strcmp(expected, got) != 0)
			fail_msg("%s: killed at %ld of %ld, init %s:\n%s\ninstead of\n%s",
				 story->name, cut, cuts, quick ? "quick" : "slow", got, expected);
	}
}

#define STORY(planned, told)                                         \
	static void told##_survives_a_kill_anywhere(void **state)    \
	{                                                            \
		struct story const story = { #told, planned, told }; \
                                                                     \
		(void)state;                                         \
		cut_everywhere(&story);                              \
	}

#endif
