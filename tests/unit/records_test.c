/* SPDX-License-Identifier: ISC */
/* PID 1 believes these records: each field must say what was declared. */
#include "declared.h"

#include <sys/resource.h>
#include <sys/syscall.h>

static void compile(void)
{
	if (declared_compile() < 0)
		fail_msg("%s", declared_report());
}

static char const *text(uint32_t offset)
{
	return plan_string(bed.plan.s, offset);
}

static void test_a_service(void **state)
{
	struct plan_slot const *s;

	(void)state;
	declared_file("services/a.ini",
		      "command = sleep \"a b\"\ndirectory = /tmp\nread = /srv ?/opt\n"
		      "bind = 80\nsyscalls = -bpf\nsecret = A:?/a\nnice = 3\numask = 7\n"
		      "capabilities = chown\nlog = file:/l keep=2\n");
	compile();
	s = declared_slot("a");
	assert_string_equal(text(s->service), "a");
	assert_string_equal(text(s->file), declared_path("services/a.ini"));
	assert_int_equal(s->kind, PLAN_LONGRUN);
	assert_int_equal(s->flags, PLAN_ENABLED | PLAN_SELECTED | PLAN_ESSENTIAL | PLAN_PASS_ALL |
				       PLAN_NICE | PLAN_FILE_CAGE | PLAN_BIND_CAGE);
	assert_non_null(strstr(text(s->executable), "/bin/sleep"));
	assert_int_equal(s->arguments.count, 2);
	assert_true(declared_has(s->arguments, "a b"));
	assert_string_equal(text(s->directory), "/tmp");
	assert_int_equal(s->secrets.count, 2);
	assert_true(declared_has(s->read, "?/opt"));
	assert_int_equal(plan_words(bed.plan.s, s->bind)[0], 80);
	assert_int_equal(s->syscalls.count, 1);
	assert_int_equal(plan_words(bed.plan.s, s->syscalls)[0], SYS_bpf | PLAN_SYSCALL_DENY);
	assert_true(declared_rights(s, "/srv") == PLAN_READ);
	assert_true(declared_rights(s, "/opt") == (PLAN_READ | PLAN_MAY_MISS));
	assert_int_equal(s->nice, 3);
	assert_int_equal(s->umask, 7);
	assert_true(s->capabilities == 1);
	assert_int_equal(plan_limits(bed.plan.s, s->limits)[0].resource, RLIMIT_CORE);
	assert_int_equal(s->log, PLAN_LOG_FILE);
	assert_string_equal(text(s->log_option), "/l keep=2");
	assert_true(declared_has(s->environment, "USER=a"));
	assert_int_equal(s->notify, PLAN_NONE);
	assert_int_equal(s->parent, PLAN_NONE);
}

static void test_instances_share_and_differ(void **state)
{
	struct plan_slot const *first;
	struct plan_slot const *second;
	struct plan_slot const *group;

	(void)state;
	declared_file("services/w.ini", "command = sleep 1\ninstances = 2\nlisten = tcp:80\n");
	compile();
	group = declared_slot("w");
	first = declared_slot("w@1");
	second = declared_slot("w@2");
	assert_int_equal(group->kind, PLAN_BUNDLE);
	assert_true(group->flags & PLAN_INSTANCE_GROUP);
	assert_int_equal(group->executable, 0);
	assert_int_equal(group->needs.count, 2);
	assert_int_equal(group->log_out, PLAN_NONE);
	assert_int_equal(first->uid, second->uid);
	assert_int_equal(first->listen_first, second->listen_first);
	assert_int_not_equal(first->log_out, second->log_out);
	assert_true(declared_has(first->environment, "ORLOP_INSTANCE=1"));
	assert_true(declared_has(second->environment, "ORLOP_INSTANCE=2"));
	assert_int_equal(first->needed.count, 1); /* the group waits for it */
	assert_string_equal(text(first->service), "w");
}

static void test_notify_and_watchdog(void **state)
{
	struct plan_header const *h;
	struct plan_slot const *s;
	struct plan_listen const *notifies;

	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nready = fd:7\n");
	declared_file("services/b.ini", "command = sleep 1\nready = notify\nwatchdog = 2s\n");
	compile();
	h = plan_header(bed.plan.s);
	notifies = plan_listens(bed.plan.s, h->notifies);
	assert_int_equal(h->notify_count, 2);
	s = declared_slot("a");
	assert_int_equal(s->ready_fd, 7);
	assert_int_equal(notifies[s->notify].length, 0); /* a pipe */
	assert_false(declared_has(s->environment, "NOTIFY_SOCKET=/run/orlop/a"));
	s = declared_slot("b");
	assert_int_not_equal(notifies[s->notify].length, 0);
	assert_true(declared_has(s->environment, "NOTIFY_SOCKET=/run/orlop/b"));
	assert_true(declared_has(s->environment, "WATCHDOG_USEC=2000000"));
}

static void test_helpers(void **state)
{
	struct plan_slot const *s;

	(void)state;
	declared_file("services/a.ini", "command = sleep 1\n");
	compile();
	s = plan_helper(bed.plan.s, PLAN_SUPERVISOR);
	assert_string_equal(text(s->executable), "/usr/bin/orlop");
	assert_true(declared_has(s->arguments, "orlop-supervise"));
	assert_int_equal(s->uid, 65534);
	assert_true(s->capabilities == 0);
	assert_int_equal(s->flags & PLAN_PASS_ALL, 0);
	assert_int_equal(s->pass.count, 1);
	assert_true(declared_has(s->pass, "TZ"));
	assert_int_equal(s->environment.count, 0);
	assert_true(declared_has(plan_helper(bed.plan.s, PLAN_LOGGER)->arguments, "orlop-log"));
}

static void test_a_service_that_is_off(void **state)
{
	struct plan_slot const *s;

	(void)state;
	declared_file("services/a.ini",
		      "command = ${NOPE}\nenabled-if = env:NOPE\nlisten = tcp:80\n");
	declared_file("services/b.ini", "command = sleep 1\nneeds = a\n");
	compile();
	s = declared_slot("a");
	assert_false(s->flags & (PLAN_ENABLED | PLAN_SELECTED));
	assert_int_equal(s->listen.count, 0);
	assert_int_equal(plan_header(bed.plan.s)->listen_count, 0);
	assert_int_equal(declared_slot("b")->needs.count, 1);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_service),
		DECLARED(test_instances_share_and_differ),
		DECLARED(test_notify_and_watchdog),
		DECLARED(test_helpers),
		DECLARED(test_a_service_that_is_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
