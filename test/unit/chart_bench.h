/* chart_bench.h -- what the tests of the chart share: the knowledge as it stands, and a record from a few lines of JSON.
 * Resources are written with ' for ". The patient is added. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_CHART_BENCH_H
#define TEST_CHART_BENCH_H

#include "base/file.h"
#include "chart/chart.h"
#include "pack/build_drugs.h"
#include "pack/build_terms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static arena *bench_knowledge, *bench_arena;
static terms *bench_terms;

static void bench_fault(void *to, const nl_error *e)
{
    (void)to;
    print_error("%s:%u: %s\n", e->where, e->line, e->what);
}

static int bench_begin_all(void **state)
{
    (void)state;
    bench_knowledge = arena_new(NULL);
    const char *folder = arena_printf(bench_knowledge, "%s/knowledge", getenv("NL_ROOT")).p;
    faults f = { .report = bench_fault };
    terms_build(bench_knowledge, folder, &bench_terms, &f);
    build_drugs(bench_knowledge, folder, bench_terms, &f, &bench_terms->drugs);
    build_line_rules(bench_knowledge, folder, bench_terms, bench_terms->drugs, &f, &bench_terms->line_rules);
    return f.count == 0 ? 0 : -1;
}

static int bench_end_all(void **state)
{
    (void)state;
    arena_free(bench_knowledge);
    return 0;
}

static int bench_begin(void **state)
{
    (void)state;
    bench_arena = arena_new(NULL);
    return bench_arena ? 0 : -1;
}

static int bench_end(void **state)
{
    (void)state;
    arena_free(bench_arena);
    return 0;
}

/* The chart on 2026-01-01 of a Bundle of these resources, between commas. */
static chart *bench_chart(const char *resources)
{
    str text = arena_printf(bench_arena,
                            "{'resourceType':'Bundle','type':'collection','entry':["
                            "{'resource':{'resourceType':'Patient','id':'p','gender':'female','birthDate':'1960-01-01'}},%s]}",
                            resources);
    char *bytes = arena_alloc(bench_arena, text.n + FILE_PAD);
    for (size_t i = 0; i < text.n; i++) {
        bytes[i] = text.p[i] == '\'' ? '"' : text.p[i];
    }
    nl_error e = { 0 };
    record *r = record_make(bench_arena);
    if (record_read(r, STR("test"), bytes, text.n, &e) != NL_OK || record_close(r, STR(""), &e) != NL_OK) {
        fail_msg("%s", e.what);
    }
    return chart_make(r, bench_terms, (date){ 2026, 1, 1, DATE_DAY });
}

/* Every visible result of a fact, in order: "positive", "13.4 mg/dL", "<5 %", "1", "absent", "yes (2020-01-01)", between "; ". */
static const char *bench_results(const chart *c, const char *code)
{
    const fact_def *d = terms_fact(bench_terms, str_of(code));
    assert_non_null(d);
    str code_system = arena_printf(bench_arena, "%.*s/CodeSystem/%.*s", STR_ARG(terms_base(bench_terms)), STR_ARG(d->system));
    const resource *const *found;
    size_t n = record_find(c->record, STR("Observation"), code_system, str_of(code), &found);
    buf b = buf_make(bench_arena, 1 << 16);
    for (size_t i = 0; i < n; i++) {
        const json *o = found[i]->root, *q = json_get(o, "valueQuantity"), *whole = json_get(o, "valueInteger");
        char day[11];
        buf_printf(&b, "%s", i ? "; " : "");
        if (json_get(o, "dataAbsentReason")) {
            buf_add(&b, STR("absent"));
        } else if (q) {
            buf_printf(&b, "%.*s%.*s %.*s", STR_ARG(json_get_text(q, "comparator")), STR_ARG(json_get_text(q, "value")),
                       STR_ARG(json_get_text(q, "unit")));
        } else if (whole) {
            buf_add(&b, json_text(whole));
        } else if (json_get(o, "valueCodeableConcept")) {
            buf_add(&b, json_text(json_path(o, "valueCodeableConcept.coding.0.code")));
        } else {
            str when = date_write(found[i]->when, day);
            buf_printf(&b, "yes (%.*s)", STR_ARG(when));
        }
        str method = json_text(json_path(o, "method.coding.0.code"));
        if (method.n && str_is(d->system, "gene")) {
            buf_printf(&b, " by %.*s", STR_ARG(method));
        }
    }
    buf_char(&b, '\0');
    return b.p;
}

/* How many findings carry that code. */
static size_t bench_findings(const chart *c, const char *code)
{
    size_t count = 0;
    for (size_t i = 0; i < record_finding_count(c->record); i++) {
        count += str_is(record_finding_at(c->record, i)->code, code);
    }
    return count;
}

#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_begin, bench_end)
#define assert_results(c, code, want) assert_string_equal(bench_results((c), (code)), (want))

#endif
