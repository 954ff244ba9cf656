/* The plan as an oncologist would print it: what cannot wait first, then who this is, then what is offered, missing, ruled out.
 * Every line says what the plan holds; none says what to do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"
#include "report/wording.h"

typedef struct text_view {
    page       *out;
    arena      *a;
    const plan *p;
} text_view;

static void labelled(text_view *v, const char *label, ink colour, str text)
{
    if (!str_empty(text)) {
        page_item(v->out, 6, 8, str_of(label), colour, text);
    }
}

/* ---- alerts ---- */

static ink ink_of_level(const plan_alert *x)
{
    return str_is(x->kind, "urgent") || (x->alert && str_is(x->alert->level, "red")) ? INK_RED : INK_YELLOW;
}

/* What the alert rests on, in short: the facts, with their days. */
static str facts_of(text_view *v, const basis *b)
{
    buf text = buf_make(v->a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < b->criterion_count; i++) {
        for (uint32_t k = 0; k < b->criteria[i].fact_count; k++) {
            const fact *f = b->criteria[i].facts[k];
            str when = words_date(v->a, f->when);
            str one = arena_printf(v->a, "%.*s %.*s (%.*s%s)", STR_ARG(f->label), STR_ARG(f->value), STR_ARG(when), f->set ? ", set" : "");
            if (str_find(buf_str(&text), one) >= 0) {
                continue;   /* the same fact behind two criteria */
            }
            buf_printf(&text, "%s%.*s", text.n ? "; " : "", STR_ARG(one));
        }
    }
    return buf_str(&text);
}

static void print_alert(text_view *v, const plan_alert *x)
{
    bool unchecked = words_unchecked(v->p, x->basis.sources, x->basis.source_count);
    page_item(v->out, 2, 4, arena_printf(v->a, "%.*s:", STR_ARG(x->code)), ink_of_level(x),
              unchecked ? arena_printf(v->a, "%.*s " UNCHECKED, STR_ARG(x->text)) : x->text);
    if (x->alert) {
        labelled(v, "usual first step; local protocol decides:", INK_PLAIN, x->alert->action);
        labelled(v, "rests on:", INK_DIM, facts_of(v, &x->basis));
    }
}

/* An alert that no rule of the knowledge made repeats a test or a finding, which have their own place on the page. */
static bool repeats(text_view *v, const plan_alert *x)
{
    const record *r = v->p->chart->record;
    bool found = !x->alert && str_is(x->kind, "missing");
    for (size_t i = 0; !found && !x->alert && i < record_finding_count(r); i++) {
        found = str_eq(record_finding_at(r, i)->code, x->code);
    }
    return found;
}

static void alerts_of(text_view *v, const char *kind, const char *title, ink colour)
{
    bool headed = false;
    for (uint32_t i = 0; i < v->p->alert_count; i++) {
        const plan_alert *x = &v->p->alerts[i];
        if (!str_is(x->kind, kind) || repeats(v, x)) {
            continue;
        }
        if (!headed) {
            page_heading(v->out, str_of(title), colour);
            headed = true;
        }
        print_alert(v, x);
    }
}

/* ---- profile ---- */

static void profile(text_view *v)
{
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < v->p->profile_count; i++) {
        const profile_entry *e = &v->p->profile[i];
        str value = words_value(v->a, e->value);
        buf_printf(&b, "%s%.*s: %.*s", i ? "; " : "", STR_ARG(str_empty(e->label) ? e->key : e->label), STR_ARG(value));
    }
    page_heading(v->out, STR("PROFILE"), INK_BOLD);
    page_item(v->out, 2, 2, STR(""), INK_PLAIN, buf_str(&b));
}

static void print_presumptions(text_view *v, const basis *b)
{
    for (uint32_t i = 0; i < b->presumption_count; i++) {
        labelled(v, "assumes:", INK_YELLOW, b->presumptions[i]);
        labelled(v, "to settle:", INK_YELLOW, b->questions ? b->questions[i] : STR(""));
    }
}

static void scope(text_view *v)
{
    if (!v->p->scope) {
        return;
    }
    page_heading(v->out, STR("THIS PLAN"), INK_BOLD);
    page_item(v->out, 2, 2, STR(""), INK_PLAIN, v->p->scope->text);
    print_presumptions(v, &v->p->scope->basis);
}

/* ---- offered ---- */

static void print_approvals(text_view *v, const option *o)
{
    const guideline *g = &v->p->pack->guideline;
    for (uint32_t i = 0; i < o->approval_count; i++) {
        const approval *x = &o->approvals[i];
        if (!str_eq(g->jurisdictions[x->place], v->p->jurisdiction) || date_after(x->since, v->p->as_of)) {
            continue;
        }
        if (x->until.precision != DATE_NONE && !date_after(x->until, v->p->as_of)) {
            continue;
        }
        str since = x->since.precision == DATE_NONE ? STR("") : arena_printf(v->a, " since %.*s", STR_ARG(words_date(v->a, x->since)));
        labelled(v, "approved:", INK_PLAIN,
                 arena_printf(v->a, "%.*s%.*s%s%.*s%s", STR_ARG(v->p->jurisdiction), STR_ARG(since), str_empty(x->say) ? "" : ": ",
                              STR_ARG(x->say), x->checked ? "" : " " UNCHECKED));
    }
}

static void print_option(text_view *v, uint32_t number, const plan_option *x)
{
    const option *o = x->option;
    str title = arena_printf(v->a, "%.*s (%.*s)", STR_ARG(o->regimen), STR_ARG(o->id));
    page_item(v->out, 2, 6, arena_printf(v->a, "%u.", number), INK_BOLD, title);
    str names = words_drugs(v->a, o);
    if (!str_eq(names, o->regimen)) {
        labelled(v, "drugs:", INK_PLAIN, names);
    }
    labelled(v, "why:", INK_PLAIN, x->reason);
    print_presumptions(v, &x->basis);
    for (uint32_t i = 0; i < x->caution_count; i++) {
        static const str first = STR_INIT("check first: ");
        str text = x->cautions[i].text;
        bool check = str_starts(text, first);
        labelled(v, check ? "check first:" : "caution:", INK_YELLOW, check ? str_from(text, first.n) : text);
    }
    if (!str_empty(o->dose)) {
        labelled(v, "dose studied:", INK_PLAIN, o->dose_checked ? o->dose : arena_printf(v->a, "%.*s " UNCHECKED, STR_ARG(o->dose)));
    }
    for (uint32_t i = 0; i < o->evidence_count; i++) {
        const source *s = guideline_source(&v->p->pack->guideline, o->evidence[i]);
        labelled(v, "evidence:", INK_PLAIN, s ? words_evidence(v->a, s) : o->evidence[i]);
    }
    print_approvals(v, o);
    labelled(v, "monitoring:", INK_PLAIN, words_sentences(v->a, o->monitoring, o->monitoring_count));
}

static void options(text_view *v)
{
    page_heading(v->out, STR("OPTIONS"), INK_BOLD);
    if (v->p->option_count == 0) {
        page_item(v->out, 2, 2, STR(""), INK_PLAIN, STR("none offered on what is recorded"));
    }
    const str *standings = v->p->pack->guideline.standings;
    uint32_t number = 0;
    for (uint32_t s = 0; s < v->p->pack->guideline.standing_count; s++) {
        bool headed = false;
        for (uint32_t i = 0; i < v->p->option_count; i++) {
            if (!str_eq(v->p->options[i].standing, standings[s])) {
                continue;
            }
            if (!headed) {
                page_item(v->out, 1, 2, standings[s], INK_GREEN, STR(""));
                headed = true;
            }
            print_option(v, ++number, &v->p->options[i]);
        }
    }
    CHECK(number == v->p->option_count);   /* a standing that the knowledge does not list would lose its options */
}

/* ---- missing ---- */

/* Ids, since regimens hold commas; all that are open today are said so. */
static str which(text_view *v, const str *ids, uint32_t count)
{
    if (count > 1 && count == v->p->option_count + v->p->undetermined_count) {
        return arena_printf(v->a, "all %u options that are open today", count);
    }
    return words_join(v->a, ids, count, ", ");
}

static void print_result(text_view *v, const test_result *x)
{
    str opens = which(v, x->opens, x->open_count), closes = which(v, x->closes, x->close_count);
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    if (x->open_count) {
        buf_printf(&b, "opens %.*s", STR_ARG(opens));
    }
    if (x->close_count) {
        buf_printf(&b, "%scloses %.*s", b.n ? "; " : "", STR_ARG(closes));
    }
    page_item(v->out, 6, 8, arena_printf(v->a, "if %.*s:", STR_ARG(x->name)), INK_PLAIN, b.n ? buf_str(&b) : STR("no change"));
}

static void tests(text_view *v, const char *kind, const char *title)
{
    bool headed = false;
    for (uint32_t i = 0; i < v->p->test_count; i++) {
        const plan_test *x = &v->p->tests[i];
        if (!str_is(x->test->kind, kind)) {
            continue;
        }
        if (!headed) {
            page_heading(v->out, str_of(title), INK_BOLD);
            headed = true;
        }
        page_item(v->out, 2, 4, arena_printf(v->a, "%.*s:", STR_ARG(x->test->name)), INK_BOLD, x->test->say);
        if (!x->changes) {
            labelled(v, "", INK_PLAIN, STR("due, though no result would change this plan today"));
            continue;
        }
        for (uint32_t k = 0; k < x->result_count; k++) {
            print_result(v, &x->results[k]);
        }
    }
}

static str missing_of(text_view *v, const plan_undetermined *x)
{
    str *texts = ARENA_ARRAY(v->a, x->missing_count + 1u, str);
    for (uint32_t k = 0; k < x->missing_count; k++) {
        texts[k] = x->missing[k].text;
    }
    return words_join(v->a, texts, x->missing_count, "; ");
}

/* Options that lack the same stand together under it. */
static void undetermined(text_view *v)
{
    uint32_t count = v->p->undetermined_count;
    if (count == 0) {
        return;
    }
    page_heading(v->out, STR("UNDETERMINED: SOMETHING IS NOT KNOWN"), INK_BOLD);
    str *why = ARENA_ARRAY(v->a, count, str);
    bool *told = ARENA_ARRAY(v->a, count, bool);
    for (uint32_t i = 0; i < count; i++) {
        why[i] = missing_of(v, &v->p->undetermined[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (told[i]) {
            continue;
        }
        page_item(v->out, 2, 4, STR("?"), INK_YELLOW, why[i]);
        for (uint32_t k = i; k < count; k++) {
            if (!told[k] && str_eq(why[i], why[k])) {
                const option *o = v->p->undetermined[k].option;
                page_item(v->out, 6, 8, o->regimen, INK_PLAIN, arena_printf(v->a, "(%.*s)", STR_ARG(o->id)));
                told[k] = true;
            }
        }
    }
}

/* ---- excluded ---- */

static bool is_medical(const plan_exclusion *x)
{
    for (uint32_t i = 0; i < x->reason_count; i++) {
        if (x->reasons[i].medical) {
            return true;
        }
    }
    return false;
}

static str reasons_of(text_view *v, const plan_exclusion *x)
{
    str *texts = ARENA_ARRAY(v->a, x->reason_count + 1u, str);
    for (uint32_t k = 0; k < x->reason_count; k++) {
        texts[k] = x->reasons[k].text;
    }
    return words_join(v->a, texts, x->reason_count, "; ");
}

/* One line for each, or for those that share all their reasons. */
static void excluded(text_view *v, bool medical, str title)
{
    uint32_t count = v->p->excluded_count;
    str *why = ARENA_ARRAY(v->a, count + 1u, str);
    bool *told = ARENA_ARRAY(v->a, count + 1u, bool), headed = false;
    for (uint32_t i = 0; i < count; i++) {
        why[i] = reasons_of(v, &v->p->excluded[i]);
        told[i] = is_medical(&v->p->excluded[i]) != medical;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (told[i]) {
            continue;
        }
        if (!headed) {
            page_heading(v->out, title, INK_BOLD);
            headed = true;
        }
        buf names = buf_make(v->a, BUF_MAX_DEFAULT);
        for (uint32_t k = i; k < count; k++) {
            if (!told[k] && str_eq(why[i], why[k])) {
                const option *o = v->p->excluded[k].option;
                buf_printf(&names, "%s%.*s (%.*s)", names.n ? "; " : "", STR_ARG(o->regimen), STR_ARG(o->id));
                told[k] = true;
            }
        }
        page_item(v->out, 2, 4, STR("x"), INK_DIM, arena_printf(v->a, "%.*s: %.*s", STR_ARG(buf_str(&names)), STR_ARG(why[i])));
    }
}

/* ---- what if ---- */

static void what_if(text_view *v)
{
    if (v->p->set_count == 0) {
        return;
    }
    page_heading(v->out, STR("WHAT IF"), INK_YELLOW);
    page_item(v->out, 2, 4, STR("set, not recorded:"), INK_YELLOW, words_join(v->a, v->p->set, v->p->set_count, ", "));
    for (uint32_t i = 0; i < v->p->change_count; i++) {
        page_item(v->out, 2, 4, STR("-"), INK_PLAIN, v->p->changes[i]);
    }
    if (v->p->change_count == 0) {
        page_item(v->out, 2, 4, STR("-"), INK_PLAIN, STR("no option changes its list"));
    }
}

void report_plan_text(page *out, const plan *p)
{
    text_view view = { out, words_arena(p), p }, *v = &view;
    page_item(out, 0, 2, arena_printf(v->a, "%.*s:", STR_ARG(p->patient_id)), INK_BOLD, words_patient(v->a, p));
    alerts_of(v, "urgent", "URGENT", INK_RED);
    what_if(v);
    profile(v);
    words_lines(out, v->a, p);
    scope(v);
    alerts_of(v, "safety", "SAFETY", INK_YELLOW);
    options(v);
    tests(v, "test", "MISSING TESTS");
    tests(v, "question", "OPEN QUESTIONS");
    undetermined(v);
    excluded(v, true, STR("EXCLUDED"));
    str as_of = words_date(v->a, p->as_of);
    excluded(v, false, arena_printf(v->a, "NOT APPROVED (%.*s, %.*s)", STR_ARG(p->jurisdiction), STR_ARG(as_of)));
    alerts_of(v, "missing", "ALSO MISSING", INK_BOLD);
    alerts_of(v, "monitoring", "MONITORING", INK_BOLD);
    alerts_of(v, "supportive", "SUPPORTIVE CARE", INK_BOLD);
    alerts_of(v, "local", "LOCAL TREATMENT", INK_BOLD);
    alerts_of(v, "trial", "TRIALS", INK_BOLD);
    alerts_of(v, "data", "ABOUT THE DATA", INK_BOLD);
    words_findings(out, v->a, p);
    page_blank(out);
    page_item(out, 0, 0, STR(""), INK_PLAIN, STR(UNCHECKED " marks what has not been compared with its publication or label. "
                                                 "nextline explain FILE ID shows what a line rests on."));
    page_item(out, 0, 0, STR(""), INK_PLAIN, STR("This plan informs; it does not replace clinical judgement."));
}
