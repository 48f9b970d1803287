/* SPDX-License-Identifier: ISC */
/* Widths first, lines afterwards; see columns.h. */
#include "lib/columns.h"

#include <string.h>

void columns_init(struct columns *columns, unsigned count)
{
	memset(columns, 0, sizeof *columns);
	columns->count = count < COLUMNS_MAX ? count : COLUMNS_MAX;
}

void columns_end(struct columns *columns)
{
	size_t const width = columns->cells.bytes.len - columns->begun;

	if (width > columns->widths[columns->next])
		columns->widths[columns->next] = width;
	text_add_bytes(&columns->cells, "", 1);
	columns->begun = columns->cells.bytes.len;
	columns->next = (columns->next + 1) % columns->count;
}

void columns_put(struct columns *columns, char const *cell)
{
	text_add_plain(&columns->cells, cell);
	columns_end(columns);
}

static void spaces(struct text *text, size_t count)
{
	while (count-- > 0 && !text->failed)
		text_add(text, " ");
}

/* The last cell of this row that is not empty. */
static unsigned last_cell(struct columns const *columns, char const *cell)
{
	unsigned last = 0;

	for (unsigned i = 0; i < columns->count; i++) {
		if (*cell)
			last = i;
		cell += strlen(cell) + 1;
	}
	return last;
}

static char const *row(struct columns const *columns, unsigned number, char const *cell,
		       columns_paint *paint, struct text *text)
{
	unsigned const last = last_cell(columns, cell);

	for (unsigned i = 0; i < columns->count; i++) {
		char const *before = "";
		char const *after = "";
		size_t const length = strlen(cell);

		if (paint)
			paint(number, i, cell, &before, &after);
		text_add(text, before);
		text_add_bytes(text, cell, length);
		text_add(text, after);
		if (i < last)
			spaces(text, columns->widths[i] - length + 2);
		cell += length + 1;
	}
	text_add(text, "\n");
	return cell;
}

void columns_print(struct columns *columns, columns_paint *paint, struct text *text)
{
	char const *cell = columns->cells.bytes.s;
	char const *end = cell + columns->cells.bytes.len;

	if (columns->cells.failed) {
		text->failed = true;
		return;
	}
	for (unsigned number = 0; cell < end && columns->next == 0; number++)
		cell = row(columns, number, cell, paint, text);
}

void columns_free(struct columns *columns)
{
	text_free(&columns->cells);
}
