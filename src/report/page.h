/* page.h -- text for people: paragraphs wrapped to a width, with a coloured lead where colour is asked for.
 * Whatever the text holds, nothing but printable characters, spaces and new lines reaches the page: a record cannot steer
 * the terminal. Width is counted in columns, not bytes. Text is borrowed for the call; output goes to the page's buf. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/buf.h"

typedef enum ink { INK_PLAIN, INK_BOLD, INK_RED, INK_YELLOW, INK_GREEN, INK_DIM } ink;

typedef struct page {
    buf     *out;
    uint32_t width;
    bool     colour;
} page;

enum { PAGE_WIDTH_LEAST = 60, PAGE_WIDTH_MOST = 120, PAGE_WIDTH_USUAL = 100 };

page page_make(buf *out, uint32_t width, bool colour);   /* width: 0 is the usual one; kept within least and most */
void page_blank(page *p);
void page_heading(page *p, str title, ink colour);       /* a blank line, then the title */
/* lead at column indent, then text; every further line starts at column hang. Either may be empty. */
void page_item(page *p, uint32_t indent, uint32_t hang, str lead, ink colour, str text);

typedef struct page_cell { str label, value; } page_cell;
/* Labels and values side by side, in as many columns as the width holds, to be read down each column. */
void page_table(page *p, uint32_t indent, const page_cell *cells, uint32_t count);

/* Texts at columns of their own, in one line as far as they fit; the last one wraps under itself. The first may be coloured. */
typedef struct page_stop { uint32_t column; str text; ink colour; } page_stop;
void page_row(page *p, const page_stop *stops, uint32_t count);

uint32_t page_columns(str text);                         /* columns that text takes on a page */

#endif
