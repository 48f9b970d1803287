/* SPDX-License-Identifier: ISC */
/* Tables: columns as wide as their widest cell, no spaces at the end of a line. */
#include "lib/columns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void fill(struct columns *table, char const *const *cells)
{
	columns_init(table, 3);
	for (; *cells; cells++)
		columns_put(table, *cells);
}

static void columns_do_not_line_up(void **state)
{
	static char const *const cells[] = { "NAME", "STATE",  "WHY",  "a",	 "up",
					     "",     "longer", "down", "exit 3", NULL };
	struct text text = TEXT_EMPTY;
	struct columns table;

	(void)state;
	fill(&table, cells);
	columns_print(&table, NULL, &text);
	assert_string_equal(text_string(&text), "NAME    STATE  WHY\n"
						"a       up\n"
						"longer  down   exit 3\n");
	columns_free(&table);
	text_free(&text);
}

static void paint(unsigned row, unsigned column, char const *cell, char const **before,
		  char const **after)
{
	(void)cell;
	if (row == 0 || column != 1)
		return;
	*before = "<";
	*after = ">";
}

static void colours_count_as_width(void **state)
{
	static char const *const cells[] = { "NAME", "STATE", "X", "a", "up", "y", NULL };
	struct text text = TEXT_EMPTY;
	struct columns table;

	(void)state;
	fill(&table, cells);
	columns_print(&table, paint, &text);
	assert_string_equal(text_string(&text), "NAME  STATE  X\n"
						"a     <up>     y\n");
	columns_free(&table);
	text_free(&text);
}

static void a_table_without_rows_fails(void **state)
{
	struct text text = TEXT_EMPTY;
	struct columns table;

	(void)state;
	columns_init(&table, 3);
	columns_print(&table, NULL, &text);
	assert_string_equal(text_string(&text), "");
	columns_free(&table);
	text_free(&text);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(columns_do_not_line_up),
		cmocka_unit_test(colours_count_as_width),
		cmocka_unit_test(a_table_without_rows_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
