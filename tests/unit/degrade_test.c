/* SPDX-License-Identifier: ISC */
/* What cannot be had must be said: once when it may be missed, as an error when it may not. */
#include "declared.h"

#include "plan/degrade.h"
#include "plan/identity.h"
#include "sys/fake.h"

#include <errno.h>
#include <sys/resource.h>

static struct service *degrade(char const *text)
{
	struct service *s = declared_service(text);

	identity_resolve(&bed.declarations, declared_path("etc"));
	degrade_all(&bed.declarations, declared_path("etc"));
	return s;
}

static void test_without_setuid(void **state)
{
	struct service const *s;

	(void)state;
	bed.declarations.host.can_change_ids = false;
	bed.declarations.host.uid = 12345;
	bed.declarations.host.gid = 0;
	s = degrade("command = x\nuser = web\nlisten = unix:/a\n");
	declared_no_fault();
	assert_true(declared_notice("no CAP_SETUID: every service runs as uid 12345"));
	assert_true(bed.declarations.shared_uid);
	assert_int_equal(s->slot.uid, 12345);
	assert_int_equal(s->slot.gid, 0);
	assert_int_equal(s->group_count, 0);
	assert_string_equal(s->user_name, "12345");
	assert_string_equal(s->home, "/");
	assert_true(s->sockets[0].record.uid == UINT32_MAX);
}

static void test_the_same_uid_needs_no_notice(void **state)
{
	(void)state;
	bed.declarations.host.can_change_ids = false;
	bed.declarations.host.uid = 1001;
	assert_string_equal(degrade("command = x\nuser = web\n")->home, "/srv/web");
	declared_no_fault();
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 0);
}

static void test_strict_is_an_error(void **state)
{
	(void)state;
	bed.declarations.host.can_change_ids = false;
	bed.declarations.host.uid = 12345;
	bed.declarations.host.landlock_abi = 0;
	bed.declarations.host.can_seccomp = false;
	bed.declarations.host.capabilities = 0;
	(void)degrade(
	    "command = x\nuser = web\nread = /a\ncapabilities = chown\nconfine = strict\n");
	declared_fault(
	    "one.ini:2: user: found no CAP_SETUID: every service runs as uid 12345, expected");
	declared_fault("one.ini:3: read: found no Landlock");
	declared_fault("one.ini:4: capabilities: found no capability chown");
	declared_fault("one.ini:5: confine: found no seccomp");
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 0);
}

static void test_best_effort_is_a_notice(void **state)
{
	struct service const *s;

	(void)state;
	bed.declarations.host.landlock_abi = 3;
	bed.declarations.host.can_seccomp = false;
	bed.declarations.host.capabilities = 0;
	s = degrade("command = x\nuser = 0\nbind = 80\ncapabilities = chown\n");
	declared_no_fault();
	assert_true(
	    declared_notice("Landlock ABI 3: no rules for TCP ports (ABI 4), signals between"));
	assert_false(declared_notice("truncation")); /* nobody asked for it */
	assert_true(declared_notice("no seccomp"));
	assert_true(declared_notice("no capability chown"));
	assert_true(s->slot.capabilities == 0);
}

static void test_off_asks_for_nothing(void **state)
{
	(void)state;
	bed.declarations.host.landlock_abi = 0;
	bed.declarations.host.can_seccomp = false;
	(void)degrade("command = x\nuser = 0\nconfine = off\n");
	(void)degrade("command = x\nuser = 0\nread = /a\nenabled-if = env:NOPE\n");
	declared_no_fault();
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 0);
}

/* Each right that was asked for and is not there, all in one line. */
static void test_an_old_landlock(void **state)
{
	(void)state;
	bed.declarations.host.landlock_abi = 1;
	(void)degrade("command = x\nuser = 0\nread = /a\nconnect = 80\n");
	declared_no_fault();
	assert_true(declared_notice("Landlock ABI 1: no rules for renames between directories, "
				    "which fail (ABI 2), truncation of files (ABI 3), TCP ports "
				    "(ABI 4), ioctl on devices (ABI 5), signals between"));
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 1);
}

static void test_an_old_landlock_where_strict(void **state)
{
	(void)state;
	bed.declarations.host.landlock_abi = 3;
	(void)degrade("command = x\nuser = 0\nread = /a\nbind = 80\nconfine = strict\n");
	declared_fault("one.ini:4: bind: found Landlock ABI 3: no rules for TCP ports (ABI 4), "
		       "expected");
	declared_fault("one.ini:3: read: found Landlock ABI 3: no rules for ioctl on devices");
	assert_int_equal(faults_count(&bed.faults), 2);
}

static void test_services_that_cannot_be_stopped_are_not_told_of(void **state)
{
	(void)state;
	bed.declarations.host.capabilities = ~(UINT64_C(1) << 5);
	(void)degrade("command = x\nuser = web\n");
	declared_no_fault();
	assert_true(declared_notice("no CAP_KILL"));
}

/* They stayed as they were, and nothing had been said. */
static void test_limits_and_priorities_out_of_reach_are_not_told_of(void **state)
{
	(void)state;
	fake_reset();
	fake_fail(FAKE_setpriority, 1, 1, EACCES);
	fake_fail(FAKE_write, 1, 1, EACCES);
	(void)degrade("command = x\nuser = 0\n"
		      "nice = -5\noom-score-adjust = -900\n");
	declared_no_fault();
	assert_true(declared_notice("nice value below 0"));
	assert_true(declared_notice("oom score"));
}

static void test_limits_out_of_reach_are_no_error_where_strict(void **state)
{
	struct rlimit const low = { 100, 100 };

	(void)state;
	fake_reset();
	assert_int_equal(setrlimit(RLIMIT_MSGQUEUE, &low), 0);
	fake_fail(FAKE_prlimit64, 2, 1, EPERM);
	(void)degrade("command = x\nuser = 0\nlimits = msgqueue=200\nconfine = strict\n");
	declared_fault(
	    "one.ini:3: limits: found limit msgqueue cannot be raised from 100, expected");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_without_setuid),
		DECLARED(test_the_same_uid_needs_no_notice),
		DECLARED(test_strict_is_an_error),
		DECLARED(test_best_effort_is_a_notice),
		DECLARED(test_off_asks_for_nothing),
		DECLARED(test_an_old_landlock),
		DECLARED(test_an_old_landlock_where_strict),
		DECLARED(test_services_that_cannot_be_stopped_are_not_told_of),
		DECLARED(test_limits_and_priorities_out_of_reach_are_not_told_of),
		DECLARED(test_limits_out_of_reach_are_no_error_where_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
