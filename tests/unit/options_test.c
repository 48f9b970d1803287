/* SPDX-License-Identifier: ISC */
/* Options of the verbs: only those that the verb takes, with the values that they want. */
#include "ctl/options.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

char const *PROG = "test";

static int parse(struct options *options, struct text *problem, char const *const *argv, int argc)
{
	return options_parse(options, OPTION_JSON | OPTION_PID | OPTION_TIMEOUT, argc, argv,
			     problem);
}

static void an_option_between_words_is_lost(void **state)
{
	char const *const argv[] = { "status",	"a", "--json", "b",	"--timeout=2s",
				     "--pid=9", "-", "--",     "--json" };
	struct text problem = TEXT_EMPTY;
	struct options options;

	(void)state;
	assert_int_equal(parse(&options, &problem, argv, 9), 0);
	assert_int_equal(options.given, OPTION_JSON | OPTION_PID | OPTION_TIMEOUT);
	assert_int_equal(options.pid, 9);
	assert_int_equal(options.timeout, 2000000000);
	assert_int_equal(options.word_count, 4);
	assert_string_equal(options.words[1], "b");
	assert_string_equal(options.words[2], "-");
	assert_string_equal(options.words[3], "--json");
	options_free(&options);
	text_free(&problem);
}

static void assert_refused(char const *word, char const *message)
{
	char const *const argv[] = { "status", word };
	struct text problem = TEXT_EMPTY;
	struct options options;

	assert_int_equal(parse(&options, &problem, argv, 2), -EINVAL);
	assert_string_equal(text_string(&problem), message);
	options_free(&options);
	text_free(&problem);
}

static void a_wrong_option_is_taken(void **state)
{
	(void)state;
	assert_refused("--no-wait", "unknown option --no-wait");
	assert_refused("-j", "unknown option -j");
	assert_refused("-json", "unknown option -json");
	assert_refused("--jso", "unknown option --jso");
	assert_refused("--json=yes", "option without a value, but found --json=yes");
	assert_refused("--pid", "found --pid, expected --pid= and a process id");
	assert_refused("--pid=", "found --pid=, expected --pid= and a process id");
	assert_refused("--pid=0", "found --pid=0, expected --pid= and a process id");
	assert_refused("--pid=99999999999",
		       "found --pid=99999999999, expected --pid= and a process id");
	assert_refused("--timeout=soon", "found --timeout=soon, expected --timeout= and a duration "
					 "such as 500ms, 10s or 2m");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(an_option_between_words_is_lost),
		cmocka_unit_test(a_wrong_option_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
