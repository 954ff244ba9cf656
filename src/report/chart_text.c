/* The chart as one page: receptors by specimen, genes, the disease and the person, what was measured, treatment, findings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/amount.h"
#include "report/chart_fact.h"
#include "report/report.h"
#include "report/wording.h"

typedef struct text_view {
    page             *out;
    arena            *a;
    const plan       *p;
    const chart_fact *facts;
    uint32_t          count;
} text_view;

static str fact_words(text_view *v, const chart_fact *f, bool dated)
{
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    buf_add(&b, str_empty(f->value) ? STR("not known") : f->value);
    if (!str_empty(f->method)) {
        buf_printf(&b, ", %.*s", STR_ARG(f->method));
    }
    if (dated) {
        str when = words_date(v->a, f->of->when);
        buf_printf(&b, ", %.*s", STR_ARG(when));
    }
    if (!str_empty(f->text)) {
        buf_printf(&b, " (recorded: %.*s)", STR_ARG(f->text));
    }
    return buf_str(&b);
}

static void print_fact(text_view *v, uint32_t indent, const chart_fact *f, bool dated)
{
    page_item(v->out, indent, indent + 2, arena_printf(v->a, "%.*s:", STR_ARG(f->label)), INK_PLAIN, fact_words(v, f, dated));
}

/* Everything found on one specimen stands together, under its day. */
static void by_specimen(text_view *v)
{
    bool *told = ARENA_ARRAY(v->a, v->count + 1u, bool), headed = false;
    for (uint32_t i = 0; i < v->count; i++) {
        const chart_fact *f = &v->facts[i];
        if (told[i] || str_empty(f->specimen) || !str_is(f->system, "chart")) {
            continue;
        }
        if (!headed) {
            page_heading(v->out, STR("RECEPTORS BY SPECIMEN"), INK_BOLD);
            headed = true;
        }
        str when = words_date(v->a, f->of->when);
        page_item(v->out, 2, 4, f->specimen, INK_PLAIN, arena_printf(v->a, "(%.*s)", STR_ARG(when)));
        for (uint32_t k = i; k < v->count; k++) {
            if (str_eq(v->facts[k].specimen, f->specimen) && str_is(v->facts[k].system, "chart")) {
                told[k] = true;
                print_fact(v, 4, &v->facts[k], date_cmp(v->facts[k].of->when, f->of->when) != 0);
            }
        }
    }
}

/* What an assessment says stands there, with its reasons. */
static bool is_assessment(const text_view *v, const chart_fact *f)
{
    const chart *c = v->p->chart;
    for (uint32_t i = 0; i < c->assessment_count; i++) {
        if (c->assessments[i].derived == f->of) {
            return true;
        }
    }
    return false;
}

static str assessment_words(text_view *v, const assessment *x)
{
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    buf_add(&b, x->baseline_visit ? STR("baseline") : str_empty(x->overall) ? STR("not known") : x->overall);
    if (!str_empty(x->imaging) && !str_eq(x->imaging, x->overall)) {
        buf_printf(&b, " (by imaging alone %.*s)", STR_ARG(x->imaging));
    }
    if (!str_empty(x->value)) {
        buf_printf(&b, ", %.*s %.*s", STR_ARG(x->value), STR_ARG(x->unit));
    }
    if (!str_empty(x->from_baseline)) {
        buf_printf(&b, " (%.*s %% from baseline)", STR_ARG(x->from_baseline));
    }
    if (!str_empty(x->from_nadir)) {
        buf_printf(&b, " (%.*s %% from the least value)", STR_ARG(x->from_nadir));
    }
    if (!str_empty(x->target)) {
        buf_printf(&b, "; target %.*s, non-target %.*s, new lesion %.*s", STR_ARG(x->target), STR_ARG(x->non_target), STR_ARG(x->new_lesion));
    }
    if (x->line > 0) {
        buf_printf(&b, "; line %u of the list below", x->line);
    }
    for (uint32_t i = 0; i < x->reason_count; i++) {
        buf_printf(&b, "%s%.*s", i == 0 ? ". " : " ", STR_ARG(x->says[i]));
    }
    if (x->outspoken) {
        buf_add(&b, STR(" A reported status of about that day says otherwise and decides."));
    }
    return buf_str(&b);
}

static void response(text_view *v)
{
    const chart *c = v->p->chart;
    for (uint32_t i = 0; i < c->assessment_count; i++) {
        const assessment *x = &c->assessments[i];
        if (i == 0) {
            page_heading(v->out, STR("RESPONSE"), INK_BOLD);
        }
        str when = words_date(v->a, x->when);
        page_item(v->out, 2, 4, arena_printf(v->a, "%.*s, %.*s%s%.*s:", STR_ARG(when), STR_ARG(x->kind), str_empty(x->subject) ? "" : " ", STR_ARG(x->subject)),
                  INK_PLAIN, assessment_words(v, x));
    }
}

static void of_system(text_view *v, const char *kind, const char *title)
{
    bool headed = false;
    for (uint32_t i = 0; i < v->count; i++) {
        const chart_fact *f = &v->facts[i];
        if (!str_is(f->system, kind) || (strcmp(kind, "chart") == 0 && (!str_empty(f->specimen) || is_assessment(v, f)))) {
            continue;
        }
        if (!headed) {
            page_heading(v->out, str_of(title), INK_BOLD);
            headed = true;
        }
        print_fact(v, 2, f, true);
    }
}

static void as_read(text_view *v)
{
    page_heading(v->out, STR("AS THE GUIDELINE READS IT"), INK_BOLD);
    words_profile(v->out, v->a, v->p);
}

static str fact_labels(text_view *v, const str *codes, uint32_t count)
{
    str *labels = ARENA_ARRAY(v->a, count + 1u, str);
    for (uint32_t i = 0; i < count; i++) {
        const fact_def *def = terms_fact(v->p->chart->terms, codes[i]);
        labels[i] = def && !str_empty(def->label) ? def->label : codes[i];
    }
    return words_join(v->a, labels, count, ", ");
}

/* Each amount with what it was calculated from, or what it lacks. */
static void calculated(text_view *v)
{
    bool headed = false;
    for (uint32_t i = 0; i < v->p->amount_count; i++) {
        const plan_amount *x = &v->p->amounts[i];
        bool of_course = str_is(x->key->of, "course");
        if (i == 0) {
            page_heading(v->out, STR("ORGAN FUNCTION, CALCULATED"), INK_BOLD);
        }
        if (of_course && str_empty(x->value)) {
            continue;   /* most kinds of treatment were never given */
        }
        if (of_course && !headed) {
            page_heading(v->out, STR("THE COURSE IN NUMBERS"), INK_BOLD);
            headed = true;
        }
        str text;
        if (!str_empty(x->value)) {
            str from = words_facts(v->a, x->basis.criteria, x->basis.criterion_count, UINT32_MAX);
            str value = amount_words(v->a, STR(""), x->value, x->unit);
            text = arena_printf(v->a, "%.*s, from %.*s", STR_ARG(value), STR_ARG(from));
        } else if (x->absent_count > 0) {
            text = arena_printf(v->a, "not known; not recorded: %.*s", STR_ARG(fact_labels(v, x->absent, x->absent_count)));
        } else {
            text = arena_printf(v->a, "not known; too old, or not of one day: %.*s", STR_ARG(fact_labels(v, x->unfit, x->unfit_count)));
        }
        page_item(v->out, 2, 4, arena_printf(v->a, "%.*s:", STR_ARG(x->key->label)), INK_PLAIN, text);
    }
}

void report_chart_text(page *out, const plan *p)
{
    text_view view = { .out = out, .a = words_arena(p), .p = p }, *v = &view;
    v->count = chart_facts(v->a, p, &v->facts);
    page_item(out, 0, 2, arena_printf(v->a, "%.*s:", STR_ARG(p->patient_id)), INK_BOLD, words_patient(v->a, p));
    as_read(v);
    by_specimen(v);
    of_system(v, "gene", "GENES");
    of_system(v, "chart", "DISEASE AND PERSON");
    of_system(v, "lab", "MEASURED");
    calculated(v);
    response(v);
    words_lines(out, v->a, p);
    if (words_findings_any(p)) {
        page_heading(out, STR("ABOUT THE DATA"), INK_BOLD);
        words_findings(out, v->a, p);
    }
}
