/* SPDX-License-Identifier: ISC */
/* A setting of php-fpm that is lost or taken for another's makes the check wrong or blind. */
#include "ctl/fpm_dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define AT "[24-Nov-2026 09:50:22] "

static char *output;

static void parse(struct fpm_dump *dump, char const *text)
{
	free(output);
	output = strdup(text);
	assert_non_null(output);
	assert_int_equal(fpm_dump_parse(dump, output), 0);
}

static void values_land_in_their_sections(void **state)
{
	struct fpm_dump dump;

	(void)state;
	parse(&dump,
	      AT "NOTICE: [global]\n" AT "NOTICE: \tprocess_control_timeout = 5s\n" AT
		 "NOTICE: \terror_log = /proc/self/fd/2\n" AT "NOTICE:  \n" AT "NOTICE: [www]\n" AT
		 "NOTICE: \tlisten = 127.0.0.1:9000\n" AT "NOTICE: \tclear_env = no\n" AT
		 "NOTICE: [two words]\n" AT "NOTICE: \tlisten = /run/a = b.sock\n" AT
		 "NOTICE: \tenv[A] = listen = 1\n" AT
		 "NOTICE: configuration file /etc/php fpm.conf test is successful\n");
	assert_string_equal(dump.file, "/etc/php fpm.conf");
	assert_int_equal(fpm_dump_count(&dump), 3);
	assert_string_equal(fpm_dump_section(&dump, 0)->name, "global");
	assert_string_equal(fpm_dump_section(&dump, 0)->values[FPM_CONTROL_TIMEOUT], "5s");
	assert_string_equal(fpm_dump_section(&dump, 0)->values[FPM_ERROR_LOG], "/proc/self/fd/2");
	assert_null(fpm_dump_section(&dump, 0)->values[FPM_LISTEN]);
	assert_string_equal(fpm_dump_section(&dump, 1)->values[FPM_LISTEN], "127.0.0.1:9000");
	assert_string_equal(fpm_dump_section(&dump, 1)->values[FPM_CLEAR_ENV], "no");
	assert_false(fpm_dump_section(&dump, 1)->has_env);
	assert_string_equal(fpm_dump_section(&dump, 2)->name, "two words");
	assert_string_equal(fpm_dump_section(&dump, 2)->values[FPM_LISTEN], "/run/a = b.sock");
	assert_true(fpm_dump_section(&dump, 2)->has_env);
	assert_int_equal(dump.refusal.bytes.len, 0);
	fpm_dump_free(&dump);
}

static void lines_that_come_twice_are_one(void **state)
{
	struct fpm_dump dump;

	(void)state;
	parse(&dump,
	      AT "NOTICE: [global]\n" AT "NOTICE: [global]\n" AT "NOTICE: \tlog_limit = 8192\n" AT
		 "NOTICE: \tlog_limit = 8192\n" AT "ERROR: [/a.conf:3] unknown entry 'x'\n" AT
		 "ERROR: [/a.conf:3] unknown entry 'x'\n" AT "ALERT: two\n");
	assert_int_equal(fpm_dump_count(&dump), 1);
	assert_string_equal(fpm_dump_section(&dump, 0)->values[FPM_LOG_LIMIT], "8192");
	assert_string_equal(text_string(&dump.refusal), "[/a.conf:3] unknown entry 'x'");
	assert_null(dump.file);
	fpm_dump_free(&dump);
}

static void what_php_fpm_did_not_say_is_nothing(void **state)
{
	static char const *const texts[] = { "",
					     "\n\n",
					     "orlop-confine: fatal: x: y\n",
					     "[",
					     "[] NOTICE",
					     AT,
					     AT "NOTICE: ",
					     AT "NOTICE: \tlisten = 1\n",
					     "PHP Warning:  [www]\n",
					     AT "NOTICE: []\n",
					     AT "NOTICE: configuration file \n" };
	struct fpm_dump dump;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		parse(&dump, texts[i]);
		assert_null(dump.file);
		assert_true(fpm_dump_count(&dump) <= 1);
		assert_int_equal(dump.refusal.bytes.len, 0);
		fpm_dump_free(&dump);
	}
}

static void a_terminal_is_not_commanded(void **state)
{
	struct fpm_dump dump;

	(void)state;
	parse(&dump, AT "ERROR: \033[2Jgone\n");
	assert_string_equal(text_string(&dump.refusal), "?[2Jgone");
	fpm_dump_free(&dump);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(values_land_in_their_sections),
		cmocka_unit_test(lines_that_come_twice_are_one),
		cmocka_unit_test(what_php_fpm_did_not_say_is_nothing),
		cmocka_unit_test(a_terminal_is_not_commanded),
	};
	int const failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(output);
	return failed;
}
