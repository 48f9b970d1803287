/* SPDX-License-Identifier: ISC */
/* A line for people: never in a log file, never at once, never more than ten times a second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lockdown/progress.h"
#include "play.h"

#include <fcntl.h>
#include <stdlib.h>

static struct progress progress;

/* Ticks at a number that is looked at; whether a line was written. */
static bool ticks(uint64_t files)
{
	unsigned const before = fake_count(FAKE_write);

	progress_tick(&progress, files, "/some/path");
	return fake_count(FAKE_write) > before;
}

static int stand_on_terminal(void)
{
	int const master = posix_openpt(O_RDWR | O_NOCTTY);
	int slave;

	if (master < 0 || grantpt(master) || unlockpt(master))
		return -1;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	return slave < 0 ? -1 : dup2(slave, STDERR_FILENO);
}

static int plays_a_terminal(void)
{
	EXPECT(stand_on_terminal() >= 0);
	progress_begin(&progress);
	EXPECT(progress.terminal);
	EXPECT(!ticks(256)); /* the first second */
	progress.next = 1;   /* long ago */
	EXPECT(!ticks(255)); /* the clock is not asked for each file */
	EXPECT(ticks(256));
	EXPECT(!ticks(512)); /* a moment later */
	progress.next = 1;
	EXPECT(ticks(768));
	EXPECT(progress.shown);
	progress_clear(&progress);
	EXPECT(!progress.shown && fake_count(FAKE_write) == 3);
	progress_clear(&progress);
	EXPECT(fake_count(FAKE_write) == 3);
	return 0;
}

static int plays_a_pipe(void)
{
	int ends[2];

	EXPECT(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) >= 0);
	progress_begin(&progress);
	progress.next = 1;
	EXPECT(!ticks(256) && fake_count(FAKE_clock_gettime) == 0);
	return 0;
}

static void only_on_a_terminal_and_seldom(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_terminal), 0);
	assert_int_equal(play(plays_a_pipe), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = { cmocka_unit_test(only_on_a_terminal_and_seldom) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
