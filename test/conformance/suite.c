/* SPDX-License-Identifier: Apache-2.0 */
/* The public CQL suite as a yardstick: suite.ndjson holds one test a line, with the ELM of its define T and the value
 * expected. suite FILE [--known CSV] [--results OUT] [--why] A test whose library does not load is unsupported; one
 * that gives a wrong value, or a value where an error is due, has failed. Fails when any test has not passed that is not
 * listed in known.csv (id,reason), or when one listed there passes. */
#include "base/file.h"
#include "cql/cql.h"
#include "cql/decimal.h"

#include <stdio.h>

enum outcome { PASSED, FAILED, ERRORED, UNSUPPORTED, OUTCOMES };

typedef struct test {
    const json *line;
    str id, got, error;
    enum outcome outcome;
} test;

/* ---- comparing canonical values: numbers by value, an open bound by itself ---- */

static bool same(const json *x, const json *y);

static bool same_members(const json *x, const json *y)
{
    for (const json *m = x->first; m; m = m->next) {
        const json *o = json_find(y, m->key);
        if (!o && m->type != JSON_NULL) {
            return false;
        }
        if (o && !same(m, o)) {
            return false;
        }
    }
    return true;
}

/* The suite leaves out offsets and writes an uncertain result as an interval. */
static str without_offset(str s)
{
    return str_ends(s, STR("+00:00"))                       ? str_head(s, s.n - 6)
           : str_ends(s, STR("Z")) || str_ends(s, STR("T")) ? str_head(s, s.n - 1)
                                                            : s;
}

static bool same_unit(str x, str y)
{
    return str_eq(x, y) || (x.n == y.n + 1 && str_starts(x, y) && x.p[y.n] == 's') ||
           (y.n == x.n + 1 && str_starts(y, x) && y.p[x.n] == 's');
}

static bool same(const json *x, const json *y)
{
    decimal a, b;
    if (x->type == JSON_NUMBER && y->type == JSON_NUMBER) {
        if (!decimal_read(x->text, &a, NULL, NULL) || !decimal_read(y->text, &b, NULL, NULL)) {
            return false;
        }
        decimal apart = a < b ? b - a : a - b,
                most = (a < 0 ? -a : a) / 1000000000000000; /* the suite's numbers went through a double */
        return apart <= most;
    }
    const json *u = json_get(y, "Uncertainty"), *i = json_get(x, "Interval");
    if (u && i) {
        return same(json_at(i, 1), json_at(u, 0)) && same(json_at(i, 2), json_at(u, 1));
    }
    if (x->type != y->type) {
        return false;
    }
    if (x->type == JSON_STRING) {
        bool time = str_is(x->key, "DateTime");
        bool unit = x->parent && str_is(x->parent->key, "Quantity");
        return unit ? same_unit(x->text, y->text)
                    : str_eq(time ? without_offset(x->text) : x->text, time ? without_offset(y->text) : y->text);
    }
    if (x->type == JSON_OBJECT) {
        return same_members(x, y) && same_members(y, x);
    }
    const json *p = x->first, *q = y->first;
    for (; p && q && same(p, q); p = p->next, q = q->next) {
    }
    return !p && !q;
}

static bool as_expected(arena *a, const json *expected, str got)
{
    char *padded = arena_alloc(a, got.n + FILE_PAD);
    json *value = NULL;
    nl_error err;
    memcpy(padded, got.p, got.n);
    bool null = !expected || expected->type == JSON_NULL;
    return json_read(a, padded, got.n, "value", &value, &err) == NL_OK &&
           (null ? value->type == JSON_NULL : same(expected, value));
}

/* ---- running ---- */

static nl_status run_test(arena *a, void *arg, nl_error *err)
{
    test *t = arg;
    buf elm = buf_make(a, BUF_MAX_DEFAULT), out = buf_make(a, BUF_MAX_DEFAULT);
    json_write(&elm, json_get(t->line, "elm"), JSON_COMPACT);
    cql_program *p = NULL;
    cql_source source = { buf_str(&elm), STR(""), STR("T.cql") };
    t->outcome = UNSUPPORTED;
    TRY(cql_compile(a, &source, 1, &p, err));
    uint32_t define = CQL_NONE;
    for (uint32_t i = 0; i < cql_define_count(p); i++) {
        define = str_is(cql_define(p, i).name, "T") ? i : define;
    }
    if (define == CQL_NONE) {
        return fail(err, NL_E_LOGIC, "", "there is no define T");
    }
    cql_run *r = cql_run_make(a, p, NULL, (date){ 2026, 1, 15, DATE_DAY });
    cql_write(r, define, &out);
    const nl_error *failed = cql_failed(r, define);
    t->outcome = ERRORED;
    if (failed) {
        return fail(err, NL_E_LOGIC, "", "%s", failed->what);
    }
    t->got = buf_str(&out);
    t->outcome = as_expected(a, json_get(t->line, "expected"), t->got) ? PASSED : FAILED;
    return NL_OK;
}

static double version_of(str v)
{
    decimal d;
    return decimal_read(v, &d, NULL, NULL) ? (double)d / DECIMAL_ONE : 0;
}

static bool applies(const json *line)
{
    const json *until = json_get(line, "versionTo");
    bool wrong_is_due = json_is(json_get(line, "invalid"), JSON_STRING);
    return version_of(json_get_text(line, "version")) <= 1.5 &&
           (!json_is(until, JSON_STRING) || version_of(until->text) >= 1.5) &&
           (wrong_is_due || json_get(line, "expected") || json_get(line, "expectedText"));
}

static void one(arena *a, const json *line, test *t)
{
    nl_error err = { 0 };
    bool wrong_is_due = json_is(json_get(line, "invalid"), JSON_STRING),
         translated = json_get(line, "errors")->count == 0;
    *t = (test){ .line = line, .id = json_get_text(line, "id") };
    if (!translated) {
        t->outcome = wrong_is_due ? PASSED : UNSUPPORTED;
        t->error = STR("the translator refused it");
        return;
    }
    if (guard_run(a, run_test, t, &err) != NL_OK) {
        t->error = arena_str(a, str_of(err.what));
    }
    if (wrong_is_due) {
        t->outcome = t->outcome == ERRORED || t->outcome == UNSUPPORTED ? PASSED : FAILED;
    }
}

/* ---- telling ---- */

static void write_result(buf *out, arena *a, const test *t)
{
    json *o = json_new(a, JSON_OBJECT);
    json_put(o, "id", json_string(a, t->id));
    if (t->got.p) {
        buf line = buf_make(a, BUF_MAX_DEFAULT);
        json_write(&line, o, JSON_COMPACT);
        str s = buf_str(&line);
        buf_add(out, str_head(s, s.n - 1));
        buf_printf(out, ",\"value\":%.*s}\n", STR_ARG(t->got));
        return;
    }
    json_put(o, "error", json_string(a, t->error));
    json_write(out, o, JSON_COMPACT);
    buf_char(out, '\n');
}

static bool is_known(str list, str id)
{
    str line;
    while (str_cut(&list, '\n', &line)) {
        if (str_starts(line, id) && line.n > id.n && line.p[id.n] == ',') {
            return true;
        }
    }
    return false;
}

static void say_why(arena *a, const test *t)
{
    buf expected = buf_make(a, BUF_MAX_DEFAULT);
    const json *e = json_get(t->line, "expected");
    if (e) {
        json_write(&expected, e, JSON_COMPACT);
    }
    printf("# %s %.*s: %.*s expected %.*s got %.*s%.*s\n", t->outcome == UNSUPPORTED ? "unsupported" : "wrong",
           STR_ARG(t->id), STR_ARG(json_get_text(t->line, "expression")), STR_ARG(buf_str(&expected)), STR_ARG(t->got),
           STR_ARG(t->error));
}

int main(int argc, char **argv)
{
    const char *file = argc > 1 ? argv[1] : "", *results = NULL, *known_file = NULL;
    bool why = false;
    for (int i = 2; i < argc; i++) {
        why = why || str_is(str_of(argv[i]), "--why");
        results = str_is(str_of(argv[i]), "--results") && i + 1 < argc ? argv[i + 1] : results;
        known_file = str_is(str_of(argv[i]), "--known") && i + 1 < argc ? argv[i + 1] : known_file;
    }
    if (!file_exists(file)) {
        printf("1..0 # SKIP the public suite is not beside this project: %s\n", file);
        return 77;
    }
    arena *a = arena_new(NULL);
    file_bytes bytes = { 0 }, known = { 0 };
    nl_error err;
    if (!a || file_read(file, (size_t)1 << 28, &bytes, &err) != NL_OK ||
        (known_file && file_read(known_file, 1 << 20, &known, &err) != NL_OK)) {
        fprintf(stderr, "%s\n", err.what);
        return 1;
    }
    size_t counts[OUTCOMES] = { 0 }, bad = 0;
    str rest = { bytes.p, bytes.n }, text, expected_bad = { known.p ? known.p : "", known.n };
    FILE *out = results ? fopen(results, "w") : NULL;
    while (str_cut(&rest, '\n', &text) && text.n > 0) {
        json *line = NULL;
        test t;
        arena_reset(a);
        if (json_read(a, text.p, text.n, file, &line, &err) != NL_OK) {
            fprintf(stderr, "%s\n", err.what);
            return 1;
        }
        if (!applies(line)) {
            continue;
        }
        one(a, line, &t);
        counts[t.outcome]++;
        bool wrong = t.outcome != PASSED, listed = is_known(expected_bad, t.id);
        bad += wrong != listed;
        if ((why && t.outcome != PASSED) || wrong != listed) {
            say_why(a, &t);
        }
        if (out) {
            buf b = buf_make(a, BUF_MAX_DEFAULT);
            write_result(&b, a, &t);
            fwrite(b.p, 1, b.n, out);
        }
    }
    if (out) {
        fclose(out);
    }
    printf("1..1\n%s 1 - public suite: %zu passed, %zu wrong, %zu errors, %zu unsupported when loaded\n",
           bad ? "not ok" : "ok", counts[PASSED], counts[FAILED], counts[ERRORED], counts[UNSUPPORTED]);
    file_free(&bytes);
    file_free(&known);
    arena_free(a);
    return bad ? 1 : 0;
}
