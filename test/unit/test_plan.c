/* A guideline of two options over Boolean facts that the record carries as the chart would write them: every rule of
 * docs/internals/plan.md can be seen at work without medicine. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "pack/build_terms.h"
#include "plan/decide.h"
#include "plan/plan.h"
#include "record/record.h"
#include "terms/drugs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>   /* after ours: it has a macro named fail */

/* ---- the program: one define a fact, named like it, and their conjunction ---- */

static const char *const codes[] = { "metastatic", "gate", "change", "needs", "blocks", "minds", "ranks", "alarm", "due" };
enum { METASTATIC, GATE, CHANGE, NEEDS, BLOCKS, MINDS, RANKS, ALARM, DUE, CODES, BOTH = CODES };

static str program_elm(arena *a)
{
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    buf_printf(&b, "{\"library\":{\"identifier\":{\"id\":\"T\"},\"schemaIdentifier\":{\"id\":\"urn:hl7-org:elm\",\"version\":\"r1\"},"
                   "\"usings\":{\"def\":[{\"localIdentifier\":\"System\",\"uri\":\"urn:hl7-org:elm-types:r1\"},"
                   "{\"localIdentifier\":\"FHIR\",\"uri\":\"http://hl7.org/fhir\",\"version\":\"4.0.1\"}]},"
                   "\"codeSystems\":{\"def\":[{\"name\":\"S\",\"id\":\"https://nextline.example/fhir/CodeSystem/chart\",\"accessLevel\":\"Public\"}]},"
                   "\"codes\":{\"def\":[");
    for (int i = 0; i < CODES; i++) {
        buf_printf(&b, "%s{\"name\":\"%s\",\"id\":\"%s\",\"accessLevel\":\"Public\",\"codeSystem\":{\"name\":\"S\"}}", i ? "," : "", codes[i], codes[i]);
    }
    buf_printf(&b, "]},\"contexts\":{\"def\":[{\"name\":\"Patient\"}]},\"statements\":{\"def\":[");
    for (int i = 0; i < CODES; i++) {
        buf_printf(&b, "{\"locator\":\"%d:1-%d:9\",\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Boolean\",\"name\":\"%s\",\"context\":\"Patient\","
                       "\"accessLevel\":\"Public\",\"expression\":{\"type\":\"Property\",\"locator\":\"%d:3-%d:9\","
                       "\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Boolean\",\"path\":\"value\",\"source\":{\"type\":\"As\",\"strict\":false,"
                       "\"resultTypeName\":\"{http://hl7.org/fhir}boolean\",\"operand\":{\"type\":\"Property\",\"path\":\"value\",\"source\":{\"type\":\"First\","
                       "\"resultTypeName\":\"{http://hl7.org/fhir}Observation\",\"source\":{\"type\":\"Retrieve\",\"locator\":\"%d:3-%d:9\","
                       "\"dataType\":\"{http://hl7.org/fhir}Observation\",\"codeProperty\":\"code\",\"codeComparator\":\"~\",\"codes\":{\"type\":\"ToList\","
                       "\"operand\":{\"type\":\"CodeRef\",\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Code\",\"name\":\"%s\"}}}}},"
                       "\"asTypeSpecifier\":{\"type\":\"NamedTypeSpecifier\",\"resultTypeName\":\"{http://hl7.org/fhir}boolean\","
                       "\"name\":\"{http://hl7.org/fhir}boolean\"}}}},", i + 1, i + 1, codes[i], i + 1, i + 1, i + 1, i + 1, codes[i]);
    }
    buf_printf(&b, "{\"locator\":\"10:1-10:20\",\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Boolean\",\"name\":\"gate and needs\",\"context\":\"Patient\","
                   "\"accessLevel\":\"Public\",\"expression\":{\"type\":\"And\",\"locator\":\"10:3-10:20\","
                   "\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Boolean\",\"operand\":["
                   "{\"type\":\"ExpressionRef\",\"locator\":\"10:3-10:6\",\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Boolean\",\"name\":\"gate\"},"
                   "{\"type\":\"ExpressionRef\",\"locator\":\"10:8-10:12\",\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Boolean\",\"name\":\"needs\"}]}}]}}}");
    size_t n = b.n;
    buf_repeat(&b, '\0', FILE_PAD);
    return (str){ b.p, n };
}

static const char program_text[] = "metastatic\ngate     \nchange   \nneeds    \nblocks   \nminds    \nranks    \nalarm    \ndue      \n  gate and needs    \n";

/* ---- the guideline ---- */

typedef struct world {
    arena    *a;
    pack      pack;
    option    options[3];
    disease   diseases[2];
    alert     alerts[2];
    test      tests[2];
    record   *record;
    const char *text;
    const char *dated;     /* the day of every fact */
    plan     *plan;
} world;

static date on(const char *text)
{
    date d;
    assert_true(date_read(str_of(text), &d));
    return d;
}

static condition when(const world *w, int code, bool is)
{
    str name = code == BOTH ? STR("gate and needs") : str_of(codes[code]);
    return (condition){ .define_name = name, .library = STR("T"), .define = cql_find_define(w->pack.program, STR("T"), name), .is = is,
                        .places = UINT32_MAX, .at = { STR("options/t.yaml"), 7 } };
}

static void make_options(world *w)
{
    arena *a = w->a;
    requirement *needs = ARENA_ARRAY(a, 2, requirement), *not_needs = ARENA_NEW(a, requirement);
    needs[0].when = when(w, NEEDS, true);
    needs[1].when = when(w, RANKS, true);          /* speaks only in eu, from 2022 */
    needs[1].when.places = 2;
    needs[1].when.since = on("2022-01-01");
    not_needs->when = when(w, NEEDS, false);
    rule_out *blocks = ARENA_NEW(a, rule_out), *check = ARENA_NEW(a, rule_out);
    *blocks = (rule_out){ .when = when(w, BLOCKS, true), .say = STR("it is blocked") };
    *check = (rule_out){ .when = when(w, BLOCKS, true), .say = STR("it is blocked"), .check = true };
    caution *minds = ARENA_NEW(a, caution);
    *minds = (caution){ .when = when(w, MINDS, true), .say = STR("mind it"), .standing = STR("third") };
    standing *rows = ARENA_ARRAY(a, 2, standing), *always = ARENA_NEW(a, standing);
    rows[0] = (standing){ .when = when(w, RANKS, true), .standing = STR("first") };
    rows[1] = *always = (standing){ .when = { .define = CQL_NONE, .is = true, .places = UINT32_MAX }, .standing = STR("second"), .always = true };
    approval *approvals = ARENA_ARRAY(a, 2, approval), *recent = ARENA_NEW(a, approval);
    approvals[0] = (approval){ .place = 0, .since = on("2020-01-01") };
    approvals[1] = (approval){ .place = 1, .since = on("2022-06-01") };
    *recent = (approval){ .place = 0, .since = on("2020-01-01"), .until = on("2025-01-01") };
    str *evidence = ARENA_NEW(a, str);
    *evidence = STR("S");
    w->options[0] = (option){ .id = STR("o.one"), .regimen = STR("one"), .summary = STR("The first."), .evidence = evidence, .evidence_count = 1,
                              .requires_all = needs, .require_count = 2, .rules_out = blocks, .rule_out_count = 1, .cautions = minds, .caution_count = 1,
                              .standings = rows, .standing_count = 2, .approvals = approvals, .approval_count = 2 };
    w->options[1] = (option){ .id = STR("o.two"), .regimen = STR("two"), .summary = STR("The second."), .evidence = evidence, .evidence_count = 1,
                              .requires_all = not_needs, .require_count = 1, .rules_out = check, .rule_out_count = 1,
                              .standings = always, .standing_count = 1, .approvals = recent, .approval_count = 1 };
}

static void make_rest(world *w)
{
    arena *a = w->a;
    w->diseases[0] = (disease){ STR("d"), STR("D"), when(w, GATE, true), { STR("options/t.yaml"), 2 } };
    w->alerts[0] = (alert){ .code = STR("calm"), .kind = STR("supportive"), .when = when(w, GATE, true), .text = STR("calm") };
    w->alerts[1] = (alert){ .code = STR("fire"), .kind = STR("urgent"), .level = STR("red"), .when = when(w, ALARM, true), .text = STR("fire") };
    test_outcome *results = ARENA_ARRAY(a, 2, test_outcome);
    static const char *const values[] = { "true", "false" };
    for (size_t i = 0; i < 2; i++) {
        results[i] = (test_outcome){ str_of(values[i]), ARENA_NEW(a, test_fact), 1 };
        results[i].facts[0] = (test_fact){ STR("needs"), str_of(values[i]) };
    }
    condition *due = ARENA_NEW(a, condition);
    *due = when(w, DUE, true);
    w->tests[0] = (test){ .id = STR("test.needs"), .name = STR("Needs"), .kind = STR("test"), .say = STR("do it"), .outcomes = results, .outcome_count = 2, .due = due };
    test_outcome *ranks = ARENA_NEW(a, test_outcome);
    *ranks = (test_outcome){ STR("ranked"), ARENA_NEW(a, test_fact), 1 };
    ranks->facts[0] = (test_fact){ STR("ranks"), STR("true") };
    w->tests[1] = (test){ .id = STR("test.ranks"), .name = STR("Ranks"), .kind = STR("test"), .say = STR("rank it"), .outcomes = ranks, .outcome_count = 1 };
    str *places = ARENA_ARRAY(a, 2, str), *words = ARENA_ARRAY(a, 3, str);
    places[0] = STR("us");
    places[1] = STR("eu");
    words[0] = STR("first");
    words[1] = STR("second");
    words[2] = STR("third");
    source *s = ARENA_NEW(a, source);
    s->id = STR("S");
    profile_key *key = ARENA_NEW(a, profile_key);
    *key = (profile_key){ .key = STR("gate"), .label = STR("Gate"), .when = when(w, GATE, true), .boolean = true, .unknown = STR("dunno") };
    w->pack.guideline = (guideline){
        .name = STR("t"), .jurisdictions = places, .jurisdiction_count = 2, .standings = words, .standing_count = 3, .diseases = w->diseases,
        .disease_count = 1, .options = w->options, .option_count = 2, .alerts = w->alerts, .alert_count = 2, .sources = s, .source_count = 1,
        .tests = w->tests, .test_count = 2, .profile = key, .profile_count = 1, .metastatic = when(w, METASTATIC, true),
        .change_needed = when(w, CHANGE, true), .not_metastatic = STR("not metastatic"), .metastatic_unknown = STR("metastatic unknown"),
        .on_treatment = STR("on treatment"), .change_unknown = STR("change unknown"), .presumed_reason = STR("progression"), .stale_days = 100 };
}

static int set_up(void **state)
{
    arena *a = arena_new(NULL);
    if (!a) {
        return -1;
    }
    world *w = ARENA_NEW(a, world);
    w->a = a;
    w->dated = "2020-06-01";
    cql_source library = { program_elm(a), str_of(program_text), STR("cql/T.cql") };
    nl_error err = { 0 };
    if (cql_compile(a, &library, 1, &w->pack.program, &err) != NL_OK) {
        fail_msg("%s: %s", err.where, err.what);
    }
    buf facts = buf_make(a, BUF_MAX_DEFAULT);
    buf_printf(&facts, "base: https://nextline.example/fhir\nfacts:\n");
    for (int i = 0; i < CODES; i++) {
        buf_printf(&facts, "- {code: %s, system: chart, label: The %s, kind: boolean, open: yes}\n", codes[i], codes[i]);
    }
    const terms_text texts[] = { { "facts.yaml", buf_str(&facts) }, { "terminology/systems.csv", STR("system,uri\n") },
                                 { "terminology/units.csv", STR("spelling,unit\n") }, { "terminology/negation.csv", STR("phrase,where\n") } };
    faults f = { 0 };
    terms_build_texts(a, texts, 4, &w->pack.terms, &f);
    assert_int_equal(f.count, 0);
    w->pack.terms->drugs = ARENA_NEW(a, drugs);
    w->pack.terms->line_rules = ARENA_NEW(a, line_rules);
    make_options(w);
    make_rest(w);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    arena_free(((world *)*state)->a);
    return 0;
}

/* A plan for a record that holds these facts: "metastatic gate -needs": true, true, false; what is not named is unknown. */
static nl_status try_plan(world *w, const char *facts, const char *as_of, const char *place_name, const char *set, nl_error *err)
{
    buf b = buf_make(w->a, BUF_MAX_DEFAULT);
    buf_printf(&b, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\"}}");
    str rest = str_of(facts), word;
    for (int i = 0; str_cut(&rest, ' ', &word); i++) {
        bool no = str_starts(word, STR("-"));
        word = str_from(word, no);
        if (str_empty(word)) {
            continue;
        }
        buf_printf(&b, ",{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o%d\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p\"},"
                       "\"code\":{\"coding\":[{\"system\":\"https://nextline.example/fhir/CodeSystem/chart\",\"code\":\"%.*s\"}]},"
                       "\"effectiveDateTime\":\"%s\",\"valueBoolean\":%s}}", i, STR_ARG(word), w->dated, no ? "false" : "true");
    }
    buf_printf(&b, "]}");
    size_t n = b.n;
    buf_repeat(&b, '\0', FILE_PAD);
    w->text = b.p;
    w->record = record_make(w->a);
    assert_int_equal(record_read(w->record, STR("in.json"), b.p, n, err), NL_OK);
    assert_int_equal(record_close(w->record, STR(""), err), NL_OK);
    str *sets = ARENA_NEW(w->a, str);
    *sets = str_of(set);
    question q = { .as_of = on(as_of), .jurisdiction = str_of(place_name), .set = sets, .set_count = set != NULL };
    return plan_make(&w->pack, w->record, &q, &w->plan, err);
}

static plan *plan_for(void **state, const char *facts)
{
    world *w = *state;
    nl_error err = { 0 };
    if (try_plan(w, facts, "2021-01-01", "us", NULL, &err) != NL_OK) {
        fail_msg("%s", err.what);
    }
    return w->plan;
}

#define assert_text(got_, want_)                                                          \
    do {                                                                                  \
        str got = (got_);                                                                 \
        if (!str_is(got, (want_))) {                                                      \
            fail_msg("got \"%.*s\", wanted \"%s\"", STR_ARG(got), (want_));               \
        }                                                                                 \
    } while (0)

static const plan_option *offered(const plan *p, const char *id)
{
    for (uint32_t i = 0; i < p->option_count; i++) {
        if (str_is(p->options[i].option->id, id)) {
            return &p->options[i];
        }
    }
    return NULL;
}

static const plan_exclusion *excluded(const plan *p, const char *id)
{
    for (uint32_t i = 0; i < p->excluded_count; i++) {
        if (str_is(p->excluded[i].option->id, id)) {
            return &p->excluded[i];
        }
    }
    return NULL;
}

static const plan_undetermined *undetermined(const plan *p, const char *id)
{
    for (uint32_t i = 0; i < p->undetermined_count; i++) {
        if (str_is(p->undetermined[i].option->id, id)) {
            return &p->undetermined[i];
        }
    }
    return NULL;
}

static const plan_alert *alert_coded(const plan *p, const char *code)
{
    for (uint32_t i = 0; i < p->alert_count; i++) {
        if (str_is(p->alerts[i].code, code)) {
            return &p->alerts[i];
        }
    }
    return NULL;
}

/* ---- the lists ---- */

static void an_option_is_offered_when_all_is_required_and_nothing_rules_it_out(void **state)
{
    const plan *p = plan_for(state, "metastatic gate change needs -blocks -minds ranks");
    const plan_option *o = offered(p, "o.one");
    assert_non_null(o);
    assert_text(o->standing, "first");
    assert_text(o->reason, "The first: needs.");
    assert_int_equal(o->caution_count, 0);
    assert_text(o->basis.criteria[0].name, "needs");
    assert_int_equal(o->basis.criteria[0].line, 7);
    assert_text(o->basis.sources[0], "S");
    assert_non_null(excluded(p, "o.two"));
    assert_int_equal(p->option_count + p->excluded_count + p->undetermined_count, 2);
}

static void an_excluded_option_names_every_reason(void **state)
{
    const plan *p = plan_for(state, "metastatic gate -needs blocks");
    const plan_exclusion *x = excluded(p, "o.one");
    assert_non_null(x);
    assert_int_equal(x->reason_count, 2);
    assert_text(x->reasons[0].text, "required, and not so: needs");
    assert_text(x->reasons[1].text, "ruled out by: blocks (it is blocked)");
    assert_true(x->reasons[0].medical && x->reasons[1].medical);
}

static void an_unknown_requirement_leaves_an_option_undetermined_and_says_what_is_missing(void **state)
{
    const plan *p = plan_for(state, "metastatic gate -blocks");
    const plan_undetermined *u = undetermined(p, "o.one");
    assert_non_null(u);
    assert_int_equal(u->missing_count, 1);
    assert_text(u->missing[0].criterion, "needs");
    assert_text(u->missing[0].facts[0], "needs");
    assert_text(u->missing[0].tests[0], "test.needs");
    assert_text(u->missing[0].text, "needs: not known; nothing is recorded that settles: The needs");
    assert_int_equal(u->missing[0].basis.criteria[0].value, TRUTH_UNKNOWN);
    assert_text(u->missing[0].basis.criteria[0].absent[0], "needs");
}

static void an_unknown_rule_out_leaves_undetermined_unless_it_may_be_checked_first(void **state)
{
    const plan *p = plan_for(state, "metastatic gate needs");
    assert_non_null(undetermined(p, "o.one"));
    p = plan_for(state, "metastatic gate -needs");
    const plan_option *o = offered(p, "o.two");
    assert_non_null(o);
    assert_int_equal(o->caution_count, 1);
    assert_text(o->cautions[0].text, "check first: it is blocked (not known: blocks)");
    p = plan_for(state, "metastatic gate -needs blocks");
    assert_non_null(excluded(p, "o.two"));
}

static void an_option_not_approved_that_day_in_that_place_is_excluded_apart_from_medicine(void **state)
{
    world *w = *state;
    nl_error err = { 0 };
    w->dated = "2019-06-01";
    assert_int_equal(try_plan(w, "metastatic gate needs -blocks", "2019-07-01", "us", NULL, &err), NL_OK);
    const plan_exclusion *x = excluded(w->plan, "o.one");
    assert_int_equal(x->reason_count, 1);
    assert_false(x->reasons[0].medical);
    assert_text(x->reasons[0].text, "not approved in the us on 2019-07-01; approved there from 2020-01-01");
    assert_int_equal(try_plan(w, "metastatic gate needs blocks", "2021-01-01", "eu", NULL, &err), NL_OK);
    x = excluded(w->plan, "o.one");
    assert_int_equal(x->reason_count, 2);
    assert_true(x->reasons[0].medical);
    assert_text(x->reasons[1].text, "not approved in the eu on 2021-01-01; approved there from 2022-06-01");
    assert_text(excluded(w->plan, "o.two")->reasons[2].text, "not approved in the eu on 2021-01-01; approved in the us since 2020-01-01");
    assert_int_equal(try_plan(w, "metastatic gate -needs -blocks", "2025-01-01", "us", NULL, &err), NL_OK);
    assert_text(excluded(w->plan, "o.two")->reasons[0].text,
                "not approved in the us on 2025-01-01; approved there from 2020-01-01 until 2025-01-01");
}

static void a_rule_speaks_only_in_its_places_and_days(void **state)
{
    world *w = *state;
    nl_error err = { 0 };
    assert_int_equal(try_plan(w, "metastatic gate needs -blocks -ranks", "2023-01-01", "us", NULL, &err), NL_OK);
    assert_non_null(offered(w->plan, "o.one"));
    assert_int_equal(try_plan(w, "metastatic gate needs -blocks -ranks", "2023-01-01", "eu", NULL, &err), NL_OK);
    assert_text(excluded(w->plan, "o.one")->reasons[0].text, "required, and not so: ranks");
}

static void another_disease_has_no_place_in_the_lists_and_an_unknown_one_is_undetermined(void **state)
{
    const plan *p = plan_for(state, "metastatic -gate needs -blocks");
    assert_int_equal(p->option_count + p->excluded_count + p->undetermined_count, 0);
    p = plan_for(state, "metastatic needs -blocks");
    assert_int_equal(p->undetermined_count, 2);
    assert_int_equal(p->undetermined[0].missing_count, 1);
    assert_text(p->undetermined[0].missing[0].criterion, "gate");
}

static void early_disease_gets_a_plan_that_says_so_with_its_alerts(void **state)
{
    const plan *p = plan_for(state, "-metastatic gate needs -blocks alarm");
    assert_text(p->scope->text, "not metastatic");
    assert_int_equal(p->option_count + p->excluded_count + p->undetermined_count, 0);
    assert_int_equal(p->next_line, 0);
    assert_text(p->alerts[0].code, "fire");
    p = plan_for(state, "gate needs -blocks");
    assert_text(p->scope->text, "metastatic unknown");
    assert_int_equal(p->undetermined_count, 2);
    assert_text(p->undetermined[0].missing[0].criterion, "metastatic");
    assert_null(alert_coded(p, "fire"));
}

static void without_a_line_the_first_is_needed(void **state)
{
    const plan *p = plan_for(state, "metastatic gate change needs");
    assert_int_equal(p->next_line, 1);
}

/* ---- when an option applies ---- */

/* A third option goes on with what is given, unless it is due. */
static const plan *plan_with_running(world *w, const char *facts)
{
    requirement *not_due = ARENA_NEW(w->a, requirement);
    not_due->when = when(w, DUE, false);
    w->options[2] = w->options[0];
    w->options[2].id = STR("o.running");
    w->options[2].drugs_from = DRUGS_RUNNING;
    w->options[2].is_for = FOR_PRESENT_LINE;
    w->options[2].requires_all = not_due;
    w->options[2].require_count = 1;
    w->pack.guideline.option_count = 3;
    nl_error err = { 0 };
    assert_int_equal(try_plan(w, facts, "2021-01-01", "us", NULL, &err), NL_OK);
    return w->plan;
}

static void an_option_says_whether_its_choice_arises_now(void **state)
{
    static const struct { const char *facts; truth needed; applies next, present, any; } rows[] = {
        { "metastatic gate change needs -blocks -minds ranks -due", TRUTH_TRUE, APPLIES_NOW, APPLIES_UNKNOWN, APPLIES_NOW },
        { "metastatic gate -change needs -blocks -minds ranks -due", TRUTH_FALSE, APPLIES_ON_CHANGE, APPLIES_NOW, APPLIES_NOW },
        { "metastatic gate needs -blocks -minds ranks -due", TRUTH_UNKNOWN, APPLIES_UNKNOWN, APPLIES_UNKNOWN, APPLIES_NOW },
        /* it holds, and may not go on, or nobody knows whether it may: nothing is for later */
        { "metastatic gate -change needs -blocks -minds ranks due", TRUTH_FALSE, APPLIES_UNKNOWN, APPLIES_NOW, APPLIES_NOW },
        { "metastatic gate -change needs -blocks -minds ranks", TRUTH_FALSE, APPLIES_UNKNOWN, APPLIES_NOW, APPLIES_NOW },
        { "metastatic gate change needs -blocks -minds ranks due", TRUTH_TRUE, APPLIES_NOW, APPLIES_UNKNOWN, APPLIES_NOW },
    };
    world *w = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const applies want[] = { rows[i].next, rows[i].present, rows[i].any };
        for (option_for k = FOR_NEXT_LINE; k <= FOR_ANY_TIME; k++) {
            w->options[0].is_for = (uint8_t)k;
            const plan *p = plan_with_running(w, rows[i].facts);
            assert_int_equal(p->change_needed, rows[i].needed);
            assert_int_equal(offered(p, "o.one")->applies, want[k]);
        }
    }
}

static void an_undetermined_option_says_it_too_but_not_before_the_disease_is_known(void **state)
{
    world *w = *state;
    const plan *p = plan_with_running(w, "metastatic gate -change -blocks -due");
    assert_int_equal(undetermined(p, "o.one")->applies, APPLIES_ON_CHANGE);
    p = plan_with_running(w, "gate change needs -blocks -due");
    assert_int_equal(p->change_needed, TRUTH_UNKNOWN);
    assert_int_equal(undetermined(p, "o.one")->applies, APPLIES_UNKNOWN);
    w->options[0].is_for = FOR_ANY_TIME;
    p = plan_with_running(w, "gate change needs -blocks -due");
    assert_int_equal(undetermined(p, "o.one")->applies, APPLIES_UNKNOWN);
}

static void within_a_standing_what_is_for_a_change_alone_comes_last(void **state)
{
    world *w = *state;
    const plan *p = plan_with_running(w, "metastatic gate -change needs -blocks -minds ranks -due");
    assert_text(p->options[0].option->id, "o.running");
    assert_text(p->options[1].option->id, "o.one");
    p = plan_with_running(w, "metastatic gate change needs -blocks -minds ranks -due");
    assert_text(p->options[0].option->id, "o.one");
}

/* ---- standing ---- */

static void the_first_row_that_holds_gives_the_standing_and_a_true_caution_caps_it(void **state)
{
    assert_text(offered(plan_for(state, "metastatic gate needs -blocks -minds -ranks"), "o.one")->standing, "second");
    assert_text(offered(plan_for(state, "metastatic gate needs -blocks -minds"), "o.one")->standing, "second");
    const plan_option *o = offered(plan_for(state, "metastatic gate needs -blocks minds ranks"), "o.one");
    assert_text(o->standing, "third");
    assert_text(o->cautions[0].text, "mind it");
    o = offered(plan_for(state, "metastatic gate needs -blocks ranks"), "o.one");
    assert_text(o->standing, "first");
    assert_text(o->cautions[0].text, "check first: mind it (not known: minds)");
}

static void options_stand_in_order_of_standing_then_of_the_file(void **state)
{
    world *w = *state;
    w->options[1].requires_all[0].when.is = true;
    const plan *p = plan_for(state, "metastatic gate needs -blocks minds ranks");
    assert_text(p->options[0].option->id, "o.two");
    assert_text(p->options[1].option->id, "o.one");
    p = plan_for(state, "metastatic gate needs -blocks -minds -ranks");
    assert_text(p->options[0].option->id, "o.one");
}

/* ---- tests ---- */

static void each_result_of_a_missing_test_says_what_it_opens_and_closes(void **state)
{
    const plan *p = plan_for(state, "metastatic gate -blocks");
    assert_int_equal(p->test_count, 1);
    const plan_test *t = &p->tests[0];
    assert_true(t->changes);
    assert_int_equal(t->result_count, 2);
    assert_text(t->results[0].opens[0], "o.one");
    assert_text(t->results[0].closes[0], "o.two");
    assert_text(t->results[1].opens[0], "o.two");
    assert_text(t->results[1].closes[0], "o.one");
    assert_int_equal(t->basis.criterion_count, 1);   /* the unknown criterion that reads it */
    assert_text(t->basis.criteria[0].name, "needs");
    assert_non_null(alert_coded(p, "missing-test-needs"));
    assert_non_null(undetermined(p, "o.one"));   /* what was tried is taken back */
}

/* The test's result becomes one of the gate. */
static void a_result_that_takes_the_disease_away_says_so_and_lists_nothing(void **state)
{
    world *w = *state;
    w->tests[0].outcomes[1].facts[0] = (test_fact){ STR("gate"), STR("false") };
    w->tests[0].outcomes[0].facts[0] = (test_fact){ STR("gate"), STR("true") };
    const plan *p = plan_for(state, "metastatic -needs");
    const plan_test *t = &p->tests[0];
    assert_text(t->test->id, "test.needs");
    assert_true(t->changes);
    assert_false(t->results[0].leaves);
    assert_true(t->results[1].leaves);
    assert_int_equal(t->results[1].close_count, 0);
}

static void a_result_names_the_line_that_would_be_needed(void **state)
{
    world *w = *state;
    w->tests[0].outcomes[0].facts[0] = (test_fact){ STR("metastatic"), STR("true") };
    w->tests[0].outcomes[1].facts[0] = (test_fact){ STR("metastatic"), STR("false") };
    const plan *p = plan_for(state, "gate needs");
    assert_int_equal(p->next_line, 0);   /* metastatic is not known */
    assert_int_equal(p->tests[0].results[0].next_line, 1);
    assert_int_equal(p->tests[0].results[1].next_line, 0);
}

static void an_excluded_option_asks_for_no_test(void **state)
{
    world *w = *state;
    w->pack.guideline.option_count = 1;
    const plan *p = plan_for(state, "metastatic gate blocks");
    assert_int_equal(p->excluded_count, 1);
    assert_int_equal(p->test_count, 0);
}

static void a_test_that_is_due_is_listed_though_it_changes_nothing(void **state)
{
    world *w = *state;
    w->pack.guideline.option_count = 0;
    const plan *p = plan_for(state, "metastatic gate due");
    assert_int_equal(p->test_count, 1);
    assert_false(p->tests[0].changes);
    assert_text(p->tests[0].basis.criteria[0].name, "due");
    assert_text(alert_coded(p, "missing-test-needs")->text, "Needs is due: do it");
}

static void a_known_result_is_not_taken_back_by_trying_a_test(void **state)
{
    const plan *p = plan_for(state, "metastatic gate needs due -blocks");
    for (uint32_t i = 0; i < p->test_count; i++) {
        if (str_is(p->tests[i].test->id, "test.needs")) {
            assert_int_equal(p->tests[i].result_count, 0);
        }
    }
    assert_true(p->test_count >= 1);
}

/* ---- what if ---- */

static void a_fact_set_by_hand_replans_and_shows_the_difference(void **state)
{
    world *w = *state;
    nl_error err = { 0 };
    assert_int_equal(try_plan(w, "metastatic gate -blocks -minds", "2021-01-01", "us", "needs=true", &err), NL_OK);
    const plan *p = w->plan;
    assert_non_null(offered(p, "o.one"));
    assert_int_equal(p->change_count, 2);
    assert_text(p->changes[0], "o.one: undetermined -> offered (second)");
    assert_text(p->changes[1], "o.two: undetermined -> excluded");
    assert_text(p->set[0], "needs=true");
    const criterion *c = &offered(p, "o.one")->basis.criteria[0];
    assert_int_equal(c->fact_count, 1);
    assert_true(c->facts[0]->set);
    assert_int_equal(c->facts[0]->source_count, 0);
    assert_text(c->facts[0]->label, "The needs");
}

static void a_fact_that_cannot_be_set_is_an_argument_error(void **state)
{
    static const char *const bad[] = { "needs", "nothing=true", "needs=perhaps", "=true" };
    for (size_t i = 0; i < 4; i++) {
        nl_error err = { 0 };
        assert_int_equal(try_plan(*state, "metastatic gate", "2021-01-01", "us", bad[i], &err), NL_E_ARG);
        assert_true(err.what[0] != 0);
    }
    nl_error err = { 0 };
    assert_int_equal(try_plan(*state, "metastatic gate", "2021-01-01", "uk", NULL, &err), NL_E_ARG);
}

/* ---- basis ---- */

static void every_fact_leads_to_an_element_of_the_input(void **state)
{
    world *w = *state;
    const plan *p = plan_for(state, "metastatic gate needs -blocks -minds");
    const basis *b = &offered(p, "o.one")->basis;
    json *root = NULL;
    assert_int_equal(json_read(w->a, w->text, strlen(w->text), "in.json", &root, NULL), NL_OK);
    size_t followed = 0;
    for (uint32_t i = 0; i < b->criterion_count; i++) {
        for (uint32_t k = 0; k < b->criteria[i].fact_count; k++) {
            const fact *f = b->criteria[i].facts[k];
            for (uint32_t s = 0; s < f->source_count; s++) {
                const json *there = json_resolve(root, f->sources[s].pointer);
                assert_non_null(there);
                assert_true(json_equal(w->a, there, f->sources[s].quote));
                assert_text(f->sources[s].input, "in.json");
                followed++;
            }
        }
    }
    assert_int_equal(followed, 4);
}

static void a_criterion_shows_the_clause_that_decided(void **state)
{
    world *w = *state;
    w->options[0].requires_all[0].when = when(w, BOTH, true);
    const plan *p = plan_for(state, "metastatic gate -needs -blocks");
    const criterion *c = &excluded(p, "o.one")->reasons[0].basis.criteria[0];
    assert_text(c->name, "gate and needs");
    assert_int_equal(c->value, TRUTH_FALSE);
    assert_int_equal(c->fact_count, 1);              /* the false one decides, not the true one beside it */
    assert_text(c->facts[0]->code, "needs");
    assert_text(c->facts[0]->value, "no");
    assert_non_null(c->why);
    assert_text(c->why->file, "cql/T.cql");
}

static void the_profile_shows_unknown_in_the_words_of_the_knowledge(void **state)
{
    assert_true(json_is(plan_for(state, "gate")->profile[0].value, JSON_TRUE));
    assert_true(json_is(plan_for(state, "-gate")->profile[0].value, JSON_FALSE));
    assert_text(json_text(plan_for(state, "needs")->profile[0].value), "dunno");
}

static void explain_shows_all_criteria_whatever_the_list(void **state)
{
    plan *p = plan_for(state, "metastatic gate -needs -blocks");
    explanation e;
    assert_int_equal(plan_explain(p, STR("o.one"), &e, NULL), NL_OK);
    assert_text(e.list, "excluded");
    assert_int_equal(e.criterion_count, 7);   /* gate, metastatic, needs, blocks, minds, ranks (standing), approval */
    nl_error err = { 0 };
    assert_int_equal(plan_explain(p, STR("o.on"), &e, &err), NL_E_ARG);
    assert_non_null(strstr(err.what, "'o.one'"));
    p = plan_for(state, "metastatic -gate");
    assert_int_equal(plan_explain(p, STR("o.one"), &e, NULL), NL_OK);
    assert_text(e.list, "not of this disease");
}

/* ---- alerts ---- */

static void urgent_alerts_stand_first_and_fire_only_on_a_recorded_yes(void **state)
{
    const plan *p = plan_for(state, "metastatic gate alarm");
    assert_text(p->alerts[0].code, "fire");
    assert_non_null(alert_coded(p, "calm"));
    p = plan_for(state, "metastatic gate -alarm");
    assert_null(alert_coded(p, "fire"));
    p = plan_for(state, "metastatic gate");
    assert_null(alert_coded(p, "fire"));
}

static void an_old_record_and_entries_of_a_later_day_are_told(void **state)
{
    world *w = *state;
    nl_error err = { 0 };
    assert_int_equal(try_plan(w, "metastatic gate", "2020-08-01", "us", NULL, &err), NL_OK);
    assert_null(alert_coded(w->plan, "record-stale"));
    assert_int_equal(try_plan(w, "metastatic gate", "2021-08-01", "us", NULL, &err), NL_OK);
    assert_non_null(alert_coded(w->plan, "record-stale"));
    assert_int_equal(try_plan(w, "metastatic gate", "2020-05-01", "us", NULL, &err), NL_OK);
    const plan_alert *later = alert_coded(w->plan, "dated-later");
    assert_non_null(later);
    assert_text(later->text, "2 entries are dated after 2020-05-01 and not used");
    assert_int_equal(later->basis.criteria[0].fact_count, 2);
    assert_text(w->plan->scope->text, "metastatic unknown");
}

/* ---- presumptions ---- */

static void what_readings_disagree_on_is_undetermined_and_what_they_agree_on_stands_as_the_main_one_has_it(void **state)
{
    static const struct { which_list main, other, final; bool open; } rows[] = {
        { LIST_OFFERED, LIST_OFFERED, LIST_OFFERED, false },           { LIST_OFFERED, LIST_EXCLUDED, LIST_UNDETERMINED, true },
        { LIST_OFFERED, LIST_UNDETERMINED, LIST_UNDETERMINED, true },  { LIST_EXCLUDED, LIST_OFFERED, LIST_UNDETERMINED, true },
        { LIST_EXCLUDED, LIST_EXCLUDED, LIST_EXCLUDED, false },        { LIST_UNDETERMINED, LIST_EXCLUDED, LIST_UNDETERMINED, true },
        { LIST_UNDETERMINED, LIST_UNDETERMINED, LIST_UNDETERMINED, false }, { LIST_NONE, LIST_OFFERED, LIST_NONE, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        decision d = decide_across((decision){ .list = (uint8_t)rows[i].main }, (decision){ .list = (uint8_t)rows[i].other });
        assert_int_equal(d.list, rows[i].final);
        assert_int_equal(d.open, rows[i].open);
    }
}

static void a_presumption_may_open_but_never_excludes_nor_lifts_an_exclusion(void **state)
{
    static const struct { which_list recorded, presumed, final; bool marked; } rows[] = {
        { LIST_UNDETERMINED, LIST_OFFERED, LIST_OFFERED, true },           { LIST_UNDETERMINED, LIST_UNDETERMINED, LIST_UNDETERMINED, false },
        { LIST_UNDETERMINED, LIST_EXCLUDED, LIST_UNDETERMINED, true },     { LIST_OFFERED, LIST_EXCLUDED, LIST_UNDETERMINED, true },
        { LIST_OFFERED, LIST_OFFERED, LIST_OFFERED, false },               { LIST_OFFERED, LIST_UNDETERMINED, LIST_OFFERED, false },
        { LIST_EXCLUDED, LIST_OFFERED, LIST_EXCLUDED, false },             { LIST_EXCLUDED, LIST_EXCLUDED, LIST_EXCLUDED, false },
        { LIST_NONE, LIST_OFFERED, LIST_NONE, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        decision d = decide_final((decision){ .list = (uint8_t)rows[i].recorded }, (decision){ .list = (uint8_t)rows[i].presumed });
        assert_int_equal(d.list, rows[i].final);
        assert_int_equal(d.presumed, rows[i].marked);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_option_is_offered_when_all_is_required_and_nothing_rules_it_out),
        TEST(an_excluded_option_names_every_reason),
        TEST(an_unknown_requirement_leaves_an_option_undetermined_and_says_what_is_missing),
        TEST(an_unknown_rule_out_leaves_undetermined_unless_it_may_be_checked_first),
        TEST(an_option_not_approved_that_day_in_that_place_is_excluded_apart_from_medicine),
        TEST(a_rule_speaks_only_in_its_places_and_days),
        TEST(another_disease_has_no_place_in_the_lists_and_an_unknown_one_is_undetermined),
        TEST(early_disease_gets_a_plan_that_says_so_with_its_alerts),
        TEST(without_a_line_the_first_is_needed),
        TEST(an_option_says_whether_its_choice_arises_now),
        TEST(an_undetermined_option_says_it_too_but_not_before_the_disease_is_known),
        TEST(within_a_standing_what_is_for_a_change_alone_comes_last),
        TEST(the_first_row_that_holds_gives_the_standing_and_a_true_caution_caps_it),
        TEST(options_stand_in_order_of_standing_then_of_the_file),
        TEST(each_result_of_a_missing_test_says_what_it_opens_and_closes),
        TEST(a_result_that_takes_the_disease_away_says_so_and_lists_nothing),
        TEST(a_result_names_the_line_that_would_be_needed),
        TEST(an_excluded_option_asks_for_no_test),
        TEST(a_test_that_is_due_is_listed_though_it_changes_nothing),
        TEST(a_known_result_is_not_taken_back_by_trying_a_test),
        TEST(a_fact_set_by_hand_replans_and_shows_the_difference),
        TEST(a_fact_that_cannot_be_set_is_an_argument_error),
        TEST(every_fact_leads_to_an_element_of_the_input),
        TEST(a_criterion_shows_the_clause_that_decided),
        TEST(the_profile_shows_unknown_in_the_words_of_the_knowledge),
        TEST(explain_shows_all_criteria_whatever_the_list),
        TEST(urgent_alerts_stand_first_and_fire_only_on_a_recorded_yes),
        TEST(an_old_record_and_entries_of_a_later_day_are_told),
        TEST(a_presumption_may_open_but_never_excludes_nor_lifts_an_exclusion),
        TEST(what_readings_disagree_on_is_undetermined_and_what_they_agree_on_stands_as_the_main_one_has_it),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
