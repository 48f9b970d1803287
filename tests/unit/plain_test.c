/* SPDX-License-Identifier: ISC */
/* One command run to its end: exit statuses, and what of signals and failing calls comes through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "plain/plain.h"
#include "play.h"
#include "sys/say.h"
#include "sys/signals.h"

static char const stop_init[] =
    "trap 'exit 3' TERM; kill -TERM $PPID; i=0; while [ $i -lt 3000000 ]; do i=$((i+1)); done";

static int run(char const *program, char const *script, bool only_to_stop)
{
	char *const arguments[] = { (char *)program, "-c", (char *)script, NULL };
	char *const environment[] = { "PATH=/usr/bin:/bin", NULL };
	struct plain const plain = { program, arguments, environment, false, only_to_stop };

	return plain_run(signals_take(), &plain);
}

static int plays_statuses(void)
{
	int const null = open("/dev/null", O_WRONLY);

	EXPECT(run("/bin/sh", "exit 0", false) == 0);
	EXPECT(run("/bin/sh", "exit 255", false) == 255);
	EXPECT(run("sh", "exit 7", false) == 7);
	EXPECT(run("/bin/sh", "kill -KILL $$", false) == 128 + SIGKILL);
	say_to(null);
	EXPECT(run("/nonexistent/program", "", false) == 127);
	EXPECT(run("/etc/passwd", "", false) == 126);
	return 0;
}

static void an_exit_status_is_not_the_commands(void **state)
{
	(void)state;
	assert_int_equal(play(plays_statuses), 0);
}

static int plays_a_refused_fork(void)
{
	say_to(-1);
	fake_fail(FAKE_fork, 1, 1, EAGAIN);
	EXPECT(run("/bin/sh", "exit 0", false) == 111);
	return 0;
}

static void a_refused_fork_is_not_111(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_refused_fork), 0);
}

static int plays_a_forwarded_stop(void)
{
	EXPECT(run("/bin/sh", stop_init, false) == 3);
	return 0;
}

static void a_signal_is_not_forwarded(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_forwarded_stop), 0);
}

static int plays_a_planner_that_is_stopped(void)
{
	EXPECT(run("/bin/sh", stop_init, true) == 128 + SIGTERM);
	return 0;
}

static void a_stop_is_forgotten_by_the_planners_own_status(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_planner_that_is_stopped), 0);
}

static int plays_a_planner_and_another_signal(void)
{
	EXPECT(run("/bin/sh",
		   "trap 'exit 9' USR1; trap 'exit 3' TERM; kill -USR1 $PPID; kill -TERM $PPID;"
		   "i=0; while [ $i -lt 3000000 ]; do i=$((i+1)); done",
		   true) == 128 + SIGTERM);
	EXPECT(fake_count(FAKE_kill) == 1);
	EXPECT(run("/bin/sh", "exit 4", true) == 4);
	return 0;
}

static void a_planner_is_ended_by_any_signal(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_planner_and_another_signal), 0);
}

static int plays_a_killed_planner(void)
{
	char text[256] = "";
	int ends[2];

	EXPECT(pipe2(ends, O_NONBLOCK) == 0);
	say_to(ends[1]);
	EXPECT(run("/bin/sh", "kill -KILL $$", true) == 128 + SIGKILL);
	EXPECT(read(ends[0], text, sizeof text - 1) > 0);
	EXPECT(strstr(text, "/bin/sh: Killed"));
	return 0;
}

static void a_planner_that_was_killed_is_not_said(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_killed_planner), 0);
}

static int plays_failing_waits(void)
{
	fake_fail(FAKE_ppoll, 1, 3, ENOMEM);
	fake_fail(FAKE_read, 1, 2, EIO);
	EXPECT(run("/bin/sh", "exit 6", false) == 6);
	return 0;
}

static int plays_an_interrupted_wait(void)
{
	fake_fail(FAKE_wait4, 2, 1, EINTR); /* its SIGCHLD has been read: there comes no other */
	EXPECT(run("/bin/sh", "exit 7", false) == 7);
	return 0;
}

static void a_call_that_fails_once_ends_or_hangs_it(void **state)
{
	(void)state;
	assert_int_equal(play(plays_failing_waits), 0);
	assert_int_equal(play(plays_an_interrupted_wait), 0);
}

/* The orphan is ours and dead before the command ends, as that waits for its end of the pipe. */
static int plays_an_orphan(void)
{
	EXPECT(sys_prctl(36 /* PR_SET_CHILD_SUBREAPER */, 1, 0, 0, 0) == 0);
	EXPECT(run("/bin/sh", "(:) | (: &); (kill -KILL $$)", false) == 128 + SIGKILL);
	EXPECT(fake_count(FAKE_wait4) >= 2);
	return 0;
}

static void an_orphans_end_is_taken_for_the_commands(void **state)
{
	(void)state;
	assert_int_equal(play(plays_an_orphan), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(an_exit_status_is_not_the_commands),
		cmocka_unit_test(a_refused_fork_is_not_111),
		cmocka_unit_test(a_signal_is_not_forwarded),
		cmocka_unit_test(a_stop_is_forgotten_by_the_planners_own_status),
		cmocka_unit_test(a_planner_is_ended_by_any_signal),
		cmocka_unit_test(a_planner_that_was_killed_is_not_said),
		cmocka_unit_test(a_call_that_fails_once_ends_or_hangs_it),
		cmocka_unit_test(an_orphans_end_is_taken_for_the_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
