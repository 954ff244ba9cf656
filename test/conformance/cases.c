/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the engine's own cases, as tools/cases.mjs translated them, and holds ops.def to them: every operator has a
 * section, a case in it whose ELM holds the operator, and, where it takes operands, a case with a null. cases
 * FILE.ndjson */
#include "base/file.h"
#include "cql/program.h"
#include "record/model_fhir.h"

#include <stdio.h>

typedef struct coverage {
    bool section[OP_COUNT_ALL], shown[OP_COUNT_ALL], null_case[OP_COUNT_ALL];
} coverage;

typedef struct suite {
    str text;
    const char *name;
    bool apart;
    coverage seen;
    size_t count, failed;
} suite;

static uint32_t op_named(str name)
{
    uint32_t op = 0;
    while (op < OP_COUNT_ALL && !str_is(name, op_table[op].name)) {
        op++;
    }
    return op;
}

static bool holds_node(const json *e, const char *wanted)
{
    if (str_is(json_get_text(e, "type"), wanted)) {
        return true;
    }
    for (const json *x = e ? e->first : NULL; x; x = x->next) {
        if ((x->type == JSON_OBJECT || x->type == JSON_ARRAY) && holds_node(x, wanted)) {
            return true;
        }
    }
    return false;
}

static const json *definition(const json *elm_library, str name)
{
    const json *list = json_path(elm_library, "library.statements.def");
    for (const json *d = list ? list->first : NULL; d; d = d->next) {
        if (str_eq(json_get_text(d, "name"), name)) {
            return d;
        }
    }
    return NULL;
}

/* The parts of a Query are named in ELM otherwise, or not at all. */
static const char *elm_name(uint32_t op)
{
    return op == OP_QueryWith                           ? "With"
           : op == OP_QueryWithout                      ? "Without"
           : op >= OP_QuerySource && op <= OP_QuerySort ? "Query"
                                                        : op_table[op].name;
}

static void note(suite *s, const json *line, const json *definition_of)
{
    uint32_t op = op_named(json_get_text(line, "operator"));
    if (op == OP_COUNT_ALL) {
        printf("# no operator %.*s in ops.def\n", STR_ARG(json_get_text(line, "operator")));
        s->failed++;
        return;
    }
    str expression = json_get_text(line, "expression");
    s->seen.section[op] = true;
    bool shown = holds_node(definition_of, elm_name(op));
    s->seen.shown[op] = s->seen.shown[op] || shown;
    bool null = str_find(expression, STR("null")) >= 0 || str_find(expression, STR("\"Null\"")) >= 0;
    s->seen.null_case[op] = s->seen.null_case[op] || (shown && null);
}

static nl_status compile(arena *a, const json *elm_library, cql_program **p, nl_error *err)
{
    buf elm = buf_make(a, BUF_MAX_DEFAULT);
    json_write(&elm, elm_library, JSON_COMPACT);
    cql_source source = { buf_str(&elm), STR(""), STR("cases") };
    return cql_compile(a, &source, 1, p, err);
}

/* Through the archive and back, so that every case also tests what a pack holds. */
static cql_program *archived(arena *a, cql_program *p)
{
    buf *out = ARENA_NEW(a, buf);
    *out = buf_make(a, BUF_MAX_DEFAULT);
    ar writer = ar_writer(a, out);
    cql_program_ar(&writer, &p);
    ar reader = ar_reader(a, buf_str(out));
    cql_program *back = NULL;
    cql_program_ar(&reader, &back);
    CHECK(!reader.bad);
    return back;
}

static bool same_value(arena *a, str got, str expected)
{
    json *x = NULL, *y = NULL;
    nl_error err;
    char *p = arena_alloc(a, got.n + FILE_PAD), *q = arena_alloc(a, expected.n + FILE_PAD);
    memcpy(p, got.p, got.n);
    memcpy(q, expected.p, expected.n);
    return json_read(a, p, got.n, "value", &x, &err) == NL_OK &&
           json_read(a, q, expected.n, "expected", &y, &err) == NL_OK && json_equal(a, x, y);
}

static bool run_case(arena *a, cql_run *r, const cql_program *p, const json *line, str *got)
{
    str name = json_get_text(line, "define"), expected = json_get_text(line, "expected");
    uint32_t define = CQL_NONE;
    for (uint32_t i = 0; i < cql_define_count(p); i++) {
        define = str_eq(cql_define(p, i).name, name) ? i : define;
    }
    if (define == CQL_NONE) {
        *got = STR("no such define");
        return false;
    }
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    cql_write(r, define, &out);
    const nl_error *failed = cql_failed(r, define);
    *got = failed ? arena_printf(a, "error: %s", failed->what) : buf_str(&out);
    return failed ? str_is(expected, "error") : !str_is(expected, "error") && same_value(a, *got, expected);
}

/* apart: value sets and code systems are not the patient's but are read for all. */
static nl_status model_of(arena *a, const json *data, bool apart, const cql_model **m, nl_error *err)
{
    record *r = record_make(a);
    terminology *t = terminology_make(a);
    for (const json *x = data->first; x; x = x->next) {
        str of = json_get_text(x, "resourceType");
        buf bytes = buf_make(a, BUF_MAX_DEFAULT);
        json_write(&bytes, x, JSON_COMPACT);
        str text = buf_str(&bytes);
        if (apart && (str_is(of, "ValueSet") || str_is(of, "CodeSystem"))) {
            TRY(terminology_read(t, STR("data"), text.p, text.n, err));
        } else {
            TRY(record_read(r, STR("data"), text.p, text.n, err));
        }
    }
    TRY(record_close(r, STR(""), err));
    terminology_close(t);
    *m = model_fhir_make(a, r, t);
    return NL_OK;
}

static nl_status run_all(arena *a, void *arg, nl_error *err)
{
    suite *s = arg;
    str rest = s->text, text;
    const json *elm_library = NULL;
    cql_program *p = NULL;
    cql_run *r = NULL;
    while (str_cut(&rest, '\n', &text) && text.n > 0) {
        json *line = NULL;
        TRY(json_read(a, text.p, text.n, s->name, &line, err));
        if (json_get(line, "library")) {
            elm_library = json_get(line, "library");
            TRY(compile(a, elm_library, &p, err));
            p = archived(a, p);
            const json *data = json_get(line, "data");
            const cql_model *m = NULL;
            if (data && data->count > 0) {
                TRY(model_of(a, data, s->apart, &m, err));
            }
            r = cql_run_make(a, p, m, (date){ 2026, 1, 15, DATE_DAY });
            const json *now = json_get(line, "now");
            CHECK(!now || cql_set_now(r, json_text(now)));
            continue;
        }
        const json *alone = json_get(line, "alone");
        str got = STR("loaded");
        bool good;
        note(s, line, definition(alone ? alone : elm_library, json_get_text(line, "define")));
        if (alone) {
            cql_program *unused;
            nl_error refused = { 0 };
            good = compile(a, alone, &unused, &refused) == NL_E_LOGIC && refused.what[0] != '\0';
        } else {
            good = run_case(a, r, p, line, &got);
        }
        s->count++;
        s->failed += !good;
        if (!good) {
            const json *place = json_get(line, "line");
            printf("# %.*s:%.*s: %.*s gives %.*s and not %.*s\n", STR_ARG(json_get_text(line, "file")),
                   STR_ARG(json_text(place)), STR_ARG(json_get_text(line, "expression")), STR_ARG(got),
                   STR_ARG(json_get_text(line, "expected")));
        }
    }
    return NL_OK;
}

static size_t uncovered(const coverage *c)
{
    size_t missing = 0;
    for (uint32_t op = 0; op < OP_COUNT_ALL; op++) {
        bool operands = op_table[op].most > 0 && op_table[op].op;
        const char *lack = !c->section[op]                 ? "no cases"
                           : !c->shown[op]                 ? "no case whose ELM holds it"
                           : operands && !c->null_case[op] ? "no case with a null"
                                                           : NULL;
        if (lack) {
            printf("# %s has %s\n", op_table[op].name, lack);
            missing++;
        }
    }
    return missing;
}

int main(int argc, char **argv)
{
    nl_error err = { 0 };
    file_bytes bytes = { 0 };
    arena *a = arena_new(NULL);
    bool apart = argc == 3 && strcmp(argv[2], "--apart") == 0;
    if ((argc != 2 && !apart) || !a || file_read(argv[1], (size_t)1 << 28, &bytes, &err) != NL_OK) {
        fprintf(stderr, "usage: cases FILE.ndjson [--apart]: %s\n", err.what);
        return 1;
    }
    suite s = { .text = { bytes.p, bytes.n }, .name = argv[1], .apart = apart };
    nl_status status = guard_run(a, run_all, &s, &err);
    if (status != NL_OK) {
        printf("# %s: %s\n", err.where, err.what);
    }
    size_t missing = uncovered(&s.seen);
    printf("1..2\n%s 1 - %zu cases, %zu wrong\n%s 2 - every operator has cases, %zu lack them\n",
           s.failed || status != NL_OK ? "not ok" : "ok", s.count, s.failed, missing ? "not ok" : "ok", missing);
    file_free(&bytes);
    arena_free(a);
    return s.failed || missing || status != NL_OK ? 1 : 0;
}
