/* SPDX-License-Identifier: ISC */
/* Asking the kernel as somebody else: with the newer call, the older one, and not at all. */
#include "audited.h"

#include "sys/fake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char top[64];
static unsigned char answers[8];

static int begin(void **state)
{
	(void)audited_begin(state);
	fake_reset();
	memset(answers, 0, sizeof answers);
	strcpy(top, "/tmp/orlop-unit-XXXXXX");
	return mkdtemp(top) && chmod(top, 0755) == 0 ? 0 : -1;
}

static int end(void **state)
{
	fake_reset();
	(void)remove(arena_join(&bed.audit.arena, top, "/mine", NULL));
	(void)remove(arena_join(&bed.audit.arena, top, "/roots", NULL));
	(void)rmdir(top);
	return audited_end(state);
}

static uint32_t file(char const *name, uint32_t uid, unsigned mode)
{
	char const *const path = arena_join(&bed.audit.arena, top, "/", name, NULL);
	FILE *const out = fopen(path, "w");

	assert_non_null(out);
	fclose(out);
	assert_int_equal(chown(path, uid, uid), 0);
	assert_int_equal(chmod(path, mode), 0);
	return audit_spot(&bed.audit, path, SPOT_ASK_WRITE | SPOT_ASK_READ | SPOT_ASK_EXECUTE);
}

static void expect_answers(void)
{
	uint32_t const mine = file("mine", 1001, 0600);
	uint32_t const roots = file("roots", 0, 0755);
	uint32_t const directory = audit_spot(&bed.audit, top, SPOT_ASK_WRITE | SPOT_ASK_READ);

	assert_int_equal(audit_ask(&bed.audit, &bed.audit.identities[0], answers), 0);
	assert_int_equal(answers[mine], SPOT_ASK_WRITE | SPOT_ASK_READ);
	assert_int_equal(answers[roots], SPOT_ASK_READ | SPOT_ASK_EXECUTE);
	assert_int_equal(answers[directory], SPOT_ASK_READ);
	assert_int_equal(getuid(), 0);
}

static void the_kernel_is_asked_as_root(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	expect_answers();
}

static void an_old_kernel_knows_nothing(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	fake_fail(FAKE_faccessat2, 1, 1000, ENOSYS);
	expect_answers();
}

static void an_old_profile_forbids_everything(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	fake_fail(FAKE_faccessat2, 1, 1000, EPERM);
	expect_answers();
}

static void a_change_of_user_that_failed_is_not_noticed(void **state)
{
	static enum fake_call const steps[] = { FAKE_setgroups, FAKE_setresgid, FAKE_setresuid,
						FAKE_capset };

	(void)state;
	if (getuid() != 0)
		skip();
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		fake_reset();
		fake_fail(steps[i], 1, 1, EPERM);
		assert_int_equal(audit_ask(&bed.audit, &bed.audit.identities[0], answers), -EPERM);
	}
}

static void a_child_that_died_said_no(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	(void)file("mine", 1001, 0600);
	fake_fail(FAKE_write, 2, 1, EIO);
	assert_int_equal(audit_ask(&bed.audit, &bed.audit.identities[0], answers), -EPIPE);
	fake_reset();
	fake_fail(FAKE_fork, 1, 1, EAGAIN);
	assert_int_equal(audit_ask(&bed.audit, &bed.audit.identities[0], answers), -EAGAIN);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup_teardown(the_kernel_is_asked_as_root, begin, end),
		cmocka_unit_test_setup_teardown(an_old_kernel_knows_nothing, begin, end),
		cmocka_unit_test_setup_teardown(an_old_profile_forbids_everything, begin, end),
		cmocka_unit_test_setup_teardown(a_change_of_user_that_failed_is_not_noticed, begin,
						end),
		cmocka_unit_test_setup_teardown(a_child_that_died_said_no, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
