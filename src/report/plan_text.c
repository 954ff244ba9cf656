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

/* How a line begins tells what it is, without colour: */
#define MARK_URGENT  "!!"
#define MARK_CAUTION "!"
#define MARK_UNKNOWN "?"
#define MARK_EXCLUDED "x"

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

/* Amounts calculated from nothing but what the alert rests on: "corrected calcium 14.0 mg/dL" beside calcium and albumin. */
static bool has_facts_of(const basis *of, const plan_amount *x)
{
    const criterion *c = x->basis.criteria;
    uint32_t found = 0, wanted = 0;
    for (uint32_t i = 0; x->basis.criterion_count == 1 && i < c->fact_count; i++) {
        if (str_is(c->facts[i]->code, "patient")) {
            continue;
        }
        wanted++;
        bool there = false;
        for (uint32_t k = 0; k < of->criterion_count && !there; k++) {
            for (uint32_t j = 0; j < of->criteria[k].fact_count && !there; j++) {
                there = of->criteria[k].facts[j] == c->facts[i];
            }
        }
        found += there;
    }
    return wanted > 0 && found == wanted;
}

static str rests_on(text_view *v, const basis *b, uint32_t roles)
{
    str text = words_facts(v->a, b->criteria, b->criterion_count, roles);
    for (uint32_t i = 0; i < v->p->amount_count; i++) {
        const plan_amount *x = &v->p->amounts[i];
        if (!str_empty(x->value) && !str_is(x->key->of, "course") && has_facts_of(b, x)) {   /* the course rests on what nearly everything rests on */
            str amount = words_amount(v->a, x);
            text = arena_printf(v->a, "%.*s; calculated: %.*s", STR_ARG(text), STR_ARG(amount));
        }
    }
    return text;
}

static void print_alert(text_view *v, const plan_alert *x)
{
    bool unchecked = words_unchecked(v->p, x->basis.sources, x->basis.source_count);
    if (!x->alert) {
        page_item(v->out, 2, 4, STR("-"), INK_PLAIN, x->text);
        return;
    }
    const char *mark = str_is(x->kind, "urgent") ? MARK_URGENT : str_is(x->kind, "safety") ? MARK_CAUTION : "-";
    page_item(v->out, 2, 5, arena_printf(v->a, "%s %.*s:", mark, STR_ARG(x->code)), ink_of_level(x),
              unchecked ? arena_printf(v->a, "%.*s " UNCHECKED, STR_ARG(x->text)) : x->text);
    labelled(v, "usual first step; local protocol decides:", INK_PLAIN, x->alert->action);
    labelled(v, "rests on:", INK_DIM, rests_on(v, &x->basis, UINT32_MAX));
}

/* An alert that no rule of the knowledge made may repeat a test, a finding or what is dated later, which have their own place. */
static bool repeats(text_view *v, const plan_alert *x)
{
    const record *r = v->p->chart->record;
    bool found = !x->alert && (str_is(x->kind, "missing") || str_is(x->code, "dated-later"));
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
    page_heading(v->out, STR("PROFILE"), INK_BOLD);
    words_profile(v->out, v->a, v->p);
    static const struct { const char *of, *lead; } groups[] = { { "organs", "Calculated:" }, { "course", "In numbers:" } };
    for (size_t g = 0; g < 2; g++) {
        buf b = buf_make(v->a, BUF_MAX_DEFAULT);
        const plan_amount *before = NULL;
        for (uint32_t i = 0; i < v->p->amount_count; i++) {
            const plan_amount *x = &v->p->amounts[i];
            if (!str_empty(x->value) && (str_is(x->key->of, groups[g].of) || (g == 0 && str_empty(x->key->of)))) {
                words_amount_add(v->a, &b, x, before);
                before = x;
            }
        }
        if (b.n > 0) {
            page_item(v->out, 2, 4, str_of(groups[g].lead), INK_BOLD, buf_str(&b));
        }
    }
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
        labelled(v, x->off_label ? "off-label:" : "approved:", INK_PLAIN,
                 arena_printf(v->a, "%.*s%.*s%s%.*s%s", STR_ARG(v->p->jurisdiction), STR_ARG(since), str_empty(x->say) ? "" : ": ",
                              STR_ARG(x->say), x->checked ? "" : " " UNCHECKED));
    }
}

static const str check_first = STR_INIT("check first: ");

enum { SHARED_BY_LEAST = 3 };

/* Whether the option carries this caution or this presumption, word for word. */
static bool carries(const plan_option *x, str text)
{
    for (uint32_t i = 0; i < x->caution_count; i++) {
        if (str_eq(x->cautions[i].text, text)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < x->basis.presumption_count; i++) {
        if (str_eq(x->basis.presumptions[i], text)) {
            return true;
        }
    }
    return false;
}

static uint32_t carried_by(const plan *p, str text)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->option_count; i++) {
        count += carries(&p->options[i], text);
    }
    return count;
}

static void print_presumption(text_view *v, uint32_t indent, const basis *b, uint32_t i, str of)
{
    page_item(v->out, indent, indent + 2, arena_printf(v->a, "assumes%.*s:", STR_ARG(of)), INK_YELLOW, b->presumptions[i]);
    if (b->questions && !str_empty(b->questions[i])) {
        page_item(v->out, indent, indent + 2, STR("to settle:"), INK_YELLOW, b->questions[i]);
    }
}

static void print_caution(text_view *v, uint32_t indent, str text, str of)
{
    bool check = str_starts(text, check_first);
    str lead = arena_printf(v->a, "%s%.*s:", check ? MARK_UNKNOWN " check first" : MARK_CAUTION " caution", STR_ARG(of));
    page_item(v->out, indent, indent + 2, lead, INK_YELLOW, check ? str_from(text, check_first.n) : text);
}

static void print_evidence(text_view *v, const option *o)
{
    buf also = buf_make(v->a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < o->evidence_count; i++) {
        const source *s = guideline_source(&v->p->pack->guideline, o->evidence[i]);
        str text = s ? words_evidence(v->a, s) : o->evidence[i];
        if (s && words_has_numbers(s)) {
            labelled(v, "evidence:", INK_PLAIN, text);
        } else {
            buf_printf(&also, "%s%.*s", also.n ? "; " : "", STR_ARG(text));
        }
    }
    labelled(v, "also:", INK_PLAIN, buf_str(&also));
}

static void print_option(text_view *v, uint32_t number, const plan_option *x)
{
    const option *o = x->option;
    str title = arena_printf(v->a, "%.*s (%.*s)", STR_ARG(o->regimen), STR_ARG(o->id));
    page_item(v->out, 2, 6, arena_printf(v->a, "%u.", number), INK_BOLD, title);
    str names = words_drugs(v->a, v->p, o);
    if (str_find(o->regimen, names) < 0) {
        labelled(v, "drugs:", INK_PLAIN, names);
    }
    str why = str_empty(o->summary) ? x->reason : o->summary;
    labelled(v, "why:", INK_PLAIN, why);
    labelled(v, "rests on:", INK_DIM, rests_on(v, &x->basis, 1u << ROLE_REQUIRES));
    for (uint32_t i = 0; i < x->basis.presumption_count; i++) {
        if (carried_by(v->p, x->basis.presumptions[i]) < SHARED_BY_LEAST) {
            print_presumption(v, 6, &x->basis, i, STR(""));
        }
    }
    for (uint32_t i = 0; i < x->caution_count; i++) {
        if (carried_by(v->p, x->cautions[i].text) < SHARED_BY_LEAST) {
            print_caution(v, 6, x->cautions[i].text, STR(""));
        }
    }
    labelled(v, "boxed (US):", INK_PLAIN, words_boxed(v->a, &v->p->pack->guideline, v->p, o));
    if (!str_empty(o->dose)) {
        labelled(v, "dose studied:", INK_PLAIN, o->dose_checked ? o->dose : arena_printf(v->a, "%.*s " UNCHECKED, STR_ARG(o->dose)));
    }
    print_evidence(v, o);
    print_approvals(v, o);
    labelled(v, "monitoring:", INK_PLAIN, words_sentences(v->a, o->monitoring, o->monitoring_count));
}

/* The offered options as they are numbered on the page: by standing, then as the plan has them. */
static const plan_option **numbered(text_view *v)
{
    const guideline *g = &v->p->pack->guideline;
    const plan_option **out = arena_array(v->a, v->p->option_count + 1u, sizeof *out);
    uint32_t count = 0;
    for (uint32_t s = 0; s < g->standing_count; s++) {
        for (uint32_t i = 0; i < v->p->option_count; i++) {
            if (str_eq(v->p->options[i].standing, g->standings[s])) {
                out[count++] = &v->p->options[i];
            }
        }
    }
    CHECK(count == v->p->option_count);   /* a standing that the knowledge does not list would lose its options */
    return out;
}

/* " (1, 3, 4)" when the text is carried by several and this is the first of them; else empty. */
static str numbers_of(text_view *v, const plan_option *const *order, uint32_t first, str text)
{
    uint32_t all = carried_by(v->p, text);
    for (uint32_t j = 0; j < first; j++) {
        if (carries(order[j], text)) {
            return STR("");
        }
    }
    if (all < SHARED_BY_LEAST) {
        return STR("");
    }
    if (all == v->p->option_count) {
        return STR(" (all)");
    }
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    for (uint32_t j = first; j < v->p->option_count; j++) {
        if (carries(order[j], text)) {
            buf_printf(&b, "%s%u", b.n ? ", " : " (", j + 1);
        }
    }
    buf_char(&b, ')');
    return buf_str(&b);
}

/* What several options share is said once, before them, with their numbers. */
static void shared_lines(text_view *v, const plan_option *const *order)
{
    for (uint32_t i = 0; i < v->p->option_count; i++) {
        const basis *b = &order[i]->basis;
        for (uint32_t k = 0; k < b->presumption_count; k++) {
            str of = numbers_of(v, order, i, b->presumptions[k]);
            if (!str_empty(of)) {
                print_presumption(v, 2, b, k, of);
            }
        }
        for (uint32_t k = 0; k < order[i]->caution_count; k++) {
            str text = order[i]->cautions[k].text, of = numbers_of(v, order, i, text);
            if (!str_empty(of)) {
                print_caution(v, 2, text, of);
            }
        }
    }
}

static str disease_names(text_view *v)
{
    const guideline *g = &v->p->pack->guideline;
    str *names = ARENA_ARRAY(v->a, g->disease_count + 1u, str);
    for (uint32_t i = 0; i < g->disease_count; i++) {
        names[i] = g->diseases[i].name;
    }
    return words_join(v->a, names, g->disease_count, "; ");
}

static bool lists_nothing(const plan *p) { return p->option_count + p->excluded_count + p->undetermined_count == 0; }

static void options(text_view *v)
{
    page_heading(v->out, STR("OPTIONS"), INK_BOLD);
    if (v->p->option_count == 0) {
        str none = lists_nothing(v->p) ? arena_printf(v->a, "none: the options of this version are for %.*s", STR_ARG(disease_names(v)))
                                       : STR("none offered on what is recorded");
        page_item(v->out, 2, 2, STR(""), INK_PLAIN, none);
        return;
    }
    const plan_option **order = numbered(v);
    if (v->p->option_count > 1) {
        page_item(v->out, 2, 2, STR(""), INK_PLAIN, STR("Numbered to be spoken of: within a standing the order is no ranking."));
    }
    shared_lines(v, order);
    for (uint32_t i = 0; i < v->p->option_count; i++) {
        bool change = order[i]->applies == APPLIES_ON_CHANGE;
        if (i == 0 || !str_eq(order[i]->standing, order[i - 1]->standing) || change != (order[i - 1]->applies == APPLIES_ON_CHANGE)) {
            str words = change ? arena_printf(v->a, "%.*s, should the treatment be changed", STR_ARG(order[i]->standing)) : order[i]->standing;
            page_item(v->out, 1, 2, words, INK_GREEN, STR(""));
        }
        print_option(v, i + 1, order[i]);
    }
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

/* On a page only what it would take from the options offered today; the JSON also has those that are undetermined. */
static uint32_t taken_away(text_view *v, const test_result *x, str **out)
{
    uint32_t count = 0;
    *out = ARENA_ARRAY(v->a, x->close_count + 1u, str);
    for (uint32_t i = 0; i < x->close_count; i++) {
        for (uint32_t k = 0; k < v->p->option_count; k++) {
            if (str_eq(v->p->options[k].option->id, x->closes[i])) {
                (*out)[count++] = x->closes[i];
            }
        }
    }
    return count;
}

static str effect_of(text_view *v, const test_result *x)
{
    str *taken;
    uint32_t taken_count = taken_away(v, x, &taken);
    str opens = which(v, x->opens, x->open_count), closes = which(v, taken, taken_count);
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    if (x->leaves) {
        buf_add(&b, STR("leaves this disease: its options no longer apply"));
    }
    if (x->open_count) {
        buf_printf(&b, "%sopens %.*s", b.n ? "; " : "", STR_ARG(opens));
    }
    if (taken_count) {
        buf_printf(&b, "%scloses %.*s", b.n ? "; " : "", STR_ARG(closes));
    }
    if (x->next_line != v->p->next_line && !x->leaves) {
        str next = x->next_line ? arena_printf(v->a, "line %u would be needed now", x->next_line) : STR("no new line would be needed now");
        buf_printf(&b, "%s%.*s", b.n ? "; " : "", STR_ARG(next));
    }
    if (b.n == 0 && x->close_count) {
        buf_add(&b, STR("only closes what is undetermined today"));
    }
    if (b.n == 0) {   /* while other things are not known, this alone may be too little to tell */
        buf_add(&b, v->p->undetermined_count > 0 ? STR("no change by itself") : STR("no change"));
    }
    return buf_str(&b);
}

/* Results with the same effect stand together. */
static void print_results(text_view *v, const plan_test *x)
{
    str *effects = ARENA_ARRAY(v->a, x->result_count + 1u, str), *names = ARENA_ARRAY(v->a, x->result_count + 1u, str);
    bool *told = ARENA_ARRAY(v->a, x->result_count + 1u, bool);
    for (uint32_t i = 0; i < x->result_count; i++) {
        effects[i] = effect_of(v, &x->results[i]);
    }
    for (uint32_t i = 0; i < x->result_count; i++) {
        uint32_t count = 0;
        for (uint32_t k = i; k < x->result_count && !told[i]; k++) {
            if (!told[k] && str_eq(effects[i], effects[k])) {
                names[count++] = x->results[k].name;
                told[k] = k > i;
            }
        }
        if (count > 0) {
            str all = words_join(v->a, names, count, "; or ");
            page_item(v->out, 6, 8, arena_printf(v->a, "if %.*s:", STR_ARG(all)), INK_PLAIN, effects[i]);
        }
    }
}

static void tests(text_view *v, const char *kind, const char *title)
{
    bool headed = false;
    buf due = buf_make(v->a, BUF_MAX_DEFAULT), open = buf_make(v->a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < v->p->test_count; i++) {
        const plan_test *x = &v->p->tests[i];
        if (!str_is(x->test->kind, kind)) {
            continue;
        }
        if (!headed) {
            page_heading(v->out, str_of(title), INK_BOLD);
            headed = true;
        }
        if (!x->changes) {
            buf *idle = x->due ? &due : &open;
            buf_printf(idle, "%s%.*s", idle->n ? "; " : "", STR_ARG(x->test->name));
            continue;
        }
        bool asks = str_ends(x->test->name, STR("?"));
        page_item(v->out, 2, 4, arena_printf(v->a, "%.*s%s", STR_ARG(x->test->name), asks ? "" : ":"), INK_BOLD, x->test->say);
        print_results(v, x);
    }
    if (due.n > 0) {
        page_item(v->out, 2, 4, STR("due, though no result would change this plan today:"), INK_BOLD, buf_str(&due));
    }
    if (open.n > 0) {
        page_item(v->out, 2, 4, STR("not known; no result by itself would change this plan today:"), INK_BOLD, buf_str(&open));
    }
}

/* "Gene mutated; In crisis (asks for: gene, symptom)": the criteria that are not known, and the facts they ask for. */
static str missing_of(text_view *v, const plan_undetermined *x)
{
    str *names = ARENA_ARRAY(v->a, x->missing_count + 1u, str);
    VEC(str) codes = { 0 };
    for (uint32_t k = 0; k < x->missing_count; k++) {
        const missing *m = &x->missing[k];
        bool turned = m->basis.criterion_count > 0 && m->basis.criteria[0].role == ROLE_REQUIRES && m->basis.criteria[0].wanted == TRUTH_FALSE;
        names[k] = turned ? arena_printf(v->a, "not: %.*s", STR_ARG(m->criterion)) : m->criterion;
        for (uint32_t i = 0; i < m->fact_count; i++) {
            bool there = false;
            for (size_t j = 0; j < codes.count && !there; j++) {
                there = str_eq(codes.at[j], m->facts[i]);
            }
            if (!there) {
                *VEC_PUSH(v->a, &codes) = m->facts[i];
            }
        }
    }
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    str all = words_join(v->a, names, x->missing_count, "; ");
    buf_add(&b, all);
    for (size_t i = 0; i < codes.count; i++) {
        const fact_def *def = terms_fact(v->p->chart->terms, codes.at[i]);
        str label = def && !str_empty(def->label) ? def->label : codes.at[i];
        buf_printf(&b, "%s%.*s", i == 0 ? " (asks for: " : ", ", STR_ARG(label));
    }
    buf_add(&b, codes.count ? STR(")") : STR(""));
    return buf_str(&b);
}

/* Options that lack the same stand together under it. */
static void undetermined(text_view *v)
{
    uint32_t count = v->p->undetermined_count;
    if (count == 0) {
        return;
    }
    page_heading(v->out, STR("UNDETERMINED: NOT KNOWN WHETHER"), INK_BOLD);
    str *why = ARENA_ARRAY(v->a, count, str);
    bool *told = ARENA_ARRAY(v->a, count, bool);
    for (uint32_t i = 0; i < count; i++) {
        why[i] = missing_of(v, &v->p->undetermined[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (told[i]) {
            continue;
        }
        page_item(v->out, 2, 4, STR(MARK_UNKNOWN), INK_YELLOW, why[i]);
        buf names = buf_make(v->a, BUF_MAX_DEFAULT);
        uint32_t together = 0;
        for (uint32_t k = i; k < count; k++) {
            if (!told[k] && str_eq(why[i], why[k])) {
                const option *o = v->p->undetermined[k].option;
                buf_printf(&names, "%s%.*s (%.*s)", together++ ? "; " : "", STR_ARG(o->regimen), STR_ARG(o->id));
                told[k] = true;
            }
        }
        bool all = together > 1 && together == v->p->undetermined_count + v->p->option_count + v->p->excluded_count;
        page_item(v->out, 6, 8, STR(""), INK_PLAIN, all ? arena_printf(v->a, "all %u options of this disease", together) : buf_str(&names));
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

/* In short: what it needs and does not have, what rules it out, from when it is approved. The JSON has the full sentence. */
static str reason_of(text_view *v, const exclusion_reason *x)
{
    const criterion *c = x->basis.criterion_count > 0 ? x->basis.criteria : NULL;
    if (c && c->role == ROLE_LOCAL) {
        return x->text;
    }
    if (!x->medical) {
        ptrdiff_t after = str_find(x->text, STR("; "));   /* "not approved in the us on DAY; approved there from DAY": under that heading */
        return after >= 0 ? str_from(x->text, (size_t)after + 2) : x->text;
    }
    if (c && c->role == ROLE_REQUIRES) {
        return arena_printf(v->a, "needs: %s%.*s", c->wanted == TRUTH_FALSE ? "not " : "", STR_ARG(c->name));
    }
    return c && c->role == ROLE_RULES_OUT && !str_empty(c->say) ? c->say : x->text;
}

static str reasons_of(text_view *v, const plan_exclusion *x, bool medical)
{
    str *texts = ARENA_ARRAY(v->a, x->reason_count + 1u, str);
    for (uint32_t k = 0; k < x->reason_count; k++) {
        const exclusion_reason *r = &x->reasons[k];
        bool whole = r->medical || !medical || r->basis.criteria[0].role == ROLE_LOCAL;
        texts[k] = whole ? reason_of(v, r) : STR("not approved here on that day");
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
        why[i] = reasons_of(v, &v->p->excluded[i], medical);
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
        page_item(v->out, 2, 4, STR(MARK_EXCLUDED), INK_DIM, arena_printf(v->a, "%.*s: %.*s", STR_ARG(buf_str(&names)), STR_ARG(why[i])));
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

/* ---- the data, and the last words ---- */

static void about_the_data(text_view *v)
{
    bool any = words_findings_any(v->p);
    for (uint32_t i = 0; i < v->p->alert_count; i++) {
        any = any || (str_is(v->p->alerts[i].kind, "data") && !repeats(v, &v->p->alerts[i]));
    }
    if (!any) {
        return;
    }
    page_heading(v->out, STR("ABOUT THE DATA"), INK_BOLD);
    for (uint32_t i = 0; i < v->p->alert_count; i++) {
        const plan_alert *x = &v->p->alerts[i];
        if (str_is(x->kind, "data") && !repeats(v, x)) {
            print_alert(v, x);
        }
    }
    words_findings(v->out, v->a, v->p);
}

/* A rule-out that rests on silence: what no offered option was held back for, because the record does not name it. */
static void taken_as_absent(text_view *v)
{
    buf b = buf_make(v->a, 1 << 16);
    VEC(str) told = { 0 };
    for (uint32_t i = 0; i < v->p->option_count; i++) {
        const basis *of = &v->p->options[i].basis;
        for (uint32_t k = 0; k < of->criterion_count; k++) {
            const criterion *c = &of->criteria[k];
            for (uint32_t n = 0; n < c->absent_count && c->role == ROLE_RULES_OUT && c->value == TRUTH_FALSE; n++) {
                const fact_def *d = terms_fact(v->p->chart->terms, c->absent[n]);
                bool known = !d || d->open;
                for (size_t m = 0; m < told.count && !known; m++) {
                    known = str_eq(told.at[m], d->code);
                }
                if (!known) {
                    buf_printf(&b, "%s%.*s", told.count ? ", " : "", STR_ARG(d->label));
                    *VEC_PUSH(v->a, &told) = d->code;
                }
            }
        }
    }
    if (told.count > 0) {
        page_blank(v->out);
        page_item(v->out, 0, 2, STR("not recorded, taken as absent:"), INK_YELLOW, buf_str(&b));
    }
}

static void last_words(text_view *v)
{
    page_blank(v->out);
    str count = lists_nothing(v->p) ? STR("no options")
                                    : arena_printf(v->a, "%u options", v->p->option_count + v->p->excluded_count + v->p->undetermined_count);
    page_item(v->out, 0, 0, STR(""), INK_PLAIN,
              arena_printf(v->a, "This version knows %.*s for this disease as recorded; an option that it does not list is not thereby ruled out. "
                                 "%s urgent, %s caution, %s not known, %s excluded; " UNCHECKED " not yet compared with its publication or label. "
                                 "nextline explain FILE ID shows all that a line rests on.",
                           STR_ARG(count), MARK_URGENT, MARK_CAUTION, MARK_UNKNOWN, MARK_EXCLUDED));
    page_item(v->out, 0, 0, STR(""), INK_PLAIN, STR("This plan informs; it does not replace clinical judgement."));
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
    about_the_data(v);
    taken_as_absent(v);
    last_words(v);
}
