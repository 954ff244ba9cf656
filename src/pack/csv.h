/* csv.h -- comma-separated values by RFC 4180, read whole: rows of cells, each row with its line.
 * Lines end in LF or CRLF; a quoted cell may hold commas, line ends and doubled quotes; a first line is the header. Blank
 * lines and lines that begin with # are skipped: a table needs room for a word to its reader. Arena memory; cells without
 * quotes borrow the text. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_CSV_H
#define PACK_CSV_H

#include "base/arena.h"

typedef struct csv_row { str *cells; uint32_t line; } csv_row;
typedef struct csv {
    str      *columns;      /* of the header */
    csv_row  *rows;         /* every row has column_count cells */
    uint32_t  column_count, row_count;
} csv;

/* NL_E_SYNTAX with file and line: a quote that does not end or stands inside a cell, a row with other than the header's cells,
 * an empty or doubled column name, bytes that are not there. NL_E_IO: unreadable. */
NL_MUST nl_status csv_read(arena *a, const char *path, csv *out, nl_error *err);
NL_MUST nl_status csv_read_text(arena *a, str text, const char *name, csv *out, nl_error *err);
/* -1 when there is no such column. */
int csv_column(const csv *c, const char *name);

#endif
