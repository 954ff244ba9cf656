/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"

static const char *const ink_on[] = { "", "\x1b[1m", "\x1b[1;31m", "\x1b[33m", "\x1b[32m", "\x1b[2m" };

page page_make(buf *out, uint32_t width, bool colour)
{
    width = width == 0 ? PAGE_WIDTH_USUAL : width;
    width = width < PAGE_WIDTH_LEAST ? PAGE_WIDTH_LEAST : width;
    width = width > PAGE_WIDTH_MOST ? PAGE_WIDTH_MOST : width;
    return (page){ .out = out, .width = width, .colour = colour };
}

/* The code point at the head of text and its bytes. A broken sequence is one byte and reads as U+FFFD. */
static uint32_t code_point(str text, size_t *bytes)
{
    const unsigned char *p = (const unsigned char *)text.p;
    *bytes = 1;
    if (p[0] < 0x80) {
        return p[0];
    }
    size_t n = p[0] >= 0xf0 && p[0] < 0xf8 ? 4 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : 0;
    if (n == 0 || n > text.n) {
        return 0xfffd;
    }
    uint32_t c = p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0xfffd;
        }
        c = c << 6 | (p[i] & 0x3f);
    }
    *bytes = n;
    return c;
}

typedef struct span { uint32_t from, to; } span;

static bool within(uint32_t c, const span *spans, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (c >= spans[i].from && c <= spans[i].to) {
            return true;
        }
    }
    return false;
}

/* Marks that sit on the letter before, and letters two columns wide: enough for names and free text. */
static const span marks[] = { { 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f },
                              { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200d }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f } };
static const span wide[] = { { 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
                             { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff }, { 0x20000, 0x3fffd } };
/* Controls, and the characters that turn the direction of what follows. */
static const span unprintable[] = { { 0x0, 0x1f }, { 0x7f, 0x9f }, { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfeff, 0xfeff } };
#define WITHIN(c, spans) within((c), (spans), sizeof (spans) / sizeof *(spans))

static uint32_t columns_of(uint32_t c) { return WITHIN(c, marks) ? 0 : WITHIN(c, wide) ? 2 : 1; }

uint32_t page_columns(str text)
{
    uint32_t columns = 0;
    for (size_t i = 0, n; i < text.n; i += n) {
        columns += columns_of(code_point(str_from(text, i), &n));
    }
    return columns;
}

static bool is_gap(uint32_t c) { return c == ' ' || WITHIN(c, unprintable); }

/* Writes one code point, a broken one as its replacement; returns its columns. */
static uint32_t put(page *p, str bytes, uint32_t c)
{
    buf_add(p->out, c == 0xfffd ? STR("\xef\xbf\xbd") : bytes);
    return columns_of(c);
}

/* Words of text from column `column` on, with a space before the first when it comes after text; a word that fits no line is cut where the line ends. Returns the column after. */
static uint32_t flow(page *p, uint32_t column, uint32_t hang, bool after_text, str text)
{
    bool at_start = !after_text;
    for (size_t i = 0; i < text.n;) {
        size_t n;
        if (is_gap(code_point(str_from(text, i), &n))) {
            i += n;
            continue;
        }
        size_t end = i;
        while (end < text.n && !is_gap(code_point(str_from(text, end), &n))) {
            end += n;
        }
        str word = { text.p + i, end - i };
        uint32_t need = page_columns(word);
        uint32_t gap = at_start ? 0 : 1;
        if (column > hang && column + gap + need > p->width && (!at_start || hang + need <= p->width)) {
            buf_char(p->out, '\n');
            buf_repeat(p->out, ' ', hang);
            column = hang;
        } else if (gap) {
            buf_char(p->out, ' ');
            column++;
        }
        for (size_t k = 0; k < word.n; k += n) {
            uint32_t c = code_point(str_from(word, k), &n);
            if (column + columns_of(c) > p->width) {
                buf_char(p->out, '\n');
                buf_repeat(p->out, ' ', hang);
                column = hang;
            }
            column += put(p, (str){ word.p + k, n }, c);
        }
        at_start = false;
        i = end;
    }
    return column;
}

void page_item(page *p, uint32_t indent, uint32_t hang, str lead, ink colour, str text)
{
    CHECK(indent < PAGE_WIDTH_LEAST && hang < PAGE_WIDTH_LEAST);
    buf_repeat(p->out, ' ', indent);
    bool inked = p->colour && colour != INK_PLAIN && !str_empty(lead);
    if (inked) {
        buf_add(p->out, str_of(ink_on[colour]));
    }
    uint32_t column = flow(p, indent, hang, false, lead);
    if (inked) {
        buf_add(p->out, STR("\x1b[0m"));
    }
    flow(p, column, hang, !str_empty(lead), text);
    buf_char(p->out, '\n');
}

void page_blank(page *p) { buf_char(p->out, '\n'); }

void page_heading(page *p, str title, ink colour)
{
    page_blank(p);
    page_item(p, 0, 2, title, colour == INK_PLAIN ? INK_BOLD : colour, STR(""));
}

enum { COLUMNS_MOST = 3, COLUMN_GAP = 3, LABEL_GAP = 2, LABEL_MOST = 40 };

void page_row(page *p, const page_stop *stops, uint32_t count)
{
    uint32_t column = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t start = stops[i].column;
        CHECK(start < PAGE_WIDTH_LEAST);
        bool over = column > 0 && column >= start;   /* what stands before took the place */
        if (column < start) {
            buf_repeat(p->out, ' ', start - column);
            column = start;
        }
        bool inked = p->colour && stops[i].colour != INK_PLAIN && !str_empty(stops[i].text);
        if (inked) {
            buf_add(p->out, str_of(ink_on[stops[i].colour]));
        }
        column = flow(p, column, start, over, stops[i].text);
        if (inked) {
            buf_add(p->out, STR("\x1b[0m"));
        }
    }
    buf_char(p->out, '\n');
}

typedef struct table_column { uint32_t label, value; } table_column;

/* The widths of so many columns of cells; their sum. */
static uint32_t measure(const page_cell *cells, uint32_t count, uint32_t columns, table_column *out)
{
    uint32_t rows = (count + columns - 1) / columns, sum = (columns - 1) * COLUMN_GAP;
    for (uint32_t c = 0; c < columns; c++) {
        out[c] = (table_column){ 0 };
        for (uint32_t i = c * rows; i < count && i < (c + 1) * rows; i++) {
            uint32_t label = page_columns(cells[i].label), value = page_columns(cells[i].value);
            out[c].label = label > out[c].label ? label : out[c].label;
            out[c].value = value > out[c].value ? value : out[c].value;
        }
        sum += out[c].label + LABEL_GAP + out[c].value;
    }
    return sum;
}

static uint32_t put_padded(page *p, uint32_t column, uint32_t until, str text)
{
    column = flow(p, column, column, false, text);
    if (column < until) {
        buf_repeat(p->out, ' ', until - column);
        column = until;
    }
    return column;
}

static void one_column(page *p, uint32_t indent, const page_cell *cells, uint32_t count, uint32_t label)
{
    uint32_t hang = indent + (label > LABEL_MOST ? LABEL_MOST : label) + LABEL_GAP;
    for (uint32_t i = 0; i < count; i++) {
        buf_repeat(p->out, ' ', indent);
        flow(p, put_padded(p, indent, hang, cells[i].label), hang, page_columns(cells[i].label) + indent >= hang, cells[i].value);
        buf_char(p->out, '\n');
    }
}

void page_table(page *p, uint32_t indent, const page_cell *cells, uint32_t count)
{
    table_column widths[COLUMNS_MOST];
    uint32_t columns = COLUMNS_MOST;
    while (columns > 1 && indent + measure(cells, count, columns, widths) > p->width) {
        columns--;
    }
    if (columns == 1) {
        measure(cells, count, 1, widths);
        one_column(p, indent, cells, count, widths[0].label);
        return;
    }
    uint32_t rows = (count + columns - 1) / columns;
    for (uint32_t row = 0; row < rows; row++) {
        buf_repeat(p->out, ' ', indent);
        uint32_t column = indent, start = indent;
        for (uint32_t c = 0; c < columns && c * rows + row < count; c++) {
            const page_cell *x = &cells[c * rows + row];
            column = put_padded(p, column, start, STR(""));
            column = put_padded(p, column, start + widths[c].label + LABEL_GAP, x->label);
            column = flow(p, column, column, false, x->value);
            start += widths[c].label + LABEL_GAP + widths[c].value + COLUMN_GAP;
        }
        buf_char(p->out, '\n');
    }
}
