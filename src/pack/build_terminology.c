/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_terminology.h"

#include "pack/near.h"
#include "ucum/ucum.h"

#include <stdlib.h>

bool terms_csv(terms_builder *b, const char *path, csv *out)
{
    nl_error e = { 0 };
    nl_status s = NL_E_IO;
    if (b->knowledge) {
        s = csv_read(b->a, arena_printf(b->a, "%s/%s", b->knowledge, path).p, out, &e);
    } else {
        (void)fail(&e, NL_E_IO, path, "no such file");
        for (size_t i = 0; i < b->text_count; i++) {
            if (strcmp(b->texts[i].path, path) == 0) {
                s = csv_read_text(b->a, b->texts[i].text, path, out, &e);
            }
        }
    }
    if (s != NL_OK) {
        fault_add(b->f, &e);
    }
    return s == NL_OK;
}

/* Whether the header is exactly these columns, NULL-ended. */
static bool columns_are(terms_builder *b, const csv *c, const char *path, const char *const *names)
{
    uint32_t n = 0;
    bool good = true;
    for (; names[n]; n++) {
        good = good && n < c->column_count && str_is(c->columns[n], names[n]);
    }
    good = good && n == c->column_count;
    if (!good) {
        buf want = buf_make(b->a, BUF_MAX_DEFAULT);
        for (uint32_t i = 0; i < n; i++) {
            buf_printf(&want, "%s%s", i ? "," : "", names[i]);
        }
        fault_at(b->f, (place){ str_of(path), 1 }, "the header must be %.*s", STR_ARG(buf_str(&want)));
    }
    return good;
}

void read_systems(terms_builder *b)
{
    const char *path = "terminology/systems.csv";
    csv c;
    if (!terms_csv(b, path, &c) || !columns_are(b, &c, path, (const char *const[]){ "system", "uri", NULL })) {
        return;
    }
    b->t->systems = ARENA_ARRAY(b->a, c.row_count, system_row);
    for (uint32_t i = 0; i < c.row_count; i++) {
        str *cells = c.rows[i].cells;
        if (str_empty(cells[0]) || str_empty(cells[1])) {
            fault_at(b->f, (place){ str_of(path), c.rows[i].line }, "an empty cell");
        }
        str known = terms_system(b->t, cells[1]);
        if (!str_empty(known)) {
            fault_at(b->f, (place){ str_of(path), c.rows[i].line }, "'%.*s' is already %.*s", STR_ARG(cells[1]), STR_ARG(known));
        }
        b->t->systems[b->t->system_count++] = (system_row){ cells[0], cells[1] };
    }
}

void read_units(terms_builder *b)
{
    const char *path = "terminology/units.csv";
    csv c;
    if (!terms_csv(b, path, &c) || !columns_are(b, &c, path, (const char *const[]){ "spelling", "unit", NULL })) {
        return;
    }
    b->t->units = ARENA_ARRAY(b->a, c.row_count, unit_spelling);
    for (uint32_t i = 0; i < c.row_count; i++) {
        str *cells = c.rows[i].cells;
        ucum_unit u;
        place at = { str_of(path), c.rows[i].line };
        if (!ucum_parse(cells[1], &u)) {
            fault_at(b->f, at, "'%.*s' is not a UCUM unit", STR_ARG(cells[1]));
        }   /* a spelling may be UCUM for something else: K/uL is kelvin per microlitre, and nobody means that */
        if (!str_empty(terms_unit(b->t, cells[0], false))) {
            fault_at(b->f, at, "'%.*s' stands twice", STR_ARG(cells[0]));
        }
        b->t->units[b->t->unit_count++] = (unit_spelling){ cells[0], cells[1] };
    }
}

void read_negations(terms_builder *b)
{
    const char *path = "terminology/negation.csv";
    csv c;
    if (!terms_csv(b, path, &c) || !columns_are(b, &c, path, (const char *const[]){ "phrase", "where", NULL })) {
        return;
    }
    b->t->negations = ARENA_ARRAY(b->a, c.row_count, negation_row);
    for (uint32_t i = 0; i < c.row_count; i++) {
        str *cells = c.rows[i].cells;
        if (str_empty(cells[0]) || !(str_is(cells[1], "before") || str_is(cells[1], "after") || str_is(cells[1], "text"))) {
            fault_at(b->f, (place){ str_of(path), c.rows[i].line }, "a phrase, then before, after or text");
        }
        b->t->negations[b->t->negation_count++] = (negation_row){ cells[0], cells[1] };
    }
}

static bool knows_system(const terms *t, str name)
{
    for (uint32_t i = 0; i < t->system_count; i++) {
        if (str_eq(t->systems[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void check_row(terms_builder *b, const term_row *r)
{
    place at = { r->file, r->line };
    bool text = str_is(r->system, "TEXT") || str_is(r->system, "PHRASE") || str_is(r->system, "LABEL");
    if (str_empty(r->set) || str_empty(r->word) || str_empty(r->code)) {
        fault_at(b->f, at, "set, word and code must not be empty");
    }
    if (!text && !knows_system(b->t, r->system)) {
        fault_at(b->f, at, "'%.*s' is not a code system of terminology/systems.csv", STR_ARG(r->system));
    }
    if (!text && (str_empty(r->source) || str_empty(r->checked))) {
        fault_at(b->f, at, "a code needs its source and where it was checked");
    }
    ptrdiff_t star = str_find_char(r->code, '*');
    if (!text && star >= 0 && (size_t)star != r->code.n - 1) {
        fault_at(b->f, at, "a * may only stand at the end of a code");
    }
}

static int by_key(const void *x, const void *y)
{
    const term_row *a = *(const term_row *const *)x, *b = *(const term_row *const *)y;
    int c = str_cmp(a->set, b->set);
    c = c ? c : str_cmp(a->system, b->system);
    c = c ? c : str_cmp(a->code, b->code);
    return c ? c : (a > b) - (a < b);
}

static void check_doubles(terms_builder *b)
{
    const term_row **sorted = ARENA_ARRAY(b->a, b->t->row_count, const term_row *);
    for (uint32_t i = 0; i < b->t->row_count; i++) {
        sorted[i] = &b->t->rows[i];
    }
    if (b->t->row_count > 0) {
        qsort(sorted, b->t->row_count, sizeof(const term_row *), by_key);
    }
    for (uint32_t i = 1; i < b->t->row_count; i++) {
        const term_row *x = sorted[i - 1], *y = sorted[i];
        bool label = str_is(x->system, "LABEL");   /* one phrase may contradict several codes */
        if (!str_eq(x->set, y->set) || !str_eq(x->system, y->system) || !str_eq(x->code, y->code)
            || (label && !str_eq(x->word, y->word))) {
            continue;
        }
        fault_at(b->f, (place){ y->file, y->line }, "%.*s '%.*s' in set %.*s stands already in %.*s line %u%s%.*s",
                 STR_ARG(y->system), STR_ARG(y->code), STR_ARG(y->set), STR_ARG(x->file), x->line,
                 str_eq(x->word, y->word) ? "" : ", meaning ", STR_ARG(str_eq(x->word, y->word) ? STR("") : x->word));
    }
}

void read_vocabularies(terms_builder *b, const str *paths, uint32_t count)
{
    VEC(term_row) rows = { 0 };
    for (uint32_t i = 0; i < count; i++) {
        csv c;
        const char *path = arena_printf(b->a, "terminology/%.*s", STR_ARG(paths[i])).p;
        if (!terms_csv(b, path, &c)
            || !columns_are(b, &c, path, (const char *const[]){ "set", "word", "system", "code", "display", "source", "checked", NULL })) {
            continue;
        }
        for (uint32_t k = 0; k < c.row_count; k++) {
            str *cell = c.rows[k].cells;
            *VEC_PUSH(b->a, &rows) = (term_row){ .set = cell[0], .word = cell[1], .system = cell[2], .code = cell[3], .display = cell[4],
                                                 .source = cell[5], .checked = cell[6], .file = str_of(path), .line = c.rows[k].line };
            check_row(b, &rows.at[rows.count - 1]);
        }
    }
    b->t->rows = rows.at;
    b->t->row_count = (uint32_t)rows.count;
    check_doubles(b);
}

bool set_has(const terms *t, str set, str word)
{
    for (uint32_t i = 0; i < t->row_count; i++) {
        const term_row *r = &t->rows[i];
        if (str_eq(r->set, set) && (str_empty(word) || str_eq(r->word, word)) && !str_is(r->system, "LABEL")) {
            return true;
        }
    }
    return false;
}

static void table_columns(terms_builder *b, const csv *c, str path, part_table *t)
{
    static const char *const last[] = { "gives", "word", "finding", "note", "source", "checked" };
    enum { LAST = sizeof last / sizeof *last };
    bool good = c->column_count > LAST;
    for (uint32_t i = 0; good && i < LAST; i++) {
        good = str_is(c->columns[c->column_count - LAST + i], last[i]);
    }
    if (!good) {
        fault_at(b->f, (place){ path, 1 }, "the header must be one column per part, then gives,word,finding,note,source,checked");
        return;
    }
    if (c->column_count - LAST > TERMS_PARTS_MAX) {
        fault_at(b->f, (place){ path, 1 }, "more than %d parts", TERMS_PARTS_MAX);
        return;
    }
    t->columns = c->columns;
    t->column_count = c->column_count - LAST;
    t->rows = ARENA_ARRAY(b->a, c->row_count, table_row);
    for (uint32_t i = 0; i < c->row_count; i++) {
        str *cells = c->rows[i].cells, *rest = cells + t->column_count;
        t->rows[t->row_count++] = (table_row){ .cells = cells, .cell_count = t->column_count, .gives = rest[0], .word = rest[1],
                                               .finding = rest[2], .note = rest[3], .source = rest[4], .checked = rest[5],
                                               .line = c->rows[i].line };
        place at = { path, c->rows[i].line };
        if (!str_is(rest[0], "answer") && csv_column(c, arena_str(b->a, rest[0]).p) < 0) {
            fault_at(b->f, at, "gives: '%.*s' is neither a column nor answer", STR_ARG(rest[0]));
        }
        if (str_empty(rest[1])) {
            fault_at(b->f, at, "the word is missing");
        }
        if (str_empty(rest[4]) || str_empty(rest[5])) {
            fault_at(b->f, at, "a row needs its source and where it was checked");
        }
    }
}

const part_table *read_table(terms_builder *b, str name, place at)
{
    const part_table *known = terms_table(b->t, name);
    if (known) {
        return known;
    }
    csv c;
    const char *path = arena_printf(b->a, "tables/%.*s.csv", STR_ARG(name)).p;
    if (!terms_csv(b, path, &c)) {
        fault_at(b->f, at, "the table %.*s cannot be read", STR_ARG(name));
        return NULL;
    }
    part_table *more = ARENA_ARRAY(b->a, b->t->table_count + 1, part_table);
    if (b->t->table_count > 0) {
        memcpy(more, b->t->tables, b->t->table_count * sizeof *more);
    }
    b->t->tables = more;
    part_table *t = &more[b->t->table_count++];
    t->name = name;
    table_columns(b, &c, str_of(path), t);
    return t;
}
