/* SPDX-License-Identifier: ISC */
/* A probe must run in the cage of what it probes, reach it, and never pass for a service. */
#include "declared.h"

static void compile(void)
{
	if (declared_compile() < 0)
		fail_msg("%s", declared_report());
}

static char const *text(uint32_t offset)
{
	return plan_string(bed.plan.s, offset);
}

static void test_a_readiness_probe_and_a_stop_command(void **state)
{
	struct plan_slot const *parent;
	struct plan_slot const *ready;
	struct plan_slot const *stop;

	(void)state;
	declared_file("services/a.ini",
		      "command = sleep 1\nready = tcp:81\nconnect = 80\nread = /srv\n"
		      "listen = tcp:81\nstop-command = sleep 0\nforward = USR1\n"
		      "success-exit = 3\nstop-timeout = 3s\n");
	compile();
	parent = declared_slot("a");
	ready = declared_slot("a.ready");
	stop = declared_slot("a.stop");
	assert_int_equal(ready->kind, PLAN_PROBE);
	assert_string_equal(text(ready->executable), "/usr/bin/orlop");
	assert_int_equal(ready->arguments.count, 3);
	assert_true(declared_has(ready->arguments, "--wait"));
	assert_true(declared_has(ready->arguments, "tcp:127.0.0.1:81"));
	assert_int_equal(ready->uid, parent->uid);
	assert_int_equal(ready->connect.count, 2); /* its own port beside the service's */
	assert_int_equal(plan_words(bed.plan.s, ready->connect)[1], 81);
	assert_true(declared_rights(ready, "/srv") == PLAN_READ);
	assert_true(declared_rights(ready, "/usr/bin/orlop") & PLAN_EXECUTE);
	assert_true(declared_rights(parent, "/usr/bin/orlop") == 0);
	assert_int_equal(ready->log_out, parent->log_out);
	assert_int_equal(ready->listen.count, 0);
	assert_true(ready->forward == 0);
	assert_int_equal(ready->success[0], 1);
	assert_false(ready->flags & (PLAN_ESSENTIAL | PLAN_SELECTED));
	assert_false(declared_has(ready->environment, "LISTEN_FDS=1"));
	assert_ptr_equal(plan_slot(bed.plan.s, ready->parent), parent);
	assert_ptr_equal(plan_slot(bed.plan.s, parent->ready_probe), ready);
	assert_ptr_equal(plan_slot(bed.plan.s, parent->stop_command), stop);
	assert_true(stop->start_timeout == 3000000000);
	assert_non_null(strstr(text(stop->executable), "/sleep"));
	assert_int_equal(stop->connect.count, 1);
}

static void test_commands_in_place_of_probes(void **state)
{
	struct plan_slot const *ready;
	struct plan_slot const *health;

	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nready-command = true a\nread = /srv\n"
					"health = tcp:80\nhealth-interval = 2s\ninstances = 2\n");
	compile();
	ready = declared_slot("a@2.ready");
	assert_non_null(strstr(text(ready->executable), "/true"));
	assert_true(declared_has(ready->arguments, "a"));
	assert_true(declared_rights(ready, "/usr/bin/orlop") == 0); /* it is none of Orlop's */
	assert_true(declared_rights(ready, text(ready->executable)) & PLAN_EXECUTE);
	assert_true(declared_has(ready->environment, "ORLOP_INSTANCE=2"));
	health = declared_slot("a@1.health");
	assert_int_equal(health->arguments.count, 2);
	assert_true(declared_has(health->arguments, "tcp:127.0.0.1:80"));
	assert_true(health->start_timeout == 2000000000);
	assert_ptr_equal(plan_slot(bed.plan.s, health->parent), declared_slot("a@1"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_readiness_probe_and_a_stop_command),
		DECLARED(test_commands_in_place_of_probes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
