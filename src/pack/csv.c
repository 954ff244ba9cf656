/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/csv.h"

#include "base/buf.h"
#include "base/file.h"

#define CSV_BYTES_MAX ((size_t)16 << 20)

typedef VEC(str) cell_list;

typedef struct reader {
    arena      *a;
    const char *name;
    str         text;
    size_t      at;
    uint32_t    line;
} reader;

static nl_status broken(const reader *r, uint32_t line, const char *what, nl_error *err)
{
    return fail_at(err, NL_E_SYNTAX, r->name, line, 0, "%s", what);
}

static bool at_line_end(const reader *r)
{
    return r->at >= r->text.n || r->text.p[r->at] == '\n'
           || (r->text.p[r->at] == '\r' && r->at + 1 < r->text.n && r->text.p[r->at + 1] == '\n');
}

static void skip_line_end(reader *r)
{
    if (r->at < r->text.n && r->text.p[r->at] == '\r') {
        r->at++;
    }
    if (r->at < r->text.n) {
        r->at++;
    }
    r->line++;
}

static nl_status quoted_cell(reader *r, str *out, nl_error *err)
{
    uint32_t line = r->line;
    buf b = buf_make(r->a, CSV_BYTES_MAX);
    for (r->at++; r->at < r->text.n; r->at++) {
        char c = r->text.p[r->at];
        if (c == '"') {
            if (r->at + 1 >= r->text.n || r->text.p[r->at + 1] != '"') {
                r->at++;
                *out = buf_str(&b);
                return at_line_end(r) || r->text.p[r->at] == ',' ? NL_OK : broken(r, r->line, "text after a closing quote", err);
            }
            r->at++;
        }
        r->line += c == '\n';
        buf_char(&b, c);
    }
    return broken(r, line, "a quote that does not end", err);
}

static nl_status cell(reader *r, str *out, nl_error *err)
{
    if (r->at < r->text.n && r->text.p[r->at] == '"') {
        return quoted_cell(r, out, err);
    }
    size_t from = r->at;
    while (!at_line_end(r) && r->text.p[r->at] != ',') {
        if (r->text.p[r->at] == '"') {
            return broken(r, r->line, "a quote inside a cell that does not begin with one", err);
        }
        r->at++;
    }
    *out = (str){ r->text.p + from, r->at - from };
    return NL_OK;
}

static nl_status row(reader *r, cell_list *cells, nl_error *err)
{
    cells->count = 0;
    for (;;) {
        str c;
        TRY(cell(r, &c, err));
        *VEC_PUSH(r->a, cells) = c;
        if (at_line_end(r)) {
            skip_line_end(r);
            return NL_OK;
        }
        r->at++;
    }
}

static str *kept(arena *a, const cell_list *cells)
{
    str *out = ARENA_ARRAY(a, cells->count, str);
    for (size_t i = 0; i < cells->count; i++) {
        out[i] = cells->at[i];
    }
    return out;
}

static nl_status header(reader *r, const cell_list *cells, csv *out, nl_error *err)
{
    out->columns = kept(r->a, cells);
    out->column_count = (uint32_t)cells->count;
    for (uint32_t i = 0; i < out->column_count; i++) {
        if (str_empty(out->columns[i])) {
            return broken(r, r->line - 1, "a column without a name", err);
        }
        for (uint32_t j = 0; j < i; j++) {
            if (str_eq(out->columns[i], out->columns[j])) {
                return broken(r, r->line - 1, "two columns of one name", err);
            }
        }
    }
    return NL_OK;
}

nl_status csv_read_text(arena *a, str text, const char *name, csv *out, nl_error *err)
{
    reader r = { .a = a, .name = name, .text = str_starts(text, STR("\xEF\xBB\xBF")) ? str_from(text, 3) : text, .line = 1 };
    VEC(csv_row) rows = { 0 };
    cell_list cells = { 0 };
    csv c = { 0 };
    while (r.at < r.text.n) {
        uint32_t line = r.line;
        if (r.text.p[r.at] == '#') {
            while (!at_line_end(&r)) {
                r.at++;
            }
        }
        if (at_line_end(&r)) {
            skip_line_end(&r);
            continue;
        }
        TRY(row(&r, &cells, err));
        if (!c.columns) {
            TRY(header(&r, &cells, &c, err));
        } else if (cells.count != c.column_count) {
            return fail_at(err, NL_E_SYNTAX, name, line, 0, "%zu cells where the header has %u", cells.count, c.column_count);
        } else {
            *VEC_PUSH(a, &rows) = (csv_row){ kept(a, &cells), line };
        }
    }
    if (!c.columns) {
        return broken(&r, 1, "no header", err);
    }
    c.rows = rows.at;
    c.row_count = (uint32_t)rows.count;
    *out = c;
    return NL_OK;
}

nl_status csv_read(arena *a, const char *path, csv *out, nl_error *err)
{
    file_bytes f;
    TRY(file_read(path, CSV_BYTES_MAX, &f, err));
    str text = arena_str(a, (str){ f.p, f.n });
    file_free(&f);
    return csv_read_text(a, text, path, out, err);
}

int csv_column(const csv *c, const char *name)
{
    for (uint32_t i = 0; i < c->column_count; i++) {
        if (str_is(c->columns[i], name)) {
            return (int)i;
        }
    }
    return -1;
}
