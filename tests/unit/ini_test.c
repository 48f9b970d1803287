/* SPDX-License-Identifier: ISC */
/* Lines must be taken for what they are, and each wrong one told with its number. */
#include "declared.h"

#include "plan/ini.h"

static struct ini ini;

static void parse(char const *text, size_t length)
{
	ini_parse(&bed.faults, "f", arena_copy(&bed.arena, text, length), length, &ini);
}

static void expect(uint32_t index, char const *key, char const *value, uint32_t line)
{
	assert_true(index < ini.count);
	assert_string_equal(ini.entries[index].key, key);
	assert_string_equal(ini.entries[index].value, value);
	assert_int_equal(ini.entries[index].line, line);
}

#define PARSE(text) parse(text, sizeof text - 1)

static void test_pairs_comments_sections(void **state)
{
	(void)state;
	PARSE("; one\n# two\n\na=b\n  \t\nkey =  x = y  \n[env]\nc = d");
	declared_no_fault();
	assert_int_equal(ini.count, 3);
	expect(0, "a", "b", 4);
	expect(1, "key", "x = y", 6);
	expect(2, "c", "d", 8);
	assert_string_equal(ini.entries[1].section, "");
	assert_string_equal(ini.entries[2].section, "env");
}

static void test_continuations_are_joined(void **state)
{
	(void)state;
	PARSE("a = b\n  c\n\t# a comment\n\td\nnext = e\n");
	declared_no_fault();
	expect(0, "a", "b\nc\nd", 1);
	expect(1, "next", "e", 5);
}

static void test_nothing_to_continue(void **state)
{
	(void)state;
	PARSE("  a = b\nc = d\n\n  e\n");
	declared_fault("f:1: found \"a = b\" after white space");
	declared_fault("f:4: found \"e\" after white space");
	assert_int_equal(faults_count(&bed.faults), 2);
}

static void test_wrong_lines(void **state)
{
	(void)state;
	PARSE("foo\n= x\n[\n[]\n[open\nok = 1\n");
	for (int line = 1; line <= 5; line++)
		declared_fault(arena_join(
		    &bed.arena, "f:", arena_number(&bed.arena, (unsigned)line), ": found ", NULL));
	assert_int_equal(ini.count, 1);
}

static void test_control_characters(void **state)
{
	(void)state;
	PARSE("a = b\0c\nd = \033[2J\ne = f\r\n  g\nh = \177\ni = j\tk\n");
	declared_fault("f:1: found the control character 0x00");
	declared_fault("f:2: found the control character 0x1b");
	declared_fault("f:3: found the control character 0x0d (a line end of Windows)");
	declared_fault("f:5: found the control character 0x7f");
	assert_int_equal(faults_count(&bed.faults), 4);
	assert_int_equal(ini.count, 1);
}

/* Invisible, so it must not turn up as an unknown key, nor hide the first line. */
static void test_a_byte_order_mark_is_named(void **state)
{
	(void)state;
	PARSE("\xef\xbb\xbf"
	      "command = x\n");
	declared_fault("f:1: found a byte order mark");
	assert_int_equal(faults_count(&bed.faults), 1);
	expect(0, "command", "x", 1);
}

static void test_a_line_has_an_end(void **state)
{
	size_t const length = 1000000;
	char *text = malloc(length);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', length);
	parse(text, length);
	free(text);
	declared_fault("f:1: found a line of 1000000 bytes");
}

static void test_empty(void **state)
{
	(void)state;
	parse("", 0);
	declared_no_fault();
	assert_int_equal(ini.count, 0);
	PARSE("a =\nb = ");
	declared_no_fault();
	expect(0, "a", "", 1);
	expect(1, "b", "", 2);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_pairs_comments_sections), DECLARED(test_continuations_are_joined),
		DECLARED(test_nothing_to_continue),	DECLARED(test_wrong_lines),
		DECLARED(test_control_characters),	DECLARED(test_a_byte_order_mark_is_named),
		DECLARED(test_a_line_has_an_end),	DECLARED(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
