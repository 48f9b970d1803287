/* SPDX-License-Identifier: ISC */
/* Keys that make no sense together must be told, each at its line. */
#include "declared.h"

static void expect(char const *text, char const *fault)
{
	size_t const before = faults_count(&bed.faults);

	(void)declared_service(text);
	if (faults_count(&bed.faults) != before + 1)
		fail_msg("%s: %zu faults: %s", text, faults_count(&bed.faults) - before,
			 declared_report());
	declared_fault(fault);
}

static void test_kinds(void **state)
{
	(void)state;
	expect("type = bundle\nneeds = a\ncommand = x\n", "one.ini:3: command: found on a bundle");
	expect("type = bundle\nneeds = a\nready = notify\n", "one.ini:3: ready: found on a bundle");
	expect("type = longrun\ncommand = x\nschedule = @every 1m\n",
	       "one.ini:3: schedule: found on a longrun, expected only on a oneshot");
	expect("command = x\nschedule = @every 1m\nphase = build\n",
	       "one.ini:3: phase: found on a scheduled oneshot");
	expect("command = x\nphase = build\n", "one.ini:2: phase: found on a longrun");
	expect("type = oneshot\ncommand = x\nlisten = tcp:80\n",
	       "one.ini:3: listen: found on a oneshot");
	expect("type = oneshot\ncommand = x\ninstances = 2\n", "one.ini:3: instances: found");
	expect("type = bundle\n", "one.ini:1: found a bundle without needs");
	expect("type = oneshot\n", "one.ini:1: found no command");
}

static void test_pairs(void **state)
{
	(void)state;
	expect("command = x\nready = notify\nready-command = y\n",
	       "one.ini:3: ready-command: found beside");
	expect(
	    "command = x\nready = fd:4\nlisten = tcp:1 tcp:2\n",
	    "one.ini:2: ready: found fd:4, expected a number behind the listening sockets, which are "
	    "3 to 4");
	expect("command = x\nready = fd:4\nwatchdog = 1s\n", "one.ini:3: watchdog: found beside");
	expect("command = x\nstart-timeout = 1s\n",
	       "one.ini:2: start-timeout: found without ready");
	expect("command = x\nhealth-failures = 2\n",
	       "one.ini:2: health-failures: found without health");
	expect("command = x\nlisten-env = nginx\n", "one.ini:2: listen-env: found without listen");
	expect("type = oneshot\ncommand = x\nrestart = always\n",
	       "one.ini:3: restart: found always on a oneshot");
	/* A value that was refused at its line is not told again as the default that stands in. */
	expect("type = oneshot\ncommand = x\nrestart = sometimes\n",
	       "one.ini:3: restart: found \"sometimes\"");
	expect("schedule = 0 0 * * *\ncommand = x\nessential = maybe\n",
	       "one.ini:3: essential: found \"maybe\"");
	/* A run of a schedule is neither tried again nor the container's end; see orlop-supervise(8). */
	expect("schedule = 0 0 * * *\ncommand = x\nessential = yes\n",
	       "one.ini:3: essential: found yes on a scheduled oneshot");
	expect("schedule = 0 0 * * *\ncommand = x\nrestart = on-failure\n",
	       "one.ini:3: restart: found on-failure on a scheduled oneshot");
	expect("command = x\nsecret = A:/a\n[environment]\nA = b\n", "one.ini:2: secret: found A");
}

static void test_defaults_that_depend(void **state)
{
	struct service const *s = declared_service(
	    "command = x\nready = fd:5\nlisten = tcp:1 tcp:2\n");

	(void)state;
	assert_true(s->slot.start_timeout == 60000000000);
	s = declared_service("type = oneshot\ncommand = x\n");
	assert_int_equal(s->slot.restart, PLAN_NEVER);
	assert_true(s->slot.start_timeout == 0);
	assert_true(s->slot.flags & PLAN_ESSENTIAL);
	s = declared_service("schedule = 0 0 * * *\ncommand = x\n");
	assert_int_equal(s->slot.kind, PLAN_ONESHOT);
	assert_false(s->slot.flags & PLAN_ESSENTIAL);
	s = declared_service(
	    "schedule = 0 0 * * *\ncommand = x\nessential = no\nrestart = never\n");
	assert_false(s->slot.flags & PLAN_ESSENTIAL);
	s = declared_service("command = x\nread = /a\nconnect =\nnice = 0\n");
	assert_true(s->slot.flags & PLAN_FILE_CAGE && s->slot.flags & PLAN_CONNECT_CAGE);
	assert_true(s->slot.flags & PLAN_NICE);
	assert_false(s->slot.flags & (PLAN_BIND_CAGE | PLAN_OOM));
	assert_true(s->slot.flags & PLAN_PASS_ALL);
	declared_no_fault();
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_kinds),
		DECLARED(test_pairs),
		DECLARED(test_defaults_that_depend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
