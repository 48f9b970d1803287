/* SPDX-License-Identifier: ISC */
/* The table must have every key once and whole; a hole in it is a crash at boot. */
#include "declared.h"

#include "plan/keys.h"

static void test_the_table_is_whole(void **state)
{
	(void)state;
	for (enum service_key key = 0; key < KEY_COUNT; key++) {
		struct key const *k = keys_at(key);

		assert_non_null(k->name);
		assert_non_null(k->take);
		assert_non_null(k->expected);
		assert_int_not_equal(k->kinds, 0);
		assert_int_equal(keys_find(k->name), key);
	}
	assert_int_equal(keys_find("comand"), KEY_COUNT);
	assert_int_equal(keys_find(""), KEY_COUNT);
}

/* The names are a promise to everybody who has a service's file. */
static void test_the_names_are_those_of_the_manual(void **state)
{
	static char const *const names[] = {
		"command",
		"type",
		"schedule",
		"phase",
		"user",
		"group",
		"groups",
		"umask",
		"directory",
		"nice",
		"oom-score-adjust",
		"limits",
		"environment-pass",
		"secret",
		"needs",
		"after",
		"enabled-if",
		"instances",
		"ready",
		"ready-command",
		"start-timeout",
		"health",
		"health-interval",
		"health-failures",
		"watchdog",
		"restart",
		"success-exit",
		"restart-delay",
		"restart-limit",
		"essential",
		"stop-signal",
		"stop-timeout",
		"stop-command",
		"reload-signal",
		"forward",
		"listen",
		"listen-env",
		"read",
		"write",
		"execute",
		"bind",
		"connect",
		"capabilities",
		"syscalls",
		"confine",
		"log",
		"preset",
	};

	(void)state;
	assert_int_equal(sizeof names / sizeof names[0], KEY_COUNT);
	for (size_t i = 0; i < KEY_COUNT; i++)
		assert_int_not_equal(keys_find(names[i]), KEY_COUNT);
}

static void test_a_slip_of_the_pen(void **state)
{
	(void)state;
	assert_string_equal(keys_near("comand"), "command");
	assert_string_equal(keys_near("uesr"), "user");
	assert_string_equal(keys_near("writes"), "write");
	assert_string_equal(keys_near("stop_signal"), "stop-signal");
	assert_string_equal(keys_near("usr"), "user");
	assert_null(keys_near("exec"));
	assert_null(keys_near(""));
}

static void test_unset_variables(void **state)
{
	struct service const *s;

	(void)state;
	(void)declared_service("command = ${NOPE}\n");
	declared_fault("one.ini:1: command: found the variable NOPE unset");
	bed.faults.list.len = 0;
	s = declared_service(
	    "command = ${NOPE}\nenabled-if = env:NOPE\n[environment]\nA = ${NOPE}\n");
	declared_no_fault(); /* off here because of that very variable */
	assert_true(s->flags & SERVICE_DISABLED);
}

static void test_too_many_words(void **state)
{
	char *text = arena_take(&bed.arena, 20000);

	(void)state;
	memset(text, ' ', 19999);
	memcpy(text, "needs = ", 8);
	for (int i = 0; i < 4096; i++)
		memcpy(text + 8 + 4 * i, i % 16 ? "abc " : "ab\n ", 4);
	(void)declared_service(text);
	declared_fault("needs: found more than 4095 words");
}

/* instances = ${HOME:-2} said that it had found "${HOME:-2}", which looks like a 2. */
static void test_a_variable_is_shown_without_its_value(void **state)
{
	(void)state;
	(void)declared_service("command = x\ninstances = ${HOME:-2}\n");
	declared_fault("one.ini:2: instances: found \"/root\" from \"${HOME:-2}\", expected");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_the_table_is_whole),
		DECLARED(test_the_names_are_those_of_the_manual),
		DECLARED(test_a_slip_of_the_pen),
		DECLARED(test_unset_variables),
		DECLARED(test_too_many_words),
		DECLARED(test_a_variable_is_shown_without_its_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
