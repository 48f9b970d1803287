/* SPDX-License-Identifier: ISC */
/* The calls that are shown as denied have to be those that the filter denies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/call_numbers.h"
#include "ctl/explain.h"

#include <string.h>

static struct {
	struct plan_header header;
	struct plan_slot slot;
	uint32_t calls[3];
} plan;

static int fresh(void **state)
{
	(void)state;
	memset(&plan, 0, sizeof plan);
	plan.header.host = PLAN_HOST_SECCOMP;
	plan.calls[0] = __NR_mount;
	plan.calls[1] = __NR_getpid | PLAN_SYSCALL_DENY;
	plan.calls[2] = __NR_ioctl | PLAN_SYSCALL_DENY;
	plan.slot.syscalls.offset = offsetof(__typeof__(plan), calls);
	return 0;
}

/* What is explained, in memory that the caller frees. */
static struct sheet explained(bool as_json, bool every_call)
{
	struct sheet sheet = { .as_json = as_json };
	struct explained const about = { &plan, &plan.slot, every_call };

	if (as_json)
		json_open(&sheet.json, NULL, '{');
	explain_calls(&sheet, &about);
	return sheet;
}

static void expect(bool every_call, char const *words, bool there)
{
	struct sheet sheet = explained(false, every_call);

	if ((strstr(text_string(&sheet.json.text), words) != NULL) != there)
		fail_msg("'%s' in %s", words, text_string(&sheet.json.text));
	text_free(&sheet.json.text);
}

static void test_default(void **state)
{
	(void)state;
	expect(false, " mount ", true);
	expect(false, " prlimit64* ", true);
	expect(false, "and declared", false);
	expect(true, "mount: changes what paths mean\n", true);
	expect(true, "ioctl*: types into a terminal (TIOCSTI)\n", true);
}

static void test_adjusted(void **state)
{
	(void)state;
	plan.slot.syscalls.count = 3;
	expect(false, " mount ", false);
	expect(false, "  and declared  getpid ioctl\n", true);
	expect(false, "  but allowed   mount\n", true);
	/* The rules of a call that is denied altogether are gone. */
	expect(true, "ioctl*", false);
}

static void test_switched_off(void **state)
{
	(void)state;
	plan.slot.flags = PLAN_SYSCALLS_ALL;
	expect(false, "none: syscalls = all", true);
	expect(false, "mount", false);
}

static void test_no_seccomp_here(void **state)
{
	(void)state;
	expect(false, "this kernel has no seccomp", false);
	plan.header.host = 0;
	expect(false, "this kernel has no seccomp", true);
}

static void test_as_json(void **state)
{
	struct sheet sheet;
	char const *text;

	(void)state;
	plan.slot.syscalls.count = 3;
	sheet = explained(true, false);
	text = text_string(&sheet.json.text);
	assert_non_null(strstr(text, "{\"name\":\"ptrace\",\"group\":\"other processes\","
				     "\"error\":\"EPERM\",\"always\":true,"));
	assert_non_null(strstr(text, "{\"name\":\"getpid\",\"group\":\"declared\""));
	assert_non_null(strstr(text, "\"syscalls_allowed\":[\"mount\"]"));
	assert_null(strstr(text, "{\"name\":\"mount\""));
	text_free(&sheet.json.text);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, fresh)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(default),	       TEST(adjusted), TEST(switched_off),
		TEST(no_seccomp_here), TEST(as_json),
	};

	return cmocka_run_group_tests_name("explain_calls", tests, NULL, NULL);
}
