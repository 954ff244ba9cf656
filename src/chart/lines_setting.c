/* What a treatment was for: by the day distant disease was found, by recorded intent, by surgery. Where these do not say, the
 * setting is unknown, and stays so. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/lines_draft.h"

#include <stdlib.h>

static size_t facts_of(const chart *c, str code, const resource *const **out)
{
    const fact_def *f = terms_fact(c->terms, code);
    return f ? record_find(c->record, STR("Observation"), fact_system(c, f), code, out) : 0;
}

static str fact_word(const resource *fact) { return json_text(json_path(fact->root, "valueCodeableConcept.coding.0.code")); }

static void keep_earlier(date *kept, date d)
{
    if (d.precision != DATE_NONE && (kept->precision == DATE_NONE || date_cmp(d, *kept) < 0)) {
        *kept = d;
    }
}

static bool is_surgery(const chart *c, const resource *p)
{
    const line_rules *r = c->terms->line_rules;
    const json *code = json_get(p->root, "code"), *list = json_get(code, "coding");
    bool found = !str_empty(terms_word_of_text(c->terms, r->surgery_set, json_get_text(code, "text")).word);
    for (const json *k = list ? list->first : NULL; k && !found; k = k->next) {
        found = !str_empty(terms_word(c->terms, r->surgery_set, terms_system(c->terms, json_get_text(k, "system")), json_get_text(k, "code")))
                || !str_empty(terms_word_of_text(c->terms, r->surgery_set, json_get_text(k, "display")).word);
    }
    str status = json_get_text(p->root, "status");
    return found && !p->derived && !str_is(status, "entered-in-error") && !str_is(status, "not-done") && !str_is(status, "preparation");
}

static int status_order(const void *pa, const void *pb)
{
    const status_day *a = pa, *b = pb;
    int c = date_cmp(a->day, b->day);
    return c ? c : str_cmp(a->word, b->word);   /* of one day: worse sorts last and is heard */
}

static void read_statuses(const chart *c, disease *d)
{
    const line_rules *r = c->terms->line_rules;
    const resource *const *found;
    size_t n = facts_of(c, r->status_fact, &found);
    for (size_t i = 0; i < n; i++) {
        if (found[i]->when.precision != DATE_NONE && !str_empty(fact_word(found[i]))) {
            *VEC_PUSH(record_arena(c->record), &d->status) = (status_day){ found[i]->when, fact_word(found[i]), found[i] };
        }
    }
    n = facts_of(c, r->change_fact, &found);
    for (size_t i = 0; i < n; i++) {
        if (found[i]->when.precision == DATE_DAY && str_list_has(&r->change_reasons, fact_word(found[i]))) {
            *VEC_PUSH(record_arena(c->record), &d->changes) = (status_day){ found[i]->when, fact_word(found[i]), found[i] };
        }
    }
    if (d->status.count) {
        qsort(d->status.at, d->status.count, sizeof *d->status.at, status_order);
    }
    if (d->changes.count) {
        qsort(d->changes.at, d->changes.count, sizeof *d->changes.at, status_order);
    }
}

date distant_found(const chart *c)
{
    date first = { 0 };
    const resource *const *found;
    size_t n = facts_of(c, c->terms->line_rules->distant_fact, &found);
    for (size_t i = 0; i < n; i++) {
        keep_earlier(&first, found[i]->when);
    }
    return first;
}

date first_operation(const chart *c)
{
    date first = { 0 };
    const resource *const *found;
    size_t n = record_find(c->record, STR("Procedure"), STR(""), STR(""), &found);
    for (size_t i = 0; i < n; i++) {
        if (is_surgery(c, found[i])) {
            keep_earlier(&first, found[i]->when);
        }
    }
    return first;
}

size_t days_of_worsening(const chart *c, const date **out)
{
    const line_rules *r = c->terms->line_rules;
    const resource *const *found;
    size_t n = facts_of(c, r->status_fact, &found), count = 0;
    date *days = ARENA_ARRAY(record_arena(c->record), n + 1, date);
    for (size_t i = 0; i < n; i++) {
        if (found[i]->when.precision != DATE_NONE && str_eq(fact_word(found[i]), r->status_worse)) {
            days[count++] = found[i]->when;
        }
    }
    *out = days;
    return count;
}

/* The first fact that distant disease was found; dated, where one is. */
static const resource *first_distant(const chart *c)
{
    const resource *const *found, *first = NULL;
    size_t n = facts_of(c, c->terms->line_rules->distant_fact, &found);
    n = n > 0 ? n : facts_of(c, c->terms->line_rules->site_fact, &found);
    for (size_t i = 0; i < n; i++) {
        bool dated = found[i]->when.precision != DATE_NONE;
        bool sooner = !first || (dated && (first->when.precision == DATE_NONE || date_cmp(found[i]->when, first->when) < 0));
        first = sooner ? found[i] : first;
    }
    return first;
}

disease disease_read(const chart *c, const course *picks, size_t count)
{
    const line_rules *r = c->terms->line_rules;
    disease d = { .found = distant_found(c), .found_by = first_distant(c) };
    const resource *const *found;
    d.distant = facts_of(c, r->distant_fact, &found) > 0 || facts_of(c, r->site_fact, &found) > 0;
    size_t n;
    n = facts_of(c, r->stage_fact, &found);
    for (size_t i = 0; i < n; i++) {
        d.curative = d.curative || str_list_has(&r->early_stages, fact_word(found[i]));
    }
    n = record_find(c->record, STR("Procedure"), STR(""), STR(""), &found);
    for (size_t i = 0; i < n; i++) {
        if (is_surgery(c, found[i])) {
            d.curative = true;
            keep_earlier(&d.surgery, found[i]->when);
            d.operated_by = !d.operated_by || date_cmp(d.surgery, found[i]->when) == 0 ? found[i] : d.operated_by;
        }
    }
    for (size_t i = 0; i < count; i++) {
        d.curative = d.curative || str_is(picks[i].intent, "curative") || str_is(picks[i].setting, "adjuvant") || str_is(picks[i].setting, "neoadjuvant");
    }
    read_statuses(c, &d);
    return d;
}

const status_day *status_between(const disease *d, date from, int32_t until)
{
    const status_day *newest = NULL;
    for (size_t i = 0; i < d->status.count; i++) {
        const status_day *s = &d->status.at[i];
        bool after = from.precision == DATE_NONE || date_after(s->day, from);
        newest = after && date_days_last(s->day) <= until ? s : newest;
    }
    return newest;
}

const status_day *change_about(const line_rules *r, const disease *d, int32_t from, int32_t until)
{
    const status_day *newest = NULL;
    for (size_t i = 0; i < d->changes.count; i++) {
        const status_day *s = &d->changes.at[i];
        if (date_days(s->day) < from - (int32_t)r->review_days || date_days(s->day) > until + (int32_t)r->review_late_days) {
            continue;
        }
        if (newest && !str_eq(newest->word, s->word)) {
            return NULL;
        }
        newest = s;
    }
    return newest;
}

/* Treatment to cure: before or after the operation. */
static str curative_setting(const disease *d, const course *p, str *confidence)
{
    if (str_is(p->setting, "adjuvant") || str_is(p->setting, "neoadjuvant")) {
        return p->setting;
    }
    bool dated = d->surgery.precision != DATE_NONE && p->start.precision != DATE_NONE;
    if (dated && date_days(p->start) >= date_days(d->surgery)) {
        return STR("adjuvant");
    }
    if (dated && date_after(d->surgery, p->start)) {
        return STR("neoadjuvant");
    }
    *confidence = STR("low");
    return STR("adjuvant");
}

static str setting_without_date(const disease *d, const course *p, str *rule, str *confidence)
{
    bool early_words = str_is(p->setting, "adjuvant") || str_is(p->setting, "neoadjuvant");
    if (early_words || str_is(p->intent, "curative")) {
        *rule = STR("lot.curative-intent");
        return curative_setting(d, p, confidence);
    }
    bool advanced_words = str_is(p->intent, "palliative") || str_is(p->setting, "metastatic");
    if (d->distant && advanced_words) {
        *rule = STR("lot.palliative-intent");
        return STR("metastatic");
    }
    *confidence = STR("low");
    if (d->distant) {   /* undated: with an earlier stage in the record nobody can say which treatment was for which */
        *rule = d->curative ? STR("lot.undated-disease") : STR("lot.only-advanced-disease");
        return d->curative ? STR("unknown") : STR("metastatic");
    }
    if (d->surgery.precision != DATE_NONE && p->start.precision != DATE_NONE && !advanced_words) {
        *rule = STR("lot.by-surgery");
        return curative_setting(d, p, confidence);
    }
    *rule = STR("lot.setting-not-recorded");
    return STR("unknown");
}

/* Early words, an operation before it, or an end before distant disease was found speak for early disease. */
static bool speaks_early(const disease *d, const course *p)
{
    bool words = str_is(p->setting, "adjuvant") || str_is(p->setting, "neoadjuvant") || str_is(p->intent, "curative");
    bool operated = d->surgery.precision != DATE_NONE && date_cmp(d->surgery, d->found) < 0;
    bool over = p->end.precision != DATE_NONE && date_after(d->found, p->end);
    return words || operated || over;
}

setting_told setting_of(const line_rules *r, const disease *d, const course *p, str after)
{
    setting_told t = { .confidence = STR("medium") };
    if (d->found.precision == DATE_NONE || p->start.precision == DATE_NONE) {
        if (str_is(after, "metastatic") && p->start.precision != DATE_NONE) {
            return (setting_told){ after, STR("lot.after-metastatic"), t.confidence, STR("") };
        }
        t.setting = setting_without_date(d, p, &t.rule, &t.confidence);
        return t;
    }
    int32_t start = date_days(p->start), first = date_days(d->found) - (int32_t)r->index_days, last = date_days_last(d->found) - (int32_t)r->index_days;
    bool palliative = str_is(p->intent, "palliative") || str_is(p->setting, "metastatic");
    if (start >= last || (start >= first && palliative) || str_is(after, "metastatic")) {
        return (setting_told){ STR("metastatic"), STR("lot.first-metastatic"), STR("high"), STR("") };
    }
    if (date_days_last(p->start) < first) {
        t.rule = STR("lot.before-metastatic");
        t.setting = curative_setting(d, p, &t.confidence);
        bool near = start >= first - (int32_t)r->index_doubt_days;
        t.other = near && !speaks_early(d, p) ? STR("metastatic") : STR("");
        return t;
    }
    t.rule = STR("lot.near-metastatic");   /* dates too coarse to say on which side */
    t.confidence = STR("low");
    bool early = str_is(p->intent, "curative");
    str otherwise = curative_setting(d, p, &t.confidence);
    t.setting = early ? otherwise : STR("metastatic");
    t.other = early ? STR("") : otherwise;
    return t;
}
