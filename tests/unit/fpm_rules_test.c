/* SPDX-License-Identifier: ISC */
/* A php-fpm that cuts requests off, loses lines or ignores its socket must not pass the check. */
#include "ctl/fpm_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct fpm_section sections[3];
static struct fpm_dump dump;
static struct fpm_service service;

static int start(void **state)
{
	(void)state;
	sections[0] = (struct fpm_section){ .name = "global" };
	sections[0].values[FPM_CONTROL_TIMEOUT] = "5s";
	sections[0].values[FPM_ERROR_LOG] = "/proc/self/fd/2";
	sections[0].values[FPM_LOG_LIMIT] = "8192";
	sections[0].values[FPM_DAEMONIZE] = "no";
	sections[1] = (struct fpm_section){ .name = "www" };
	sections[1].values[FPM_LISTEN] = "127.0.0.1:9000";
	sections[1].values[FPM_CATCH_OUTPUT] = "yes";
	sections[1].values[FPM_DECORATE_OUTPUT] = "no";
	sections[1].values[FPM_CLEAR_ENV] = "no";
	sections[2] = sections[1];
	sections[2].name = "api";
	sections[2].values[FPM_LISTEN] = "127.0.0.1:9001";
	dump = (struct fpm_dump){ .file = "/etc/fpm.conf" };
	dump.sections.s = (char *)sections;
	dump.sections.len = 2 * sizeof sections[0];
	service = (struct fpm_service){ "php", 8 * UINT64_C(1000000000), "127.0.0.1:9000=3", true };
	return 0;
}

static void expect(unsigned count, char const *found)
{
	struct text faults = TEXT_EMPTY;

	assert_int_equal(fpm_rules_check(&dump, &service, &faults), count);
	if (found && !strstr(text_string(&faults), found))
		fail_msg("not in: %s", text_string(&faults));
	if (!count)
		assert_string_equal(text_string(&faults), "");
	text_free(&faults);
}

static void a_right_one_passes(void **state)
{
	(void)state;
	expect(0, NULL);
	service.sockets = "";
	expect(0, NULL);
}

static void requests_are_cut_off_at_a_stop(void **state)
{
	static char const *const wrong[] = { "0s", "8s", "60s", "x", "undefined", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		sections[0].values[FPM_CONTROL_TIMEOUT] = wrong[i];
		expect(1, "/etc/fpm.conf: [global] process_control_timeout: found ");
		expect(1, "less than the stop-timeout of 8s");
	}
}

static void each_wrong_value_is_named(void **state)
{
	static struct {
		int section;
		enum fpm_key key;
		char const *value;
		char const *found;
	} const wrong[] = {
		{ 0, FPM_ERROR_LOG, "/var/log/fpm.log", "error_log: found /var/log/fpm.log" },
		{ 0, FPM_ERROR_LOG, "undefined", "expected /proc/self/fd/2" },
		{ 0, FPM_LOG_LIMIT, "1024", "log_limit: found 1024" },
		{ 0, FPM_DAEMONIZE, "yes", "[global] daemonize: found yes, expected no" },
		{ 1, FPM_CATCH_OUTPUT, "no", "[www] catch_workers_output: found no" },
		{ 1, FPM_DECORATE_OUTPUT, "yes", "[www] decorate_workers_output: found yes" },
		{ 1, FPM_CLEAR_ENV, "yes", "[www] clear_env: found yes, expected no" },
		{ 1, FPM_LISTEN, "127.0.0.1:9001",
		  "[www] listen: found 127.0.0.1:9001, expected "
		  "127.0.0.1:9000, the service's own listen" },
	};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		start(state);
		sections[wrong[i].section].values[wrong[i].key] = wrong[i].value;
		expect(1, wrong[i].found);
		expect(1, "(service php)\n");
	}
}

static void all_are_told_at_once(void **state)
{
	(void)state;
	for (int key = 0; key < FPM_KEYS; key++)
		sections[0].values[key] = sections[1].values[key] = "-";
	sections[0].values[FPM_LOG_LIMIT] = "10";
	expect(8, NULL);
}

/* decorate_workers_output and log_limit are of PHP 7.3. */
static void an_old_php_fpm_is_not_asked_for_what_it_cannot(void **state)
{
	(void)state;
	sections[0].values[FPM_LOG_LIMIT] = sections[1].values[FPM_DECORATE_OUTPUT] = NULL;
	expect(0, NULL);
}

static void clear_env_may_be_on_where_it_was_thought_of(void **state)
{
	(void)state;
	sections[1].values[FPM_CLEAR_ENV] = "yes";
	sections[1].has_env = true;
	expect(0, NULL);
	sections[1].has_env = false;
	service.has_variables = false;
	expect(0, NULL);
}

static void a_socket_without_a_pool_lets_clients_wait(void **state)
{
	(void)state;
	service.sockets = "127.0.0.1:9000=3,127.0.0.1:9001=4";
	expect(1, "listen: found no pool with 127.0.0.1:9001, expected one");
	dump.sections.len = 3 * sizeof sections[0];
	expect(0, NULL);
	sections[2].values[FPM_LISTEN] = "9002";
	expect(1, "[api] listen: found 9002, expected 127.0.0.1:9000 or 127.0.0.1:9001");
}

static void addresses_are_what_php_fpm_takes_them_for(void **state)
{
	static struct {
		char const *listen;
		char const *key;
		bool same;
	} const cases[] = {
		{ "127.0.0.1:9000", "127.0.0.1:9000", true },
		{ "127.0.0.1:9000", "127.0.0.1:90001", false },
		{ "127.0.0.1:90001", "127.0.0.1:9000", false },
		{ "9000", "0.0.0.0:9000", true },
		{ "9000", ":::9000", true },
		{ "9000", "127.0.0.1:9000", false },
		{ "000", "0.0.0.0:9000", false },
		{ "9000", "9000", true },
		{ "19000", ":9000", false },
		{ "[::1]:9000", "::1:9000", true },
		{ "[::1]:9000", "::2:9000", false },
		{ "[::1]:9000", "::1:9001", false },
		{ "[::]:9000", "0.0.0.0:9000", false },
		{ "[::1:9000", "::1:9000", false },
		{ "]9", "9", false },
		{ "/run/a.sock", "/run/a.sock", true },
		{ "/run/a.sock", "/run/a.sock2", false },
		{ "", "127.0.0.1:9000", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (fpm_rules_listen_is(cases[i].listen, cases[i].key, strlen(cases[i].key)) !=
		    cases[i].same)
			fail_msg("%s and %s", cases[i].listen, cases[i].key);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup(a_right_one_passes, start),
		cmocka_unit_test_setup(requests_are_cut_off_at_a_stop, start),
		cmocka_unit_test_setup(each_wrong_value_is_named, start),
		cmocka_unit_test_setup(all_are_told_at_once, start),
		cmocka_unit_test_setup(an_old_php_fpm_is_not_asked_for_what_it_cannot, start),
		cmocka_unit_test_setup(clear_env_may_be_on_where_it_was_thought_of, start),
		cmocka_unit_test_setup(a_socket_without_a_pool_lets_clients_wait, start),
		cmocka_unit_test(addresses_are_what_php_fpm_takes_them_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
