/* SPDX-License-Identifier: ISC */
/* Each kind of value must be taken as written, and what is none of its kind refused by name. */
#include "declared.h"

#define WITH(line) declared_service("command = x\n" line "\n")

static void test_numbers(void **state)
{
	(void)state;
	assert_int_equal(WITH("nice = -5")->slot.nice, -5);
	assert_int_equal(WITH("oom-score-adjust = 1000")->slot.oom_score_adjust, 1000);
	assert_int_equal(WITH("umask = 077")->slot.umask, 077);
	assert_int_equal(WITH("instances = 8192")->instances, 8192);
	assert_int_equal(WITH("bind = 80 443")->bind.at[1], 443);
	assert_int_equal(WITH("connect =")->connect.count, 0);
	declared_no_fault();
}

static void test_durations(void **state)
{
	(void)state;
	assert_true(WITH("stop-timeout = 200ms")->slot.stop_timeout == 200000000);
	assert_true(WITH("stop-timeout = 8")->slot.stop_timeout == 8000000000);
	assert_true(WITH("stop-timeout = 2d")->slot.stop_timeout == 172800000000000);
	assert_true(WITH("ready = notify\nstart-timeout = 0")->slot.start_timeout == 0);
	declared_no_fault();
}

static void test_signals_choices_paths(void **state)
{
	(void)state;
	assert_int_equal(WITH("stop-signal = QUIT")->slot.stop_signal, 3);
	assert_int_equal(WITH("stop-signal = SIGRTMIN+3")->slot.stop_signal, 37);
	assert_int_equal(WITH("restart = on-failure")->slot.restart, PLAN_ON_FAILURE);
	assert_int_equal(WITH("confine = off")->slot.confine, PLAN_UNCONFINED);
	assert_string_equal(WITH("directory = /srv")->directory, "/srv");
	assert_string_equal(WITH("read = /a ?/b")->read.at[1], "?/b");
	declared_no_fault();
}

static void test_refused(void **state)
{
	static char const *const bad[] = {
		"nice = 20",
		"nice = -21",
		"oom-score-adjust = 1001",
		"umask = 8",
		"umask = 1000",
		"instances = 0",
		"instances = 8193",
		"instances = 1000000000",
		"instances = -1",
		"bind = 0",
		"connect = 65536",
		"stop-timeout = 0",
		"stop-timeout = 1w",
		"stop-timeout = -1s",
		"stop-signal = FOO",
		"stop-signal = 65",
		"restart = yes",
		"confine = on",
		"directory = srv",
		"read = a",
		"write = ?a",
		"execute = ${HOME} b",
		"needs = a a",
		"user =",
		"user = a b",
		"essential = 1",
		"umask =",
		"restart = ",
		"nice = { 1 }",
		"watchdog = 1ms",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		size_t const before = faults_count(&bed.faults);

		(void)declared_service(arena_join(&bed.arena, "command = x\n", bad[i], "\n", NULL));
		if (faults_count(&bed.faults) != before + 1)
			fail_msg("%s: %zu faults", bad[i], faults_count(&bed.faults) - before);
	}
	declared_fault("one.ini:2: nice: found \"20\", expected a number from -20 to 19\n");
	declared_fault(
	    "one.ini:2: umask: found nothing, expected an octal number from 0 to 0777\n");
	declared_fault("one.ini:2: nice: found a { block }");
	declared_fault("one.ini:2: execute: found \"b\", expected absolute paths");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_numbers),
		DECLARED(test_durations),
		DECLARED(test_signals_choices_paths),
		DECLARED(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
