/* SPDX-License-Identifier: ISC */
/*
 * The nursery with fake processes: verbs are idempotent by generation, every kill is carried out
 * once, and a refused fork is a run that ended, not a lost one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "hold/hold.h"
#include "init/init.h"
#include "sys/fake.h"
#include "sys/pidmap.h"
#include "sys/put.h"
#include "wire/descriptors.h"
#include "wire/slot.h"
#include "wire/step.h"

enum { SLOTS = 3, LAST = SLOTS - 1 };

static struct {
	struct plan_header header;
	struct plan_slot slots[SLOTS];
} plan;
static _Alignas(8) unsigned char table[sizeof(struct slot_header) + SLOTS * sizeof(struct slot)];

static int next_pid;
static struct {
	int pid;
	int signal;
} kills[16];
static unsigned kill_count;

/* The calls below are answered without a process: forks count up, kills are written down. */
static bool fork_hook(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = next_pid++;
	return true;
}

static bool kill_hook(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = kills[kill_count++ % 16].pid ? -ESRCH : 0;
	return true;
}

static int fresh(void **state)
{
	(void)state;
	fake_reset();
	memset(&plan, 0, sizeof plan);
	memset(table, 0, sizeof table);
	memset(kills, 0, sizeof kills);
	kill_count = 0;
	next_pid = 1000;
	plan.header.count = SLOTS;
	plan.header.slots = offsetof(__typeof__(plan), slots);
	plan.slots[LAST].kind = PLAN_BUNDLE;
	init.plan = &plan;
	hold_slots = (struct slot_header *)table;
	pidmap_clear();
	fake_hook(FAKE_fork, fork_hook, NULL);
	fake_hook(FAKE_kill, kill_hook, NULL);
	return 0;
}

static struct slot_view look(uint32_t index)
{
	struct slot_view view;

	slot_read(table, index, &view);
	return view;
}

static bool spawn(uint32_t slot, uint32_t generation)
{
	return nursery_spawn(&(struct verb){ .slot = slot, .generation = generation });
}

static bool ack(uint32_t slot, uint32_t generation)
{
	return nursery_ack(&(struct verb){ .slot = slot, .generation = generation });
}

static bool kill_it(uint32_t slot, uint32_t generation, uint32_t sequence, uint32_t scope)
{
	return nursery_kill(&(struct verb){ .slot = slot,
					    .generation = generation,
					    .sequence = sequence,
					    .argument = 15,
					    .scope = scope });
}

static void a_spawn_is_carried_out_twice(void **state)
{
	(void)state;
	assert_true(spawn(0, 1));
	assert_false(spawn(0, 1));
	assert_false(spawn(0, 2));
	assert_int_equal(fake_count(FAKE_fork), 1);
	assert_int_equal(look(0).state, SLOT_RUNNING);
	assert_int_equal(look(0).pid, 1000);
}

static void a_wrong_spawn_forks(void **state)
{
	(void)state;
	assert_false(spawn(SLOTS, 1));
	assert_false(spawn(UINT32_MAX, 1));
	assert_false(spawn(LAST, 1)); /* a bundle has no process */
	assert_false(spawn(0, 0));
	assert_false(spawn(0, 2));
	assert_int_equal(fake_count(FAKE_fork), 0);
}

static void a_run_is_forgotten_before_its_ack(void **state)
{
	(void)state;
	spawn(1, 1);
	assert_true(nursery_dying(1000));
	nursery_reaped(1000, 3 << 8);
	assert_int_equal(look(1).state, SLOT_EXITED);
	assert_int_equal(look(1).wait_status, 3 << 8);
	assert_false(spawn(1, 2));
	assert_false(ack(1, 2));
	assert_true(ack(1, 1));
	assert_false(ack(1, 1));
	assert_true(spawn(1, 2));
}

static void a_refused_fork_is_lost(void **state)
{
	(void)state;
	fake_fail(FAKE_fork, 1, 1, EAGAIN);
	assert_true(spawn(0, 1));
	assert_int_equal(look(0).state, SLOT_EXITED);
	assert_int_equal(look(0).error_step, STEP_FORK);
	assert_int_equal(look(0).error_number, EAGAIN);
	assert_true(ack(0, 1));
	assert_true(spawn(0, 2));
	assert_int_equal(look(0).state, SLOT_RUNNING);
}

static void a_kill_is_carried_out_twice(void **state)
{
	(void)state;
	spawn(0, 1);
	assert_false(kill_it(0, 1, 2, SCOPE_PROCESS));
	assert_true(kill_it(0, 1, 1, SCOPE_PROCESS));
	assert_false(kill_it(0, 1, 1, SCOPE_PROCESS));
	assert_int_equal(fake_count(FAKE_kill), 1);
	assert_true(kill_it(0, 1, 2, SCOPE_PROCESS));
	assert_int_equal(look(0).sequence, 2);
}

static void a_kill_reaches_another_generation(void **state)
{
	(void)state;
	assert_false(kill_it(0, 0, 1, SCOPE_PROCESS));
	spawn(0, 1);
	assert_false(kill_it(0, 2, 1, SCOPE_PROCESS));
	nursery_dying(1000);
	nursery_reaped(1000, 0);
	assert_false(kill_it(0, 1, 1, SCOPE_PROCESS));
	assert_int_equal(fake_count(FAKE_kill), 1); /* the group, as it died */
}

static void a_group_kill_before_setsid_misses(void **state)
{
	(void)state;
	spawn(0, 1);
	kills[0].pid = 1; /* ESRCH: there is no such group yet */
	assert_true(kill_it(0, 1, 1, SCOPE_GROUP));
	assert_int_equal(fake_count(FAKE_kill), 2);
}

static void a_strangers_death_ends_a_slot(void **state)
{
	(void)state;
	spawn(0, 1);
	assert_false(nursery_dying(999));
	assert_int_equal(look(0).state, SLOT_RUNNING);
}

static void pids_in_one_bucket_are_confused(void **state)
{
	(void)state;
	spawn(0, 1);
	next_pid = 1000 + 4096;
	spawn(1, 1);
	assert_true(nursery_dying(1000));
	nursery_reaped(1000, 0);
	assert_int_equal(look(0).state, SLOT_EXITED);
	assert_int_equal(look(1).state, SLOT_RUNNING);
	assert_true(nursery_dying(1000 + 4096));
	nursery_reaped(1000 + 4096, 0);
	assert_int_equal(look(1).state, SLOT_EXITED);
}

static void an_error_before_exec_is_not_noted(void **state)
{
	struct spawn_error const errors[] = {
		{ 0, 7, STEP_UID, EPERM, 0 }, /* stale */
		{ 99, 1, STEP_UID, EPERM, 0 },
		{ 0, 1, STEP_PATHS, ENOENT, 3 },
	};

	(void)state;
	assert_true(put_pipe(FD_ERRORS_READ, FD_ERRORS_WRITE, O_NONBLOCK) >= 0);
	spawn(0, 1);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(write(FD_ERRORS_WRITE, &errors[i], sizeof errors[i]), 20);
	nursery_dying(1000);
	nursery_reaped(1000, 127 << 8);
	assert_int_equal(look(0).error_step, STEP_PATHS);
	assert_int_equal(look(0).error_number, ENOENT);
	assert_int_equal(look(0).error_object, 3);
	close(FD_ERRORS_READ);
	close(FD_ERRORS_WRITE);
}

static void a_signal_goes_to_slots_that_did_not_claim_it(void **state)
{
	(void)state;
	plan.slots[1].forward = UINT64_C(1) << 9;
	spawn(0, 1);
	spawn(1, 1);
	nursery_signal(10, true);
	assert_int_equal(fake_count(FAKE_kill), 1);
	nursery_signal(12, true);
	assert_int_equal(fake_count(FAKE_kill), 1);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup(a_spawn_is_carried_out_twice, fresh),
		cmocka_unit_test_setup(a_wrong_spawn_forks, fresh),
		cmocka_unit_test_setup(a_run_is_forgotten_before_its_ack, fresh),
		cmocka_unit_test_setup(a_refused_fork_is_lost, fresh),
		cmocka_unit_test_setup(a_kill_is_carried_out_twice, fresh),
		cmocka_unit_test_setup(a_kill_reaches_another_generation, fresh),
		cmocka_unit_test_setup(a_group_kill_before_setsid_misses, fresh),
		cmocka_unit_test_setup(a_strangers_death_ends_a_slot, fresh),
		cmocka_unit_test_setup(pids_in_one_bucket_are_confused, fresh),
		cmocka_unit_test_setup(an_error_before_exec_is_not_noted, fresh),
		cmocka_unit_test_setup(a_signal_goes_to_slots_that_did_not_claim_it, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
