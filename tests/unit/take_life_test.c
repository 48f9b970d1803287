/* SPDX-License-Identifier: ISC */
/* Readiness and restart: a value misread here is a service that is never ready, or never ends. */
#include "declared.h"

#define WITH(line) declared_service("command = x\n" line "\n")

static void test_ready(void **state)
{
	struct service const *s;

	(void)state;
	assert_int_equal(WITH("ready = started")->slot.ready, PLAN_READY_STARTED);
	s = WITH("ready = fd:5");
	assert_int_equal(s->slot.ready, PLAN_READY_FD);
	assert_int_equal(s->slot.ready_fd, 5);
	assert_int_equal(WITH("ready = notify")->slot.ready, PLAN_READY_NOTIFY);
	s = WITH("ready = tcp:9000");
	assert_int_equal(s->slot.ready, PLAN_READY_PROBE);
	assert_string_equal(s->ready_probe, "tcp:127.0.0.1:9000");
	assert_int_equal(s->ready_port, 9000);
	s = WITH("ready-command = curl -f http://localhost");
	assert_int_equal(s->slot.ready, PLAN_READY_PROBE);
	assert_int_equal(s->ready_command.count, 3);
	assert_string_equal(WITH("health = unix:/run/a")->health_probe, "unix:/run/a");
	declared_no_fault();
}

static void test_restart(void **state)
{
	struct plan_slot const *slot = &WITH("restart-delay = 1s..5m\nrestart-limit = 3/10m")->slot;

	(void)state;
	assert_true(slot->restart_delay_minimum == 1000000000);
	assert_true(slot->restart_delay_maximum == 300000000000);
	assert_int_equal(slot->restart_limit, 3);
	assert_true(slot->restart_window == 600000000000);
	slot = &WITH("restart-delay = 5s\nrestart-limit = none")->slot;
	assert_true(slot->restart_delay_minimum == slot->restart_delay_maximum);
	assert_int_equal(slot->restart_limit, 0);
	declared_no_fault();
}

static void test_success_and_forward(void **state)
{
	struct plan_slot const *slot = &WITH("success-exit = 12 255\nforward = USR1 RTMIN")->slot;

	(void)state;
	assert_int_equal(slot->success[0], 0); /* 0 is one of many and has to be written too */
	assert_int_equal(slot->success[1], 1 << 4);
	assert_int_equal(slot->success[31], 1 << 7);
	assert_true(slot->forward == (1ULL << 9 | 1ULL << 33));
	assert_int_equal(WITH("umask = 0")->slot.success[0], 1);
	declared_no_fault();
}

static void test_refused(void **state)
{
	static char const *const bad[] = {
		"ready = fd:2",		"ready = fd:1024",	  "ready = up",
		"ready = tcp:db:5432",	"health = notify",	  "success-exit = 256",
		"success-exit = ok",	"restart-delay = 2s..1s", "restart-delay = ..1s",
		"restart-delay = 1s..", "restart-limit = 5",	  "restart-limit = 0/60s",
		"restart-limit = 5/0",	"restart-limit = -1/60s", "forward = TERM",
		"forward = KILL",	"forward = HUP",	  "forward = RTMIN+3",
		"forward = CHLD",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		size_t const before = faults_count(&bed.faults);

		(void)declared_service(arena_join(&bed.arena, "command = x\n", bad[i], "\n", NULL));
		if (faults_count(&bed.faults) != before + 1)
			fail_msg("%s: %zu faults", bad[i], faults_count(&bed.faults) - before);
	}
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_ready),
		DECLARED(test_restart),
		DECLARED(test_success_and_forward),
		DECLARED(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
