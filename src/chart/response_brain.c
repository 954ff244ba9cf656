/* What imaging says of the brain becomes an answer only with what is known of steroids and of the clinical state: a table of the
 * knowledge says which. What nobody recorded stays unknown, and is named. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/medications.h"
#include "chart/response.h"

typedef enum use { USE_UNKNOWN, USE_NONE, USE_TAKEN } use;

/* Steroids about one day. */
typedef struct steroid_state {
    use  is;
    str  word;                     /* of the fact, where somebody wrote it down: none decreased stable increased */
    const drug_entry *entry;       /* the newest that speaks for the day, of what is taken */
    const json *const *sources;
    uint32_t source_count;
} steroid_state;

/* The fact nearest to the day, of those that speak for it; of two as near the later. */
static const resource *fact_near(const judge *j, str code, date day)
{
    const resource *const *list, *best = NULL;
    size_t count = facts_of(j->c, code, &list);
    int32_t least = (int32_t)j->rules->clinical_days + 1;
    for (size_t i = 0; i < count; i++) {
        int32_t gap = date_days(list[i]->when) - date_days(day);
        gap = gap < 0 ? -gap : gap;
        if (list[i]->when.precision == DATE_DAY && gap < (int32_t)j->rules->clinical_days + 1 && (gap < least || (gap == least && best && date_cmp(list[i]->when, best->when) > 0))) {
            best = list[i];
            least = gap;
        }
    }
    return best;
}

/* ---- steroids ---- */

/* Doses given one by one, as before an infusion, are no treatment of the brain. */
static bool is_only_dosed(const course *p)
{
    for (uint32_t i = 0; i < p->entry_count; i++) {
        if (!p->entries[i]->dose) {
            return false;
        }
    }
    return true;
}

static const drug_entry *entry_on(const course *p, int32_t day)
{
    const drug_entry *newest = NULL;
    for (uint32_t i = 0; i < p->entry_count; i++) {
        const drug_entry *e = p->entries[i];
        newest = e->from.precision == DATE_DAY && date_days(e->from) <= day ? e : newest;
    }
    return newest;
}

static steroid_state steroids_on(const judge *j, const response_criteria *c, date when)
{
    steroid_state s = { 0 };
    int32_t day = date_days(when);
    element_list sources = { 0 };
    const resource *said = fact_near(j, c->steroid_fact, when);
    if (said) {
        s.word = fact_word(said);
        s.is = str_is(s.word, "none") ? USE_NONE : USE_TAKEN;
        add_elements(j->a, &sources, said->sources, said->source_count);
    }
    for (size_t i = 0; i < j->c->course_count && s.is != USE_NONE; i++) {
        const course *p = &j->c->courses[i];
        const drug_entry *e = entry_on(p, day);
        if (!e || !course_is_any(p, &c->steroids) || is_only_dosed(p)) {
            continue;
        }
        bool ended = p->end.precision == DATE_DAY && date_days(p->end) < day, runs = !ended && course_runs_on(p, day);
        if (runs || (ended && s.is == USE_UNKNOWN)) {
            s.is = runs ? USE_TAKEN : s.is;
            s.entry = runs ? e : s.entry;
            add_elements(j->a, &sources, &e->what, 1);
        }
        if (ended && e->to_at) {
            add_elements(j->a, &sources, &e->to_at, 1);
        }
    }
    if (s.is == USE_UNKNOWN && sources.count > 0) {   /* all that was ever recorded had ended */
        s.is = USE_NONE;
    }
    s.sources = sources.at;
    s.source_count = (uint32_t)sources.count;
    return s;
}

/* A dose a day in the unit it is written in; false when the record does not give it in that way. */
static bool daily_dose(const drug_entry *e, int64_t *out, str *unit)
{
    const json *list = json_get(e->from_resource->root, "dosageInstruction");
    list = list ? list : json_get(e->from_resource->root, "dosage");
    const json *one = json_is(list, JSON_ARRAY) && list->count == 1 ? list->first : NULL;
    const json *dose = json_path(one, "doseAndRate.0.doseQuantity"), *repeat = json_path(one, "timing.repeat");
    int64_t times = 1, amount;
    ucum_number n;
    bool daily = repeat && str_is(json_text(json_get(repeat, "period")), "1") && str_is(json_get_text(repeat, "periodUnit"), "d")
                 && (!json_get(repeat, "frequency") || str_to_i64(json_text(json_get(repeat, "frequency")), &times));
    if (!dose || !daily || times < 1 || times > 24 || !ucum_read_number(json_text(json_get(dose, "value")), &n) || !micro_of(n, &amount) || amount > INT64_MAX / 24) {
        return false;
    }
    *out = amount * times;
    *unit = json_get_text(dose, "unit");
    *unit = str_empty(*unit) ? json_get_text(dose, "code") : *unit;
    return !str_empty(*unit);
}

/* none, not-more, more, taken (how much is not known), unknown: against the baseline. */
static str steroid_word(const steroid_state *now, const steroid_state *base)
{
    int64_t dose, before;
    str unit, unit_before;
    if (now->is != USE_TAKEN) {
        return now->is == USE_NONE ? STR("none") : STR("unknown");
    }
    if (str_is(now->word, "decreased") || str_is(now->word, "stable")) {
        return STR("not-more");
    }
    if (str_is(now->word, "increased") || base->is == USE_NONE) {
        return STR("more");
    }
    if (!base->entry || !now->entry || base->entry->drug != now->entry->drug) {
        return STR("taken");
    }
    if (base->entry == now->entry) {   /* one prescription for both days */
        return STR("not-more");
    }
    if (!daily_dose(now->entry, &dose, &unit) || !daily_dose(base->entry, &before, &unit_before) || !str_eq(unit, unit_before)) {
        return STR("taken");
    }
    return dose > before ? STR("more") : STR("not-more");
}

/* ---- the clinical state ---- */

static bool whole_number(const resource *fact, int64_t *out) { return fact && str_to_i64(json_text(json_get(fact->root, "valueInteger")), out); }

/* not-worse, worse or unknown: as somebody wrote it, else by the performance status of about then and of the baseline. */
static str clinical_word(const judge *j, const response_criteria *c, date when, date base, element_list *sources)
{
    const resource *said = fact_near(j, c->clinical_fact, when);
    if (said) {
        add_elements(j->a, sources, said->sources, said->source_count);
        return str_is(fact_word(said), "worse") ? STR("worse") : STR("not-worse");
    }
    const resource *now = fact_near(j, c->performance_fact, when), *before = fact_near(j, c->performance_fact, base);
    int64_t grade, grade_before;
    if (!whole_number(now, &grade) || !whole_number(before, &grade_before) || now == before) {
        return STR("unknown");
    }
    add_elements(j->a, sources, now->sources, now->source_count);
    add_elements(j->a, sources, before->sources, before->source_count);
    return grade > grade_before ? STR("worse") : STR("not-worse");
}

/* ---- together ---- */

/* Where there never were targets, all gone is gone of what nobody measured. */
static str imaging_word(const visit_result *r) { return str_is(r->overall, "cr") && str_is(r->target, "none") ? STR("gone") : r->overall; }

void brain_settle(const judge *j, const response_criteria *c, visit_result *list, size_t count)
{
    date base = list[0].visit->when;
    steroid_state before = steroids_on(j, c, base);
    for (size_t i = 1; i < count; i++) {
        visit_result *r = &list[i];
        steroid_state now = steroids_on(j, c, r->visit->when);
        r->imaging = r->overall;
        r->steroids = steroid_word(&now, &before);
        r->clinical = clinical_word(j, c, r->visit->when, base, &r->sources);
        add_elements(j->a, &r->sources, now.sources, now.source_count);
        if (now.is == USE_TAKEN) {
            add_elements(j->a, &r->sources, before.sources, before.source_count);
        }
        const brain_cell *cell = response_brain(j->rules, imaging_word(r), r->steroids, r->clinical);
        CHECK(cell);   /* the pack has one for everything */
        r->overall = cell->overall;
        for (uint32_t k = 0; k < cell->reasons.count; k++) {
            reason_add(&r->why, cell->reasons.at[k]);
        }
    }
}
