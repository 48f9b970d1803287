/* SPDX-License-Identifier: ISC */
/*
 * A table whose columns are as wide as what is in them. Cells come row by row; the last column of
 * a row is never padded, so no line ends in spaces.
 */
#ifndef ORLOP_LIB_COLUMNS_H
#define ORLOP_LIB_COLUMNS_H

#include "lib/text.h"

enum { COLUMNS_MAX = 8 };

struct columns {
	struct text cells; /* NUL-terminated, one after the other */
	unsigned count;
	unsigned next; /* column that columns_end() ends */
	size_t begun;  /* where the present cell begins */
	size_t widths[COLUMNS_MAX];
};

/* Chooses what stands before and after a cell, e.g. colours; "" for nothing. Row 0 is the first. */
typedef void columns_paint(unsigned row, unsigned column, char const *cell, char const **before,
			   char const **after);

void columns_init(struct columns *columns, unsigned count);

/* Where the present cell's text is to be added; columns_end() ends it. */
static inline struct text *columns_cell(struct columns *columns)
{
	return &columns->cells;
}
void columns_end(struct columns *columns);

/* A whole cell at once. */
void columns_put(struct columns *columns, char const *cell);

/* Lays the table out into `text`; `paint` may be NULL. */
void columns_print(struct columns *columns, columns_paint *paint, struct text *text);
void columns_free(struct columns *columns);

#endif
