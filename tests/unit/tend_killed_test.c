/* SPDX-License-Identifier: ISC */
/* Health checks, watchdogs and stop-commands, with a supervisor that is killed anywhere. */
#include "story.h"

static void tended(struct sim *sim)
{
	sim_plan(sim, 4);
	sim_slot(sim, 0)->health_probe = 2;
	sim_slot(sim, 0)->health_interval = 10 * SECOND;
	sim_slot(sim, 0)->health_failures = 2;
	sim_slot(sim, 0)->stop_command = 3;
	sim_slot(sim, 1)->watchdog = 5 * SECOND;
	sim_probe(sim, 0, 2);
	sim_probe(sim, 0, 3);
	sim_slot(sim, 2)->start_timeout = 10 * SECOND;
	sim_slot(sim, 3)->start_timeout = 9 * SECOND;
}

/* One good check, then two that fail; the stop-command comes first, then the signal. */
static void unhealthy(struct sim *sim)
{
	sim_boot(sim);
	sim_ends(sim, 2, 0);
	assert_int_equal(atomic_load(&sim_status(sim, 0)->healthy), 1);
	for (int i = 0; i < 2; i++) {
		sim_watchdog(sim, 1, false);
		sim_pass(sim, 4 * SECOND);
		sim_watchdog(sim, 1, false);
		sim_pass(sim, 4 * SECOND);
		sim_watchdog(sim, 1, false);
		sim_pass(sim, 2 * SECOND);
		sim_ends(sim, 2, 1 << 8);
	}
	assert_state(sim, 0, STOPPING);
	assert_int_equal(sim->kills[0], 0);
	sim_ends(sim, 3, 0);
	assert_int_equal(sim->kills[0], 1);
	sim_watchdog(sim, 1, false);
	sim_pass(sim, SECOND);
	assert_state(sim, 0, UP);
	sim_stop_signal(sim, SIGTERM);
	sim_ends(sim, 3, 7 << 8);
	assert_int_equal(sim->exit_status, 0);
}

/* A supervisor that begins gives a watchdog its whole time again, so only the end is compared. */
static void hung(struct sim *sim)
{
	sim_boot(sim);
	sim_ends(sim, 2, 0);
	sim_watchdog(sim, 1, true);
	sim_watchdog(sim, 1, false);
	sim_pass(sim, SECOND);
	assert_state(sim, 1, UP);
	sim_stop_signal(sim, SIGTERM);
	sim_pass(sim, 8 * SECOND); /* its stop-command hangs */
	assert_int_equal(sim->exit_status, 0);
}

/* 0 is watched, and waits to stop until 1, which needs it, has been killed. */
static void behind_another(struct sim *sim)
{
	sim_plan(sim, 3);
	sim_probe(sim, 0, 2);
	sim_needs(sim, 1, 0);
	sim_slot(sim, 0)->health_probe = 2;
	sim_slot(sim, 0)->health_interval = SECOND;
	sim_slot(sim, 0)->health_failures = 1;
	sim_slot(sim, 0)->watchdog = 3 * SECOND;
	sim->behaviour[1] = SIM_STUBBORN;
}

static void sick_at_the_end(struct sim *sim)
{
	sim_boot(sim);
	sim_stop_signal(sim, SIGTERM);
	if (sim_run_of(sim, 2)->state == SLOT_RUNNING)
		sim_ends(sim, 2, 1 << 8);
	assert_state(sim, 0, UP);
	sim_pass(sim, 5 * SECOND); /* hungry */
	assert_state(sim, 0, UP);
	sim_pass(sim, 3 * SECOND);
	assert_int_equal(sim->exit_status, 0);
}

STORY(tended, unhealthy)
STORY(tended, hung)
STORY(behind_another, sick_at_the_end)

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(unhealthy_survives_a_kill_anywhere),
		cmocka_unit_test(hung_survives_a_kill_anywhere),
		cmocka_unit_test(sick_at_the_end_survives_a_kill_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
