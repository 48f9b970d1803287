/* SPDX-License-Identifier: ISC */
/*
 * The upgrade up to its last call, with fake children: what speaks against the new program is
 * counted once and changes nothing. Each test is a life of init of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "hold/hold.h"
#include "play.h"
#include "renew/renew.h"
#include "renew/trial.h"
#include "sys/moment.h"
#include "sys/put.h"
#include "sys/say.h"
#include "wire/descriptors.h"

enum { TRIAL = 1000, KILLED = SIGKILL };

static struct status_header status_table;
static char *environment[] = { NULL };

static bool fork_hook(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = TRIAL;
	return true;
}

static bool kill_hook(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = 0;
	return true;
}

static void begin(void)
{
	int error = 0;

	say_to(-1);
	hold_slots = put_table("orlop-slots", slot_table_size(1), FD_SLOTS, &error);
	hold_slots->count = 1;
	hold_status = &status_table;
	(void)dup2(open("/dev/null", O_RDWR), FD_SIGNALS);
	renew_prepare(environment);
	fake_hook(FAKE_fork, fork_hook, NULL);
	fake_hook(FAKE_kill, kill_hook, NULL);
}

static bool ask(uint32_t sequence)
{
	return renew_ask(&(struct verb){ .kind = VERB_UPGRADE, .sequence = sequence }, 0);
}

static bool was_refused(uint32_t times, int error)
{
	return hold_slots->upgrades_refused == times && hold_slots->upgrade_error == error &&
	       hold_slots->upgrades == 0 && hold_slots->moved == 0;
}

static ino_t table_inode(void)
{
	struct stat status = { .st_ino = 0 };

	(void)fstat(FD_SLOTS, &status);
	return status.st_ino;
}

static int plays_stale_records(void)
{
	begin();
	EXPECT(!ask(0) && !ask(2));
	EXPECT(fake_count(FAKE_fork) == 0);
	EXPECT(ask(1));
	EXPECT(!ask(1));
	EXPECT(fake_count(FAKE_fork) == 1);
	EXPECT(hold_slots->upgrades_refused == 0);
	return 0;
}

static void a_record_is_obeyed_twice(void **state)
{
	(void)state;
	assert_int_equal(play(plays_stale_records), 0);
}

static int plays_a_missing_file(void)
{
	begin();
	fake_fail(FAKE_openat, 1, 1, ENOENT);
	EXPECT(ask(1));
	EXPECT(fake_count(FAKE_fork) == 0 && was_refused(1, ENOENT));
	EXPECT(!ask(1));
	fake_hook(FAKE_fork, NULL, NULL);
	fake_fail(FAKE_fork, 1, 1, EAGAIN);
	EXPECT(ask(2));
	EXPECT(was_refused(2, EAGAIN));
	EXPECT(renew_tick(0) == UINT64_MAX);
	return 0;
}

static void a_missing_file_or_a_refused_fork_is_not_counted(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_missing_file), 0);
}

static int plays_a_stopping_container(void)
{
	int error;

	begin();
	atomic_store(&hold_slots->stop, SLOT_STOP_ORDERED);
	EXPECT(ask(1));
	EXPECT(was_refused(1, EBUSY) && fake_count(FAKE_fork) == 0);
	atomic_store(&hold_slots->stop, SLOT_STOP_NONE);
	EXPECT(ask(2));
	trial_record(&error)->verdict = RENEW_FITS;
	EXPECT(renew_reaped(TRIAL, 0));
	status_table.phase = STATUS_ENDING; /* by the supervisor, meanwhile */
	EXPECT(renew_tick(0) == UINT64_MAX);
	EXPECT(was_refused(2, EBUSY) && fake_count(FAKE_execveat) == 0);
	return 0;
}

static void a_stop_is_upgraded(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_stopping_container), 0);
}

static int plays_verdicts(void)
{
	struct renew *record;
	int error;

	begin();
	EXPECT(ask(1));
	record = trial_record(&error);
	EXPECT(!renew_reaped(TRIAL + 1, 0));
	EXPECT(renew_reaped(TRIAL, 0)); /* like /bin/true */
	EXPECT(was_refused(1, EPROTO));
	EXPECT(ask(2));
	record->error = ENOEXEC;
	EXPECT(renew_reaped(TRIAL, 111 << 8));
	EXPECT(was_refused(2, ENOEXEC));
	EXPECT(ask(3));
	record->verdict = RENEW_FITS;
	EXPECT(renew_reaped(TRIAL, 11)); /* it says yes, and crashes */
	EXPECT(was_refused(3, EPROTO));
	EXPECT(ask(4));
	EXPECT(record->verdict == 0 && record->error == 0);
	EXPECT(renew_tick(0) == 10 * MOMENT_SECOND);
	EXPECT(!renew_reaped(0, 0));
	return 0;
}

static void what_does_not_fit_is_executed(void **state)
{
	(void)state;
	assert_int_equal(play(plays_verdicts), 0);
}

static int plays_a_trial_that_hangs(void)
{
	begin();
	EXPECT(ask(1));
	EXPECT(renew_tick(9 * MOMENT_SECOND) == 10 * MOMENT_SECOND);
	EXPECT(fake_count(FAKE_kill) == 0);
	EXPECT(renew_tick(10 * MOMENT_SECOND) == 20 * MOMENT_SECOND);
	EXPECT(fake_count(FAKE_kill) == 1);
	EXPECT(renew_reaped(TRIAL, KILLED));
	EXPECT(was_refused(1, ETIMEDOUT));
	EXPECT(renew_tick(30 * MOMENT_SECOND) == UINT64_MAX);
	return 0;
}

static void a_trial_hangs_for_ever(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_trial_that_hangs), 0);
}

/* What a new program would find. */
static bool exec_hook(enum fake_call call, long *value, void *context)
{
	int error;
	struct slot_header *next = sys_mmap(slot_table_size(1), PROT_READ | PROT_WRITE, MAP_SHARED,
					    FD_SLOTS, &error);

	(void)call;
	*(bool *)context = hold_slots->moved == 1 && next && next->moved == 0 &&
			   next->upgrades == 1 && next->count == 1;
	*value = -ENOMEM;
	return true;
}

static int plays_a_refused_exec(void)
{
	bool moved = false;
	ino_t before;
	int error;

	begin();
	before = table_inode();
	EXPECT(ask(1));
	trial_record(&error)->verdict = RENEW_FITS;
	EXPECT(renew_reaped(TRIAL, 0));
	fake_hook(FAKE_execveat, exec_hook, &moved);
	EXPECT(renew_tick(0) == UINT64_MAX);
	EXPECT(moved && fake_count(FAKE_execveat) == 1);
	EXPECT(was_refused(1, ENOMEM) && table_inode() == before);
	EXPECT(renew_tick(0) == UINT64_MAX && fake_count(FAKE_execveat) == 1);
	EXPECT(fcntl(FD_RENEW_TABLE, F_GETFD) < 0 && fcntl(FD_RENEW_PROGRAM, F_GETFD) < 0);
	return 0;
}

static void a_refused_exec_leaves_another_table(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_refused_exec), 0);
}

static int plays_no_memory_for_a_table(enum fake_call call)
{
	ino_t before;
	int error;

	begin();
	before = table_inode();
	EXPECT(ask(1));
	trial_record(&error)->verdict = RENEW_FITS;
	EXPECT(renew_reaped(TRIAL, 0));
	fake_fail(call, fake_count(call) + 1, 1, ENOMEM);
	EXPECT(renew_tick(0) == UINT64_MAX);
	EXPECT(was_refused(1, ENOMEM) && fake_count(FAKE_execveat) == 0);
	EXPECT(table_inode() == before);
	return 0;
}

static int plays_no_memfd(void)
{
	return plays_no_memory_for_a_table(FAKE_memfd_create);
}

static int plays_no_map(void)
{
	return plays_no_memory_for_a_table(FAKE_mmap);
}

static int plays_no_descriptor(void)
{
	return plays_no_memory_for_a_table(FAKE_dup3);
}

static void a_table_that_cannot_be_made_takes_the_old_one_along(void **state)
{
	(void)state;
	assert_int_equal(play(plays_no_memfd), 0);
	assert_int_equal(play(plays_no_map), 0);
	assert_int_equal(play(plays_no_descriptor), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_record_is_obeyed_twice),
		cmocka_unit_test(a_missing_file_or_a_refused_fork_is_not_counted),
		cmocka_unit_test(a_stop_is_upgraded),
		cmocka_unit_test(what_does_not_fit_is_executed),
		cmocka_unit_test(a_trial_hangs_for_ever),
		cmocka_unit_test(a_refused_exec_leaves_another_table),
		cmocka_unit_test(a_table_that_cannot_be_made_takes_the_old_one_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
