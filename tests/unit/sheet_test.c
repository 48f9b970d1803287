/* SPDX-License-Identifier: ISC */
/* The same facts as lines for people and as JSON; neither may lose a word of the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ctl/sheet.h"

#include <string.h>

static void fill(struct sheet *sheet)
{
	sheet_title(sheet, "web: longrun");
	sheet_string(sheet, "program", "program", "/bin/web");
	sheet_string(sheet, NULL, "only_json", "x");
	sheet_string(sheet, "only people", NULL, "y");
	sheet_number(sheet, "nice", "nice", -3);
	sheet_boolean(sheet, "essential", "essential", true);
	sheet_null(sheet, "watchdog");
	sheet_duration(sheet, "within", "within_seconds", 1500000000);
	sheet_begin(sheet, "ports", "ports");
	sheet_word_number(sheet, 80);
	sheet_word_number(sheet, 443);
	sheet_end(sheet, "none");
	sheet_begin(sheet, "groups", "groups");
	sheet_end(sheet, "none");
	sheet_line(sheet, "files", "all that its uid may");
}

static void test_for_people(void **state)
{
	struct sheet sheet = { .as_json = false };

	(void)state;
	fill(&sheet);
	assert_string_equal(text_string(&sheet.json.text),
			    "web: longrun\n"
			    "  program       /bin/web\n"
			    "  only people   y\n"
			    "  nice          -3\n"
			    "  essential     yes\n"
			    "  within        1s\n"
			    "  ports         80 443\n"
			    "  groups        none\n"
			    "  files         all that its uid may\n");
	text_free(&sheet.json.text);
}

static void test_as_json(void **state)
{
	struct sheet sheet = { .as_json = true };

	(void)state;
	json_open(&sheet.json, NULL, '{');
	fill(&sheet);
	json_close(&sheet.json, '}');
	assert_string_equal(text_string(&sheet.json.text),
			    "{\"program\":\"/bin/web\",\"only_json\":\"x\",\"nice\":-3,"
			    "\"essential\":true,\"watchdog\":null,\"within_seconds\":1.500,"
			    "\"ports\":[80,443],\"groups\":[]}");
	text_free(&sheet.json.text);
}

/* Long lists go on below their first word, and no line ends in a space. */
static void test_wrapping(void **state)
{
	struct sheet sheet = { .as_json = false };
	char const *line;
	unsigned words = 0;

	(void)state;
	sheet_begin(&sheet, "paths", "paths");
	for (int i = 0; i < 40; i++)
		sheet_word(&sheet, "/usr/share");
	sheet_end(&sheet, "");
	line = text_string(&sheet.json.text);
	while (*line) {
		size_t const length = strcspn(line, "\n");

		assert_true(length <= 96);
		assert_int_not_equal(line[length - 1], ' ');
		assert_memory_equal(line + 2, words ? "              /" : "paths         /", 15);
		for (size_t i = 16; i < length; i += 11) {
			assert_memory_equal(line + i, "/usr/share", 10);
			words++;
		}
		line += length + 1;
	}
	assert_int_equal(words, 40);
	text_free(&sheet.json.text);
}

/* A name in a declaration cannot command the terminal; one longer than a line stands alone. */
static void test_odd_words(void **state)
{
	struct sheet sheet = { .as_json = false };
	char word[200];

	(void)state;
	memset(word, 'a', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	sheet_string(&sheet, "program", "program", "a\033[31m\nb");
	sheet_string(&sheet, "program", "program", word);
	assert_non_null(strstr(text_string(&sheet.json.text), "  program       a?[31m?b\n"));
	assert_non_null(strstr(text_string(&sheet.json.text), word));
	text_free(&sheet.json.text);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(test_for_people),
		cmocka_unit_test(test_as_json),
		cmocka_unit_test(test_wrapping),
		cmocka_unit_test(test_odd_words),
	};

	return cmocka_run_group_tests_name("sheet", tests, NULL, NULL);
}
