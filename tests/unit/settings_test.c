/* SPDX-License-Identifier: ISC */
/* orlop.ini holds for all services: what is wrong in it must stop the boot. */
#include "declared.h"

#include "plan/settings.h"

static struct settings const *read_settings(char const *text)
{
	declared_file("orlop.ini", text);
	(void)declared_service("command = x\n");
	return &bed.declarations.settings;
}

static void test_defaults(void **state)
{
	(void)state;
	(void)declared_service("command = x\n");
	declared_no_fault();
	assert_true(bed.declarations.settings.stop_timeout == 9000000000);
	assert_int_equal(bed.declarations.settings.log, PLAN_LOG_PLAIN);
}

static void test_all_keys(void **state)
{
	struct settings const *s = read_settings(
	    "stop-timeout = 20s\nlog = file:/l keep=3\n"
	    "operators = root 7\naccept = root *\naccept = setuid /bin/su\n"
	    "[files]\n/a = root\n/b = web:log 0640 0750 recursive\n"
	    "/c = 7:8 0600\n/d = root recursive\n");

	(void)state;
	declared_no_fault();
	assert_true(s->stop_timeout == 20000000000);
	assert_int_equal(s->operators.count, 2);
	assert_int_equal(s->rule_count, 4);
	assert_string_equal(s->rules[1].path, "/b");
	assert_string_equal(s->rules[1].owner, "web");
	assert_string_equal(s->rules[1].group, "log");
	assert_int_equal(s->rules[1].record.flags, PLAN_RULE_DECLARED | PLAN_RULE_RECURSIVE);
	assert_int_equal(s->rules[1].record.directory_mode, 0750);
	assert_int_equal(s->rules[1].record.line, 8);
	assert_null(s->rules[0].group);
	assert_int_equal(s->rules[2].record.directory_mode, 0700); /* to be read is to be entered */
	assert_true(s->rules[3].record.file_mode == UINT32_MAX);
	assert_int_equal(s->accept_count, 2);
	assert_string_equal(s->accepts[1], "setuid /bin/su");
	assert_int_equal(bed.declarations.services[0].slot.log, PLAN_LOG_FILE);
	assert_string_equal(bed.declarations.services[0].log_option, "/l keep=3");
}

static void test_refused(void **state)
{
	static char const *const bad[] = {
		"stop-timeout = never\n",
		"stop-timeout = 0\n",
		"stop-timeout = 1s 2s\n",
		"log = loud\n",
		"operators =\n",
		"accept =\n",
		"accept = nosuchcode *\n",
		"colour = red\n",
		"log = plain\nlog = json\n",
		"log = ${NOPE}\n",
		"[environment]\nA = b\n",
		"[files]\na = root\n",
		"[files]\n/a =\n",
		"[files]\n/a/../b = root\n",
		"[files]\n/a = :web\n",
		"[files]\n/a = web:\n",
		"[files]\n/a = root 0999\n",
		"[files]\n/a = root 0640 0750 0750\n",
		"[files]\n/a = root recursive 0640\n",
		"[files]\n/a = root\n/a = web\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		size_t const before = faults_count(&bed.faults);

		(void)read_settings(bad[i]);
		if (faults_count(&bed.faults) != before + 1)
			fail_msg("%s: %zu faults", bad[i], faults_count(&bed.faults) - before);
	}
	declared_fault(
	    "orlop.ini:1: found the key \"colour\", expected stop-timeout, log, operators");
	declared_fault("orlop.ini:2: log: found a second time, expected once");
}

static void test_empty_is_allowed(void **state)
{
	(void)state;
	(void)read_settings("");
	declared_no_fault();
}

static void test_one_path_written_in_two_ways(void **state)
{
	(void)state;
	declared_file("orlop.ini", "[files]\n/a = root\n/a/ = root\n?//a = root\n");
	load_all(&bed.declarations);
	declared_fault("orlop.ini:3: /a/: found a second time, expected once");
	declared_fault("orlop.ini:4: ?//a: found a second time");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_one_path_written_in_two_ways),
		DECLARED(test_defaults),
		DECLARED(test_all_keys),
		DECLARED(test_refused),
		DECLARED(test_empty_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
