/* SPDX-License-Identifier: ISC */
/*
 * Supervisor and logger, as PID 1 keeps them alive: with fake forks and, where the times of a
 * back-off count, with a clock that stands still at 0. Each test is a life of init of its own.
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
#include <sys/eventfd.h>

#include "hold/hold.h"
#include "init/init.h"
#include "play.h"
#include "sys/moment.h"
#include "sys/say.h"
#include "wire/descriptors.h"

enum { SUPERVISOR = 1000, LOGGER = 1001, CRASH = 6 };

static _Alignas(8) unsigned char table[sizeof(struct slot_header)];
static int next_pid;

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
	*value = 0;
	return true;
}

static void begin(void)
{
	say_to(-1);
	hold_slots = (struct slot_header *)table;
	next_pid = SUPERVISOR;
	fake_hook(FAKE_fork, fork_hook, NULL);
	fake_hook(FAKE_kill, kill_hook, NULL);
	fake_fail(FAKE_clock_gettime, 1, UINT32_MAX, EINVAL);
	(void)dup2(eventfd(0, EFD_NONBLOCK), FD_WAKE);
}

static unsigned forks(void)
{
	return fake_count(FAKE_fork);
}

static int plays_a_start(void)
{
	begin();
	EXPECT(children_tick(0) == 10 * MOMENT_SECOND); /* until when it may be deaf */
	EXPECT(forks() == 2);
	EXPECT(hold_slots->supervisor_pid == SUPERVISOR && hold_slots->logger_pid == LOGGER);
	EXPECT(hold_slots->supervisor_starts == 1 && hold_slots->logger_starts == 1);
	(void)children_tick(0);
	EXPECT(forks() == 2);
	return 0;
}

static void they_are_not_started_or_twice(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_start), 0);
}

static int plays_a_refused_fork(void)
{
	uint64_t due;

	begin();
	fake_fail(FAKE_fork, 1, 2, EAGAIN);
	due = children_tick(5);
	EXPECT(due > 5 && due < 5 + MOMENT_SECOND);
	EXPECT(hold_slots->supervisor_starts == 0);
	(void)children_tick(due);
	EXPECT(hold_slots->supervisor_pid == SUPERVISOR && hold_slots->logger_pid == LOGGER);
	return 0;
}

static void a_refused_fork_is_not_tried_again(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_refused_fork), 0);
}

static int plays_kills(void)
{
	begin();
	(void)children_tick(0);
	children_ready();
	EXPECT(children_reaped(SUPERVISOR, SIGKILL));
	EXPECT(hold_slots->supervisor_pid == 0);
	(void)children_tick(0);
	EXPECT(hold_slots->supervisor_starts == 2);
	EXPECT(children_reaped(LOGGER, SIGKILL));
	(void)children_tick(0);
	EXPECT(hold_slots->logger_starts == 2);
	EXPECT(!children_reaped(4711, 0));
	return 0;
}

static void one_that_was_killed_has_to_wait(void **state)
{
	(void)state;
	assert_int_equal(play(plays_kills), 0);
}

static int plays_a_crash_loop(void)
{
	static unsigned const seconds[] = { 1, 2, 4, 8, 16, 30, 30 };

	begin();
	(void)children_tick(0);
	for (unsigned i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
		uint64_t const due = seconds[i] * MOMENT_SECOND;

		children_ready(); /* it works, and dies of what it then does */
		EXPECT(children_reaped(hold_slots->supervisor_pid, CRASH));
		EXPECT(children_tick(due - 1) == due);
		EXPECT(hold_slots->supervisor_starts == i + 1);
		(void)children_tick(due);
		EXPECT(hold_slots->supervisor_starts == i + 2);
	}
	return 0;
}

static void a_crash_loop_has_no_back_off(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_crash_loop), 0);
}

static int plays_a_crash_after_long_work(void)
{
	begin();
	(void)children_tick(0);
	for (int i = 0; i < 4; i++) { /* four that follow each other closely */
		(void)children_reaped(hold_slots->supervisor_pid, CRASH);
		(void)children_tick(i < 3 ? 60 * MOMENT_SECOND : 0);
	}
	EXPECT(hold_slots->supervisor_pid == 0);
	(void)children_tick(8 * MOMENT_SECOND);
	EXPECT(hold_slots->supervisor_starts == 5);
	fake_fail(FAKE_clock_gettime, 0, 0, 0); /* the machine's own time: long after that */
	EXPECT(moment_now() > 20 * MOMENT_SECOND);
	(void)children_reaped(hold_slots->supervisor_pid, CRASH);
	(void)children_tick(moment_now());
	EXPECT(hold_slots->supervisor_starts == 6);
	return 0;
}

static void one_crash_a_day_ends_in_the_longest_back_off(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_crash_after_long_work), 0);
}

static int plays_a_good_bye(void)
{
	begin();
	(void)children_tick(0);
	(void)children_reaped(SUPERVISOR, 0);
	(void)children_reaped(LOGGER, 0);
	EXPECT(children_tick(MOMENT_SECOND) > 0);
	EXPECT(hold_slots->supervisor_starts == 2 && hold_slots->logger_starts == 2);
	return 0;
}

static void one_that_exits_with_0_is_never_seen_again(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_good_bye), 0);
}

static int plays_a_deaf_supervisor(void)
{
	uint64_t heard;

	begin();
	(void)children_tick(0);
	children_wake(MOMENT_SECOND);
	EXPECT(read(FD_WAKE, &heard, sizeof heard) == sizeof heard);
	EXPECT(children_tick(11 * MOMENT_SECOND) == UINT64_MAX); /* idle: nothing to wait for */
	EXPECT(fake_count(FAKE_kill) == 0);
	children_wake(20 * MOMENT_SECOND);
	children_wake(29 * MOMENT_SECOND);
	EXPECT(children_tick(29 * MOMENT_SECOND) == 30 * MOMENT_SECOND);
	EXPECT(fake_count(FAKE_kill) == 0);
	(void)children_tick(30 * MOMENT_SECOND);
	EXPECT(fake_count(FAKE_kill) == 1);
	return 0;
}

static void a_supervisor_that_hangs_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_deaf_supervisor), 0);
}

static int plays_a_young_supervisor(void)
{
	begin();
	(void)children_tick(0);
	children_wake(0);
	children_ready();
	(void)children_reaped(SUPERVISOR, SIGKILL);
	(void)children_tick(9 * MOMENT_SECOND);
	EXPECT(hold_slots->supervisor_starts == 2);
	EXPECT(children_tick(10 * MOMENT_SECOND) == 19 * MOMENT_SECOND);
	EXPECT(fake_count(FAKE_kill) == 0);
	(void)children_tick(19 * MOMENT_SECOND);
	EXPECT(fake_count(FAKE_kill) == 1);
	return 0;
}

static void a_supervisor_dies_of_its_predecessors_deafness(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_young_supervisor), 0);
}

static int plays_a_stop(void)
{
	begin();
	(void)children_tick(0);
	(void)children_reaped(SUPERVISOR, CRASH);
	children_wake(0);
	(void)children_tick(0);
	EXPECT(hold_slots->supervisor_starts == 1);
	atomic_store(&hold_slots->stop, SLOT_STOP_ORDERED);
	children_wake(0);
	(void)children_tick(0);
	EXPECT(hold_slots->supervisor_starts == 2);
	return 0;
}

static void a_stop_waits_for_the_supervisors_back_off(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_stop), 0);
}

static int plays_an_end(void)
{
	begin();
	(void)children_tick(0);
	children_drain(true);
	EXPECT(fake_count(FAKE_kill) == 2);
	(void)children_reaped(SUPERVISOR, SIGKILL);
	(void)children_reaped(LOGGER, SIGKILL);
	EXPECT(children_tick(0) > 0);
	EXPECT(hold_slots->supervisor_starts == 1 && hold_slots->logger_starts == 2);
	(void)children_reaped(hold_slots->logger_pid, 0);
	EXPECT(children_tick(60 * MOMENT_SECOND) == 0);
	EXPECT(forks() == 3);
	return 0;
}

static void the_end_starts_a_supervisor_or_no_logger(void **state)
{
	(void)state;
	assert_int_equal(play(plays_an_end), 0);
}

static int plays_a_stray(void)
{
	pid_t stray;

	begin();
	(void)children_tick(0);
	children_drain(false);
	(void)children_reaped(SUPERVISOR, SIGKILL);
	stray = fork();
	if (stray == 0)
		for (;;)
			pause();
	fake_reset(); /* what is killed is no fake */
	(void)children_reaped(LOGGER, 0);
	EXPECT(children_tick(0) > 0);
	EXPECT(waitpid(stray, NULL, 0) == stray);
	EXPECT(children_tick(0) == 0);
	return 0;
}

static void the_end_of_what_is_not_pid_1_leaves_a_stray_behind(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_stray), 0);
}

static int plays_a_death(int status)
{
	char text[256] = "";
	int ends[2];

	if (pipe2(ends, O_NONBLOCK) < 0)
		return -1;
	begin();
	say_to(ends[1]);
	(void)children_tick(0);
	(void)children_reaped(SUPERVISOR, status);
	(void)!read(ends[0], text, sizeof text - 1);
	return strstr(text, "supervisor died") != NULL;
}

static int plays_a_silent_crash(void)
{
	EXPECT(plays_a_death(CRASH) == 1);
	return 0;
}

static int plays_a_loud_kill(void)
{
	EXPECT(plays_a_death(SIGKILL) == 0); /* its successor says that */
	return 0;
}

static void a_crash_is_not_said(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_silent_crash), 0);
	assert_int_equal(play(plays_a_loud_kill), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(they_are_not_started_or_twice),
		cmocka_unit_test(a_refused_fork_is_not_tried_again),
		cmocka_unit_test(one_that_was_killed_has_to_wait),
		cmocka_unit_test(a_crash_loop_has_no_back_off),
		cmocka_unit_test(one_crash_a_day_ends_in_the_longest_back_off),
		cmocka_unit_test(one_that_exits_with_0_is_never_seen_again),
		cmocka_unit_test(a_supervisor_that_hangs_is_left_alone),
		cmocka_unit_test(a_supervisor_dies_of_its_predecessors_deafness),
		cmocka_unit_test(a_stop_waits_for_the_supervisors_back_off),
		cmocka_unit_test(the_end_starts_a_supervisor_or_no_logger),
		cmocka_unit_test(the_end_of_what_is_not_pid_1_leaves_a_stray_behind),
		cmocka_unit_test(a_crash_is_not_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
