/* The views of one small but complete plan, built by hand so that every part of it is known. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "record/record.h"
#include "report/person.h"
#include "report/report.h"
#include "report/wording.h"

#include <cmocka.h>   /* last: its fail() is a macro */

#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof *(a)))

static const char input[] =
    "{\"resourceType\": \"Bundle\", \"type\": \"collection\", \"entry\": ["
    "{\"resource\": {\"resourceType\": \"Patient\", \"id\": \"p1\", \"gender\": \"female\", \"birthDate\": \"1961-05-17\"}},"
    "{\"resource\": {\"resourceType\": \"Observation\", \"id\": \"o1\", \"status\": \"final\", \"code\": {\"text\": \"variant\"},"
    " \"effectiveDateTime\": \"2026-03-02\", \"valueString\": \"de\\u001b[31mtected\"}},"
    "{\"resource\": {\"resourceType\": \"Observation\", \"id\": \"o2\", \"status\": \"final\", \"code\": {\"text\": \"later\"},"
    " \"effectiveDateTime\": \"2026-09-02\", \"valueString\": \"x\"}}]}";

typedef struct fixture {
    arena  *a;
    terms   terms;
    pack    pack;
    chart   chart;
    plan    plan;
    const resource *o1, *o2;
} fixture;

static source sources[] = {
    { .id = STR_INIT("TRIAL-A"), .kind = STR_INIT("trial"), .title = STR_INIT("TRIAL-A"), .population = STR_INIT("after first line"),
      .comparator = STR_INIT("standard"), .n = STR_INIT("478"), .pfs = STR_INIT("7.3 v 3.1"), .pfs_hr = STR_INIT("0.50 (0.38-0.65)"),
      .nct = STR_INIT("NCT00000001"), .checked = true, .checked_where = STR_INIT("https://example.org/a") },
    { .id = STR_INIT("LABEL-B"), .kind = STR_INIT("label"), .title = STR_INIT("Label of B"), .checked = false },
    { .id = STR_INIT("NEVER-CITED"), .kind = STR_INIT("trial"), .title = STR_INIT("not cited"), .checked = true },
};
static str     jurisdictions[] = { STR_INIT("us"), STR_INIT("eu") };
static str     standings[] = { STR_INIT("preferred"), STR_INIT("consider") };
static str     names_a[] = { STR_INIT("drug-a"), STR_INIT("drug-aa") }, names_b[] = { STR_INIT("drug-b") };
static drug_choice choices_a[] = { { names_a, 2 }, { names_b, 1 } }, choices_b[] = { { names_b, 1 } };
static str     evidence_a[] = { STR_INIT("TRIAL-A") }, label_b[] = { STR_INIT("LABEL-B") };
static str     monitoring_a[] = { STR_INIT("ECG on day 14"), STR_INIT("blood count every 2 weeks") };
static str     harms[] = { STR_INIT("it harms"), STR_INIT("it hurts") }, lasts[] = { STR_INIT("it lasts") };
static boxed   boxes[] = {
    { .drug = STR_INIT("drug-a"), .checked = true, .checked_where = STR_INIT("https://example.org/box") },   /* looked at: none */
    { .drug = STR_INIT("drug-aa"), .warnings = harms, .warning_count = 2, .checked = true, .checked_where = STR_INIT("https://example.org/box") },
    { .drug = STR_INIT("drug-b"), .warnings = lasts, .warning_count = 1 },
};
static approval approvals_a[] = {
    { .place = 0, .since = { 2023, 1, 27, DATE_DAY }, .say = STR_INIT("after one line"), .sources = label_b, .source_count = 1, .checked = true },
    { .place = 1, .since = { 2023, 9, 15, DATE_DAY }, .say = STR_INIT("european words"), .checked = true },
};
static option options[] = {
    { .id = STR_INIT("x.a"), .regimen = STR_INIT("drug-a + drug-b"), .dose = STR_INIT("10 mg daily"), .drugs = choices_a, .drug_count = 2,
      .evidence = evidence_a, .evidence_count = 1, .approvals = approvals_a, .approval_count = 2, .monitoring = monitoring_a,
      .monitoring_count = 2, .at = { STR_INIT("options/x.yaml"), 3 } },
    { .id = STR_INIT("x.b"), .regimen = STR_INIT("drug-b alone"), .drugs = choices_b, .drug_count = 1, .at = { STR_INIT("options/x.yaml"), 20 } },
    { .id = STR_INIT("x.c"), .regimen = STR_INIT("drug-c"), .drugs = choices_b, .drug_count = 1, .at = { STR_INIT("options/x.yaml"), 30 } },
    { .id = STR_INIT("x.d"), .regimen = STR_INIT("drug-d"), .drugs = choices_b, .drug_count = 1, .at = { STR_INIT("options/x.yaml"), 40 } },
};
static alert urgent = { .code = STR_INIT("cord-compression"), .kind = STR_INIT("urgent"), .level = STR_INIT("red"),
                        .text = STR_INIT("leg weakness"), .action = STR_INIT("MRI of the whole spine within 24 hours") };
static const test plasma = { .id = STR_INIT("test.plasma"), .name = STR_INIT("Plasma panel"), .kind = STR_INIT("test"), .say = STR_INIT("at progression") };

/* "Criteria"."Variant found": true by its second branch only. */
static const cql_retrieve reads_gene = { STR_INIT("Observation"), STR_INIT("gene"), STR_INIT("GENE1"), STR_INIT("Facts"), 12 };
static const cql_retrieve *const reads[] = { &reads_gene };

static void make_clauses(fixture *f, cql_clause **out)
{
    cql_clause *c = ARENA_ARRAY(f->a, 3, cql_clause);
    const json **facts = ARENA_ARRAY(f->a, 1, const json *);
    json *derived = json_new(f->a, JSON_OBJECT);
    json_put(derived, "id", json_string(f->a, STR("nl-1")));
    facts[0] = derived;
    c[0] = (cql_clause){ .kind = CQL_CLAUSE_OR, .library = STR("Criteria"), .file = STR("cql/Criteria.cql"), .name = STR("Variant found"), .line = 7,
                         .text = STR("A or B"), .value = TRUTH_TRUE, .decided = true, .children = &c[1], .child_count = 2 };
    c[1] = (cql_clause){ .kind = CQL_CLAUSE_LEAF, .library = STR("Facts"), .file = STR("cql/Facts.cql"), .line = 11, .text = STR("the unknown branch"),
                         .value = TRUTH_UNKNOWN, .reads = reads, .read_count = 1 };
    c[2] = (cql_clause){ .kind = CQL_CLAUSE_LEAF, .library = STR("Facts"), .file = STR("cql/Facts.cql"), .line = 12, .text = STR("the deciding branch"),
                         .value = TRUTH_TRUE, .decided = true, .facts = facts, .fact_count = 1, .reads = reads, .read_count = 1 };
    *out = c;
}

static basis make_basis(fixture *f, const char *rule, truth value)
{
    const record *r = f->chart.record;
    const json *quoted = json_get(f->o1->root, "valueString");
    fact_source *s = ARENA_NEW(f->a, fact_source);
    *s = (fact_source){ .resource = STR("Observation/o1"), .input = record_input_name(r, 0), .pointer = record_pointer(r, quoted), .quote = quoted };
    fact *one = ARENA_NEW(f->a, fact);
    *one = (fact){ .code = STR("GENE1"), .label = STR("Gene 1"), .value = json_text(quoted), .when = { 2026, 3, 2, DATE_DAY },
                   .derived_id = STR("nl-1"), .sources = s, .source_count = 1 };
    const fact **facts = ARENA_ARRAY(f->a, 1, const fact *);
    facts[0] = one;
    static const str absent[] = { STR_INIT("GENE2") };
    cql_clause *why;
    make_clauses(f, &why);
    criterion *c = ARENA_NEW(f->a, criterion);
    *c = (criterion){ .role = ROLE_REQUIRES, .name = STR("Variant found"), .library = STR("Criteria"), .value = value, .wanted = TRUTH_TRUE,
                      .say = STR("needs the variant"), .why = why, .facts = facts, .fact_count = 1, .absent = absent, .absent_count = 1,
                      .file = STR("options/x.yaml"), .line = 6 };
    return (basis){ .rule = str_of(rule), .file = STR("options/x.yaml"), .line = 3, .criteria = c, .criterion_count = 1,
                    .sources = label_b, .source_count = 1 };
}

static void make_lists(fixture *f)
{
    static const str presumptions[] = { STR_INIT("progression on drug-z is presumed from the switch") }, questions[] = { STR_INIT("Did the disease progress?") };
    plan_option *o = ARENA_NEW(f->a, plan_option);
    statement *cautions = ARENA_ARRAY(f->a, 2, statement);
    cautions[0] = (statement){ STR("benefit was small after a short course"), make_basis(f, "x.a", TRUTH_TRUE) };
    cautions[1] = (statement){ STR("check first: potassium"), make_basis(f, "x.a", TRUTH_UNKNOWN) };
    *o = (plan_option){ .option = &options[0], .standing = STR("preferred"), .reason = STR("the variant is there"), .cautions = cautions,
                        .caution_count = 2, .basis = make_basis(f, "x.a", TRUTH_TRUE) };
    o->basis.presumptions = presumptions;
    o->basis.questions = questions;
    o->basis.presumption_count = 1;
    plan_exclusion *x = ARENA_ARRAY(f->a, 2, plan_exclusion);
    exclusion_reason *reasons = ARENA_ARRAY(f->a, 2, exclusion_reason);
    reasons[0] = (exclusion_reason){ STR("given before"), true, make_basis(f, "x.b", TRUTH_FALSE) };
    reasons[1] = (exclusion_reason){ STR("not approved in us on 2026-06-01"), false, make_basis(f, "x.c", TRUTH_FALSE) };
    x[0] = (plan_exclusion){ &options[1], &reasons[0], 1 };
    x[1] = (plan_exclusion){ &options[2], &reasons[1], 1 };
    static const str facts[] = { STR_INIT("GENE2") }, tests[] = { STR_INIT("test.plasma") }, opens[] = { STR_INIT("x.d") }, closes[] = { STR_INIT("x.a"), STR_INIT("x.undecided") };
    missing *m = ARENA_NEW(f->a, missing);
    *m = (missing){ STR("Gene 2 altered"), STR("gene 2 is not known"), facts, tests, 1, 1, make_basis(f, "x.d", TRUTH_UNKNOWN) };
    plan_undetermined *u = ARENA_NEW(f->a, plan_undetermined);
    *u = (plan_undetermined){ &options[3], m, 1, APPLIES_UNKNOWN };
    test_result *results = ARENA_ARRAY(f->a, 2, test_result);
    results[0] = (test_result){ .name = STR("found"), .opens = opens, .open_count = 1, .next_line = 3 };
    results[1] = (test_result){ .name = STR("not found"), .closes = closes, .close_count = 2, .next_line = 3 };
    plan_test *t = ARENA_NEW(f->a, plan_test);
    *t = (plan_test){ &plasma, results, 2, true, false, make_basis(f, "test.plasma", TRUTH_UNKNOWN) };
    plan_alert *alerts = ARENA_ARRAY(f->a, 2, plan_alert);
    alerts[0] = (plan_alert){ &urgent, STR("urgent"), STR("cord-compression"), STR("leg weakness: possible cord compression"), make_basis(f, "cord", TRUTH_TRUE) };
    alerts[1] = (plan_alert){ NULL, STR("data"), STR("old-record"), STR("nothing was recorded for three months"), make_basis(f, "old", TRUTH_TRUE) };
    f->plan.options = o, f->plan.option_count = 1;
    f->plan.excluded = x, f->plan.excluded_count = 2;
    f->plan.undetermined = u, f->plan.undetermined_count = 1;
    f->plan.tests = t, f->plan.test_count = 1;
    f->plan.alerts = alerts, f->plan.alert_count = 2;
}

static void make_chart(fixture *f)
{
    static const str taken[] = { STR_INIT("drug-y"), STR_INIT("drug-z") }, classes[] = { STR_INIT("class-y") };
    line_of_therapy *l = ARENA_ARRAY(f->a, 2, line_of_therapy);
    l[0] = (line_of_therapy){ .number = 1, .setting = STR("metastatic"), .start = { 2024, 2, 10, DATE_DAY }, .end = { 2025, 12, 0, DATE_MONTH },
                              .drugs = taken, .drug_count = 2, .classes = classes, .class_count = 1, .presumed_progression = true,
                              .rule = STR("lot.first-metastatic"), .confidence = STR("medium") };
    l[1] = (line_of_therapy){ .number = 2, .setting = STR("metastatic"), .drugs = taken, .drug_count = 1, .in_progress = true, .response = STR("PR"),
                              .rule = STR("lot.change"), .confidence = STR("high") };
    const resource **later = ARENA_ARRAY(f->a, 1, const resource *);
    later[0] = f->o2;
    f->chart.as_of = f->plan.as_of;
    f->chart.newest = (date){ 2026, 3, 2, DATE_DAY };
    f->chart.newest_what = STR("Observation/o1");
    f->chart.later = later, f->chart.later_count = 1;
    f->chart.lines = l, f->chart.line_count = 2;
}

static void make_profile(fixture *f)
{
    profile_entry *e = ARENA_ARRAY(f->a, 4, profile_entry);
    e[0] = (profile_entry){ STR("metastatic"), json_boolean(f->a, true), STR("metastatic"), false, false, make_basis(f, "profile.metastatic", TRUTH_TRUE) };
    e[1] = (profile_entry){ STR("subtype"), json_string(f->a, STR("HR+/HER2-")), STR("subtype"), false, false, make_basis(f, "profile.subtype", TRUTH_TRUE) };
    e[2] = (profile_entry){ STR("her2"), json_string(f->a, STR("unknown")), STR("HER2"), true, false, make_basis(f, "profile.her2", TRUTH_UNKNOWN) };
    e[3] = (profile_entry){ STR("crisis"), json_new(f->a, JSON_NULL), STR("visceral crisis"), true, false, make_basis(f, "profile.crisis", TRUTH_UNKNOWN) };
    f->plan.profile = e, f->plan.profile_count = 4;
}

static nl_status make_guarded(arena *a, void *arg, nl_error *err)
{
    fixture *f = arg;
    f->a = a;
    char *bytes = arena_alloc(a, sizeof input + FILE_PAD);
    memcpy(bytes, input, sizeof input);
    record *r = record_make(a);
    TRY(record_read(r, STR("p1.json"), bytes, sizeof input - 1, err));
    TRY(record_close(r, STR(""), err));
    for (size_t i = 0; i < record_count(r); i++) {
        const resource *x = record_at(r, i);
        f->o1 = str_is(x->id, "o1") ? x : f->o1;
        f->o2 = str_is(x->id, "o2") ? x : f->o2;
    }
    assert_non_null(f->o1);
    assert_non_null(f->o2);
    record_hide(r, f->o2, true);
    memset(f->pack.digest, 'a', 64);
    f->pack.guideline = (guideline){ .name = STR("test guideline"), .version = STR("1.0"), .jurisdictions = jurisdictions, .jurisdiction_count = 2,
                                     .standings = standings, .standing_count = 2, .options = options, .option_count = COUNT(options),
                                     .sources = sources, .source_count = COUNT(sources), .boxed = boxes, .boxed_count = COUNT(boxes) };
    static fact_def defs[] = { { .code = STR_INIT("er"), .system = STR_INIT("chart"), .label = STR_INIT("Receptor") },
                               { .code = STR_INIT("calcium"), .system = STR_INIT("lab"), .label = STR_INIT("Calcium, total") } };
    f->terms = (terms){ .facts = defs, .fact_count = COUNT(defs) };
    f->chart.record = r;
    f->chart.terms = &f->terms;
    f->plan = (plan){ .pack = &f->pack, .chart = &f->chart, .as_of = { 2026, 6, 1, DATE_DAY }, .jurisdiction = STR("us"), .patient_id = STR("p1"), .next_line = 3 };
    make_chart(f);
    make_profile(f);
    make_lists(f);
    statement *scope = ARENA_NEW(a, statement);
    *scope = (statement){ STR("A new line is needed."), make_basis(f, "scope", TRUTH_TRUE) };
    f->plan.scope = scope;
    return NL_OK;
}

static int setup(void **state)
{
    fixture *f = test_calloc(1, sizeof *f);
    nl_error err = { 0 };
    arena *a = arena_new(NULL);
    assert_non_null(a);
    if (guard_run(a, make_guarded, f, &err) != NL_OK) {
        fail_msg("%s: %s", err.where, err.what);
    }
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    arena_free(f->a);
    test_free(f);
    return 0;
}

/* ---- running a view under a guard ---- */

typedef enum view { VIEW_PLAN_JSON, VIEW_PLAN_TEXT, VIEW_CHART_JSON, VIEW_CHART_TEXT, VIEW_CHART_FHIR, VIEW_EXPLAIN_JSON, VIEW_EXPLAIN_TEXT } view;
typedef struct view_job { fixture *f; view view; uint32_t width; bool colour; str text; const json *tree; } view_job;

static nl_status view_guarded(arena *a, void *arg, nl_error *err)
{
    view_job *job = arg;
    const plan *p = &job->f->plan;
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    page on = page_make(&out, job->width, job->colour);
    explanation x = { &options[0], STR("offered"), p->options[0].basis.criteria, p->options[0].basis.criterion_count };
    switch (job->view) {
    case VIEW_PLAN_JSON: job->tree = report_plan_json(a, p); break;
    case VIEW_CHART_JSON: job->tree = report_chart_json(a, p); break;
    case VIEW_CHART_FHIR: job->tree = report_chart_fhir(a, p); break;
    case VIEW_EXPLAIN_JSON: job->tree = report_explain_json(a, p, &x); break;
    case VIEW_PLAN_TEXT: report_plan_text(&on, p); break;
    case VIEW_CHART_TEXT: report_chart_text(&on, p); break;
    case VIEW_EXPLAIN_TEXT: report_explain_text(&on, p, &x); break;
    }
    if (job->tree) {
        json_write(&out, job->tree, JSON_PRETTY);
    }
    job->text = buf_str(&out);
    return NL_OK;
}

static view_job see(fixture *f, view v, uint32_t width, bool colour)
{
    view_job job = { .f = f, .view = v, .width = width, .colour = colour };
    nl_error err = { 0 };
    assert_int_equal(guard_run(f->a, view_guarded, &job, &err), NL_OK);
    return job;
}

static void assert_has(str text, const char *what)
{
    if (str_find(text, str_of(what)) < 0) {
        fail_msg("\"%s\" is not in:\n%.*s", what, STR_ARG(text));
    }
}

static void assert_before(str text, const char *first, const char *second)
{
    assert_has(text, first);
    assert_has(text, second);
    assert_true(str_find(text, str_of(first)) < str_find(text, str_of(second)));
}

/* ---- JSON ---- */

static void the_plan_as_json_says_what_the_plan_holds(void **state)
{
    view_job v = see(*state, VIEW_PLAN_JSON, 0, false);
    const json *j = v.tree;
    assert_true(str_is(json_get_text(j, "patient"), "p1"));
    assert_true(str_is(json_get_text(j, "as_of"), "2026-06-01"));
    assert_true(str_is(json_text(json_path(j, "guideline.version")), "1.0"));
    assert_true(str_is(json_text(json_path(j, "person.age")), "65"));
    assert_true(str_is(json_text(json_path(j, "newest_fact.age_days")), "91"));
    assert_true(str_is(json_text(json_path(j, "line.next")), "3"));
    assert_true(str_is(json_text(json_path(j, "line.history.0.end")), "2025-12"));
    assert_true(str_is(json_text(json_path(j, "options.0.drugs.1")), "drug-aa"));
    assert_true(str_is(json_text(json_path(j, "options.0.drug_choices.1.0")), "drug-b"));
    assert_int_equal(json_path(j, "options.0.boxed")->count, 2);
    assert_true(str_is(json_text(json_path(j, "options.0.boxed.0.drug")), "drug-aa"));
    assert_true(str_is(json_text(json_path(j, "options.0.boxed.0.warnings.1")), "it hurts"));
    assert_true(json_is(json_path(j, "options.0.boxed.1.checked"), JSON_FALSE));
    assert_true(str_is(json_text(json_path(j, "options.0.evidence.0.pfs_hr")), "0.50 (0.38-0.65)"));
    assert_true(str_is(json_text(json_path(j, "options.0.approvals.1.jurisdiction")), "eu"));
    assert_true(str_is(json_text(json_path(j, "options.0.presumptions.0.question")), "Did the disease progress?"));
    assert_true(json_is(json_path(j, "excluded.0.reasons.0.medical"), JSON_TRUE));
    assert_true(json_is(json_path(j, "excluded.1.reasons.0.medical"), JSON_FALSE));
    assert_true(str_is(json_text(json_path(j, "tests.0.results.1.closes.0")), "x.a"));
    assert_true(str_is(json_text(json_path(j, "alerts.0.level")), "red"));
    assert_true(json_is(json_path(j, "alerts.1.level"), JSON_NULL));
    assert_true(str_is(json_text(json_path(j, "later.0.id")), "o2"));
    const char *out = getenv("NL_WRITE_PLAN");   /* where test/schema/validate.mjs finds it */
    if (out) {
        nl_error err;
        assert_int_equal(file_write(out, v.text, &err), NL_OK);
        const char *text = getenv("NL_WRITE_TEXT");
        if (text) { assert_int_equal(file_write(text, see(*state, VIEW_PLAN_TEXT, 100, false).text, &err), NL_OK); }
    }
}

static void an_unknown_is_null_and_never_false(void **state)
{
    const json *j = see(*state, VIEW_PLAN_JSON, 0, false).tree;
    assert_true(json_is(json_path(j, "profile.crisis"), JSON_NULL));
    assert_true(json_is(json_path(j, "undetermined.0.missing.0.basis.criteria.0.value"), JSON_NULL));
    assert_true(json_is(json_path(j, "line.history.0.stop_reason"), JSON_NULL));
    assert_true(json_is(json_path(j, "line.history.1.start"), JSON_NULL));
}

static void only_the_clauses_that_decided_stand_in_a_basis(void **state)
{
    const json *clauses = json_path(see(*state, VIEW_PLAN_JSON, 0, false).tree, "options.0.basis.criteria.0.clauses");
    assert_int_equal(clauses->count, 1);
    assert_true(str_is(json_text(json_path(clauses, "0.text")), "the deciding branch"));
    assert_true(str_is(json_text(json_path(clauses, "0.line")), "12"));
}

static void a_fact_leads_to_the_element_of_the_input_that_it_quotes(void **state)
{
    fixture *f = *state;
    const json *s = json_path(see(f, VIEW_PLAN_JSON, 0, false).tree, "options.0.basis.criteria.0.facts.0.sources.0");
    assert_true(str_is(json_get_text(s, "input"), "p1.json"));
    const json *there = json_resolve(f->o1->place.root, json_get_text(s, "pointer"));
    assert_non_null(there);
    assert_true(json_equal(f->a, there, json_get(s, "quote")));
}

static void every_source_that_is_cited_is_listed_and_no_other(void **state)
{
    const json *list = json_get(see(*state, VIEW_PLAN_JSON, 0, false).tree, "sources");
    assert_int_equal(list->count, 2);
    assert_true(str_is(json_text(json_path(list, "0.id")), "TRIAL-A"));
    assert_true(str_is(json_text(json_path(list, "1.id")), "LABEL-B"));
}

static void the_same_plan_gives_the_same_bytes(void **state)
{
    for (int v = VIEW_PLAN_JSON; v <= VIEW_EXPLAIN_TEXT; v++) {
        view_job once = see(*state, (view)v, 100, false), again = see(*state, (view)v, 100, false);
        assert_true(once.text.n > 0);
        assert_true(str_eq(once.text, again.text));
    }
}

static void a_plan_without_anything_still_has_every_member(void **state)
{
    fixture *f = *state;
    f->plan.scope = NULL;
    f->plan.option_count = f->plan.excluded_count = f->plan.undetermined_count = f->plan.test_count = f->plan.alert_count = 0;
    f->plan.next_line = 0;
    f->chart.newest = (date){ 0 };
    f->chart.line_count = f->chart.later_count = 0;
    view_job v = see(f, VIEW_PLAN_JSON, 0, false);
    assert_true(json_is(json_get(v.tree, "scope"), JSON_NULL));
    assert_true(json_is(json_get(v.tree, "newest_fact"), JSON_NULL));
    assert_true(json_is(json_path(v.tree, "line.next"), JSON_NULL));
    assert_true(json_is(json_get(v.tree, "options"), JSON_ARRAY));
    str text = see(f, VIEW_PLAN_TEXT, 80, false).text;
    assert_has(text, "none: the options of this version are for");
    assert_has(text, "no anticancer treatment recorded");
    assert_has(text, "no fact of the record is dated");
}

/* ---- text ---- */

static void what_cannot_wait_stands_before_everything_but_the_first_line(void **state)
{
    str text = see(*state, VIEW_PLAN_TEXT, 100, false).text;
    assert_before(text, "p1:", "URGENT");
    assert_before(text, "URGENT", "PROFILE");
    assert_before(text, "PROFILE", "TREATMENT SO FAR");
    assert_before(text, "OPTIONS", "MISSING TESTS");
    assert_before(text, "MISSING TESTS", "UNDETERMINED");
    assert_before(text, "UNDETERMINED", "EXCLUDED");
    assert_before(text, "EXCLUDED", "NOT APPROVED");
    assert_before(text, "x.b", "NOT APPROVED");
    assert_before(text, "NOT APPROVED", "x.c");
    assert_has(text, "does not replace clinical judgement");
}

static void the_first_line_says_who_when_where_and_how_old_the_record_is(void **state)
{
    str text = see(*state, VIEW_PLAN_TEXT, 120, false).text;
    str first;
    assert_true(str_cut(&text, '\n', &first));
    assert_has(first, "p1: female, 65 years; as of 2026-06-01; newest fact 2026-03-02, 91 days old; jurisdiction us;");
}

static void an_option_shows_reason_assumption_caution_numbers_and_approval(void **state)
{
    str text = see(*state, VIEW_PLAN_TEXT, 120, false).text;
    assert_has(text, "drugs: drug-a or drug-aa + drug-b");
    assert_has(text, "why: the variant is there");
    assert_has(text, "assumes: progression on drug-z is presumed from the switch");
    assert_has(text, "to settle: Did the disease progress?");
    assert_has(text, "caution: benefit was small after a short course");
    assert_has(text, "check first: potassium");
    assert_has(text, "PFS (months) 7.3 v 3.1, HR 0.50 (0.38-0.65)");
    assert_has(text, "boxed (US): drug-aa: it harms; it hurts. drug-b: it lasts [unchecked].");
    assert_has(text, "approved: us since 2023-01-27: after one line");
    assert_true(str_find(text, STR("european words")) < 0);
    assert_has(text, "10 mg daily [unchecked]");
    assert_has(text, "if found: opens x.d");
    assert_has(text, "if not found: closes x.a\n");   /* and not what is undetermined today */
}

static void no_line_is_wider_than_asked(void **state)
{
    static const uint32_t widths[] = { 60, 73, 120 };
    static const view views[] = { VIEW_PLAN_TEXT, VIEW_CHART_TEXT, VIEW_EXPLAIN_TEXT };
    for (size_t i = 0; i < COUNT(widths) * COUNT(views); i++) {
        str text = see(*state, views[i % COUNT(views)], widths[i / COUNT(views)], false).text, line;
        while (str_cut(&text, '\n', &line)) {
            if (page_columns(line) > widths[i / COUNT(views)]) {
                fail_msg("wider than %u: %.*s", widths[i / COUNT(views)], STR_ARG(line));
            }
        }
    }
}

static void colour_adds_nothing_but_colour(void **state)
{
    fixture *f = *state;
    str plain = see(f, VIEW_PLAN_TEXT, 80, false).text, coloured = see(f, VIEW_PLAN_TEXT, 80, true).text;
    assert_true(str_find_char(plain, '\x1b') < 0);
    assert_true(str_find_char(coloured, '\x1b') >= 0);
    buf stripped = buf_make(f->a, BUF_MAX_DEFAULT);
    for (size_t i = 0; i < coloured.n; i++) {
        if (coloured.p[i] == '\x1b') {
            i += (size_t)str_find_char(str_from(coloured, i), 'm');
        } else {
            buf_char(&stripped, coloured.p[i]);
        }
    }
    assert_true(str_eq(buf_str(&stripped), plain));
}

static void a_record_cannot_steer_the_terminal(void **state)
{
    str text = see(*state, VIEW_EXPLAIN_TEXT, 80, false).text;
    assert_true(str_find_char(text, '\x1b') < 0);
    assert_has(text, "Gene 1: de [31mtected");
}

static void options_that_lack_the_same_stand_together(void **state)
{
    fixture *f = *state;
    plan_undetermined *u = ARENA_ARRAY(f->a, 3, plan_undetermined);
    missing *other = ARENA_NEW(f->a, missing);
    *other = *f->plan.undetermined[0].missing;
    other->criterion = STR("Something else");
    u[0] = f->plan.undetermined[0];
    u[1] = (plan_undetermined){ &options[1], other, 1, APPLIES_UNKNOWN };
    u[2] = (plan_undetermined){ &options[2], u[0].missing, 1, APPLIES_UNKNOWN };
    f->plan.undetermined = u, f->plan.undetermined_count = 3;
    str text = see(f, VIEW_PLAN_TEXT, 100, false).text;
    assert_has(text, "? Gene 2 altered (asks for: GENE2)\n      drug-d (x.d); drug-c (x.c)\n  ? Something else (asks for: GENE2)\n      drug-b alone (x.b)\n");
}

static void an_option_for_a_change_alone_says_so_in_the_text_and_in_json(void **state)
{
    fixture *f = *state;
    plan_option *two = ARENA_ARRAY(f->a, 2, plan_option);
    two[0] = two[1] = f->plan.options[0];
    two[0].applies = APPLIES_NOW;
    two[1].applies = APPLIES_ON_CHANGE;
    f->plan.options = two, f->plan.option_count = 2;
    f->plan.change_needed = TRUTH_FALSE;
    str text = see(f, VIEW_PLAN_TEXT, 120, false).text;
    char first[120], second[120];
    snprintf(first, sizeof first, "\n %.*s\n  1. ", STR_ARG(two[0].standing));
    snprintf(second, sizeof second, "\n %.*s, should the treatment be changed\n  2. ", STR_ARG(two[0].standing));
    assert_has(text, first);
    assert_has(text, second);
    const json *j = see(f, VIEW_PLAN_JSON, 120, false).tree;
    assert_true(str_is(json_get_text(json_path(j, "options.0"), "applies"), "now"));
    assert_true(str_is(json_get_text(json_path(j, "options.1"), "applies"), "on-change"));
    assert_true(json_is(json_path(j, "undetermined.0.applies"), JSON_NULL));
    assert_true(json_is(json_path(j, "line.change_needed"), JSON_FALSE));
    two[1].applies = APPLIES_UNKNOWN;
    f->plan.change_needed = TRUTH_UNKNOWN;
    assert_true(str_find(see(f, VIEW_PLAN_TEXT, 120, false).text, STR("should the treatment be changed")) < 0);
    j = see(f, VIEW_PLAN_JSON, 120, false).tree;
    assert_true(json_is(json_path(j, "options.1.applies"), JSON_NULL));
    assert_true(json_is(json_path(j, "line.change_needed"), JSON_NULL));
}

static void what_three_options_share_is_said_once_with_their_numbers(void **state)
{
    fixture *f = *state;
    plan_option *four = ARENA_ARRAY(f->a, 4, plan_option);
    for (uint32_t i = 0; i < 4; i++) {
        four[i] = f->plan.options[0];
        four[i].option = &options[i];
        four[i].caution_count = i == 1 ? 0 : four[i].caution_count;
        four[i].basis.presumption_count = 0;
    }
    f->plan.options = four, f->plan.option_count = 4;
    str text = see(f, VIEW_PLAN_TEXT, 120, false).text;
    assert_has(text, "OPTIONS\n  Numbered to be spoken of: within a standing the order is no ranking.\n  ! caution (1, 3, 4): benefit was small after a short course\n");
    assert_true(str_find(str_from(text, (size_t)str_find(text, STR("1. drug-a"))), STR("benefit was small")) < 0);
}

static void the_profile_shows_what_is_known_and_names_the_rest_in_one_line(void **state)
{
    fixture *f = *state;
    profile_entry *e = ARENA_ARRAY(f->a, 6, profile_entry);
    memcpy(e, f->plan.profile, 4 * sizeof *e);
    e[4] = (profile_entry){ .key = STR("d1"), .label = STR("A differs"), .value = json_boolean(f->a, false), .only_yes = true };
    e[5] = (profile_entry){ .key = STR("d2"), .label = STR("B differs"), .value = json_boolean(f->a, true), .only_yes = true };
    f->plan.profile = e, f->plan.profile_count = 6;
    str text = see(f, VIEW_PLAN_TEXT, 100, false).text;
    assert_has(text, "  Not known: HER2; visceral crisis\n");
    assert_has(text, "B differs");
    assert_true(str_find(text, STR("A differs")) < 0);
}

static void an_amount_is_shown_with_what_it_was_calculated_from_or_lacks(void **state)
{
    fixture *f = *state;
    static const amount_key keys[] = { { .key = STR_INIT("sum"), .label = STR_INIT("Sum of all"), .unit = STR_INIT("mg/dL"), .digits = 1 } };
    static const str lacking[] = { STR_INIT("calcium") };
    plan_amount *x = ARENA_ARRAY(f->a, 2, plan_amount);
    x[0] = (plan_amount){ .key = &keys[0], .value = STR("14.0"), .unit = STR("mg/dL"), .basis = f->plan.alerts[0].basis };
    x[1] = (plan_amount){ .key = &keys[0], .value = STR(""), .unit = STR("mg/dL"), .absent = lacking, .absent_count = 1 };
    f->plan.amounts = x, f->plan.amount_count = 2;
    str page_of_chart = see(f, VIEW_CHART_TEXT, 120, false).text;
    assert_has(page_of_chart, "Sum of all: 14.0 mg/dL, from Gene 1 ");
    assert_has(page_of_chart, "Sum of all: not known; not recorded: Calcium, total");
    str text = see(f, VIEW_PLAN_TEXT, 120, false).text;
    assert_has(text, "Calculated: Sum of all 14.0 mg/dL\n");
    assert_has(text, "; calculated: Sum of all 14.0 mg/dL");   /* beside the alert that rests on the same facts */
    const json *list = json_get(see(f, VIEW_PLAN_JSON, 100, false).tree, "amounts");
    assert_int_equal(list->count, 2);
    assert_true(str_is(json_get_text(list->first, "value"), "14.0"));
    assert_true(json_is(json_get(list->first->next, "value"), JSON_NULL));
    assert_true(str_is(json_text(json_path(list, "1.absent.0")), "calcium"));
}

static void numbers_that_belong_together_stand_behind_one_name(void **state)
{
    fixture *f = *state;
    static const amount_key keys[] = {
        { .key = STR_INIT("a"), .of = STR_INIT("course"), .label = STR_INIT("From the start"), .unit = STR_INIT("months"), .under = STR_INIT("months to relapse"), .say = STR_INIT("start {}") },
        { .key = STR_INIT("b"), .of = STR_INIT("course"), .label = STR_INIT("From the end"), .unit = STR_INIT("months"), .under = STR_INIT("months to relapse"), .say = STR_INIT("end {}") },
        { .key = STR_INIT("c"), .of = STR_INIT("course"), .label = STR_INIT("First line"), .unit = STR_INIT("months"), .say = STR_INIT("first line {} months") },
        { .key = STR_INIT("d"), .of = STR_INIT("course"), .label = STR_INIT("A ratio"), .unit = STR_INIT("1") } };
    plan_amount *x = ARENA_ARRAY(f->a, COUNT(keys), plan_amount);
    for (size_t i = 0; i < COUNT(keys); i++) {
        x[i] = (plan_amount){ .key = &keys[i], .value = i == 0 ? STR("32.3") : STR("5.1"), .unit = keys[i].unit };
    }
    f->plan.amounts = x, f->plan.amount_count = COUNT(keys);
    assert_has(see(f, VIEW_PLAN_TEXT, 120, false).text, "In numbers: months to relapse: start 32.3, end 5.1; first line 5.1 months; A ratio 5.1\n");
    x[0].value = STR("");
    assert_has(see(f, VIEW_PLAN_TEXT, 120, false).text, "In numbers: months to relapse: end 5.1; first line");
}

static void a_result_says_when_the_disease_is_left_or_another_line_is_needed(void **state)
{
    fixture *f = *state;
    test_result *r = ARENA_ARRAY(f->a, 4, test_result);
    r[0] = (test_result){ .name = STR("one"), .leaves = true };
    r[1] = (test_result){ .name = STR("two"), .next_line = 4 };
    r[2] = (test_result){ .name = STR("three"), .next_line = 3 };
    r[3] = (test_result){ .name = STR("four"), .next_line = 3 };
    plan_test *t = ARENA_ARRAY(f->a, 2, plan_test);
    t[0] = t[1] = f->plan.tests[0];
    t[0].results = r, t[0].result_count = 4;
    t[1].changes = false;
    t[1].due = true;
    f->plan.tests = t, f->plan.test_count = 2;
    str text = see(f, VIEW_PLAN_TEXT, 120, false).text;
    assert_has(text, "if one: leaves this disease: its options no longer apply\n");
    assert_has(text, "if two: line 4 would be needed now\n");
    assert_has(text, "if three; or four: no change by itself\n");
    assert_has(text, "due, though no result would change this plan today: Plasma panel\n");
}

static void the_age_of_the_record_is_told_in_years_when_it_is_long(void **state)
{
    fixture *f = *state;
    f->chart.newest = (date){ 2019, 6, 1, DATE_DAY };
    assert_has(see(f, VIEW_PLAN_TEXT, 120, false).text, "newest fact 2019-06-01, 7 years old");
    f->chart.newest = (date){ 2025, 10, 1, DATE_DAY };
    assert_has(see(f, VIEW_PLAN_TEXT, 120, false).text, "newest fact 2025-10-01, 7 months old");
}

static void the_last_end_on_record_is_not_taken_for_that_of_every_drug(void **state)
{
    fixture *f = *state;
    line_part parts[3] = { { .drug = STR("one") }, { .drug = STR("two"), .end = { 2025, 5, 20, DATE_DAY } }, { .drug = STR("three"), .goes_on = true } };
    line_of_therapy l = { .start = { 2025, 3, 1, DATE_DAY }, .end = { 2025, 5, 20, DATE_DAY }, .stop_reason = STR("progression"), .confidence = STR("high"),
                          .parts = parts, .part_count = 3 };
    assert_true(str_is(words_line(f->a, &f->plan, &l), "2025-03-01 to 2025-05-20 (no end is recorded of: one); stopped: progression"));
    l.in_progress = true;
    assert_true(str_is(words_line(f->a, &f->plan, &l), "2025-03-01 to 2025-05-20; stopped: progression"));
}

static void a_reason_for_stopping_that_could_not_be_read_is_not_told_as_none(void **state)
{
    fixture *f = *state;
    line_of_therapy l = { .start = { 2024, 0, 0, DATE_YEAR }, .stop_text = STR("ran out"), .confidence = STR("high") };
    assert_true(str_is(words_line(f->a, &f->plan, &l), "2024 to end not recorded; reason recorded in words not understood: ran out"));
    l.stop_reason = STR("progression");
    l.end = (date){ 2025, 12, 0, DATE_MONTH };
    assert_true(str_is(words_line(f->a, &f->plan, &l), "2024 to 2025-12; stopped: progression (recorded: ran out)"));
    l = (line_of_therapy){ .start = { 2024, 0, 0, DATE_YEAR }, .in_progress = true };
    assert_true(str_is(words_line(f->a, &f->plan, &l), "since 2024, ongoing"));
    l.response = STR("progressive disease");
    assert_has(words_line(f->a, &f->plan, &l), "; best response progressive disease");
    l.measured = STR("pr"), l.measured_on = (date){ 2024, 6, 1, DATE_DAY };
    assert_has(words_line(f->a, &f->plan, &l), "; best response pr (2024-06-01); reported as progressive disease");
}

static void a_rule_out_that_rests_on_silence_is_told_once(void **state)
{
    fixture *f = *state;
    static const str lacking[] = { STR_INIT("er"), STR_INIT("calcium") };
    static fact_def defs[] = { { .code = STR_INIT("er"), .system = STR_INIT("chart"), .label = STR_INIT("Receptor"), .open = true },
                               { .code = STR_INIT("calcium"), .system = STR_INIT("lab"), .label = STR_INIT("A closed fact") } };
    f->terms.facts = defs;
    criterion rules[2];
    rules[0] = rules[1] = (criterion){ .role = ROLE_RULES_OUT, .name = STR("Ruled out"), .value = TRUTH_FALSE, .wanted = TRUTH_TRUE,
                                       .absent = lacking, .absent_count = COUNT(lacking) };
    plan_option one = f->plan.options[0];
    one.basis.criteria = rules, one.basis.criterion_count = 2;
    f->plan.options = &one, f->plan.option_count = 1;
    assert_has(see(f, VIEW_PLAN_TEXT, 100, false).text, "not recorded, taken as absent: A closed fact\n");
    rules[0].value = rules[1].value = TRUTH_TRUE;
    assert_true(str_find(see(f, VIEW_PLAN_TEXT, 100, false).text, STR("taken as absent")) < 0);
}

static void a_what_if_is_told_with_what_it_changes(void **state)
{
    fixture *f = *state;
    static const str set[] = { STR_INIT("GENE1=detected") }, changes[] = { STR_INIT("x.d: undetermined -> offered") };
    f->plan.set = set, f->plan.set_count = 1;
    f->plan.changes = changes, f->plan.change_count = 1;
    str text = see(f, VIEW_PLAN_TEXT, 80, false).text;
    assert_has(text, "set, not recorded: GENE1=detected");
    assert_has(text, "x.d: undetermined -> offered");
    f->plan.change_count = 0;
    assert_has(see(f, VIEW_PLAN_TEXT, 80, false).text, "no option changes its list");
}

static void an_explanation_shows_every_branch_and_which_did_not_decide(void **state)
{
    str text = see(*state, VIEW_EXPLAIN_TEXT, 120, false).text;
    assert_has(text, "stands in: offered");
    assert_has(text, "[true] requires: Variant found (options/x.yaml:6)");
    assert_has(text, "[unknown] the unknown branch (cql/Facts.cql:11, did not decide)");
    assert_has(text, "= GENE1: not recorded");
    assert_has(text, "[true] the deciding branch (cql/Facts.cql:12)\n");
    assert_has(text, "from p1.json#/entry/1/resource/valueString");
    const json *tree = json_path(see(*state, VIEW_EXPLAIN_JSON, 0, false).tree, "criteria.0.tree");
    assert_int_equal(json_get(tree, "children")->count, 2);
    assert_true(str_is(json_text(json_path(tree, "children.1.facts.0")), "nl-1"));
}

/* ---- chart ---- */

static void the_enriched_bundle_leaves_out_what_is_hidden(void **state)
{
    view_job v = see(*state, VIEW_CHART_FHIR, 0, false);
    assert_has(v.text, "\"o1\"");
    assert_true(str_find(v.text, STR("\"o2\"")) < 0);
    assert_true(str_is(json_get_text(v.tree, "resourceType"), "Bundle"));
}

typedef struct append_job { fixture *f; const char *text; date when; } append_job;

static nl_status append_guarded(arena *a, void *arg, nl_error *err)
{
    append_job *job = arg;
    size_t n = strlen(job->text);
    char *bytes = arena_alloc(a, n + FILE_PAD);
    memcpy(bytes, job->text, n);
    json *root;
    TRY(json_read(a, bytes, n, "derived", &root, err));
    const json **from = ARENA_ARRAY(a, 1, const json *);
    from[0] = json_get(job->f->o1->root, "valueString");
    record_append(job->f->chart.record, root, job->when, from, 1);
    return NL_OK;
}

static void append(fixture *f, const char *text, date when)
{
    nl_error err = { 0 };
    if (guard_run(f->a, append_guarded, &(append_job){ f, text, when }, &err) != NL_OK) {
        fail_msg("%s", err.what);
    }
}

#define DERIVED(id, kind, code) "{\"resourceType\": \"Observation\", \"id\": \"" id "\", \"status\": \"final\", \"code\": {\"coding\": [{" \
    "\"system\": \"https://nextline.example/fhir/CodeSystem/" kind "\", \"code\": \"" code "\"}]}, "
#define WORD(word) "\"valueCodeableConcept\": {\"coding\": [{\"code\": \"" word "\"}], \"text\": \"as written\"}"

static void the_chart_shows_receptors_by_specimen_genes_and_what_was_measured(void **state)
{
    fixture *f = *state;
    append(f, DERIVED("nl-1", "chart", "er") WORD("positive") ", \"specimen\": {\"reference\": \"Specimen/s1\"},"
              "\"component\": [{\"valueQuantity\": {\"value\": 90, \"unit\": \"%\"}}]}", (date){ 2024, 1, 5, DATE_DAY });
    append(f, DERIVED("nl-2", "gene", "GENE1") WORD("not-detected") ", \"method\": {\"coding\": [{\"code\": \"ctdna\"}]}}", (date){ 2026, 3, 2, DATE_DAY });
    append(f, DERIVED("nl-3", "lab", "calcium") "\"valueQuantity\": {\"comparator\": \"<\", \"value\": 13.40, \"code\": \"mg/dL\"}}", (date){ 0 });
    append(f, DERIVED("nl-4", "chart", "insulin") "\"subject\": {}}", (date){ 2025, 0, 0, DATE_YEAR });
    append(f, DERIVED("nl-5", "chart", "ecog") "\"dataAbsentReason\": {\"text\": \"unknown\"}}", (date){ 0 });
    str text = see(f, VIEW_CHART_TEXT, 100, false).text;
    assert_has(text, "Specimen/s1 (2024-01-05)\n    Receptor: positive, 90 % (recorded: as written)");
    assert_before(text, "GENES\n  GENE1: not-detected, ctdna, 2026-03-02 (recorded: as written)", "MEASURED");
    assert_has(text, "Calcium, total: <13.40 mg/dL, undated");
    assert_has(text, "insulin: recorded, 2025");
    assert_has(text, "ecog: not known, undated");
    const json *facts = json_get(see(f, VIEW_CHART_JSON, 0, false).tree, "facts");
    assert_int_equal(facts->count, 5);
    assert_true(str_is(json_text(json_path(facts, "1.method")), "ctdna"));
    assert_true(json_is(json_path(facts, "4.value"), JSON_NULL));
    assert_true(str_is(json_text(json_path(facts, "0.sources.0.pointer")), "/entry/1/resource/valueString"));
    assert_has(see(f, VIEW_CHART_FHIR, 0, false).text, "\"nl-3\"");
}

static void an_age_that_the_birth_date_does_not_settle_is_told_as_two(void **state)
{
    fixture *f = *state;
    const resource *patient = record_patient(f->chart.record);
    json *root = json_copy(f->a, patient->root);
    for (json *m = root->first; m; m = m->next) {
        if (str_is(m->key, "birthDate")) {
            m->text = STR("1961");
        }
    }
    ((resource *)(uintptr_t)patient)->root = root;
    person who = person_of(&f->plan);
    assert_int_equal(who.age_least, 64);
    assert_int_equal(who.age_most, 65);
    assert_has(see(f, VIEW_PLAN_TEXT, 120, false).text, "64 or 65 years");
    assert_true(json_is(json_path(see(f, VIEW_PLAN_JSON, 0, false).tree, "person.age"), JSON_NULL));
}

/* ---- the page itself ---- */

static void width_is_counted_in_columns(void **state)
{
    assert_int_equal(page_columns(STR("na\xc3\xafve")), 5);
    assert_int_equal(page_columns(STR("e\xcc\x81")), 1);
    assert_int_equal(page_columns(STR("\xe4\xb9\xb3\xe7\x99\x8c")), 4);
    assert_int_equal(page_columns(STR("\xff")), 1);
}

static void a_word_too_long_for_a_line_is_cut_and_nothing_is_lost(void **state)
{
    fixture *f = *state;
    buf out = buf_make(f->a, BUF_MAX_DEFAULT);
    page p = page_make(&out, 60, false);
    char word[201];
    memset(word, 'w', 200);
    word[200] = '\0';
    page_item(&p, 2, 4, STR("lead:"), INK_PLAIN, str_of(word));
    str text = buf_str(&out), line;
    size_t letters = 0;
    while (str_cut(&text, '\n', &line)) {
        assert_true(line.n <= 60);
        for (size_t i = 0; i < line.n; i++) {
            letters += line.p[i] == 'w';
        }
    }
    assert_int_equal(letters, 200);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(the_plan_as_json_says_what_the_plan_holds),
        CASE(an_unknown_is_null_and_never_false),
        CASE(only_the_clauses_that_decided_stand_in_a_basis),
        CASE(a_fact_leads_to_the_element_of_the_input_that_it_quotes),
        CASE(every_source_that_is_cited_is_listed_and_no_other),
        CASE(the_same_plan_gives_the_same_bytes),
        CASE(a_plan_without_anything_still_has_every_member),
        CASE(what_cannot_wait_stands_before_everything_but_the_first_line),
        CASE(the_first_line_says_who_when_where_and_how_old_the_record_is),
        CASE(an_option_shows_reason_assumption_caution_numbers_and_approval),
        CASE(no_line_is_wider_than_asked),
        CASE(colour_adds_nothing_but_colour),
        CASE(a_record_cannot_steer_the_terminal),
        CASE(options_that_lack_the_same_stand_together),
        CASE(an_option_for_a_change_alone_says_so_in_the_text_and_in_json),
        CASE(what_three_options_share_is_said_once_with_their_numbers),
        CASE(the_profile_shows_what_is_known_and_names_the_rest_in_one_line),
        CASE(an_amount_is_shown_with_what_it_was_calculated_from_or_lacks),
        CASE(numbers_that_belong_together_stand_behind_one_name),
        CASE(a_result_says_when_the_disease_is_left_or_another_line_is_needed),
        CASE(the_age_of_the_record_is_told_in_years_when_it_is_long),
        CASE(the_last_end_on_record_is_not_taken_for_that_of_every_drug),
        CASE(a_reason_for_stopping_that_could_not_be_read_is_not_told_as_none),
        CASE(a_rule_out_that_rests_on_silence_is_told_once),
        CASE(a_what_if_is_told_with_what_it_changes),
        CASE(an_explanation_shows_every_branch_and_which_did_not_decide),
        CASE(the_enriched_bundle_leaves_out_what_is_hidden),
        CASE(the_chart_shows_receptors_by_specimen_genes_and_what_was_measured),
        CASE(an_age_that_the_birth_date_does_not_settle_is_told_as_two),
        CASE(width_is_counted_in_columns),
        CASE(a_word_too_long_for_a_line_is_cut_and_nothing_is_lost),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
