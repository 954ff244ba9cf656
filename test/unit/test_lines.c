/* Lines of therapy from small bundles, with the knowledge's own drugs and rules and a few facts of disease made here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "chart/lines.h"
#include "pack/build_drugs.h"
#include "pack/build_terms.h"

#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <stdarg.h>
#include <cmocka.h>   /* after ours: it has a macro named fail */

static const char facts_yaml[] =
    "base: https://nextline.example/fhir\n"
    "terminology: [here.csv, therapy.csv]\n"
    "plan-review: {extension: plan-review, day: Day, changed: Changed, reason: Reason}\n"
    "facts:\n"
    "- {code: breast-cancer, system: chart, label: Breast cancer, kind: word, words: [invasive], open: no, from: [{condition: [cancer], is: invasive}]}\n"
    "- {code: metastatic-site, system: chart, label: Site, kind: word, words: [bone], open: no, from: [{condition: [bone], is: bone}]}\n"
    "- {code: distant-disease-found, system: chart, label: Distant disease, kind: date, open: no, take: earliest, from: [{condition: [bone]}]}\n"
    "- {code: stage-group, system: chart, label: Stage, kind: word, words: [\"0\", I, II, III, IV], open: yes, from: [{observation: [stage], words: stage}]}\n"
    "- {code: disease-status, system: chart, label: Status, kind: word, words: [improved, stable, worse], open: yes, from: [{observation: [status], words: status}]}\n"
    "- {code: treatment-change, system: chart, label: Review, kind: word, words: [progression, toxicity, completed, patient-choice, other, changed, unchanged], open: no, from: [{plan-review: any, words: treatment-change}]}\n"
    "- {code: ovarian-suppression, system: chart, label: Ovarian suppression, kind: word, words: [agonist, surgical], open: no}\n"
    "- {code: insulin, system: chart, label: Insulin, kind: date, open: no}\n"
    "- {code: qt-drug, system: chart, label: QT drug, kind: date, open: no}\n"
    "- {code: cyp3a-inhibitor, system: chart, label: Inhibitor, kind: date, open: no}\n"
    "- {code: cyp3a-inducer, system: chart, label: Inducer, kind: date, open: no}\n"
    "- {code: vitamin-k-antagonist, system: chart, label: Antagonist, kind: date, open: no}\n"
    "- {code: phenytoin, system: chart, label: Phenytoin, kind: date, open: no}\n"
    "- {code: corticosteroid, system: chart, label: Corticosteroid, kind: date, open: no}\n"
    "- {code: pgp-inhibitor, system: chart, label: Inhibitor, kind: date, open: no}\n"
    "- {code: hbv-antiviral, system: chart, label: Antiviral, kind: date, open: no}\n"
    "- {code: cyp3a-inhibitor-moderate, system: chart, label: Inhibitor, kind: date, open: no}\n"
    "- {code: cyp2c8-inhibitor, system: chart, label: Inhibitor, kind: date, open: no}\n"
    "- {code: cyp2d6-inhibitor, system: chart, label: Inhibitor, kind: date, open: no}\n"
    "- {code: proton-pump-inhibitor, system: chart, label: Inhibitor, kind: date, open: no}\n";
static const char here_csv[] = "set,word,system,code,display,source,checked\n"
                               "about,cancer,SNOMED,254837009,,made here,no\n"
                               "about,bone,SNOMED,94222008,,made here,no\n"
                               "about,stage,LOINC,21908-9,,made here,no\n"
                               "about,status,LOINC,97509-4,,made here,no\n"
                               "stage,II,TEXT,II,,,\n"
                               "stage,IV,TEXT,IV,,,\n"
                               "status,worse,TEXT,worse,,,\n"
                               "status,stable,TEXT,stable,,,\n"
                               "status,improved,TEXT,improved,,,\n";
static arena *memory;
static const terms *knowledge;

static void tell(void *to, const nl_error *e) { print_error("%s:%u: %s\n", e->where, e->line, e->what); }

static str file_text(const char *path)
{
    file_bytes f;
    nl_error e;
    assert_int_equal(file_read(path, 1 << 20, &f, &e), NL_OK);
    str out = arena_str(memory, (str){ f.p, f.n });
    file_free(&f);
    return out;
}

static int set_up(void **state)
{
    memory = arena_new(NULL);
    const char *root = getenv("NL_ROOT");
    const char *folder = arena_printf(memory, "%s/knowledge", root ? root : ".").p;
    terms_text texts[] = {
        { "facts.yaml", str_of(facts_yaml) },
        { "terminology/here.csv", str_of(here_csv) },
        { "terminology/systems.csv", file_text(arena_printf(memory, "%s/terminology/systems.csv", folder).p) },
        { "terminology/units.csv", STR("spelling,unit\n") },
        { "terminology/negation.csv", STR("phrase,where\nno,before\nnot,before\nwithout,before\n") },
        { "terminology/therapy.csv", file_text(arena_printf(memory, "%s/terminology/therapy.csv", folder).p) },
    };
    faults f = { .report = tell };
    terms *t;
    terms_build_texts(memory, texts, sizeof texts / sizeof *texts, &t, &f);
    build_drugs(memory, folder, t, &f, &t->drugs);
    build_line_rules(memory, folder, t, t->drugs, &f, &t->line_rules);
    knowledge = t;
    return f.count == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(memory);
    return 0;
}

/* ---- a bundle in a few words: ' stands for " ---- */

typedef struct bundle { buf text; int ids; } bundle;

static bundle start_bundle(void)
{
    bundle b = { .text = buf_make(memory, 1 << 20) };
    buf_add(&b.text, STR("[{'resourceType':'Patient','id':'p','gender':'female'}"));
    return b;
}

static void add_text(bundle *b, const char *members) { buf_printf(&b->text, ",{'id':'r%d',%s}", ++b->ids, members); }

/* dates: "START..END", "START" or "". */
static void add_drug(bundle *b, const char *name, const char *dates, const char *status, const char *more)
{
    str rest = str_of(dates), from = STR(""), to = STR("");
    ptrdiff_t dots = str_find(rest, STR(".."));
    from = dots < 0 ? rest : str_head(rest, (size_t)dots);
    to = dots < 0 ? to : str_from(rest, (size_t)dots + 2);
    str period = STR("");
    if (dots >= 0) {
        period = arena_printf(memory, ",'effectivePeriod':{'start':'%.*s','end':'%.*s'}", STR_ARG(from), STR_ARG(to));
    } else if (from.n) {
        period = arena_printf(memory, ",'effectiveDateTime':'%.*s'", STR_ARG(from));
    }
    buf_printf(&b->text, ",{'resourceType':'MedicationStatement','id':'r%d','status':'%s','medicationCodeableConcept':{'text':'%s'}%.*s%s}", ++b->ids,
               status, name, STR_ARG(period), more);
}

static void add_dose(bundle *b, const char *name, const char *day)
{
    buf_printf(&b->text, ",{'resourceType':'MedicationAdministration','id':'r%d','status':'completed','medicationCodeableConcept':{'text':'%s'},"
                         "'effectiveDateTime':'%s'}", ++b->ids, name, day);
}

static void add_bone(bundle *b, const char *day)
{
    buf_printf(&b->text, ",{'resourceType':'Condition','id':'r%d','code':{'coding':[{'system':'http://snomed.info/sct','code':'94222008'}]}%s%s%s}",
               ++b->ids, *day ? ",'onsetDateTime':'" : "", day, *day ? "'" : "");
}

static void add_status(bundle *b, const char *word, const char *day)
{
    buf_printf(&b->text, ",{'resourceType':'Observation','id':'r%d','status':'final','code':{'coding':[{'system':'http://loinc.org','code':'97509-4'}]},"
                         "'valueCodeableConcept':{'text':'%s'},'effectiveDateTime':'%s'}", ++b->ids, word, day);
}

/* code: of the reason, in SNOMED; "" for none. */
static void add_review(bundle *b, const char *day, const char *changed, const char *code)
{
    const char *reason = *code ? arena_printf(memory, ",{'url':'Reason','valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':'%s'}]}}", code).p : "";
    buf_printf(&b->text, ",{'resourceType':'CarePlan','id':'r%d','status':'draft','intent':'proposal','extension':[{'url':'http://here.example/plan-review','extension':["
                         "{'url':'Day','valueDate':'%s'}%s%s%s]}]}", ++b->ids, day, *changed ? ",{'url':'Changed','valueBoolean':" : "",
               *changed ? arena_printf(memory, "%s}", changed).p : "", reason);
}

static chart *chart_of(bundle *b, const char *as_of)
{
    buf bytes = buf_make(memory, 1 << 20);
    str t = buf_str(&b->text);
    for (size_t i = 0; i < t.n; i++) {
        buf_char(&bytes, t.p[i] == '\'' ? '"' : t.p[i]);
    }
    buf_char(&bytes, ']');
    size_t n = buf_str(&bytes).n;
    buf_repeat(&bytes, '\0', FILE_PAD);
    record *r = record_make(memory);
    nl_error e = { 0 };
    if (record_read(r, STR("test"), buf_str(&bytes).p, n, &e) != NL_OK || record_close(r, STR(""), &e) != NL_OK) {
        fail_msg("%s", e.what);
    }
    date day;
    assert_true(date_read(str_of(as_of), &day));
    return chart_make(r, knowledge, day);
}

/* "metastatic 1 2019-04-01.. fulvestrant+abemaciclib stopped presumed" per line, parted by "; ". */
static const char *told(const chart *c)
{
    buf out = buf_make(memory, 1 << 16);
    for (uint32_t i = 0; i < c->line_count; i++) {
        const line_of_therapy *l = &c->lines[i];
        char from[11], to[11];
        str start = date_write(l->start, from), end = date_write(l->end, to);
        buf_printf(&out, "%s%.*s %u %.*s..%.*s ", i ? "; " : "", STR_ARG(l->setting), l->number, STR_ARG(start), STR_ARG(end));
        for (uint32_t k = 0; k < l->drug_count; k++) {
            buf_printf(&out, "%s%.*s", k ? "+" : "", STR_ARG(l->drugs[k]));
        }
        buf_printf(&out, "%s%s%.*s%s", l->in_progress ? " running" : "", l->stop_reason.n ? " " : "", STR_ARG(l->stop_reason),
                   l->presumed_progression ? " presumed" : "");
    }
    buf_char(&out, '\0');
    return buf_str(&out).p;
}

static const char *lines_on(bundle *b, const char *as_of) { return told(chart_of(b, as_of)); }

static size_t facts_named(const chart *c, const char *code)
{
    const resource *const *found;
    return record_find(c->record, STR("Observation"), STR("https://nextline.example/fhir/CodeSystem/chart"), str_of(code), &found);
}

static size_t findings_named(const chart *c, const char *code)
{
    size_t n = 0;
    for (size_t i = 0; i < record_finding_count(c->record); i++) {
        n += str_is(record_finding_at(c->record, i)->code, code) ? 1 : 0;
    }
    return n;
}

/* ---- reviews of the care plan ---- */

#define NO_RESPONSE "266721009"
#define ADVERSE "281647001"

/* A reason is recorded with no drug: letrozole, and then capecitabine from 2021-02-10. */
static bundle changed_in_february(void)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01..2021-02-01", "stopped", "");
    add_drug(&b, "capecitabine", "2021-02-10", "active", "");
    return b;
}

static void a_review_of_the_plan_gives_the_reason_that_no_drug_has(void **state)
{
    bundle b = changed_in_february();
    assert_string_equal(lines_on(&b, "2021-06-01"), "metastatic 1 2020-02-01..2021-02-01 letrozole presumed; metastatic 2 2021-02-10.. capecitabine running");
    add_review(&b, "2021-01-28", "true", ADVERSE);
    chart *c = chart_of(&b, "2021-06-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01..2021-02-01 letrozole toxicity; metastatic 2 2021-02-10.. capecitabine running");
    assert_true(str_is(c->lines[0].stop_text, "review of the care plan, 2021-01-28"));
    assert_true(str_is(c->lines[1].rule, "lot.change-for-toxicity"));
    bool cited = false;
    for (uint32_t i = 0; i < c->lines[0].evidence_count; i++) {
        const line_evidence *e = &c->lines[0].evidence[i];
        cited = cited || (str_is(e->part, "reason") && str_is(e->how, "recorded") && e->source_count == 1
                          && str_is(record_of(c->record, e->sources[0])->type, "CarePlan"));
    }
    assert_true(cited);
}

static void a_review_that_finds_no_response_makes_the_next_drug_another_line(void **state)
{
    bundle b = changed_in_february();
    add_review(&b, "2021-02-17", "true", NO_RESPONSE);
    chart *c = chart_of(&b, "2021-06-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01..2021-02-01 letrozole progression; metastatic 2 2021-02-10.. capecitabine running");
    assert_true(str_is(c->lines[1].rule, "lot.after-progression"));
}

static void a_review_long_before_the_end_or_without_a_change_explains_nothing(void **state)
{
    static const struct { const char *day, *changed, *code, *reason; } rows[] = {
        { "2021-01-04", "true", ADVERSE, "toxicity" }, { "2021-01-03", "true", ADVERSE, "" },     /* 28 days before the end, and 29 */
        { "2021-02-17", "true", ADVERSE, "toxicity" }, { "2021-02-18", "true", ADVERSE, "" },     /* 7 days after the next began, and 8 */
        { "2021-02-01", "false", ADVERSE, "" }, { "2021-02-01", "true", "", "" }, { "2021-02-01", "", ADVERSE, "" },
        { "2021-02-01", "true", "74964007", "" } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bundle b = changed_in_february();
        add_review(&b, rows[i].day, rows[i].changed, rows[i].code);
        chart *c = chart_of(&b, "2021-06-01");
        assert_true(str_is(c->lines[0].stop_reason, rows[i].reason));
        assert_int_equal(findings_named(c, "review-incomplete"), *rows[i].changed ? 0 : 1);
    }
}

static void what_a_drug_was_stopped_for_goes_before_a_review(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01..2021-02-01", "stopped", ",'statusReason':[{'text':'progression'}]");
    add_drug(&b, "capecitabine", "2021-02-10", "active", "");
    add_review(&b, "2021-02-01", "true", ADVERSE);
    chart *c = chart_of(&b, "2021-06-01");
    assert_true(str_is(c->lines[0].stop_reason, "progression"));
    assert_int_equal(findings_named(c, "stop-reasons-differ"), 1);
}

static void reviews_that_do_not_agree_give_no_reason(void **state)
{
    bundle b = changed_in_february();
    add_review(&b, "2021-01-28", "true", ADVERSE);
    add_review(&b, "2021-02-05", "true", NO_RESPONSE);
    assert_true(str_is(chart_of(&b, "2021-02-04")->lines[0].stop_reason, "toxicity"));   /* the later one is not known yet */
    assert_true(str_empty(chart_of(&b, "2021-06-01")->lines[0].stop_reason));
}

static void a_review_settles_why_the_cdk46_inhibitor_was_changed(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2019-03-01");
    add_drug(&b, "fulvestrant", "2019-04-01", "active", "");
    add_drug(&b, "abemaciclib", "2019-04-01", "active", "");
    add_drug(&b, "ribociclib", "2019-06-01", "active", "");
    assert_int_equal(chart_of(&b, "2019-12-01")->decision_count, 1);
    bundle other = b;
    add_review(&b, "2019-05-25", "true", ADVERSE);
    chart *c = chart_of(&b, "2019-12-01");
    assert_int_equal(c->decision_count, 0);
    assert_int_equal(c->line_count, 1);
    add_review(&other, "2019-05-25", "true", NO_RESPONSE);
    c = chart_of(&other, "2019-12-01");
    assert_int_equal(c->decision_count, 0);
    assert_int_equal(c->line_count, 2);
}

/* ---- what begins a line ---- */

/* Lines of a reading, as told. */
static const char *told_of_reading(const chart *c, uint32_t reading)
{
    chart other = *c;
    other.lines = c->readings[reading].lines;
    other.line_count = c->readings[reading].line_count;
    return told(&other);
}

/* Only the CDK4/6 inhibitor changed and its partner went on: after progression the partner would have been changed. */
static void a_cdk46_change_without_a_reason_stays_in_the_line_and_is_asked(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "");
    add_drug(&b, "leuprolide Injetable Product", "2019-04-01", "completed", "");
    add_drug(&b, "fulvestrant Injectable Product", "2019-04-01", "completed", "");
    add_drug(&b, "abemaciclib Oral Product", "2019-04-01", "active", "");
    add_drug(&b, "fulvestrant Injectable Product", "2019-06-01", "active", "");
    add_drug(&b, "ribociclib Oral Product", "2019-06-01", "active", "");
    chart *c = chart_of(&b, "2026-06-01");
    assert_string_equal(told(c), "metastatic 1 2019-04-01.. abemaciclib+fulvestrant+ribociclib running");
    assert_int_equal(c->decision_count, 1);
    assert_int_equal(c->reading_count, 2);
    assert_true(str_is(c->decisions[0].id, "cdk46-change"));
    assert_true(str_find(c->decisions[0].question, STR("ribociclib (2019-06-01)")) >= 0);
    assert_string_equal(told_of_reading(c, 1), "metastatic 1 2019-04-01.. abemaciclib+fulvestrant presumed; "
                                               "metastatic 2 2019-06-01.. ribociclib+fulvestrant running");
}

/* ---- readings ---- */

static void what_is_settled_is_read_in_one_way(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "letrozole", "2020-02-01..2021-01-20", "stopped", ",'statusReason':[{'text':'progression'}]");
    add_drug(&b, "fulvestrant", "2021-02-01", "active", "");
    chart *c = chart_of(&b, "2021-06-01");
    assert_int_equal(c->decision_count, 0);
    assert_int_equal(c->reading_count, 1);
    assert_ptr_equal(c->lines, c->readings[0].lines);
}

static void chemotherapy_and_then_endocrine_therapy_without_a_reason_are_induction_and_maintenance_or_two_lines(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "docetaxel", "2020-02-01..2020-06-01", "stopped", "");
    add_drug(&b, "letrozole", "2020-07-01", "active", "");
    add_drug(&b, "ribociclib", "2020-07-08", "active", "");
    chart *c = chart_of(&b, "2021-06-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. docetaxel+letrozole+ribociclib running");
    assert_int_equal(c->lines[0].phase_count, 2);
    assert_true(str_is(c->lines[0].phases[0].word, "induction"));
    assert_true(str_is(c->lines[0].phases[1].word, "maintenance"));
    assert_string_equal(told_of_reading(c, 1), "metastatic 1 2020-02-01..2020-06-01 docetaxel presumed; metastatic 2 2020-07-01.. letrozole+ribociclib running");
    assert_true(str_is(c->decisions[0].id, "maintenance"));
}

static void a_completed_chemotherapy_settles_that_what_follows_is_maintenance(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "docetaxel", "2020-02-01..2020-06-01", "completed", ",'statusReason':[{'text':'completed'}]");
    add_drug(&b, "letrozole", "2020-07-01", "active", "");
    chart *c = chart_of(&b, "2021-06-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. docetaxel+letrozole running");
    assert_int_equal(c->reading_count, 1);
    assert_true(str_is(c->lines[0].parts[1].rule, "lot.maintenance-after-chemotherapy"));
    assert_true(str_is(c->lines[0].parts[1].phase, "maintenance"));
}

static void at_most_three_questions_are_read_both_ways_and_the_rest_is_told(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2010-01-15");
    for (int i = 0; i < 5; i++) {   /* chemotherapy, then an aromatase inhibitor and chemotherapy in turn, without reasons or progression */
        const char *year = arena_printf(memory, "201%d", 2 * i).p;
        add_drug(&b, i % 2 ? "eribulin" : "docetaxel", arena_printf(memory, "%s-02-01..%s-06-01", year, year).p, "stopped", "");
        add_drug(&b, i % 2 ? "exemestane" : "letrozole", arena_printf(memory, "%s-07-01..%s-12-01", year, year).p, "stopped", "");
    }
    chart *c = chart_of(&b, "2021-06-01");
    assert_int_equal(c->decision_count, 3);
    assert_int_equal(c->reading_count, 8);
    assert_int_equal(findings_named(c, "lines-more-questions"), 1);
    assert_true(date_cmp(c->decisions[0].day, c->decisions[2].day) < 0);
}

static void another_reading_replaces_the_procedures_and_undo_brings_them_back(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "docetaxel", "2020-02-01..2020-06-01", "stopped", "");
    add_drug(&b, "letrozole", "2020-07-01", "active", "");
    chart *c = chart_of(&b, "2021-06-01");
    const resource *const *found;
    str system = arena_printf(memory, "%.*s/CodeSystem/chart", STR_ARG(knowledge->base));
    assert_int_equal(record_find(c->record, STR("Procedure"), system, STR("line-of-therapy"), &found), 1);
    chart_mark before = chart_get_mark(c);
    chart_read(c, 1);
    assert_int_equal(record_find(c->record, STR("Procedure"), system, STR("line-of-therapy"), &found), 2);
    assert_int_equal(record_find(c->record, STR("Procedure"), system, STR("line-phase"), &found), 0);
    assert_int_equal(c->line_count, 2);
    chart_presume(c, &c->lines[0], STR("progression"));
    chart_undo(c, before);
    assert_int_equal(record_find(c->record, STR("Procedure"), system, STR("line-of-therapy"), &found), 1);
    assert_int_equal(record_find(c->record, STR("Procedure"), system, STR("line-phase"), &found), 2);
    assert_int_equal(c->line_count, 1);
    assert_true(str_is(c->lines[0].derived->id, "nl-line-1"));
}

static void a_number_that_a_clinician_wrote_goes_before_the_rules(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "capecitabine", "2020-02-01..2020-06-01", "stopped", ",'note':[{'text':'first-line palliative therapy'}]");
    add_drug(&b, "vinorelbine", "2020-07-01..2020-12-01", "stopped", ",'note':[{'text':'still first line: drug shortage'}]");
    add_drug(&b, "eribulin", "2021-01-01", "active", ",'note':[{'text':'third-line'}]");
    chart *c = chart_of(&b, "2021-02-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01..2020-12-01 capecitabine+vinorelbine presumed; metastatic 3 2021-01-01.. eribulin running");
    assert_int_equal(c->lines[1].stated_number, 3);
    assert_true(str_is(c->lines[0].parts[1].rule, "lot.stated-number"));
}

/* ---- counted apart ---- */

static void a_line_counts_as_each_kind_of_which_it_holds_a_drug(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "trastuzumab deruxtecan", "2020-02-01", "active", "");
    add_drug(&b, "letrozole", "2020-02-01", "active", "");
    chart *c = chart_of(&b, "2020-06-01");
    assert_int_equal(c->line_count, 1);
    static const char *const kinds[] = { "endocrine", "adc", "chemotherapy-or-adc", "her2-directed" };
    assert_int_equal(c->lines[0].kind_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(str_eq(c->lines[0].kinds[i], str_of(kinds[i])));
    }
}

static void an_adjuvant_course_before_and_after_the_operation_is_in_both_settings(void **state)
{
    bundle b = start_bundle();
    add_text(&b, "'resourceType':'Procedure','status':'completed','code':{'text':'Mastectomy'},'performedDateTime':'2015-06-01'");
    add_bone(&b, "2020-01-15");
    for (int i = 0; i < 4; i++) {
        add_dose(&b, "pembrolizumab", arena_printf(memory, "2015-0%d-01", 2 + i).p);
        add_dose(&b, "pembrolizumab", arena_printf(memory, "2015-%s-05", (const char *[]){ "07", "08", "09", "10" }[i]).p);
    }
    assert_string_equal(lines_on(&b, "2020-06-01"), "neoadjuvant 1 2015-02-01..2015-05-01 pembrolizumab; adjuvant 1 2015-07-05..2015-10-05 pembrolizumab");
}

static void progression_in_a_pause_makes_the_same_drug_another_line(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "carboplatin", "2020-02-01..2020-06-01", "stopped", "");
    add_status(&b, "worse", "2020-07-20");
    add_drug(&b, "carboplatin", "2020-08-01", "active", "");
    assert_string_equal(lines_on(&b, "2020-10-01"), "metastatic 1 2020-02-01..2020-06-01 carboplatin progression; metastatic 2 2020-08-01.. carboplatin running");
}

static void why_a_drug_ended_is_not_known_before_it_ended(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "letrozole", "2020-02-01..2021-03-01", "stopped", ",'statusReason':[{'text':'progression'}]");
    add_drug(&b, "palbociclib", "2020-04-10..2021-03-01", "stopped", ",'statusReason':[{'text':'progression'}]");
    assert_string_equal(lines_on(&b, "2020-06-01"), "metastatic 1 2020-02-01.. letrozole+palbociclib running");
    assert_string_equal(lines_on(&b, "2021-06-01"), "metastatic 1 2020-02-01..2021-03-01 letrozole+palbociclib progression");
}

static void what_a_drug_was_paused_for_is_not_why_it_ended(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "capecitabine", "2020-02-01..2020-03-01", "stopped", ",'statusReason':[{'text':'toxicity'}]");
    add_drug(&b, "capecitabine", "2020-03-20..2020-09-01", "stopped", "");
    add_drug(&b, "eribulin", "2020-09-20", "active", "");
    assert_string_equal(lines_on(&b, "2020-10-01"), "metastatic 1 2020-02-01..2020-09-01 capecitabine presumed; metastatic 2 2020-09-20.. eribulin running");
}

static void a_packet_that_would_last_longer_does_not_carry_its_drug_into_the_next_line(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    for (int i = 0; i < 4; i++) {
        add_text(&b, arena_printf(memory, "'resourceType':'MedicationDispense','status':'completed','medicationCodeableConcept':{'text':'capecitabine'},"
                                          "'whenHandedOver':'2020-0%d-01','daysSupply':{'value':30}", 2 + i).p);
    }
    add_status(&b, "worse", "2020-05-15");
    add_drug(&b, "eribulin", "2020-05-20", "active", "");
    assert_string_equal(lines_on(&b, "2020-07-30"), "metastatic 1 2020-02-01.. capecitabine progression; metastatic 2 2020-05-20.. eribulin running");
}

static void a_statement_without_an_end_speaks_for_any_time_until_progression(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "trastuzumab emtansine", "2020-02-01", "completed", "");
    add_drug(&b, "trastuzumab emtansine", "2021-02-01", "active", "");
    assert_string_equal(lines_on(&b, "2021-03-01"), "metastatic 1 2020-02-01.. trastuzumab emtansine running");
    add_status(&b, "worse", "2020-12-20");
    assert_string_equal(lines_on(&b, "2021-03-01"), "metastatic 1 2020-02-01.. trastuzumab emtansine progression; "
                                                    "metastatic 2 2021-02-01.. trastuzumab emtansine running");
}

static void letters_of_a_regimen_stand_for_its_drugs_only_where_the_text_says_nothing_else(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "TCHP x6 cycles", "2015-02-01..2015-06-01", "completed", ",'category':{'text':'neoadjuvant'}");
    add_drug(&b, "AC-T", "2016-02-01..2016-06-01", "completed", ",'category':{'text':'adjuvant'}");
    add_drug(&b, "metformin AC", "2016-02-01..2016-06-01", "completed", "");
    chart *c = chart_of(&b, "2020-02-01");
    assert_string_equal(told(c), "neoadjuvant 1 2015-02-01..2015-06-01 carboplatin+docetaxel+pertuzumab+trastuzumab; "
                                 "adjuvant 1 2016-02-01..2016-06-01 cyclophosphamide+doxorubicin+unnamed taxane");
    assert_int_equal(findings_named(c, "unrecognised-drug"), 0);
}

static void adjuvant_courses_side_by_side_may_each_go_on_in_the_first_metastatic_line(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "trastuzumab", "2019-03-01..2020-12-01", "stopped", "");
    add_drug(&b, "tamoxifen", "2019-06-01..2020-01-20", "stopped", "");
    add_drug(&b, "docetaxel", "2020-02-10", "active", "");
    assert_string_equal(lines_on(&b, "2020-03-01"), "adjuvant 1 2019-03-01.. trastuzumab; adjuvant 2 2019-06-01..2020-01-20 tamoxifen; "
                                                    "metastatic 1 2020-02-10.. docetaxel+trastuzumab running");
}

static void before_the_change_the_first_line_runs(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2019-03-01");
    add_drug(&b, "letrozole", "2019-04-01..2020-02-01", "stopped", "");
    add_drug(&b, "fulvestrant", "2020-02-10", "active", "");
    assert_string_equal(lines_on(&b, "2019-12-01"), "metastatic 1 2019-04-01.. letrozole running");
    assert_string_equal(lines_on(&b, "2020-03-01"), "metastatic 1 2019-04-01..2020-02-01 letrozole presumed; metastatic 2 2020-02-10.. fulvestrant running");
}

static void drugs_begun_within_28_days_are_one_regimen(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "capecitabine", "2020-02-01", "active", "");
    add_drug(&b, "vinorelbine", "2020-02-29", "active", "");
    assert_string_equal(lines_on(&b, "2020-03-10"), "metastatic 1 2020-02-01.. capecitabine+vinorelbine running");
}

static void a_drug_begun_after_29_days_is_the_next_line(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "capecitabine", "2020-02-01", "active", "");
    add_drug(&b, "vinorelbine", "2020-03-01", "active", "");
    assert_string_equal(lines_on(&b, "2020-03-10"), "metastatic 1 2020-02-01.. capecitabine presumed; metastatic 2 2020-03-01.. vinorelbine running");
}

static void a_recorded_stop_for_progression_is_the_reason_and_nothing_is_presumed(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01..2021-02-01", "stopped", ",'statusReason':[{'text':'Disease progression'}]");
    add_drug(&b, "capecitabine", "2021-02-10", "active", "");
    assert_string_equal(lines_on(&b, "2021-03-01"), "metastatic 1 2020-02-01..2021-02-01 letrozole progression; metastatic 2 2021-02-10.. capecitabine running");
}

static void a_worse_disease_before_the_change_is_recorded_progression(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01", "active", "");
    add_status(&b, "stable", "2020-08-01");
    add_status(&b, "worse", "2021-02-05");
    add_drug(&b, "capecitabine", "2021-02-10", "active", "");
    chart *c = chart_of(&b, "2021-03-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. letrozole progression; metastatic 2 2021-02-10.. capecitabine running");
    assert_true(str_is(c->lines[0].response, "stable disease"));
}

static void a_line_on_which_only_growth_was_reported_has_progressive_disease_as_its_best_response(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01", "active", "");
    add_status(&b, "worse", "2020-04-05");
    add_drug(&b, "capecitabine", "2020-04-10", "active", "");
    chart *c = chart_of(&b, "2021-03-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. letrozole progression; metastatic 2 2020-04-10.. capecitabine running");
    assert_true(str_is(c->lines[0].response, "progressive disease"));
    assert_true(str_empty(c->lines[1].response));
}

static void a_change_for_toxicity_is_a_line_but_no_progression(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01..2020-05-01", "stopped", ",'statusReason':[{'coding':[{'system':'http://snomed.info/sct','code':'407563006'}]}]");
    add_drug(&b, "capecitabine", "2020-05-10", "active", "");
    assert_string_equal(lines_on(&b, "2020-06-01"), "metastatic 1 2020-02-01..2020-05-01 letrozole toxicity; metastatic 2 2020-05-10.. capecitabine running");
}

static void a_reason_nobody_understands_is_kept_and_nothing_is_presumed(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01..2020-05-01", "stopped", ",'statusReason':[{'text':'see letter'}]");
    add_drug(&b, "capecitabine", "2020-05-10", "active", "");
    chart *c = chart_of(&b, "2020-06-01");
    assert_false(c->lines[0].presumed_progression);
    assert_true(str_is(c->lines[0].stop_text, "see letter"));
    assert_true(str_empty(c->lines[0].stop_reason));
}

/* ---- what does not ---- */

static void a_cdk46_swap_for_toxicity_stays_in_the_line(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01", "active", "");
    add_drug(&b, "ribociclib", "2020-02-01..2020-06-01", "stopped", ",'statusReason':[{'text':'not tolerated'}]");
    add_drug(&b, "palbociclib", "2020-06-10", "active", "");
    assert_string_equal(lines_on(&b, "2020-07-01"), "metastatic 1 2020-02-01.. letrozole+ribociclib+palbociclib running");
}

static void a_second_aromatase_inhibitor_stays_in_the_line(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "Femara 2.5 mg oral tablet", "2020-02-01..2020-06-01", "stopped", "");
    add_drug(&b, "anastrozole", "2020-06-10", "active", "");
    assert_string_equal(lines_on(&b, "2020-07-01"), "metastatic 1 2020-02-01.. letrozole+anastrozole running");
}

static void a_second_aromatase_inhibitor_after_progression_is_a_new_line(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01..2020-06-01", "stopped", ",'statusReason':[{'text':'progression'}]");
    add_drug(&b, "exemestane", "2020-06-10", "active", "");
    assert_string_equal(lines_on(&b, "2020-07-01"), "metastatic 1 2020-02-01..2020-06-01 letrozole progression; metastatic 2 2020-06-10.. exemestane running");
}

static void a_cdk46_inhibitor_added_within_90_days_is_the_planned_partner(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01", "active", "");
    add_drug(&b, "palbociclib", "2020-05-01", "active", "");
    assert_string_equal(lines_on(&b, "2020-07-01"), "metastatic 1 2020-02-01.. letrozole+palbociclib running");
}

static void a_cdk46_inhibitor_added_later_is_a_new_line_with_its_partner(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01", "active", "");
    add_drug(&b, "palbociclib", "2020-05-02", "active", "");
    assert_string_equal(lines_on(&b, "2020-07-01"), "metastatic 1 2020-02-01.. letrozole presumed; metastatic 2 2020-05-02.. palbociclib+letrozole running");
}

static void two_partners_begun_together_are_placed_together(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01", "active", "");
    add_drug(&b, "palbociclib", "2020-03-15", "active", "");
    add_drug(&b, "ribociclib", "2020-03-20", "active", "");
    assert_string_equal(lines_on(&b, "2020-07-01"), "metastatic 1 2020-02-01.. letrozole+palbociclib+ribociclib running");
}

static void bone_agents_ovarian_suppression_and_support_make_no_line(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01", "active", "");
    add_drug(&b, "Xgeva", "2020-06-01", "active", "");
    add_drug(&b, "goserelin", "2020-07-01", "active", "");
    add_drug(&b, "filgrastim", "2020-07-01", "active", "");
    add_drug(&b, "metformin", "2020-07-01", "active", "");
    assert_string_equal(lines_on(&b, "2020-08-01"), "metastatic 1 2020-02-01.. letrozole running");
}

static void a_taxane_dropped_and_an_aromatase_inhibitor_added_are_maintenance(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "docetaxel", "2020-02-01..2020-07-01", "completed", "");
    add_drug(&b, "Herceptin", "2020-02-01", "active", "");
    add_drug(&b, "pertuzumab", "2020-02-01", "active", "");
    add_dose(&b, "trastuzumab-dkst", "2020-07-10");
    add_drug(&b, "letrozole", "2020-07-15", "active", "");
    assert_string_equal(lines_on(&b, "2020-08-01"), "metastatic 1 2020-02-01.. docetaxel+pertuzumab+trastuzumab+letrozole running");
}

static void a_brand_a_biosimilar_and_another_route_are_one_drug(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_dose(&b, "Herceptin 440 mg", "2020-02-01");
    add_dose(&b, "trastuzumab-dkst 150 MG Injection", "2020-02-22");
    add_dose(&b, "Herceptin Hylecta", "2020-03-14");
    add_dose(&b, "Trazimera", "2020-04-04");
    assert_string_equal(lines_on(&b, "2020-04-10"), "metastatic 1 2020-02-01.. trastuzumab running");
}

static void nab_paclitaxel_for_paclitaxel_stays_in_the_line(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_dose(&b, "Paclitaxel", "2020-02-01");
    add_dose(&b, "Paclitaxel", "2020-02-08");
    add_dose(&b, "Abraxane", "2020-03-20");
    assert_string_equal(lines_on(&b, "2020-04-01"), "metastatic 1 2020-02-01.. paclitaxel+nab-paclitaxel running");
}

static void a_switch_to_camizestrant_beside_the_same_cdk46_inhibitor_is_a_phase(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2026-01-01");
    add_drug(&b, "letrozole", "2026-01-01..2026-09-20", "stopped", "");
    add_drug(&b, "palbociclib", "2026-01-01", "active", "");
    add_drug(&b, "camizestrant", "2026-09-21", "active", "");
    chart *c = chart_of(&b, "2026-10-01");
    assert_string_equal(told(c), "metastatic 1 2026-01-01.. letrozole+palbociclib+camizestrant running");
    const resource *const *found;
    assert_int_equal(record_find(c->record, STR("Procedure"), STR("https://nextline.example/fhir/CodeSystem/chart"), STR("line-phase"), &found), 1);
}

/* ---- gaps and repeats ---- */

static void repeated_doses_merge_and_the_last_is_the_end_once_they_lapse(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_dose(&b, "eribulin", "2020-02-01");
    add_dose(&b, "eribulin", "2020-02-08");
    add_dose(&b, "eribulin", "2020-02-22");
    assert_string_equal(lines_on(&b, "2020-06-21"), "metastatic 1 2020-02-01.. eribulin running");
    assert_string_equal(lines_on(&b, "2020-06-22"), "metastatic 1 2020-02-01..2020-02-22 eribulin");
}

/* A whole course written as one administration: its end is believed, and without one it is not known. */
static void an_administration_of_months_is_a_course_and_one_without_an_end_has_none(void **state)
{
    static const struct { const char *period, *as_of, *want; } cases[] = {
        { "'start':'2020-02-01','end':'2020-10-30'", "2020-11-02", "metastatic 1 2020-02-01..2020-10-30 capecitabine" },
        { "'start':'2020-02-01','end':'2020-02-01'", "2020-02-10", "metastatic 1 2020-02-01.. capecitabine running" },
        { "'start':'2020-02-01','end':'2020-02-03'", "2021-02-10", "metastatic 1 2020-02-01..2020-02-03 capecitabine" },
        { "'start':'2020-02-01'", "2021-11-02", "metastatic 1 2020-02-01.. capecitabine" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bundle b = start_bundle();
        add_bone(&b, "2020-01-01");
        add_text(&b, arena_printf(memory, "'resourceType':'MedicationAdministration','status':'completed','medicationCodeableConcept':{'text':'capecitabine'},"
                                          "'effectivePeriod':{%s}", cases[i].period).p);
        assert_string_equal(lines_on(&b, cases[i].as_of), cases[i].want);
    }
}

static void the_same_drug_after_half_a_year_without_is_a_new_line_and_presumes_nothing(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_dose(&b, "paclitaxel", "2020-02-01");
    add_dose(&b, "paclitaxel", "2020-07-30");
    assert_string_equal(lines_on(&b, "2020-08-01"), "metastatic 1 2020-02-01.. paclitaxel running");
    add_dose(&b, "paclitaxel", "2021-01-27");
    assert_string_equal(lines_on(&b, "2021-02-01"), "metastatic 1 2020-02-01..2020-07-30 paclitaxel; metastatic 2 2021-01-27.. paclitaxel running");
}

static void yearly_prescriptions_of_a_tablet_are_one_course(void **state)
{
    bundle b = start_bundle();
    add_drug(&b, "Tamoxifen 20 MG Oral Tablet", "2015-04-28", "completed", ",'category':{'text':'adjuvant'}");
    add_drug(&b, "Tamoxifen 20 MG Oral Tablet", "2016-04-20", "completed", ",'category':{'text':'adjuvant'}");
    add_drug(&b, "Nolvadex", "2017-04-20..2018-04-20", "completed", ",'category':{'text':'adjuvant'}");
    assert_string_equal(lines_on(&b, "2019-01-01"), "adjuvant 1 2015-04-28..2018-04-20 tamoxifen");
}

/* ---- settings ---- */

static void before_distant_disease_it_is_adjuvant_and_after_it_metastatic(void **state)
{
    bundle b = start_bundle();
    add_drug(&b, "tamoxifen", "2015-01-01..2019-12-01", "completed", "");
    add_bone(&b, "2020-01-20");
    add_drug(&b, "tamoxifen", "2020-07-10", "active", "");
    assert_string_equal(lines_on(&b, "2020-08-01"), "adjuvant 1 2015-01-01..2019-12-01 tamoxifen; metastatic 1 2020-07-10.. tamoxifen running");
}

static void a_drug_begun_14_days_before_the_finding_is_for_it_and_one_of_15_days_is_not(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-15");
    add_drug(&b, "letrozole", "2020-01-01", "active", "");
    assert_string_equal(lines_on(&b, "2020-02-01"), "metastatic 1 2020-01-01.. letrozole running");
    bundle early = start_bundle();
    add_bone(&early, "2020-01-16");
    add_drug(&early, "letrozole", "2020-01-01", "active", "");
    chart *c = chart_of(&early, "2020-02-01");
    assert_string_equal(told(c), "adjuvant 1 2020-01-01.. letrozole running");
    assert_int_equal(findings_named(c, "line-setting-assumed"), 1);
}

static void an_adjuvant_drug_that_goes_on_beside_a_new_one_is_in_both_lines(void **state)
{
    bundle b = start_bundle();
    add_drug(&b, "letrozole", "2018-01-01", "active", "");
    add_bone(&b, "2020-01-15");
    add_drug(&b, "palbociclib", "2020-02-01", "active", "");
    assert_string_equal(lines_on(&b, "2020-03-01"), "adjuvant 1 2018-01-01.. letrozole; metastatic 1 2020-02-01.. palbociclib+letrozole running");
}

static const char surgery[] = "'resourceType':'Procedure','status':'completed','performedDateTime':'2018-06-01',"
                              "'code':{'coding':[{'system':'http://snomed.info/sct','code':'64368001'}]}";

static void around_surgery_chemotherapy_is_neoadjuvant_and_endocrine_therapy_adjuvant(void **state)
{
    bundle b = start_bundle();
    add_text(&b, surgery);
    add_dose(&b, "doxorubicin", "2018-01-01");
    add_dose(&b, "Cytoxan", "2018-01-01");
    add_dose(&b, "paclitaxel", "2018-03-20");
    add_drug(&b, "anastrozole", "2018-09-01", "active", "");
    assert_string_equal(lines_on(&b, "2019-01-01"), "neoadjuvant 1 2018-01-01..2018-03-20 cyclophosphamide+doxorubicin+paclitaxel; "
                                                    "adjuvant 1 2018-09-01.. anastrozole running");
    assert_int_equal(findings_named(chart_of(&b, "2019-01-01"), "line-setting-assumed"), 0);
}

static void undated_distant_disease_with_an_operation_leaves_the_setting_unknown(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "");
    add_text(&b, surgery);
    add_drug(&b, "letrozole", "2019-01-01", "active", "");
    assert_string_equal(lines_on(&b, "2020-01-01"), "unknown 1 2019-01-01.. letrozole running");
}

static void palliative_intent_makes_undated_distant_disease_metastatic(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "");
    add_text(&b, surgery);
    add_drug(&b, "letrozole", "2019-01-01", "active",
             ",'extension':[{'url':'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-treatment-intent',"
             "'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':'363676003'}]}}]");
    assert_string_equal(lines_on(&b, "2020-01-01"), "metastatic 1 2019-01-01.. letrozole running");
}

static void without_distant_disease_or_intent_the_setting_is_unknown(void **state)
{
    bundle b = start_bundle();
    add_drug(&b, "letrozole", "2019-01-01", "active", "");
    assert_string_equal(lines_on(&b, "2020-01-01"), "unknown 1 2019-01-01.. letrozole running");
}

/* ---- odd records ---- */

static void what_was_not_given_makes_no_line_and_is_told(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01", "not-taken", "");
    add_drug(&b, "capecitabine", "2020-02-01", "entered-in-error", "");
    add_text(&b, "'resourceType':'MedicationRequest','status':'draft','intent':'order','authoredOn':'2020-02-01','medicationCodeableConcept':{'text':'exemestane'}");
    add_text(&b, "'resourceType':'MedicationRequest','status':'active','intent':'plan','authoredOn':'2020-02-01','medicationCodeableConcept':{'text':'eribulin'}");
    chart *c = chart_of(&b, "2020-03-01");
    assert_int_equal(c->line_count, 0);
    assert_int_equal(findings_named(c, "drug-not-given") + findings_named(c, "withdrawn"), 4);
}

static void a_study_drug_nobody_knows_is_a_drug_of_unknown_class(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "study drug 17", "2020-02-01", "active", "");
    chart *c = chart_of(&b, "2020-03-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. study drug 17 running");
    assert_int_equal(c->lines[0].class_count, 1);
    assert_true(str_is(c->lines[0].classes[0], "unknown"));
    assert_int_equal(findings_named(c, "unrecognised-drug"), 1);
}

static void a_drug_nobody_knows_and_nothing_ties_to_the_cancer_is_told_but_not_counted(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "Simvastatin 10 MG Oral Tablet", "2020-02-01", "active", "");
    chart *c = chart_of(&b, "2020-03-01");
    assert_int_equal(c->line_count, 0);
    assert_int_equal(findings_named(c, "unrecognised-drug"), 1);
}

static void a_bare_code_nobody_knows_counts_because_it_may_be_anything(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_text(&b, "'resourceType':'MedicationStatement','status':'active','effectiveDateTime':'2020-02-01','medicationCodeableConcept':"
                 "{'coding':[{'system':'http://www.nlm.nih.gov/research/umls/rxnorm','code':'99999901'}]}");
    chart *c = chart_of(&b, "2020-03-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. code 99999901 running");
    assert_true(str_is(c->lines[0].classes[0], "unknown"));
    assert_int_equal(findings_named(c, "unrecognised-drug"), 1);
}

static void a_drug_nobody_knows_given_for_the_cancer_counts(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "XY-123", "2020-02-01", "active", ",'reasonReference':[{'reference':'Condition/r1'}]");
    assert_string_equal(lines_on(&b, "2020-03-01"), "metastatic 1 2020-02-01.. XY-123 running");
}

static void a_drug_nobody_knows_counts_by_intent_by_its_reason_and_by_the_words_that_ended_it(void **state)
{
    static const char *const more[] = {
        (",'extension':[{'url':'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-treatment-intent','valueCodeableConcept':"
         "{'coding':[{'system':'http://snomed.info/sct','code':'373808002'}]}}]"),
        ",'reasonCode':[{'text':'Breast cancer'}]",
        ",'statusReason':[{'text':'Disease progression'}]",
    };
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        bundle b = start_bundle();
        add_bone(&b, "2020-01-01");
        add_drug(&b, "XY-123", "2020-02-01", "active", more[i]);
        assert_string_equal(lines_on(&b, "2020-03-01"), "metastatic 1 2020-02-01.. XY-123 running");
    }
    static const char *const other[] = { ",'reasonCode':[{'text':'High blood pressure'}]", ",'statusReason':[{'text':'Lack of efficacy'}]", "" };
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        bundle b = start_bundle();
        add_bone(&b, "2020-01-01");
        add_drug(&b, "XY-123", "2020-02-01", "active", other[i]);
        assert_int_equal(chart_of(&b, "2020-03-01")->line_count, 0);
    }
}

static void an_undated_drug_is_a_line_without_a_date(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "", "completed", "");
    add_drug(&b, "capecitabine", "2020-02-01", "active", "");
    chart *c = chart_of(&b, "2020-03-01");
    assert_string_equal(told(c), "metastatic 1 .. letrozole; metastatic 2 2020-02-01.. capecitabine running");
    assert_true(str_is(c->lines[0].rule, "lot.undated"));
    assert_int_equal(findings_named(c, "line-undated"), 1);
    assert_true(str_is(c->lines[0].confidence, "low"));
}

static void a_code_and_words_that_differ_are_told_and_the_code_holds(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_text(&b, "'resourceType':'MedicationStatement','status':'active','effectiveDateTime':'2020-02-01','medicationCodeableConcept':"
                 "{'coding':[{'system':'http://www.nlm.nih.gov/research/umls/rxnorm','code':'224905'}],'text':'Enhertu'}");
    chart *c = chart_of(&b, "2020-03-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. trastuzumab running");
    assert_int_equal(findings_named(c, "drug-code-and-words-differ"), 1);
}

static void a_medication_is_found_whether_contained_or_beside(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_text(&b, "'resourceType':'MedicationRequest','status':'active','intent':'order','authoredOn':'2020-02-01','medicationReference':{'reference':'#m'},"
                 "'contained':[{'resourceType':'Medication','id':'m','code':{'text':'Ibrance'}}]");
    add_text(&b, "'resourceType':'MedicationRequest','status':'active','intent':'order','authoredOn':'2020-02-02','medicationReference':{'reference':'Medication/r4'}");
    add_text(&b, "'resourceType':'Medication','code':{'coding':[{'system':'http://www.nlm.nih.gov/research/umls/rxnorm','code':'72965'}]}");
    assert_string_equal(lines_on(&b, "2020-03-01"), "metastatic 1 2020-02-01.. palbociclib+letrozole running");
}

static void what_begins_after_the_day_is_not_seen(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01..2020-12-01", "completed", ",'statusReason':[{'text':'completed'}]");
    add_drug(&b, "capecitabine", "2020-12-10", "active", "");
    assert_string_equal(lines_on(&b, "2020-06-01"), "metastatic 1 2020-02-01.. letrozole running");
}

static void a_recorded_end_outweighs_a_status_left_active(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01..2020-12-01", "active", "");
    assert_string_equal(lines_on(&b, "2021-06-01"), "metastatic 1 2020-02-01..2020-12-01 letrozole");
}

static void stopped_without_a_date_is_not_running_and_has_no_end(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01", "stopped", "");
    add_drug(&b, "fulvestrant", "2020-02-01", "stopped", "");
    assert_string_equal(lines_on(&b, "2020-03-01"), "metastatic 1 2020-02-01.. fulvestrant+letrozole");
}

static void a_paused_drug_keeps_its_line_running_and_is_told(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "abemaciclib", "2020-02-01", "on-hold", "");
    chart *c = chart_of(&b, "2020-03-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. abemaciclib running");
    assert_int_equal(findings_named(c, "drug-on-hold"), 1);
}

static void an_adjuvant_cdk46_inhibitor_has_an_end_of_its_own(void **state)
{
    bundle b = start_bundle();
    add_drug(&b, "letrozole", "2018-01-01..2024-01-01", "completed", "");
    add_drug(&b, "abemaciclib", "2018-02-01..2020-02-01", "completed", "");
    add_bone(&b, "2024-06-01");
    chart *c = chart_of(&b, "2024-07-01");
    assert_string_equal(told(c), "adjuvant 1 2018-01-01..2024-01-01 letrozole+abemaciclib");
    const json *used = json_path(c->lines[0].derived->root, "usedCode.1.extension.0");
    assert_true(str_is(json_get_text(used, "url"), "https://nextline.example/fhir/StructureDefinition/used-period"));
    assert_true(str_is(json_text(json_path(used, "valuePeriod.start")), "2018-02-01"));
    assert_true(str_is(json_text(json_path(used, "valuePeriod.end")), "2020-02-01"));
}

static void progression_on_one_drug_is_progression_on_the_line_though_its_end_is_not_recorded(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2025-02-01");
    add_drug(&b, "letrozole", "", "stopped", ",'effectivePeriod':{'start':'2025-03-01'},'statusReason':[{'text':'progressive disease'}]");
    add_drug(&b, "palbociclib", "2025-03-01..2025-05-20", "stopped", ",'statusReason':[{'text':'toxicity'}]");
    chart *c = chart_of(&b, "2026-01-01");
    assert_string_equal(told(c), "metastatic 1 2025-03-01..2025-05-20 letrozole+palbociclib progression");
}

static void of_drugs_without_an_end_the_ones_in_use_and_the_ones_that_went_on_are_told_apart(void **state)
{
    bundle b = start_bundle();
    add_drug(&b, "letrozole", "2024-01-01", "active", "");
    add_drug(&b, "abemaciclib", "", "completed", ",'effectivePeriod':{'start':'2024-01-01'}");
    chart *c = chart_of(&b, "2024-03-01");
    assert_string_equal(told(c), "unknown 1 2024-01-01.. abemaciclib+letrozole running");
    const json *used = json_get(c->lines[0].derived->root, "usedCode");
    for (const json *u = used->first; u; u = u->next) {
        bool in_use = str_is(json_text(json_path(u, "coding.0.code")), "letrozole");
        assert_int_equal(json_bool(json_path(u, "extension.1.valueBoolean"), false), in_use);
    }
}

static void a_drug_that_goes_on_counts_in_each_line_for_that_line_only(void **state)
{
    bundle b = start_bundle();
    add_drug(&b, "letrozole", "2018-01-01", "active", "");
    add_bone(&b, "2020-01-15");
    add_drug(&b, "palbociclib", "2020-02-01", "active", "");
    chart *c = chart_of(&b, "2020-03-01");
    assert_true(str_is(json_text(json_path(c->lines[0].derived->root, "usedCode.0.extension.0.valuePeriod.start")), "2018-01-01"));
    assert_null(json_path(c->lines[0].derived->root, "usedCode.0.extension.0.valuePeriod.end"));
    assert_true(str_is(json_text(json_path(c->lines[1].derived->root, "usedCode.1.coding.0.code")), "letrozole"));
    assert_true(str_is(json_text(json_path(c->lines[1].derived->root, "usedCode.1.extension.0.valuePeriod.start")), "2020-02-01"));
}

/* ---- what CQL reads ---- */

static void a_presumed_reason_stands_only_in_the_what_if(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01..2021-01-01", "stopped", "");
    add_drug(&b, "capecitabine", "2021-01-10", "active", "");
    chart *c = chart_of(&b, "2021-03-01");
    const json *p = c->lines[0].derived->root;
    assert_true(c->lines[0].presumed_progression);
    assert_null(json_get(p, "statusReason"));
    assert_true(str_is(json_get_text(p, "id"), "nl-line-1"));
    assert_true(str_is(json_get_text(p, "status"), "stopped"));
    const json *presumed = line_presumed(c, &c->lines[0], STR("progression"));
    assert_true(str_is(json_text(json_path(presumed, "statusReason.coding.0.code")), "progression"));
    assert_true(json_equal(memory, json_get(p, "usedCode"), json_get(presumed, "usedCode")));
    assert_null(json_get(p, "statusReason"));
}

static void the_procedure_has_the_shape_that_cql_reads(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "Aromasin 25 mg", "2020-02-01..2021-01", "stopped", ",'statusReason':[{'text':'progression'}]");
    chart *c = chart_of(&b, "2021-03-01");
    const json *p = c->lines[0].derived->root;
    assert_true(str_is(json_text(json_path(p, "code.coding.0.code")), "line-of-therapy"));
    assert_true(str_is(json_text(json_path(p, "category.coding.0.code")), "metastatic"));
    assert_true(str_is(json_text(json_path(p, "performedPeriod.end")), "2021-01"));
    assert_true(str_is(json_text(json_path(p, "usedCode.0.coding.0.code")), "exemestane"));
    assert_true(str_is(json_text(json_path(p, "usedCode.0.text")), "Aromasin 25 mg"));
    assert_true(str_is(json_text(json_path(p, "extension.0.valueReference.reference")), "MedicationStatement/r2"));
    bool endocrine = false;
    for (const json *k = json_path(p, "usedCode.0.coding")->first; k; k = k->next) {
        endocrine = endocrine || str_is(json_get_text(k, "code"), "endocrine");
    }
    assert_true(endocrine);
    const resource *line = c->lines[0].derived;
    assert_int_equal(line->source_count, 4);   /* the drug, its first day, its last, the reason */
    assert_true(str_is(json_get_text(line->sources[0], "text"), "Aromasin 25 mg"));
    assert_true(str_is(json_text(line->sources[1]), "2020-02-01"));
    assert_true(str_is(json_text(line->sources[2]), "2021-01"));
    assert_true(str_is(json_get_text(line->sources[3], "text"), "progression"));
}

static void progression_while_on_treatment_is_dated_in_the_line(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "letrozole", "2020-02-01", "active", "");
    add_status(&b, "worse", "2021-02-05");
    chart *c = chart_of(&b, "2021-03-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. letrozole running");
    buf out = buf_make(memory, 1 << 16);
    json_write(&out, c->lines[0].derived->root, JSON_COMPACT);
    assert_true(str_find(buf_str(&out), STR("progressed-on\",\"valueDateTime\":\"2021-02-05\"")) >= 0);
}

/* ---- drugs in use ---- */

static void a_depot_suppresses_for_its_days_and_a_three_month_one_for_longer(void **state)
{
    bundle b = start_bundle();
    add_dose(&b, "goserelin", "2020-02-01");
    assert_int_equal(facts_named(chart_of(&b, "2020-03-28"), "ovarian-suppression"), 1);
    assert_int_equal(facts_named(chart_of(&b, "2020-03-29"), "ovarian-suppression"), 0);
    bundle longer = start_bundle();
    add_dose(&longer, "goserelin 10.8 MG implant", "2020-02-01");
    assert_int_equal(facts_named(chart_of(&longer, "2020-03-29"), "ovarian-suppression"), 1);
    bundle stale = start_bundle();
    add_drug(&stale, "goserelin", "2020-02-01", "active", "");
    assert_int_equal(facts_named(chart_of(&stale, "2020-05-23"), "ovarian-suppression"), 1);
    chart *c = chart_of(&stale, "2020-05-24");
    assert_int_equal(facts_named(c, "ovarian-suppression"), 1);   /* with its old day, and told: whether it goes on is not known */
    assert_int_equal(findings_named(c, "drug-not-current"), 1);
    bundle over = start_bundle();
    add_drug(&over, "goserelin", "2020-02-01..2020-02-20", "completed", "");
    assert_int_equal(facts_named(chart_of(&over, "2020-05-24"), "ovarian-suppression"), 0);
}

static void insulin_and_a_qt_drug_stand_while_active_and_not_once_stopped(void **state)
{
    bundle b = start_bundle();
    add_drug(&b, "Lantus 100 UNT/ML", "2019-02-01", "active", "");
    add_drug(&b, "Escitalopram 10 MG Oral Tablet", "2019-02-01..2019-06-01", "completed", "");
    chart *c = chart_of(&b, "2020-03-28");
    assert_int_equal(facts_named(c, "insulin"), 1);
    assert_int_equal(facts_named(c, "qt-drug"), 0);
    assert_int_equal(facts_named(chart_of(&b, "2019-05-01"), "qt-drug"), 1);
}

/* ---- order ---- */

static void the_order_of_resources_changes_nothing(void **state)
{
    static const char *const drugs_in[][3] = {
        { "letrozole", "2020-02-01", "active" },        { "palbociclib", "2020-02-10", "active" }, { "fulvestrant", "2021-02-01", "active" },
        { "alpelisib", "2021-02-03", "active" },        { "capecitabine", "2022-01-01", "active" }, { "Femara", "2020-04-01", "active" },
        { "denosumab", "2020-04-01", "active" },        { "study drug", "2022-01-02", "active" },
    };
    const char *first = NULL;
    for (size_t shift = 0; shift < 8; shift++) {
        bundle b = start_bundle();
        for (size_t i = 0; i < 8; i++) {
            const char *const *d = drugs_in[(i * 3 + shift) % 8];
            add_drug(&b, d[0], d[1], d[2], "");
        }
        add_bone(&b, "2020-01-01");
        const char *now = lines_on(&b, "2022-03-01");
        first = first ? first : now;
        assert_string_equal(now, first);
    }
    assert_string_equal(first, "metastatic 1 2020-02-01.. letrozole+palbociclib presumed; metastatic 2 2021-02-01.. fulvestrant+alpelisib presumed; "
                               "metastatic 3 2022-01-01.. capecitabine+study drug running");
}

/* ---- the knowledge itself ---- */

static void every_code_stands_for_the_drugs_its_display_names(void **state)
{
    str rest = file_text(arena_printf(memory, "%s/knowledge/terminology/drugs.csv", getenv("NL_ROOT") ? getenv("NL_ROOT") : ".").p), line;
    size_t compared = 0;
    (void)str_cut(&rest, '\n', &line);
    while (str_cut(&rest, '\n', &line)) {
        str fields = line, system, code, names;
        if (!str_cut(&fields, ',', &system) || !str_cut(&fields, ',', &code) || !str_cut(&fields, ',', &names)) {
            continue;
        }
        const uint32_t *which;
        uint32_t found[8];
        size_t n = drugs_of_code(knowledge->drugs, system, code, &which), m = drugs_of_text(knowledge->drugs, memory, fields, found, 8);
        assert_true(n > 0);
        for (size_t i = 0; i < m; i++) {
            bool met = false;
            for (size_t k = 0; k < n; k++) {
                met = met || which[k] == found[i];
            }
            if (!met) {
                fail_msg("%.*s", STR_ARG(line));
            }
            compared++;
        }
    }
    assert_true(compared > 900);
}

static void a_dose_some_days_late_after_progression_is_no_new_treatment(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    const char *const days[] = { "2020-02-01", "2020-02-15", "2020-02-29", "2020-03-30", "2020-04-27", "2020-05-25" };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        add_dose(&b, "fulvestrant", days[i]);
    }
    add_status(&b, "worse", "2020-03-20");
    assert_string_equal(lines_on(&b, "2020-06-01"), "metastatic 1 2020-02-01.. fulvestrant running");
}

static void a_drug_given_again_and_again_and_then_no_more_does_not_go_on(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    for (int month = 2; month <= 9; month++) {
        const char *day = arena_printf(memory, "2020-%02d-03", month).p;
        add_dose(&b, "trastuzumab", day);
        if (month <= 5) {
            add_drug(&b, "pertuzumab", day, "active", "");
            add_dose(&b, "docetaxel", day);
        } else {
            add_dose(&b, "vinorelbine", day);
        }
    }
    add_status(&b, "worse", "2020-05-30");
    chart *c = chart_of(&b, "2020-10-01");
    assert_int_equal(c->line_count, 2);
    assert_int_equal(c->lines[0].drug_count, 3);
    assert_int_equal(c->lines[1].drug_count, 2);
    assert_string_equal(arena_printf(memory, "%.*s+%.*s", STR_ARG(c->lines[1].drugs[0]), STR_ARG(c->lines[1].drugs[1])).p, "vinorelbine+trastuzumab");
}

static void an_order_without_an_end_on_the_day_of_the_change_goes_on(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "trastuzumab", "2020-02-01", "active", "");
    add_drug(&b, "pertuzumab", "2020-02-01", "active", "");
    add_drug(&b, "docetaxel", "2020-02-01..2020-06-01", "completed", "");
    add_status(&b, "worse", "2021-02-20");
    add_drug(&b, "trastuzumab", "2021-03-01", "active", "");
    add_drug(&b, "eribulin", "2021-03-01", "active", "");
    chart *c = chart_of(&b, "2021-06-01");
    assert_int_equal(c->line_count, 2);
    assert_int_equal(c->lines[1].drug_count, 2);   /* pertuzumab is not ordered again beside it */
}

static void a_drug_begun_in_a_month_and_one_at_the_end_of_it_are_one_regimen(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "capivasertib", "2020-03", "active", "");
    add_drug(&b, "fulvestrant", "2020-03-31", "active", "");
    assert_string_equal(lines_on(&b, "2020-06-01"), "metastatic 1 2020-03.. capivasertib+fulvestrant running");
}

static void the_reason_of_an_earlier_change_says_nothing_of_a_later_one(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "palbociclib", "2020-02-01", "active", "");
    add_drug(&b, "letrozole", "2020-02-01..2020-05-01", "stopped", ",'statusReason':[{'text':'Toxicity'}]");
    add_drug(&b, "exemestane", "2020-05-10..2020-09-01", "stopped", "");
    add_drug(&b, "camizestrant", "2020-09-02", "active", "");
    chart *c = chart_of(&b, "2021-01-01");
    assert_int_equal(c->line_count, 1);
    assert_int_equal(c->lines[0].drug_count, 4);
}

static void a_dose_within_a_statement_leaves_the_reason_that_the_statement_gives(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "trastuzumab", "2020-02-01..2020-06-01", "stopped", ",'statusReason':[{'text':'Progression'}]");
    add_dose(&b, "trastuzumab", "2020-02-01");
    add_dose(&b, "trastuzumab", "2020-05-25");
    add_drug(&b, "trastuzumab deruxtecan", "2020-06-10..2020-09-01", "stopped", ",'statusReason':[{'text':'Toxicity'}]");
    add_drug(&b, "gemcitabine", "2020-09-20", "active", "");
    add_drug(&b, "trastuzumab", "2020-09-20", "active", "");
    chart *c = chart_of(&b, "2020-10-01");
    assert_int_equal(c->line_count, 3);
    assert_int_equal(c->lines[1].drug_count, 1);
}

/* "letrozole", "~letrozole" from a name misspelt, "" */
static const char *nearly(const char *text)
{
    uint32_t out[8];
    bool near;
    size_t n = drugs_near_text(knowledge->drugs, memory, str_of(text), out, 8, &near);
    str said = STR("");
    for (size_t i = 0; i < n; i++) {
        said = arena_printf(memory, "%.*s%s%.*s", STR_ARG(said), i ? "+" : "", STR_ARG(knowledge->drugs->at[out[i]].name));
    }
    return arena_printf(memory, "%s%.*s", near ? "~" : "", STR_ARG(said)).p;
}

static void between_drugs_that_look_alike_nothing_is_guessed(void **state)
{
    static const char *const unknown[] = { "vincristine", "vincristin", "vinristine", "vinbristine", "vindesine", "vinorlbastine", "trastuzum", "trastuzuma", "trastuz",
        "paccetaxel", "paclitax", "paclitaxe", "nepatinib", "platin", "oxaliplatin", "carisplatin", "daunorubicin",
        "idarubicin", "doxorubi", "predniso", "sirolimus", "temsirolimus", "rucaparib", "niraparib", "cyclosporine", "ipatasertib", "dalpiciclib", "Celebrex",
        "albumin", "injection", "capsule", "solution", "chemotherapy", "hormone therapy", "study drug 17", "tamsulosin", "acetaminophen", "paracetamol", "methazolamide" };
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        const char *read = nearly(unknown[i]);
        if (strchr(read, '~')) {
            fail_msg("%s was read as %s", unknown[i], read);
        }
    }
}

static void every_name_stands_for_itself_and_one_letter_wrong_never_for_another_drug(void **state)
{
    const drugs *d = knowledge->drugs;
    size_t read_right = 0, tried = 0;
    for (uint32_t i = 0; i < d->text_count; i++) {
        str key = d->texts[i].key;
        bool near;
        uint32_t out[8];
        assert_true(drugs_near_text(d, memory, key, out, 8, &near) > 0);
        if (near) {
            fail_msg("%.*s", STR_ARG(key));
        }
        for (size_t at = 1; key.n >= d->near.letters && at + 1 < key.n; at++) {   /* a letter left out, and two exchanged */
            str head = str_head(key, at), rest = str_from(key, at + 1);
            str wrong[] = { arena_printf(memory, "%.*s%.*s", STR_ARG(head), STR_ARG(rest)),
                            arena_printf(memory, "%.*s%c%c%.*s", STR_ARG(head), rest.p[0], key.p[at], STR_ARG(str_from(rest, 1))) };
            for (int k = 0; k < 2; k++, tried++) {
                size_t n = drugs_near_text(d, memory, wrong[k], out, 8, &near);
                bool same = n == d->texts[i].drug_count && memcmp(out, d->texts[i].drugs, n * sizeof *out) == 0;
                if (near && !same) {
                    fail_msg("%.*s was read as %.*s", STR_ARG(wrong[k]), STR_ARG(d->at[out[0]].name));
                }
                read_right += near && same;
            }
        }
    }
    assert_true(tried > 3000);
    assert_true(read_right * 10 > tried * 8);
}

static void a_misspelt_name_is_read_told_and_makes_its_line_less_sure(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_drug(&b, "Palbociclb 125 mg", "2020-02-01", "active", "");
    chart *c = chart_of(&b, "2020-03-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. palbociclib running");
    assert_int_equal(findings_named(c, "drug-name-misspelt"), 1);
    assert_int_equal(findings_named(c, "unrecognised-drug"), 0);
    str unsure = c->lines[0].confidence;
    bundle plain = start_bundle();
    add_bone(&plain, "2020-01-01");
    add_drug(&plain, "Palbociclib 125 mg", "2020-02-01", "active", "");
    c = chart_of(&plain, "2020-03-01");
    assert_false(str_eq(c->lines[0].confidence, unsure));
    assert_int_equal(findings_named(c, "drug-name-misspelt"), 0);
}

static void beside_a_code_or_a_name_written_well_nothing_is_guessed(void **state)
{
    bundle b = start_bundle();
    add_bone(&b, "2020-01-01");
    add_text(&b, "'resourceType':'MedicationStatement','status':'active','effectiveDateTime':'2020-02-01','medicationCodeableConcept':"
                 "{'coding':[{'system':'http://www.nlm.nih.gov/research/umls/rxnorm','code':'224905'}],'text':'palbociclb'}");
    add_text(&b, "'resourceType':'MedicationStatement','status':'active','effectiveDateTime':'2020-02-01','medicationCodeableConcept':"
                 "{'coding':[{'display':'Femara'}],'text':'letrzole'}");
    chart *c = chart_of(&b, "2020-03-01");
    assert_string_equal(told(c), "metastatic 1 2020-02-01.. letrozole+trastuzumab running");
    assert_int_equal(findings_named(c, "drug-name-misspelt"), 0);
    assert_int_equal(findings_named(c, "drug-code-and-words-differ"), 0);
}

static void write_text(const char *folder, const char *name, const char *text)
{
    nl_error e = { 0 };
    assert_int_equal(file_write(arena_printf(memory, "%s/%s", folder, name).p, str_of(text), &e), NL_OK);
}

static void broken_knowledge_is_told_with_file_and_line(void **state)
{
    char folder[] = "/tmp/nextline-drugs-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *below = arena_printf(memory, "%s/terminology", folder).p;
    assert_int_equal(mkdir(below, 0700), 0);
    write_text(folder, "drugs.yaml", "classes:\n- {id: a, label: A}\nsources:\n- {id: s, source: S, checked: no}\ndrugs:\n"
                                     "- {name: one, classes: [b], role: anticancer, route: oral, source: s, checked: no}\n"
                                     "- {name: two, names: [One], classes: [a], role: chef, route: oral, source: t, checked: no}\n");
    write_text(folder, "terminology/drugs.csv", "system,code,drug,display,source,checked\nRXNORM,1,three,,s,no\n");
    faults f = { 0 };
    drugs *d;
    build_drugs(memory, folder, NULL, &f, &d);
    assert_string_equal(f.first.where, "drugs.yaml");
    assert_int_equal(f.first.line, 6);
    assert_int_equal(f.count, 6);   /* class b, role chef, source t, the name One, drug three, a row without a drug */
    write_text(folder, "drugs.yaml", "classes:\n- {id: a, label: A}\nsources:\n- {id: s, source: S, checked: no}\ndrugs:\n"
                                     "- {name: one, classes: [a], role: anticancer, route: oral, source: s, checked: no}\n");
    write_text(folder, "terminology/drugs.csv", "system,code,drug,display,source,checked\nRXNROM,1,one,,s,no\n");
    faults again = { 0 };
    build_drugs(memory, folder, knowledge, &again, &d);
    assert_int_equal(again.count, 1);
    assert_string_equal(again.first.where, "terminology/drugs.csv");
    assert_int_equal(again.first.line, 2);
    unlink(arena_printf(memory, "%s/drugs.yaml", folder).p);
    unlink(arena_printf(memory, "%s/drugs.csv", below).p);
    rmdir(below);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cdk46_change_without_a_reason_stays_in_the_line_and_is_asked),
        cmocka_unit_test(a_review_of_the_plan_gives_the_reason_that_no_drug_has),
        cmocka_unit_test(a_review_that_finds_no_response_makes_the_next_drug_another_line),
        cmocka_unit_test(a_review_long_before_the_end_or_without_a_change_explains_nothing),
        cmocka_unit_test(what_a_drug_was_stopped_for_goes_before_a_review),
        cmocka_unit_test(reviews_that_do_not_agree_give_no_reason),
        cmocka_unit_test(a_review_settles_why_the_cdk46_inhibitor_was_changed),
        cmocka_unit_test(what_is_settled_is_read_in_one_way),
        cmocka_unit_test(chemotherapy_and_then_endocrine_therapy_without_a_reason_are_induction_and_maintenance_or_two_lines),
        cmocka_unit_test(a_completed_chemotherapy_settles_that_what_follows_is_maintenance),
        cmocka_unit_test(at_most_three_questions_are_read_both_ways_and_the_rest_is_told),
        cmocka_unit_test(another_reading_replaces_the_procedures_and_undo_brings_them_back),
        cmocka_unit_test(a_number_that_a_clinician_wrote_goes_before_the_rules),
        cmocka_unit_test(a_line_counts_as_each_kind_of_which_it_holds_a_drug),
        cmocka_unit_test(an_adjuvant_course_before_and_after_the_operation_is_in_both_settings),
        cmocka_unit_test(progression_in_a_pause_makes_the_same_drug_another_line),
        cmocka_unit_test(adjuvant_courses_side_by_side_may_each_go_on_in_the_first_metastatic_line),
        cmocka_unit_test(letters_of_a_regimen_stand_for_its_drugs_only_where_the_text_says_nothing_else),
        cmocka_unit_test(why_a_drug_ended_is_not_known_before_it_ended),
        cmocka_unit_test(what_a_drug_was_paused_for_is_not_why_it_ended),
        cmocka_unit_test(a_packet_that_would_last_longer_does_not_carry_its_drug_into_the_next_line),
        cmocka_unit_test(a_statement_without_an_end_speaks_for_any_time_until_progression),
        cmocka_unit_test(before_the_change_the_first_line_runs),
        cmocka_unit_test(drugs_begun_within_28_days_are_one_regimen),
        cmocka_unit_test(a_drug_begun_after_29_days_is_the_next_line),
        cmocka_unit_test(a_recorded_stop_for_progression_is_the_reason_and_nothing_is_presumed),
        cmocka_unit_test(a_worse_disease_before_the_change_is_recorded_progression),
        cmocka_unit_test(a_line_on_which_only_growth_was_reported_has_progressive_disease_as_its_best_response),
        cmocka_unit_test(a_change_for_toxicity_is_a_line_but_no_progression),
        cmocka_unit_test(a_reason_nobody_understands_is_kept_and_nothing_is_presumed),
        cmocka_unit_test(a_cdk46_swap_for_toxicity_stays_in_the_line),
        cmocka_unit_test(a_second_aromatase_inhibitor_stays_in_the_line),
        cmocka_unit_test(a_second_aromatase_inhibitor_after_progression_is_a_new_line),
        cmocka_unit_test(a_cdk46_inhibitor_added_within_90_days_is_the_planned_partner),
        cmocka_unit_test(a_cdk46_inhibitor_added_later_is_a_new_line_with_its_partner),
        cmocka_unit_test(two_partners_begun_together_are_placed_together),
        cmocka_unit_test(bone_agents_ovarian_suppression_and_support_make_no_line),
        cmocka_unit_test(a_taxane_dropped_and_an_aromatase_inhibitor_added_are_maintenance),
        cmocka_unit_test(a_brand_a_biosimilar_and_another_route_are_one_drug),
        cmocka_unit_test(nab_paclitaxel_for_paclitaxel_stays_in_the_line),
        cmocka_unit_test(a_switch_to_camizestrant_beside_the_same_cdk46_inhibitor_is_a_phase),
        cmocka_unit_test(repeated_doses_merge_and_the_last_is_the_end_once_they_lapse),
        cmocka_unit_test(an_administration_of_months_is_a_course_and_one_without_an_end_has_none),
        cmocka_unit_test(the_same_drug_after_half_a_year_without_is_a_new_line_and_presumes_nothing),
        cmocka_unit_test(yearly_prescriptions_of_a_tablet_are_one_course),
        cmocka_unit_test(before_distant_disease_it_is_adjuvant_and_after_it_metastatic),
        cmocka_unit_test(a_drug_begun_14_days_before_the_finding_is_for_it_and_one_of_15_days_is_not),
        cmocka_unit_test(an_adjuvant_drug_that_goes_on_beside_a_new_one_is_in_both_lines),
        cmocka_unit_test(around_surgery_chemotherapy_is_neoadjuvant_and_endocrine_therapy_adjuvant),
        cmocka_unit_test(undated_distant_disease_with_an_operation_leaves_the_setting_unknown),
        cmocka_unit_test(palliative_intent_makes_undated_distant_disease_metastatic),
        cmocka_unit_test(without_distant_disease_or_intent_the_setting_is_unknown),
        cmocka_unit_test(what_was_not_given_makes_no_line_and_is_told),
        cmocka_unit_test(a_study_drug_nobody_knows_is_a_drug_of_unknown_class),
        cmocka_unit_test(a_drug_nobody_knows_and_nothing_ties_to_the_cancer_is_told_but_not_counted),
        cmocka_unit_test(a_bare_code_nobody_knows_counts_because_it_may_be_anything),
        cmocka_unit_test(a_drug_nobody_knows_given_for_the_cancer_counts),
        cmocka_unit_test(a_drug_nobody_knows_counts_by_intent_by_its_reason_and_by_the_words_that_ended_it),
        cmocka_unit_test(an_undated_drug_is_a_line_without_a_date),
        cmocka_unit_test(a_code_and_words_that_differ_are_told_and_the_code_holds),
        cmocka_unit_test(a_medication_is_found_whether_contained_or_beside),
        cmocka_unit_test(what_begins_after_the_day_is_not_seen),
        cmocka_unit_test(a_recorded_end_outweighs_a_status_left_active),
        cmocka_unit_test(stopped_without_a_date_is_not_running_and_has_no_end),
        cmocka_unit_test(a_paused_drug_keeps_its_line_running_and_is_told),
        cmocka_unit_test(an_adjuvant_cdk46_inhibitor_has_an_end_of_its_own),
        cmocka_unit_test(progression_on_one_drug_is_progression_on_the_line_though_its_end_is_not_recorded),
        cmocka_unit_test(of_drugs_without_an_end_the_ones_in_use_and_the_ones_that_went_on_are_told_apart),
        cmocka_unit_test(a_drug_that_goes_on_counts_in_each_line_for_that_line_only),
        cmocka_unit_test(a_presumed_reason_stands_only_in_the_what_if),
        cmocka_unit_test(the_procedure_has_the_shape_that_cql_reads),
        cmocka_unit_test(progression_while_on_treatment_is_dated_in_the_line),
        cmocka_unit_test(a_depot_suppresses_for_its_days_and_a_three_month_one_for_longer),
        cmocka_unit_test(insulin_and_a_qt_drug_stand_while_active_and_not_once_stopped),
        cmocka_unit_test(the_order_of_resources_changes_nothing),
        cmocka_unit_test(every_code_stands_for_the_drugs_its_display_names),
        cmocka_unit_test(a_dose_some_days_late_after_progression_is_no_new_treatment),
        cmocka_unit_test(a_drug_given_again_and_again_and_then_no_more_does_not_go_on),
        cmocka_unit_test(an_order_without_an_end_on_the_day_of_the_change_goes_on),
        cmocka_unit_test(a_drug_begun_in_a_month_and_one_at_the_end_of_it_are_one_regimen),
        cmocka_unit_test(the_reason_of_an_earlier_change_says_nothing_of_a_later_one),
        cmocka_unit_test(a_dose_within_a_statement_leaves_the_reason_that_the_statement_gives),
        cmocka_unit_test(between_drugs_that_look_alike_nothing_is_guessed),
        cmocka_unit_test(every_name_stands_for_itself_and_one_letter_wrong_never_for_another_drug),
        cmocka_unit_test(a_misspelt_name_is_read_told_and_makes_its_line_less_sure),
        cmocka_unit_test(beside_a_code_or_a_name_written_well_nothing_is_guessed),
        cmocka_unit_test(broken_knowledge_is_told_with_file_and_line),
    };
    return cmocka_run_group_tests_name("lines", tests, set_up, tear_down);
}
