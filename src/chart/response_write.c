/* The whole of it, in order; and each answer as an Observation that CQL reads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/response.h"

#include <stdlib.h>

/* ---- an assessment ---- */

static void add_part(fact_result *f, fact_part *parts, const char *name, str word, str unit)
{
    if (!str_empty(word)) {
        parts[f->part_count++] = (fact_part){ str_of(name), word, STR(""), unit };
    }
}

enum { PARTS_MOST = 24 };

static const resource *write_fact(judge *j, const assessment *x, const element_list *sources, str fact)
{
    const fact_def *d = terms_fact(j->c->terms, fact);
    if (!d) {
        return NULL;
    }
    fact_part *parts = ARENA_ARRAY(j->a, PARTS_MOST, fact_part);
    fact_result f = { .fact = d, .word = x->overall, .absent = str_empty(x->overall) ? STR("unknown") : STR(""), .when = x->when, .parts = parts };
    const json **copy = ARENA_ARRAY(j->a, sources->count + 1, const json *);
    for (size_t i = 0; i < sources->count; i++) {
        copy[i] = sources->at[i];
    }
    f.sources = copy;
    f.source_count = (uint32_t)sources->count;
    add_part(&f, parts, "of", x->subject, STR(""));
    add_part(&f, parts, "target", x->target, STR(""));
    add_part(&f, parts, "non-target", x->non_target, STR(""));
    add_part(&f, parts, "new-lesion", x->new_lesion, STR(""));
    add_part(&f, parts, "imaging", x->imaging, STR(""));
    add_part(&f, parts, "steroids", x->steroids, STR(""));
    add_part(&f, parts, "clinical", x->clinical, STR(""));
    add_part(&f, parts, "amount", x->value, x->unit);
    add_part(&f, parts, "from-baseline", x->from_baseline, STR("%"));
    add_part(&f, parts, "from-nadir", x->from_nadir, STR("%"));
    for (uint32_t i = 0; i < x->reason_count && f.part_count < PARTS_MOST; i++) {
        add_part(&f, parts, "reason", x->reasons[i], STR(""));
    }
    return derive_fact(j->c, &f);
}

void assessment_add(judge *j, const assessment *x, const reasons *why, const element_list *sources, str fact)
{
    assessment out = *x;
    uint32_t count = out.reason_count + why->count;
    str *words = ARENA_ARRAY(j->a, count + 1u, str), *says = ARENA_ARRAY(j->a, count + 1u, str);
    for (uint32_t i = 0; i < why->count; i++) {
        words[i] = why->at[i];
        says[i] = response_say(j->rules, why->at[i]);
    }
    for (uint32_t i = 0; i < out.reason_count; i++) {   /* those whose sentence is their own */
        words[why->count + i] = out.reasons[i];
        says[why->count + i] = out.says[i];
    }
    out.reasons = words;
    out.says = says;
    out.reason_count = count;
    out.sources = sources->at;
    out.source_count = (uint32_t)sources->count;
    if (!str_empty(fact) && !out.baseline_visit) {
        out.derived = write_fact(j, &out, sources, fact);
    }
    *VEC_PUSH(j->a, &j->out) = out;
}

/* ---- visits ---- */

enum { QUOTE_MOST = 240 };

/* The words of the reports that list what was seen: shown, never read. */
static void quote_reports(judge *j, const visit *v, assessment *x)
{
    VEC(const resource *) met = { 0 };
    for (size_t i = 0; i < v->count; i++) {
        const resource *r = v->at[i].report;
        bool known = !r || str_empty(json_get_text(r->root, "conclusion"));
        for (size_t k = 0; k < met.count && !known; k++) {
            known = met.at[k] == r;
        }
        if (!known && met.count < 4) {
            *VEC_PUSH(j->a, &met) = r;
        }
    }
    str *words = ARENA_ARRAY(j->a, met.count + 1, str), *says = ARENA_ARRAY(j->a, met.count + 1, str);
    for (size_t i = 0; i < met.count; i++) {
        str text = json_get_text(met.at[i]->root, "conclusion");
        size_t n = text.n > QUOTE_MOST ? QUOTE_MOST : text.n;
        while (n > 0 && n < text.n && ((unsigned char)text.p[n] & 0xC0) == 0x80) {
            n--;
        }
        str name = derive_reference(j->c, met.at[i]);
        words[i] = STR("report-text");
        says[i] = arena_printf(j->a, "%.*s: \"%.*s%s\"", STR_ARG(name), (int)n, text.p, n < text.n ? "..." : "");
    }
    x->reasons = words;
    x->says = says;
    x->reason_count = (uint32_t)met.count;
}

static assessment from_result(judge *j, const response_criteria *c, const episode *e, const visit_result *r)
{
    assessment x = { .kind = c->id, .when = r->visit->when, .line = e->line, .target = r->target, .non_target = r->non_target,
                     .new_lesion = r->new_lesion, .imaging = r->imaging, .steroids = r->steroids, .clinical = r->clinical, .overall = r->overall, .best = r->best, .baseline_visit = r->baseline, .unit = STR("mm") };
    bool sums = r->has_base || !str_is(r->target, "none");
    if (r->all_measured) {
        x.value = micro_text(j->a, r->sum);
        x.from_nadir = r->baseline ? STR("") : percent_text(j->a, r->sum, r->nadir);
    }
    if (sums && r->has_base) {
        x.baseline = micro_text(j->a, r->base);
        x.from_baseline = r->all_measured && !r->baseline ? percent_text(j->a, r->sum, r->base) : STR("");
    }
    x.nadir = sums && (r->has_base || r->nadir > 0) ? micro_text(j->a, r->nadir) : STR("");
    quote_reports(j, r->visit, &x);
    return x;
}

static bool under_checkpoint(const judge *j, const episode *e)
{
    const line_of_therapy *l = e->line > 0 ? &j->c->lines[e->line - 1] : NULL;
    bool met = false;
    for (uint32_t i = 0; l && i < j->rules->irecist_drugs.count; i++) {
        str wanted = j->rules->irecist_drugs.at[i];
        for (uint32_t k = 0; k < l->class_count + l->drug_count; k++) {
            met = met || str_eq(k < l->class_count ? l->classes[k] : l->drugs[k - l->class_count], wanted);
        }
    }
    return met;
}

static void write_irecist(judge *j, const response_criteria *c, const episode *e, visit_result *list, size_t count)
{
    str *words = ARENA_ARRAY(j->a, count + 1, str);
    reasons *why = ARENA_ARRAY(j->a, count + 1, reasons);
    irecist_judge(j, list, count, words, why);
    for (size_t i = 1; i < count; i++) {
        if (!str_empty(words[i])) {
            assessment x = from_result(j, c, e, &list[i]);
            x.kind = STR("irecist");
            x.overall = words[i];
            x.best = STR("");
            assessment_add(j, &x, &why[i], &list[i].sources, j->rules->irecist_fact);
        }
    }
}

/* The best answer of a line as a fact of its own, dated by the first visit that showed it. */
static void write_best(judge *j, const episode *e, const visit_result *list, size_t count)
{
    str best = count > 1 ? list[count - 1].best : STR("");
    for (size_t i = 1; i < count && !str_empty(best); i++) {
        if (str_eq(list[i].best, best)) {
            assessment x = { .kind = STR("best"), .when = list[i].visit->when, .line = e->line, .overall = best };
            assessment_add(j, &x, &(reasons){ 0 }, &list[i].sources, STR("best-response"));
            return;
        }
    }
}

static void judge_episode(judge *j, const response_criteria *c, const episode *e)
{
    visit_result *list;
    size_t count = criteria_judge(j, c, e, &list);
    bool brain = c->steroids.count > 0;
    if (count == 1 && e->line == 0 && j->episodes.count > 1) {
        return;   /* the baseline of the line that follows: it stands there */
    }
    if (brain && count > 1) {
        brain_settle(j, c, list, count);
    }
    for (size_t i = 0; i < count; i++) {
        assessment x = from_result(j, c, e, &list[i]);
        assessment_add(j, &x, &list[i].why, &list[i].sources, c->fact);
    }
    if (!brain) {
        write_best(j, e, list, count);
        if (count > 1 && under_checkpoint(j, e)) {
            write_irecist(j, c, e, list, count);
        }
    }
}

/* ---- episodes: from the start of one line to that of the next ---- */

typedef struct start { int32_t day; uint32_t line; } start;

static int start_order(const void *x, const void *y)
{
    const start *a = x, *b = y;
    int c = (a->day > b->day) - (a->day < b->day);
    return c ? c : (a->line > b->line) - (a->line < b->line);
}

static size_t starts_make(judge *j, start **out, int32_t **days)
{
    start *list = ARENA_ARRAY(j->a, j->c->line_count + 1u, start);
    size_t count = 0, kept = 0;
    for (uint32_t i = 0; i < j->c->line_count; i++) {
        const line_of_therapy *l = &j->c->lines[i];
        if (str_list_has(&j->rules->lines, l->setting) && l->start.precision == DATE_DAY) {
            list[count++] = (start){ date_days(l->start), i + 1 };
        }
    }
    if (count > 0) {
        qsort(list, count, sizeof *list, start_order);
    }
    *days = ARENA_ARRAY(j->a, count + 1, int32_t);
    for (size_t i = 0; i < count; i++) {   /* lines begun on one day are one beginning: the later line stands for it */
        kept -= kept > 0 && list[kept - 1].day == list[i].day ? 1 : 0;
        (*days)[kept] = list[i].day;
        list[kept++] = list[i];
    }
    *out = list;
    return kept;
}

static void episodes_make(judge *j, const start *starts, size_t count)
{
    size_t v = 0;
    for (size_t i = 0; i <= count; i++) {
        size_t from = v;
        while (v < j->visit_count && (i == count || date_days(j->visits[v].when) <= starts[i].day)) {
            v++;
        }
        episode e = { .line = i > 0 ? starts[i - 1].line : 0, .start = i > 0 ? starts[i - 1].day : INT32_MIN, .from = from, .to = v };
        *VEC_PUSH(j->a, &j->episodes) = e;
    }
}

/* ---- in order ---- */

static int kind_rank(str kind)
{
    static const char *const kinds[] = { "recist", "irecist", "brain", "bone", "marker", "ctdna", "status", "best" };
    int i = 0;
    while (i < 8 && !str_is(kind, kinds[i])) {
        i++;
    }
    return i;
}

static int assessment_order(const void *px, const void *py)
{
    const assessment *x = px, *y = py;
    int c = date_cmp(x->when, y->when);
    c = c ? c : kind_rank(x->kind) - kind_rank(y->kind);
    c = c ? c : (x->line > y->line) - (x->line < y->line);
    c = c ? c : str_cmp(x->subject, y->subject);
    c = c ? c : y->baseline_visit - x->baseline_visit;
    c = c ? c : str_cmp(x->overall, y->overall);
    return c ? c : str_cmp(x->value, y->value);
}

/* Growth that was measured while a line ran, and that no reported status outspeaks: nothing is presumed of its end any more. */
static bool grew_before_its_end(const judge *j, uint32_t line)
{
    const line_of_therapy *l = &j->c->lines[line];
    bool met = false;
    for (size_t k = 0; k < j->out.count && !met; k++) {
        const assessment *x = &j->out.at[k];
        bool within = l->end.precision == DATE_DAY && date_days(x->when) <= date_days(l->end);
        met = within && str_is(x->kind, "recist") && x->line == line + 1 && str_is(x->overall, "pd") && !x->outspoken;
    }
    return met;
}

/* The best answer worked out for the line joins what it rests on; a presumption given up leaves it. */
static void settle_evidence(judge *j, line_of_therapy *l, const assessment *best)
{
    line_evidence *rows = ARENA_ARRAY(j->a, l->evidence_count + 1u, line_evidence);
    uint32_t count = 0;
    for (uint32_t i = 0; i < l->evidence_count; i++) {
        line_evidence e = l->evidence[i];
        bool given_up = str_is(e.how, "presumed") && !l->presumed_progression;
        if (!best || !str_is(e.part, "response") || !str_empty(e.value)) {
            rows[count++] = given_up ? (line_evidence){ .part = e.part, .how = STR("none") } : e;
        }
    }
    if (best) {
        l->measured = best->overall;
        l->measured_on = best->when;
        rows[count++] = (line_evidence){ .part = STR("response"), .value = best->overall, .how = STR("derived"), .confidence = STR("high"),
                                         .sources = best->sources, .source_count = best->source_count };
    }
    l->evidence = rows;
    l->evidence_count = count;
}

/* What the responses say of the lines of the main reading, which were drawn before them. */
static void settle_lines(judge *j)
{
    for (uint32_t i = 0; i < j->c->line_count; i++) {
        line_of_therapy *lines = j->c->readings[0].lines;
        const assessment *best = NULL;
        lines[i].presumed_progression = lines[i].presumed_progression && !grew_before_its_end(j, i);
        for (size_t k = 0; k < j->out.count; k++) {
            const assessment *x = &j->out.at[k];
            arena_step(j->a);
            best = x->line == i + 1 && str_is(x->kind, "best") && !str_empty(x->overall) ? x : best;
        }
        settle_evidence(j, &lines[i], best);
    }
}

void response_make(chart *c, const entry_list *entries)
{
    if (!c->terms->response) {
        return;
    }
    judge j = { .c = c, .a = record_arena(c->record), .rules = c->terms->response };
    start *starts;
    int32_t *days;
    size_t count = starts_make(&j, &starts, &days);
    j.visit_count = visits_make(c, entries, days, count, &j.visits);
    episodes_make(&j, starts, count);
    for (uint32_t k = 0; k < j.rules->criteria_count && j.visit_count > 0; k++) {
        for (size_t i = 0; i < j.episodes.count; i++) {
            judge_episode(&j, &j.rules->criteria[k], &j.episodes.at[i]);
        }
    }
    markers_judge(&j);
    plasma_judge(&j);
    bone_judge(&j);
    statuses_add(&j);
    conflicts_tell(&j);
    settle_lines(&j);
    if (j.out.count > 0) {
        qsort(j.out.at, j.out.count, sizeof *j.out.at, assessment_order);
    }
    c->assessments = j.out.at;
    c->assessment_count = (uint32_t)j.out.count;
}
