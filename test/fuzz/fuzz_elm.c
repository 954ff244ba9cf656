/* Any bytes as one ELM library: compiled or refused with words; what compiles goes through the archive unchanged, and every
 * define is evaluated, written and explained over a small record under small limits, before and after the
 * archive alike. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "planning.h"
#include "record/model_fhir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const limits small = { .memory_bytes = (size_t)16 << 20, .depth_max = 60, .steps_max = 20000 };

/* ---- evaluating ---- */

typedef struct asked { const cql_program *p; uint32_t define; buf out; const char *stopped; } asked;

static void explain(const cql_clause *c)
{
    CHECK(c->kind <= CQL_CLAUSE_LEAF && c->value <= TRUTH_TRUE);
    for (uint32_t i = 0; i < c->child_count; i++) {
        explain(&c->children[i]);
    }
}

static nl_status evaluate(arena *a, void *arg, nl_error *err)
{
    asked *q = arg;
    str bytes = planning_record();
    record *r = record_make(a);
    TRY(record_read(r, STR("fuzz"), bytes.p, bytes.n, err));
    TRY(record_close(r, STR(""), err));
    cql_run *run = cql_run_make(a, q->p, model_fhir_make(a, r, planning_terminology(a)), (date){ 2026, 6, 1, DATE_DAY });
    str text, unit;
    const cql_retrieve *const *reads;
    truth t = cql_truth(run, q->define);
    cql_write(run, q->define, &q->out);
    CHECK(q->out.n > 0);
    CHECK(!cql_failed(run, q->define) || t == TRUTH_UNKNOWN);
    CHECK(!cql_failed(run, q->define) || cql_failed(run, q->define)->what[0] != '\0');
    (void)cql_text(run, q->define, &text);
    (void)cql_amount(run, q->define, 2, &text, &unit);
    (void)cql_reads(q->p, q->define, &reads);
    cql_clause *c = cql_explain(run, q->define);
    CHECK(c != NULL && c->value == t);
    explain(c);
    cql_forget(run, STR(""), STR(""));
    CHECK(cql_truth(run, q->define) == t);   /* the same again */
    return NL_OK;
}

/* Its own arena each time, so that both programs meet the same limits. The answer ends with home. */
static str answer(arena *home, const cql_program *p, uint32_t define)
{
    arena *a = arena_new(&small);
    CHECK(a != NULL);
    asked q = { .p = p, .define = define, .out = buf_make(a, (size_t)1 << 20) };
    nl_error err = { 0 };
    nl_status s = guard_run(a, evaluate, &q, &err);
    CHECK(s == NL_OK || s == NL_E_LIMIT);
    str kept = s == NL_OK ? arena_str(home, buf_str(&q.out)) : STR("limit");
    arena_free(a);
    return kept;
}

/* ---- compiling ---- */

static str archived(arena *a, cql_program *p)
{
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    ar writer = ar_writer(a, &out);
    cql_program_ar(&writer, &p);
    return buf_str(&out);
}

static nl_status compile(arena *a, void *arg, nl_error *err)
{
    cql_source library = { *(const str *)arg, STR("define X: true\n"), STR("fuzz.cql") };
    cql_program *p = NULL, *back = NULL;
    TRY(cql_compile(a, &library, 1, &p, err));
    str bytes = archived(a, p);
    ar reader = ar_reader(a, bytes);
    cql_program_ar(&reader, &back);
    CHECK(!reader.bad && reader.in.n == 0);
    CHECK(str_eq(archived(a, back), bytes));
    CHECK(cql_define_count(back) == cql_define_count(p));
    for (uint32_t i = 0; i < cql_define_count(p) && i < 64; i++) {
        str before = answer(a, p, i), after = answer(a, back, i);
        CHECK(str_eq(before, after));
    }
    return NL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str bytes = { (const char *)data, size };
    arena *a = arena_new(&(limits){ .memory_bytes = (size_t)64 << 20, .depth_max = 60 });
    CHECK(a != NULL);
    nl_error err = { 0 };
    nl_status s = guard_run(a, compile, &bytes, &err);
    CHECK(s == NL_OK || err.what[0] != '\0');
    arena_free(a);
    return 0;
}
