/* What is no measured lesion: markers, tumour DNA in plasma, signs of bone, and the status that somebody reported. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/amount.h"
#include "chart/medications.h"
#include "chart/response.h"

/* ---- facts, lines and days ---- */

size_t facts_of(const chart *c, str code, const resource *const **out)
{
    const fact_def *f = terms_fact(c->terms, code);
    return f ? record_find(c->record, STR("Observation"), fact_system(c, f), code, out) : 0;
}

str fact_word(const resource *fact) { return json_text(json_path(fact->root, "valueCodeableConcept.coding.0.code")); }

void add_elements(arena *a, element_list *to, const json *const *elements, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bool met = false;
        for (size_t k = 0; k < to->count && !met; k++) {
            arena_step(a);
            met = to->at[k] == elements[i];
        }
        if (!met) {
            *VEC_PUSH(a, to) = elements[i];
        }
    }
}

uint32_t line_on(const judge *j, date when)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < j->c->line_count; i++) {
        const line_of_therapy *l = &j->c->lines[i];
        bool counts = str_list_has(&j->rules->lines, l->setting) && l->start.precision == DATE_DAY;
        if (counts && date_days(when) > date_days(l->start) && (!found || date_cmp(l->start, j->c->lines[found - 1].start) >= 0)) {
            found = i + 1;
        }
    }
    return found;
}

int32_t days_since_start(const judge *j, date when)
{
    uint32_t line = line_on(j, when);
    return line > 0 ? date_days(when) - date_days(j->c->lines[line - 1].start) : -1;
}

/* The value of a derived fact in millionths of its unit; one beyond the measuring range has none. */
static bool value_of(const resource *fact, int64_t *out)
{
    const json *q = json_get(fact->root, "valueQuantity");
    ucum_number n;
    return q && !json_get(q, "comparator") && ucum_read_number(json_get_text(q, "value"), &n) && micro_of(n, out);
}

/* ---- markers ---- */

typedef struct series {
    bool     any;
    uint32_t line;
    int64_t  base, nadir, last;
    bool     raised, limit_known;    /* ever above its upper limit; whether every value had one */
    int32_t  certain_since;          /* day of the first certain rise of the present run; INT32_MIN: none */
    str      assay;
    const resource *base_fact;
} series;

static str assay_of(const judge *j, const resource *fact)
{
    const resource *r = fact->source_count > 0 ? record_of(j->c->record, fact->sources[0]) : NULL;
    const json *method = r ? json_get(r->root, "method") : NULL;
    str text = json_get_text(method, "text");
    return str_empty(text) ? json_text(json_path(method, "coding.0.display")) : text;
}

/* 1 above the upper limit of normal, 0 not, -1 not known. */
static int above_limit(const judge *j, str marker, const resource *fact)
{
    const resource *const *list;
    size_t count = facts_of(j->c, arena_printf(j->a, "%.*s-xuln", STR_ARG(marker)), &list);
    for (size_t i = 0; i < count; i++) {
        int64_t v;
        arena_step(j->a);
        if (list[i]->source_count > 0 && fact->source_count > 0 && list[i]->sources[0] == fact->sources[0] && value_of(list[i], &v)) {
            return v > j->rules->marker_normal;
        }
    }
    return -1;
}

static bool over(int64_t v, int64_t low, uint32_t percent) { return (ucum_wide)v * 100 >= (ucum_wide)low * (100 + percent) && v > low; }

static str marker_word(const judge *j, series *s, int64_t v, date when, reasons *why)
{
    int32_t day = date_days(when), since = days_since_start(j, when);
    if (!s->raised && s->limit_known) {
        reason_add(why, STR("never-raised"));
        return STR("never-raised");
    }
    if (!over(v, s->nadir, j->rules->marker_rise)) {
        s->certain_since = INT32_MIN;
        bool fallen = (ucum_wide)v * 100 <= (ucum_wide)s->base * (100 - (j->rules->marker_fall < 100 ? j->rules->marker_fall : 100)) && v < s->base;
        return fallen ? STR("falling") : STR("stable");
    }
    if (since >= 0 && since <= (int32_t)j->rules->marker_early_days) {
        reason_add(why, STR("early-rise"));
        return STR("early-rise");
    }
    if (!over(v, s->nadir, j->rules->marker_certain)) {
        return STR("rising");
    }
    if (s->certain_since != INT32_MIN && day - s->certain_since >= (int32_t)j->rules->marker_confirm_days) {
        reason_add(why, STR("rise-confirmed"));
        return STR("rising-confirmed");
    }
    s->certain_since = s->certain_since == INT32_MIN ? day : s->certain_since;
    return STR("rising");
}

static void marker_value(judge *j, const fact_def *d, const resource *fact, series *s)
{
    int64_t v;
    if (fact->when.precision != DATE_DAY || !value_of(fact, &v)) {
        return;
    }
    str assay = assay_of(j, fact);
    uint32_t line = line_on(j, fact->when);
    int limit = above_limit(j, d->code, fact);
    if (s->any && !str_empty(assay) && !str_empty(s->assay) && !str_eq(assay, s->assay)) {
        record_finding(j->c->record, "marker-assay-changed", record_of(j->c->record, fact->sources[0]), fact->sources[0],
                       arena_printf(j->a, "%.*s: %.*s", STR_ARG(d->label), STR_ARG(response_say(j->rules, STR("assay-changed")))));
        s->any = false;
    }
    bool first = !s->any;
    if (first) {
        *s = (series){ .any = true, .line = line, .base = v, .nadir = v, .last = v, .raised = limit == 1, .limit_known = limit >= 0,
                       .certain_since = INT32_MIN, .assay = assay, .base_fact = fact };
        return;
    }
    if (line != s->line) {   /* what was last before the line is its baseline */
        s->line = line;
        s->base = s->nadir = s->last;
        s->certain_since = INT32_MIN;
    }
    s->raised = s->raised || limit == 1;
    s->limit_known = s->limit_known && limit >= 0;
    assessment x = { .kind = STR("marker"), .when = fact->when, .line = line, .subject = d->code, .value = micro_text(j->a, v), .unit = d->unit,
                     .baseline = micro_text(j->a, s->base), .nadir = micro_text(j->a, s->nadir), .from_baseline = percent_text(j->a, v, s->base),
                     .from_nadir = percent_text(j->a, v, s->nadir) };
    reasons why = { 0 };
    x.overall = marker_word(j, s, v, fact->when, &why);
    element_list sources = { 0 };
    add_elements(j->a, &sources, fact->sources, fact->source_count);
    add_elements(j->a, &sources, s->base_fact->sources, s->base_fact->source_count);
    assessment_add(j, &x, &why, &sources, j->rules->marker_fact);
    s->nadir = v < s->nadir ? v : s->nadir;
    s->last = v;
    s->base_fact = fact;
    s->assay = str_empty(assay) ? s->assay : assay;
}

/* Derived facts are appended as trends are written: a copy stays what it was. */
static const resource **copy_of(const judge *j, str code, size_t *count)
{
    const resource *const *list;
    *count = facts_of(j->c, code, &list);
    const resource **copy = ARENA_ARRAY(j->a, *count + 1, const resource *);
    for (size_t i = 0; i < *count; i++) {
        copy[i] = list[i];
    }
    return copy;
}

void markers_judge(judge *j)
{
    for (uint32_t m = 0; m < j->rules->markers.count; m++) {
        const fact_def *d = terms_fact(j->c->terms, j->rules->markers.at[m]);
        size_t count = 0;
        const resource **list = d ? copy_of(j, d->code, &count) : NULL;
        series s = { 0 };
        for (size_t i = 0; i < count; i++) {
            marker_value(j, d, list[i], &s);
        }
    }
}

/* ---- plasma ---- */

static bool is_about(const judge *j, const json *code, const char *topic)
{
    return str_is(word_of_value(j->c, code, STR("about")).word, topic);
}

/* The variant fraction in per cent, from a component of what the fact was read from. */
static bool fraction_of(const judge *j, const resource *fact, int64_t *out, element_list *sources)
{
    ucum_unit percent, unit;
    CHECK(ucum_parse(STR("%"), &percent));
    for (uint32_t i = 0; i < fact->source_count; i++) {
        const resource *r = record_of(j->c->record, fact->sources[i]);
        const json *components = r ? json_get(r->root, "component") : NULL;
        for (const json *k = components ? components->first : NULL; k; k = k->next) {
            const json *q = json_get(k, "valueQuantity");
            amount n;
            ucum_number v;
            if (q && is_about(j, json_get(k, "code"), "allele-fraction") && amount_read(j->c->terms, q, &n) && !str_empty(n.number)
                && str_empty(n.comparator) && amount_unit(j->c->terms, str_empty(n.unit) ? STR("1") : n.unit, &unit)
                && ucum_convert(n.span.low, &unit, &percent, &v) && micro_of(v, out)) {
                add_elements(j->a, sources, &q, 1);
                return true;
            }
        }
    }
    return false;
}

typedef struct plasma_run { bool detected, absent, now_absent; int64_t first, least; bool has_fraction; } plasma_run;

static str plasma_word(plasma_run *p, str word, reasons *why)
{
    if (str_is(word, "inconclusive")) {
        reason_add(why, STR("low-shedding"));
        return word;
    }
    if (str_is(word, "not-detected")) {
        str answer = p->detected ? STR("cleared") : STR("not-detected");
        p->absent = p->now_absent = true;
        return answer;
    }
    str answer = !p->detected ? p->absent ? STR("emergent") : STR("detected") : p->now_absent ? STR("reappeared") : STR("persistent");
    if (str_is(answer, "emergent")) {
        reason_add(why, STR("emergent"));
    }
    p->detected = true;
    p->now_absent = false;
    return answer;
}

static void plasma_gene(judge *j, const fact_def *d)
{
    size_t count;
    const resource **list = copy_of(j, d->code, &count);
    plasma_run run = { 0 };
    for (size_t i = 0; i < count; i++) {
        str word = fact_word(list[i]);
        bool plasma = str_eq(json_text(json_path(list[i]->root, "method.coding.0.code")), j->rules->plasma_method);
        bool told = str_is(word, "detected") || str_is(word, "not-detected") || str_is(word, "inconclusive");
        if (!plasma || !told || list[i]->when.precision != DATE_DAY) {
            continue;
        }
        reasons why = { 0 };
        element_list sources = { 0 };
        add_elements(j->a, &sources, list[i]->sources, list[i]->source_count);
        int64_t v = 0;
        assessment x = { .kind = STR("ctdna"), .when = list[i]->when, .line = line_on(j, list[i]->when), .subject = d->code };
        if (str_is(word, "detected") && fraction_of(j, list[i], &v, &sources)) {
            x.value = micro_text(j->a, v);
            x.unit = STR("%");
            if (run.has_fraction) {
                x.baseline = micro_text(j->a, run.first);
                x.nadir = micro_text(j->a, run.least);
                x.from_baseline = percent_text(j->a, v, run.first);
                x.from_nadir = percent_text(j->a, v, run.least);
            }
            run.first = run.has_fraction ? run.first : v;
            run.least = !run.has_fraction || v < run.least ? v : run.least;
            run.has_fraction = true;
        }
        x.overall = plasma_word(&run, word, &why);
        assessment_add(j, &x, &why, &sources, j->rules->plasma_fact);
    }
}

void plasma_judge(judge *j)
{
    const fact_def *defs;
    size_t count = terms_facts(j->c->terms, &defs);
    for (size_t i = 0; i < count; i++) {
        if (str_is(defs[i].system, "gene")) {
            plasma_gene(j, &defs[i]);
        }
    }
}

/* ---- bone ---- */

typedef struct weights { uint32_t structural, soft, flare, response, stable; } weights;

static const bone_rule *rule_of(const judge *j, str sign)
{
    for (uint32_t i = 0; i < j->rules->bone_count; i++) {
        if (str_eq(j->rules->bone[i].sign, sign)) {
            return &j->rules->bone[i];
        }
    }
    return NULL;
}

static void weigh(const bone_rule *r, bool early, weights *w)
{
    if (!r) {
        return;
    }
    if (!str_is(r->speaks_for, "progression")) {
        w->response += str_is(r->speaks_for, "response") ? 1 : 0;
        w->stable += str_is(r->speaks_for, "stable") ? 1 : 0;
    } else if (str_is(r->weight, "structural")) {
        w->structural++;
    } else if (str_is(r->weight, "flare") && early) {
        w->flare++;
    } else {
        w->soft++;
    }
}

static str bone_word(const judge *j, const weights *w, reasons *why)
{
    if (w->structural > 0) {
        reason_add(why, STR("structural-progression"));
        return STR("progression-probable");
    }
    if (w->soft >= j->rules->bone_soft) {
        reason_add(why, STR("soft-progression"));
        return STR("progression-probable");
    }
    if (w->flare > 0) {
        reason_add(why, STR("possible-flare"));
        return STR("possible-flare");
    }
    if (w->soft > 0) {
        reason_add(why, STR("one-soft-sign"));
        return STR("insufficient-data");
    }
    if (w->response > 0) {
        reason_add(why, STR("bone-healing"));
        return STR("response-probable");
    }
    return w->stable > 0 ? STR("stable") : STR("insufficient-data");
}

/* More lesions on a second scan of the line are no healing any more. */
static bool repeated(const judge *j, const resource *const *list, size_t i, uint32_t line)
{
    for (size_t k = 0; k < i; k++) {
        arena_step(j->a);
        bool earlier = list[k]->when.precision == DATE_DAY
                       && date_days(list[i]->when) - date_days(list[k]->when) > (int32_t)j->rules->visit_days;
        if (earlier && line > 0 && line_on(j, list[k]->when) == line && str_eq(fact_word(list[k]), fact_word(list[i]))) {
            return true;
        }
    }
    return false;
}

/* The newest trend of each marker shortly before the day, in the same line. */
static void weigh_markers(const judge *j, date day, uint32_t line, weights *w, element_list *sources)
{
    for (uint32_t m = 0; m < j->rules->markers.count; m++) {
        const assessment *newest = NULL;
        for (size_t i = 0; i < j->out.count; i++) {
            const assessment *x = &j->out.at[i];
            arena_step(j->a);
            bool fits = str_is(x->kind, "marker") && str_eq(x->subject, j->rules->markers.at[m]) && x->line == line;
            int32_t ago = date_days(day) - date_days(x->when);
            newest = fits && ago >= 0 && ago <= (int32_t)j->rules->conflict_days && (!newest || date_cmp(x->when, newest->when) > 0) ? x : newest;
        }
        if (newest && rule_of(j, newest->overall)) {
            weigh(rule_of(j, newest->overall), false, w);
            add_elements(j->a, sources, newest->sources, newest->source_count);
            return;   /* several markers are one kind of evidence */
        }
    }
}

void bone_judge(judge *j)
{
    size_t count;
    const resource **list = copy_of(j, j->rules->bone_signs, &count);
    for (size_t i = 0; i < count; i++) {
        date day = list[i]->when;
        if (day.precision != DATE_DAY || (i + 1 < count && date_cmp(list[i + 1]->when, day) == 0)) {
            continue;   /* undated, or more of the day follows */
        }
        weights w = { 0 };
        reasons why = { 0 };
        element_list sources = { 0 };
        uint32_t line = line_on(j, day);
        for (size_t k = 0; k <= i; k++) {
            int32_t ago = date_days(day) - date_days(list[k]->when);
            if (list[k]->when.precision != DATE_DAY || ago > (int32_t)j->rules->visit_days || line_on(j, list[k]->when) != line) {
                continue;
            }
            int32_t since = days_since_start(j, list[k]->when);
            bool early = since >= 0 && since <= (int32_t)j->rules->bone_flare_days && !repeated(j, list, k, line);
            weigh(rule_of(j, fact_word(list[k])), early, &w);
            add_elements(j->a, &sources, list[k]->sources, list[k]->source_count);
        }
        weigh_markers(j, day, line, &w, &sources);
        assessment x = { .kind = STR("bone"), .when = day, .line = line };
        x.overall = bone_word(j, &w, &why);
        assessment_add(j, &x, &why, &sources, j->rules->bone_fact);
    }
}

/* ---- what somebody reported ---- */

void statuses_add(judge *j)
{
    size_t count;
    const resource **list = copy_of(j, j->rules->status_fact, &count);
    for (size_t i = 0; i < count; i++) {
        if (str_empty(fact_word(list[i]))) {
            continue;
        }
        bool dated = list[i]->when.precision == DATE_DAY;
        assessment x = { .kind = STR("status"), .when = list[i]->when, .line = dated ? line_on(j, list[i]->when) : 0, .overall = fact_word(list[i]),
                         .derived = list[i] };
        element_list sources = { 0 };
        add_elements(j->a, &sources, list[i]->sources, list[i]->source_count);
        assessment_add(j, &x, &(reasons){ 0 }, &sources, STR(""));
    }
}

static const agree_rule *agree_of(const judge *j, str word)
{
    for (uint32_t i = 0; i < j->rules->agree_count; i++) {
        if (str_eq(j->rules->agrees[i].word, word)) {
            return &j->rules->agrees[i];
        }
    }
    return NULL;
}

/* The definite status nearest to the day, within the days that make them speak of one state. */
static const assessment *status_near(const judge *j, date day)
{
    const assessment *best = NULL;
    int32_t best_gap = (int32_t)j->rules->conflict_days + 1;
    for (size_t i = 0; i < j->out.count; i++) {
        const assessment *x = &j->out.at[i];
        arena_step(j->a);
        if (!str_is(x->kind, "status") || x->when.precision != DATE_DAY || !agree_of(j, x->overall)) {
            continue;
        }
        int32_t gap = date_days(x->when) - date_days(day);
        gap = gap < 0 ? -gap : gap;
        bool nearer = gap < best_gap || (best && gap == best_gap && date_cmp(x->when, best->when) > 0);
        best = nearer ? x : best;
        best_gap = nearer ? gap : best_gap;
    }
    return best;
}

static void tell_conflict(judge *j, const assessment *status, const char *code, str sentence)
{
    const json *at = status->source_count > 0 ? status->sources[0] : NULL;
    record_finding(j->c->record, code, at ? record_of(j->c->record, at) : NULL, at, sentence);
}

void conflicts_tell(judge *j)
{
    for (size_t i = 0; i < j->out.count; i++) {
        assessment *x = &j->out.at[i];
        bool lesions = str_is(x->kind, "recist"), rise = str_is(x->kind, "marker") && str_is(x->overall, "rising-confirmed");
        if ((!lesions && !rise) || x->baseline_visit || str_is(x->overall, "ne")) {
            continue;
        }
        const assessment *status = status_near(j, x->when);
        const agree_rule *rule = status ? agree_of(j, status->overall) : NULL;
        char day[11], status_day[11];
        if (lesions && rule && !str_list_has(&rule->with, x->overall)) {
            x->outspoken = true;
            tell_conflict(j, status, "response-conflict",
                          arena_printf(j->a, "The lesions measured on %.*s say %.*s, the status reported on %.*s says %.*s; the reported status was used.",
                                       STR_ARG(date_write(x->when, day)), STR_ARG(x->overall), STR_ARG(date_write(status->when, status_day)),
                                       STR_ARG(status->overall)));
        } else if (rise && rule && !str_list_has(&rule->with, STR("pd"))) {
            tell_conflict(j, status, "marker-conflict",
                          arena_printf(j->a, "%.*s rises on %.*s, confirmed, while the status reported on %.*s says %.*s: a reason to image.",
                                       STR_ARG(x->subject), STR_ARG(date_write(x->when, day)), STR_ARG(date_write(status->when, status_day)),
                                       STR_ARG(status->overall)));
        }
    }
}
