/* The chart as one page: receptors by specimen, genes, the disease and the person, what was measured, treatment, findings. */
/* SPDX-License-Identifier: Apache-2.0 */
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

static void of_system(text_view *v, const char *kind, const char *title)
{
    bool headed = false;
    for (uint32_t i = 0; i < v->count; i++) {
        const chart_fact *f = &v->facts[i];
        if (!str_is(f->system, kind) || (strcmp(kind, "chart") == 0 && !str_empty(f->specimen))) {
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
    for (uint32_t i = 0; i < v->p->profile_count; i++) {
        const profile_entry *e = &v->p->profile[i];
        str label = str_empty(e->label) ? e->key : e->label;
        page_item(v->out, 2, 4, arena_printf(v->a, "%.*s:", STR_ARG(label)), INK_PLAIN, words_value(v->a, e->value));
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
    words_lines(out, v->a, p);
    words_findings(out, v->a, p);
}
