/* SPDX-License-Identifier: ISC */
/* Files must become services with all their keys, and every wrong one must be told at once. */
#include "declared.h"

static void test_names(void **state)
{
	char longest[65];

	(void)state;
	memset(longest, 'a', sizeof longest);
	longest[64] = '\0';
	assert_false(load_is_name(longest));
	longest[63] = '\0';
	assert_true(load_is_name(longest));
	assert_true(load_is_name("a"));
	assert_true(load_is_name("0-a_b"));
	for (char const *const *bad =
		 (char const *const[]){ "", "-a", "_a", "A", "a.b", "a@1", "ä", "a b", NULL };
	     *bad; bad++)
		assert_false(load_is_name(*bad));
}

static void test_all_that_is_wrong_at_once(void **state)
{
	(void)state;
	declared_file("services/a.ini", "comand = x\ncommand = y\ncommand = z\n");
	declared_file("services/b.ini", "");
	declared_file("services/C.ini", "command = x\n");
	declared_file("services/d.ini", "command = x\n[enviroment]\nA = b\nC = d\n");
	assert_int_equal(symlink("nowhere", declared_path("services/e.ini")), 0);
	load_all(&bed.declarations);
	declared_fault("a.ini:1: found the key \"comand\", expected command\n");
	declared_fault("a.ini:3: command: found a second time, expected once (line 2)");
	declared_fault("b.ini:1: found no command");
	declared_fault("C.ini: found the service's name \"C\"");
	declared_fault("d.ini:3: found the section \"enviroment\", expected [environment]");
	declared_fault("e.ini: found a link to nothing");
	assert_int_equal(faults_count(&bed.faults), 6);
}

static void test_no_directory(void **state)
{
	(void)state;
	assert_int_equal(rmdir(declared_path("services")), 0);
	load_all(&bed.declarations);
	declared_fault("services: found nothing, expected a directory with NAME.ini files");
}

static void test_no_service(void **state)
{
	(void)state;
	load_all(&bed.declarations);
	declared_fault("services: found no service, expected at least one NAME.ini");
}

static void test_too_many_are_not_read(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= 8192; i++)
		assert_int_equal(
		    symlink("nowhere", arena_join(&bed.arena, bed.directory, "/services/s",
						  arena_number(&bed.arena, i), ".ini", NULL)),
		    0);
	load_all(&bed.declarations);
	declared_fault("services: found 8193 services, expected at most 8192");
	assert_int_equal(faults_count(&bed.faults), 1);
}

static void test_a_preset_stands_behind_the_file(void **state)
{
	struct service const *s;

	(void)state;
	declared_mkdir("presets");
	declared_file("presets/fpm.ini", "command = fpm\numask = 0077\nstop-signal = QUIT\n"
					 "[environment]\nA = preset\nB = preset\n");
	s = declared_service("preset = fpm\numask = 0022\n[environment]\nB = own\nC = own\n");
	declared_no_fault();
	assert_string_equal(s->command.at[0], "fpm");
	assert_int_equal(s->slot.umask, 0022);
	assert_int_equal(s->slot.stop_signal, 3);
	assert_int_equal(s->environment.count, 3);
	assert_string_equal(s->environment.at[0], "B=own");
	assert_string_equal(s->environment.at[2], "A=preset");
}

static void test_a_preset_that_is_wrong(void **state)
{
	(void)state;
	declared_mkdir("presets");
	declared_file("presets/a.ini",
		      "command = x\nnice = 99\npreset = b\n[environment]\nA = 1\nA = 2\n");
	(void)declared_service("preset = a\n");
	declared_fault("presets/a.ini:2: nice: found \"99\"");
	declared_fault("presets/a.ini:3: preset: found in a preset");
	declared_fault("presets/a.ini:6: A: found a second time");
	(void)declared_service("command = x\npreset = nosuch\n");
	declared_fault("one.ini:2: preset: found \"nosuch\"");
	(void)declared_service("command = x\npreset = ../services/one\n");
	declared_fault("one.ini:2: preset: found \"../services/one\"");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_names),
		DECLARED(test_all_that_is_wrong_at_once),
		DECLARED(test_no_directory),
		DECLARED(test_no_service),
		DECLARED(test_too_many_are_not_read),
		DECLARED(test_a_preset_stands_behind_the_file),
		DECLARED(test_a_preset_that_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
