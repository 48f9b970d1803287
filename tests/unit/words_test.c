/* SPDX-License-Identifier: ISC */
/* What comes in through a variable must stay one word, whatever is in it. */
#include "declared.h"

#include "plan/words.h"

static struct words words;

static void expect(char const *value, uint32_t count, ...)
{
	va_list list;

	assert_int_equal(words_parse(&bed.parser, value, &words), 0);
	assert_int_equal(words.count, count);
	va_start(list, count);
	for (uint32_t i = 0; i < count; i++)
		assert_string_equal(words.at[i], va_arg(list, char const *));
	va_end(list);
}

static void refuse(char const *value, char const *found)
{
	assert_int_equal(words_parse(&bed.parser, value, &words), -EINVAL);
	assert_non_null(strstr(bed.parser.found, found));
}

static void test_execline_words(void **state)
{
	(void)state;
	expect("", 0);
	expect("a  b\tc\nd", 4, "a", "b", "c", "d");
	expect("\"a b\" c\\ d \"\\\"\" \"\"", 4, "a b", "c d", "\"", "");
	expect("a # not this\nb#this", 2, "a", "b#this");
	expect("if { a b } c", 5, "if", " a", " b", "", "c");
	assert_true(bed.parser.block);
	expect("\"{\" {b} \"} x\"", 3, "{", "{b}", "} x");
	assert_false(bed.parser.block);
}

static void test_syntax_that_is_wrong(void **state)
{
	(void)state;
	refuse("a \"b", "a quote");
	refuse("a \\", "a backslash");
	refuse("a { b", "a { without its }");
	refuse("a } b", "a } without its {");
	refuse("\"a\\0x00z\"", "a NUL byte");
	refuse("\"a\\0x7fz\"", "\\0x7f");
}

/* The heart of it: blanks, quotes, braces, dollar signs in a value are not looked at again. */
static void test_values_are_never_parsed(void **state)
{
	(void)state;
	bed.environment[2] = "EVIL=a b \"c { } ${HOME} \\ # \001 \177 \n";
	expect("x ${EVIL} y", 3, "x", "a b \"c { } ${HOME} \\ # \001 \177 \n", "y");
	expect("x${EVIL}${HOME}", 1, "xa b \"c { } ${HOME} \\ # \001 \177 \n/root");
	expect("\"${EVIL}\"", 1, "a b \"c { } ${HOME} \\ # \001 \177 \n");
	expect("if { ${EVIL} }", 3, "if", " a b \"c { } ${HOME} \\ # \001 \177 \n", "");
}

static void test_defaults(void **state)
{
	(void)state;
	bed.environment[2] = "EMPTY=";
	expect("${WORKERS:-4}", 1, "4");
	expect("${HOME:-4}", 1, "/root");
	expect("${EMPTY:-a \"b c}", 1, "a \"b c");
	expect("a ${EMPTY} ${NONE:-}", 3, "a", "", "");
}

static void test_a_dollar_sign_of_its_own(void **state)
{
	(void)state;
	expect("\\${HOME} $HOME \"\\${HOME}\" a$", 4, "${HOME}", "$HOME", "${HOME}", "a$");
}

static void test_unset_and_malformed(void **state)
{
	(void)state;
	refuse("a ${NOPE}", "the variable NOPE unset");
	assert_true(bed.parser.unset);
	refuse("${HOM}", "HOM unset"); /* a prefix of HOME is not HOME */
	refuse("${}", "${");
	assert_false(bed.parser.unset);
	refuse("${1A}", "${1A");
	refuse("${HOME", "${HOME");
	refuse("${HOME:4}", "${HOME:4");
	refuse("${HOME-4}", "${HOME-4");
	refuse("${NOPE:-${HOME}}", "${ in a default"); /* else the word "${HOME}" */
}

static void test_a_comment_needs_no_variables(void **state)
{
	(void)state;
	expect("a # ${NOPE}\nb", 2, "a", "b");
}

static void test_join(void **state)
{
	(void)state;
	expect("a \"b c\" d", 3, "a", "b c", "d");
	assert_string_equal(words_join(&bed.arena, &words, 0), "a b c d");
	assert_string_equal(words_join(&bed.arena, &words, 1), "b c d");
	assert_string_equal(words_join(&bed.arena, &words, 3), "");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_execline_words),
		DECLARED(test_syntax_that_is_wrong),
		DECLARED(test_values_are_never_parsed),
		DECLARED(test_defaults),
		DECLARED(test_a_dollar_sign_of_its_own),
		DECLARED(test_unset_and_malformed),
		DECLARED(test_a_comment_needs_no_variables),
		DECLARED(test_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
