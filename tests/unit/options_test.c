/* SPDX-License-Identifier: ISC */
/* Options of the verbs: only those that the verb takes, with the values that they want. */
#include "lib/options.h"

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

static int parse_lines(struct options *options, struct text *problem, char const *a, char const *b)
{
	char const *const argv[] = { "logs", a, b, "name" };

	return options_parse(options, OPTION_FOLLOW | OPTION_LINES, 4, argv, problem);
}

static void short_options_are_mixed_up(void **state)
{
	static struct {
		char const *words[2];
		unsigned given;
		uint64_t lines;
		uint32_t left;
		int result;
	} const cases[] = {
		{ { "-n", "7" }, OPTION_LINES, 7, 1, 0 },
		{ { "-n7", "-f" }, OPTION_LINES | OPTION_FOLLOW, 7, 1, 0 },
		{ { "--lines=0", "--follow" }, OPTION_LINES | OPTION_FOLLOW, 0, 1, 0 },
		{ { "-f", "a" }, OPTION_FOLLOW, 0, 2, 0 },
		{ { "-n", "few" }, 0, 0, 0, -EINVAL },
		{ { "a", "-n" }, 0, 0, 0, -EINVAL }, /* "name" is no number */
		{ { "-fn", "7" }, 0, 0, 0, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct text problem = TEXT_EMPTY;
		struct options options;

		assert_int_equal(
		    parse_lines(&options, &problem, cases[i].words[0], cases[i].words[1]),
		    cases[i].result);
		if (cases[i].result == 0) {
			assert_int_equal(options.given, cases[i].given);
			assert_int_equal(options.lines, cases[i].lines);
			assert_int_equal(options.word_count, cases[i].left);
		}
		options_free(&options);
		text_free(&problem);
	}
	assert_refused("-f", "unknown option -f");
	assert_refused("-n7", "unknown option -n7");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(an_option_between_words_is_lost),
		cmocka_unit_test(a_wrong_option_is_taken),
		cmocka_unit_test(short_options_are_mixed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
