/* SPDX-License-Identifier: ISC */
/* The ring tells what happened, in order, once, and goes on when it is full. */
#include "simulator.h"

#include "supervise/events.h"
#include "supervise/restart.h"

#include <errno.h>

/* "KIND SLOT STATE/GENERATION REASON ARGUMENT", of the event of that number. */
static void assert_event(struct sim *sim, uint64_t number, char const *expected)
{
	struct status_event_view v;
	char text[128];

	assert_int_equal(status_event_read(sim->status, number, &v), 0);
	(void)snprintf(text, sizeof text, "%u %d %s/%u %u %d", v.kind,
		       v.slot == PLAN_NONE ? -1 : (int)v.slot,
		       v.kind == NOTED_STATE ? status_state_name(v.state) : "-", v.generation,
		       v.reason, v.argument);
	assert_string_equal(text, expected);
}

static uint64_t last(struct sim *sim)
{
	return atomic_load(&((struct status_header *)sim->status)->events);
}

static void a_boot_and_a_failure_are_told_wrong(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_boot(&sim);
	assert_event(&sim, 1, "3 -1 -/0 0 0");
	assert_event(&sim, 2, "1 0 waiting/0 0 0");
	assert_event(&sim, 3, "1 0 starting/1 0 0");
	assert_event(&sim, 4, "1 0 up/1 0 0");
	assert_event(&sim, 5, "3 -1 -/0 0 0");
	sim_ends(&sim, 0, 7 << 8);
	assert_event(&sim, 6, "1 0 backoff/1 1 7");
	sim_pass(&sim, SECOND);
	/* The reason of the last state is none of these. */
	assert_event(&sim, 7, "1 0 waiting/1 0 0");
	assert_event(&sim, 8, "1 0 starting/2 0 0");
	assert_event(&sim, 9, "1 0 up/2 0 0");
	sim_pass(&sim, 11 * SECOND);
	sim_ends(&sim, 0, SIGSEGV | 0x80);
	assert_event(&sim, 10, "1 0 waiting/2 2 139"); /* started again at once */
	assert_int_equal(last(&sim), 12);
	sim_free(&sim);
}

static void what_an_operator_does_is_told_wrong(void **state)
{
	struct sim sim;
	uint64_t n;

	(void)state;
	sim_plan(&sim, 2);
	sim_needs(&sim, 0, 1);
	sim_boot(&sim);
	n = last(&sim);
	sim_operate(&sim, VERB_SIGNAL, 0, SIGHUP);
	assert_event(&sim, n + 1, "5 0 -/0 0 35");
	assert_event(&sim, n + 2, "2 0 -/1 1 1");
	sim_operate(&sim, VERB_STOP, 1, 0);
	assert_event(&sim, n + 3, "5 1 -/0 0 33");
	assert_event(&sim, n + 4, "1 0 stopping/1 14 1");
	assert_event(&sim, n + 5, "2 0 -/1 2 15");
	assert_event(&sim, n + 6, "1 0 down/1 14 1");
	assert_event(&sim, n + 7, "1 1 stopping/1 8 0");
	n = last(&sim);
	sim_operate(&sim, VERB_START, 9, 0); /* no such slot */
	assert_int_equal(last(&sim), n);
	sim_operate(&sim, VERB_SHUTDOWN, 0, 3);
	assert_event(&sim, n + 1, "5 -1 -/0 0 36");
	assert_event(&sim, n + 2, "3 -1 -/0 0 3");
	assert_event(&sim, last(&sim), "3 -1 -/0 0 3");
	sim_free(&sim);
}

static void a_stop_for_a_start_timeout_has_an_old_reason(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_slot(&sim, 0)->ready = PLAN_READY_FD;
	sim_slot(&sim, 0)->start_timeout = SECOND;
	sim_boot(&sim);
	sim_ends(&sim, 0, 7 << 8);
	sim_pass(&sim, 500 * MILLISECOND);
	assert_event(&sim, last(&sim), "1 0 starting/2 0 0");
	sim_pass(&sim, SECOND);
	assert_event(&sim, last(&sim) - 2, "1 0 stopping/2 4 0");
	assert_event(&sim, last(&sim), "1 0 backoff/2 4 0");
	sim_free(&sim);
}

/* They would drive everything else out. */
static void probes_fill_the_ring(void **state)
{
	struct sim sim;
	uint64_t n;

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 0)->health_probe = 1;
	sim_slot(&sim, 0)->health_interval = SECOND;
	sim_slot(&sim, 0)->health_failures = 3;
	sim_probe(&sim, 0, 1);
	sim_boot(&sim);
	n = last(&sim);
	for (int i = 0; i < 3; i++) {
		sim_ends(&sim, 1, 0);
		sim_pass(&sim, SECOND);
	}
	assert_int_equal(sim.spawns[1], 4);
	assert_int_equal(last(&sim), n);
	sim_free(&sim);
}

static void a_full_ring_stops_or_mixes_its_laps(void **state)
{
	struct sim sim;
	struct status_event_view view;
	uint64_t n;

	(void)state;
	sim_plan(&sim, 1);
	sim_boot(&sim);
	n = last(&sim);
	for (int i = 0; i < STATUS_EVENTS; i++)
		events_operator(&sim.supervisor, 0, VERB_SIGNAL);
	assert_int_equal(last(&sim), n + STATUS_EVENTS);
	for (uint64_t i = 1; i <= n; i++)
		assert_int_equal(status_event_read(sim.status, i, &view), -ENOENT);
	for (uint64_t i = n + 1; i <= last(&sim); i++)
		assert_event(&sim, i, "5 0 -/0 0 35");
	sim_free(&sim);
}

/* What readers see after each store: every event whole, or not there. */
static void look_at_all(void *context)
{
	struct sim *sim = context;
	uint64_t const end = last(sim);

	for (uint64_t number = end - STATUS_EVENTS; number <= end + 1; number++) {
		struct status_event_view view;

		if (status_event_read(sim->status, number, &view) < 0) {
			assert_true(number <= end - STATUS_EVENTS + 1 || number > end);
			continue;
		}
		assert_int_equal(view.slot, number);
		assert_int_equal(view.argument, number);
	}
}

static void half_an_event_is_read(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_boot(&sim);
	for (uint64_t i = last(&sim) + 1; i <= STATUS_EVENTS + 100; i++)
		events_operator(&sim.supervisor, (uint32_t)i, (uint32_t)i);
	sim.host.stored = look_at_all;
	for (uint64_t i = last(&sim) + 1; i <= STATUS_EVENTS + 110; i++)
		events_operator(&sim.supervisor, (uint32_t)i, (uint32_t)i);
	sim_free(&sim);
}

static void a_new_supervisor_is_told_twice_or_not(void **state)
{
	struct sim sim;
	uint64_t n;

	(void)state;
	sim_plan(&sim, 2);
	sim_boot(&sim);
	n = last(&sim);
	atomic_store(&((struct slot_header *)sim.slots)->supervisor_starts, 2);
	sim_kill_supervisor(&sim);
	sim_settle(&sim);
	assert_event(&sim, n + 1, "4 -1 -/2 0 2");
	assert_int_equal(last(&sim), n + 1);
	sim_free(&sim);
}

/* What was written and did not come true is written over. */
static void what_did_not_happen_is_told(void **state)
{
	struct sim sim;
	uint64_t n;

	(void)state;
	sim_plan(&sim, 1);
	sim_boot(&sim);
	n = last(&sim);
	events_write_state(&sim.supervisor, 0, STATUS_UP, STATUS_FAILED);
	sim_kill_supervisor(&sim);
	assert_event(&sim, n + 1, "4 -1 -/0 0 1");
	events_write_signal(&sim.supervisor, 0, SIGKILL, SCOPE_GROUP);
	sim_kill_supervisor(&sim);
	assert_event(&sim, n + 2, "4 -1 -/0 0 1");
	events_write_phase(&sim.supervisor, STATUS_ENDING);
	sim_kill_supervisor(&sim);
	assert_event(&sim, n + 3, "4 -1 -/0 0 1");
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_boot_and_a_failure_are_told_wrong),
		cmocka_unit_test(what_an_operator_does_is_told_wrong),
		cmocka_unit_test(a_stop_for_a_start_timeout_has_an_old_reason),
		cmocka_unit_test(probes_fill_the_ring),
		cmocka_unit_test(a_full_ring_stops_or_mixes_its_laps),
		cmocka_unit_test(half_an_event_is_read),
		cmocka_unit_test(a_new_supervisor_is_told_twice_or_not),
		cmocka_unit_test(what_did_not_happen_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
