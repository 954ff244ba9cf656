/* Each visit against the baseline and the least sum of its line: targets, non-targets, new lesions, and the table that joins them. The
 * numbers and the table are knowledge; here lesions are followed, sums are kept and the table is asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/response.h"

#include <stdlib.h>

typedef struct tracked {
    const sighting *base;
    str      role;
    bool     target, gone;      /* gone: already at the baseline */
    int64_t  size, least;
    bool     has_least;
} tracked;

typedef struct follower {
    judge                   *j;
    arena                   *a;
    const response_criteria *c;
    const episode           *e;
    VEC(tracked)             lesions;
    element_list             base_sources;
    bool                     any_target, any_non_target, no_baseline;
    bool                     marker_was_high;
    date                     base_when;
    reasons                  base_why;
    int64_t                  base_sum, nadir;
} follower;

void reason_add(reasons *r, str word)
{
    for (uint32_t i = 0; i < r->count; i++) {
        if (str_eq(r->at[i], word)) {
            return;
        }
    }
    if (r->count < sizeof r->at / sizeof *r->at) {
        r->at[r->count++] = word;
    }
}

static bool of_site(const response_criteria *c, const sighting *s)
{
    return c->sites.count > 0 ? str_list_has(&c->sites, s->site) : !str_list_has(&c->not_sites, s->site);
}

static bool is_there(const sighting *s)
{
    return s->measured ? s->size > 0 : !str_is(s->state, "absent") && !str_is(s->state, "not-assessed") && !str_is(s->state, "merged");
}

/* Whether a visit says anything for these criteria: a new lesion anywhere does for those of the whole body. */
static bool speaks(const response_criteria *c, const visit *v)
{
    for (size_t i = 0; i < v->count; i++) {
        const sighting *s = &v->at[i];
        bool whole_body = c->sites.count == 0;
        if (s->kind == SEEN_LESION ? of_site(c, s) || (whole_body && str_is(s->role, "new") && is_there(s)) : whole_body) {
            return true;
        }
    }
    return false;
}

static bool has_lesion(const response_criteria *c, const visit *v)
{
    for (size_t i = 0; i < v->count; i++) {
        if (v->at[i].kind == SEEN_LESION && of_site(c, &v->at[i])) {
            return true;
        }
    }
    return false;
}

/* ---- the baseline ---- */

static tracked *find_tracked(follower *f, str key)
{
    for (size_t i = 0; i < f->lesions.count; i++) {
        arena_step(f->a);
        if (str_eq(f->lesions.at[i].base->key, key)) {
            return &f->lesions.at[i];
        }
    }
    return NULL;
}

static void take_baseline(follower *f, const visit *v)
{
    for (size_t i = 0; i < v->count; i++) {
        const sighting *s = &v->at[i];
        if (s->kind != SEEN_LESION || !of_site(f->c, s)) {
            continue;
        }
        tracked *old = find_tracked(f, s->key);
        if (!old) {
            *VEC_PUSH(f->a, &f->lesions) = (tracked){ .base = s };
        } else if (s->measured || !str_is(s->state, "not-assessed")) {
            old->base = s;
        }
    }
    f->base_when = v->when;
}

/* The role of a lesion stands beside any of its measurements. */
static str role_of(const follower *f, const tracked *t)
{
    if (!str_empty(t->base->role)) {
        return t->base->role;
    }
    for (size_t i = 0; i < f->e->to; i++) {
        const visit *v = &f->j->visits[i];
        for (size_t k = 0; k < v->count; k++) {
            arena_step(f->a);
            if (str_eq(v->at[k].key, t->base->key) && !str_empty(v->at[k].role) && !str_is(v->at[k].role, "new")) {
                return v->at[k].role;
            }
        }
    }
    return STR("");
}

static int larger_first(const void *x, const void *y)
{
    const tracked *a = *(tracked *const *)x, *b = *(tracked *const *)y;
    int c = (a->size < b->size) - (a->size > b->size);
    return c ? c : str_cmp(a->base->key, b->base->key);
}

/* The record names no targets: the largest that can be measured, so many in all and so many of an organ. */
static void choose_targets(follower *f)
{
    tracked **order = ARENA_ARRAY(f->a, f->lesions.count + 1, tracked *);
    for (size_t i = 0; i < f->lesions.count; i++) {
        order[i] = &f->lesions.at[i];
    }
    if (f->lesions.count > 0) {
        qsort(order, f->lesions.count, sizeof *order, larger_first);
    }
    uint32_t chosen = 0;
    for (size_t i = 0; i < f->lesions.count && chosen < f->c->targets; i++) {
        const sighting *s = order[i]->base;
        if (order[i]->gone || !s->measured || s->size < (s->node ? f->c->measurable_node : f->c->measurable) || str_list_has(&f->c->not_targets, s->site)) {
            continue;
        }
        uint32_t same = 0;
        for (size_t k = 0; k < i; k++) {
            same += order[k]->target && str_eq(order[k]->base->site, s->site) ? 1 : 0;
        }
        if (same < f->c->targets_per_organ || str_empty(s->site)) {
            order[i]->target = true;
            chosen++;
        }
    }
}

static void settle_baseline(follower *f)
{
    bool named = false;
    uint32_t count = 0;
    for (size_t i = 0; i < f->lesions.count; i++) {
        tracked *t = &f->lesions.at[i];
        t->role = role_of(f, t);
        t->gone = !is_there(t->base) && !str_is(t->base->state, "not-assessed");
        t->size = t->base->measured ? t->base->size : str_is(t->base->state, "too-small") ? f->c->too_small : 0;
        named = named || str_is(t->role, "target") || str_is(t->role, "non-target");
    }
    for (size_t i = 0; i < f->lesions.count && named; i++) {
        tracked *t = &f->lesions.at[i];
        t->target = str_is(t->role, "target") && !t->gone && t->base->measured;
        count += t->target ? 1 : 0;
    }
    if (!named) {
        choose_targets(f);
    } else if (count > f->c->targets) {
        record_finding(f->j->c->record, "too-many-targets", f->lesions.at[0].base->from, NULL,
                       arena_printf(f->a, "%u lesions are recorded as targets, more than the criteria take; all were summed.", count));
    }
    for (size_t i = 0; i < f->lesions.count; i++) {
        tracked *t = &f->lesions.at[i];
        t->least = t->size;
        t->has_least = t->target;
        f->any_target = f->any_target || t->target;
        f->any_non_target = f->any_non_target || (!t->target && !t->gone);
        f->base_sum += t->target ? t->size : 0;
        add_elements(f->a, &f->base_sources, t->base->sources, t->base->source_count);
    }
    f->nadir = f->base_sum;
}

/* ---- markers that must be normal for a complete response ---- */

static const resource *newest_upto(const resource *const *list, size_t count, int32_t day)
{
    const resource *best = NULL;
    for (size_t i = 0; i < count; i++) {
        bool dated = list[i]->when.precision == DATE_DAY && date_days(list[i]->when) <= day;
        best = dated && (!best || date_cmp(list[i]->when, best->when) >= 0) ? list[i] : best;
    }
    return best;
}

/* Whether the newest value of any marker up to that day lies above its upper limit of normal. */
static bool marker_is_high(const judge *j, date day, element_list *sources)
{
    bool high = false;
    for (uint32_t i = 0; i < j->rules->markers.count; i++) {
        const resource *const *list;
        size_t count = facts_of(j->c, arena_printf(j->a, "%.*s-xuln", STR_ARG(j->rules->markers.at[i])), &list);
        const resource *r = newest_upto(list, count, date_days(day));
        ucum_number n;
        int64_t v;
        if (r && ucum_read_number(json_text(json_path(r->root, "valueQuantity.value")), &n) && micro_of(n, &v) && v > j->rules->marker_normal) {
            high = true;
            if (sources) {
                add_elements(j->a, sources, r->sources, r->source_count);
            }
        }
    }
    return high;
}

/* ---- one visit ---- */

/* "t1.2" and "t1b" are parts of "t1", "t12" is not. */
static bool is_part(str key, str whole)
{
    if (!str_starts(key, whole) || key.n == whole.n) {
        return false;
    }
    char c = key.p[whole.n];
    return strchr(".-/_", c) || (c >= 'a' && c <= 'z' && key.n == whole.n + 1);
}

typedef struct seen { bool any, known, gone, worse; int64_t size; } seen;

static void see(const follower *f, const sighting *s, seen *out, visit_result *r)
{
    bool known = s->measured || str_is(s->state, "absent") || str_is(s->state, "merged") || str_is(s->state, "too-small");
    int64_t size = s->measured ? s->size : str_is(s->state, "too-small") ? f->c->too_small : 0;
    bool gone = s->measured ? (s->node ? s->size < f->c->normal_node : s->size == 0) : str_is(s->state, "absent") || str_is(s->state, "merged");
    out->known = out->any ? out->known && known : known;
    out->gone = out->any ? out->gone && gone : gone;
    out->worse = out->worse || str_is(s->state, "worse");
    out->size += size;
    out->any = true;
    if (s->disagree) {
        reason_add(&r->why, STR("values-disagree"));
    }
    if (s->short_axis_missing) {
        reason_add(&r->why, STR("short-axis-missing"));
    }
    add_elements(f->a, &r->sources, s->sources, s->source_count);
}

/* A lesion at a visit: itself, or its parts added up. */
static seen find_seen(follower *f, const tracked *t, visit_result *r)
{
    seen out = { 0 };
    for (size_t i = 0; i < r->visit->count; i++) {
        const sighting *s = &r->visit->at[i];
        arena_step(f->a);
        if (s->kind == SEEN_LESION && (str_eq(s->key, t->base->key) || (is_part(s->key, t->base->key) && !find_tracked(f, s->key)))) {
            see(f, s, &out, r);
        }
    }
    return out;
}

static bool grown(const follower *f, int64_t now, int64_t before, bool lesion_grew)
{
    bool share = (ucum_wide)now * 100 >= (ucum_wide)before * (100 + f->c->rise_percent);
    return now > 0 && (before == 0 || (share && (f->c->rise_of_lesion ? lesion_grew : now - before >= f->c->rise)));
}

static void judge_targets(follower *f, visit_result *r)
{
    bool all_gone = true, lesion_grew = false;
    r->all_measured = f->any_target;
    r->base = f->base_sum;
    r->nadir = f->nadir;
    r->has_base = f->any_target && !f->no_baseline;
    if (!f->any_target) {
        r->target = STR("none");
        return;
    }
    for (size_t i = 0; i < f->lesions.count; i++) {
        tracked *t = &f->lesions.at[i];
        if (!t->target) {
            continue;
        }
        seen s = find_seen(f, t, r);
        if (!s.any || !s.known) {
            r->all_measured = false;
            continue;
        }
        r->sum += s.size;
        all_gone = all_gone && s.gone;
        lesion_grew = lesion_grew || (t->has_least && s.size - t->least >= f->c->rise);
        t->least = s.size < t->least ? s.size : t->least;
    }
    bool pd = grown(f, r->sum, f->nadir, lesion_grew);
    if (pd) {
        r->target = STR("pd");
        reason_add(&r->why, f->nadir == 0 ? STR("target-reappeared") : r->all_measured ? STR("target-growth") : STR("target-growth-in-part"));
    } else if (!r->all_measured) {
        r->target = STR("ne");
        reason_add(&r->why, STR("missing-target"));
    } else if (all_gone) {
        r->target = STR("cr");
    } else {
        bool fallen = (ucum_wide)r->sum * 100 <= (ucum_wide)f->base_sum * (100 - f->c->fall_percent);
        r->target = fallen ? STR("pr") : STR("sd");
    }
    f->nadir = r->all_measured && r->sum < f->nadir ? r->sum : f->nadir;
}

static const sighting *whole_answer(const visit_result *r, sighting_kind kind)
{
    for (size_t i = 0; i < r->visit->count; i++) {
        if (r->visit->at[i].kind == kind) {
            return &r->visit->at[i];
        }
    }
    return NULL;
}

static str non_target_word(follower *f, visit_result *r)
{
    bool worse = false, all = true, gone = true, any = false;
    for (size_t i = 0; i < f->lesions.count; i++) {
        const tracked *t = &f->lesions.at[i];
        if (t->target || t->gone) {
            continue;
        }
        seen s = find_seen(f, t, r);
        bool told = s.any && (s.gone || s.known || s.worse);
        for (size_t k = 0; k < r->visit->count && !told; k++) {   /* present, unchanged, doubtful: it is still there */
            const sighting *x = &r->visit->at[k];
            told = str_eq(x->key, t->base->key) && is_there(x) && !str_empty(x->state);
        }
        any = any || told;
        all = all && told;
        gone = gone && s.any && s.gone;
        worse = worse || s.worse;
    }
    const sighting *whole = f->c->sites.count == 0 ? whole_answer(r, SEEN_NON_TARGETS) : NULL;
    if (whole && !any) {
        add_elements(f->a, &r->sources, whole->sources, whole->source_count);
        return whole->state;
    }
    if (!f->any_non_target) {
        return STR("none");
    }
    return worse ? STR("pd") : !all ? STR("ne") : gone ? STR("cr") : STR("non-cr-non-pd");
}

static void judge_non_targets(follower *f, visit_result *r)
{
    r->non_target = non_target_word(f, r);
    if (str_is(r->non_target, "pd")) {
        reason_add(&r->why, STR("non-target-worse"));
    } else if (str_is(r->non_target, "ne")) {
        reason_add(&r->why, STR("missing-non-target"));
    }
    bool complete = str_is(r->non_target, "cr") || (str_is(r->non_target, "none") && str_is(r->target, "cr"));
    if (complete && f->c->sites.count == 0 && f->marker_was_high && marker_is_high(f->j, r->visit->when, &r->sources)) {
        r->non_target = STR("non-cr-non-pd");
        reason_add(&r->why, STR("marker-above-normal"));
    }
}

/* A doubtful new lesion that a later visit of the line shows without doubt. */
static bool confirmed_later(const follower *f, const visit_result *r, const sighting *s)
{
    for (size_t i = (size_t)(r->visit - f->j->visits) + 1; i < f->e->to; i++) {
        const visit *v = &f->j->visits[i];
        for (size_t k = 0; k < v->count; k++) {
            arena_step(f->a);
            if (str_eq(v->at[k].key, s->key) && is_there(&v->at[k]) && str_is(v->at[k].role, "new") && !str_is(v->at[k].state, "equivocal")) {
                return true;
            }
        }
    }
    return false;
}

/* yes equivocal or empty: what one sighting says of new disease. */
static str newness(follower *f, visit_result *r, const sighting *s)
{
    const tracked *t = find_tracked(f, s->key);
    bool is_new = str_is(s->role, "new"), back = t && t->gone;
    if (!is_there(s) || (t && !back)) {
        return STR("");
    }
    for (size_t i = 0; i < f->lesions.count && !is_new; i++) {
        if (is_part(s->key, f->lesions.at[i].base->key)) {
            return STR("");
        }
    }
    if (!is_new && !back) {
        if (of_site(f->c, s)) {
            reason_add(&r->why, STR("lesion-not-at-baseline"));
        }
        return of_site(f->c, s) ? STR("equivocal") : STR("");
    }
    if (!of_site(f->c, s) && f->c->sites.count > 0) {
        return STR("");
    }
    if (str_is(s->state, "equivocal") && confirmed_later(f, r, s)) {
        reason_add(&r->why, STR("new-lesion-confirmed-later"));
        return STR("yes");
    }
    return str_is(s->state, "equivocal") ? STR("equivocal") : STR("yes");
}

static void judge_new(follower *f, visit_result *r)
{
    const sighting *whole = f->c->sites.count == 0 ? whole_answer(r, SEEN_NEW_LESIONS) : NULL;
    bool doubtful = false, sure = false;
    for (size_t i = 0; i < r->visit->count; i++) {
        const sighting *s = &r->visit->at[i];
        str word = s->kind == SEEN_LESION ? newness(f, r, s) : STR("");
        if (str_empty(word)) {
            continue;
        }
        add_elements(f->a, &r->sources, s->sources, s->source_count);
        sure = sure || str_is(word, "yes");
        doubtful = doubtful || str_is(word, "equivocal");
        if (str_is(word, "yes")) {
            r->new_count++;
            r->new_sum += s->measured ? s->size : 0;
            r->new_seen_worse = r->new_seen_worse || str_is(s->state, "worse");
        }
    }
    r->new_lesion = sure ? STR("yes") : doubtful ? STR("equivocal") : STR("no");
    if (whole) {
        add_elements(f->a, &r->sources, whole->sources, whole->source_count);
        bool listed = sure || (doubtful && !str_is(whole->state, "yes") && !str_is(whole->state, "no"));
        r->new_lesion = listed ? r->new_lesion : whole->state;
        r->new_count += !sure && str_is(whole->state, "yes") ? 1 : 0;
    }
    if (str_is(r->new_lesion, "yes")) {
        reason_add(&r->why, STR("new-lesion"));
    }
}

static void judge_visit(follower *f, visit_result *r)
{
    judge_targets(f, r);
    judge_non_targets(f, r);
    judge_new(f, r);
    const overall_cell *cell = response_cell(f->j->rules, r->target, r->non_target, r->new_lesion);
    r->overall = cell ? cell->overall : STR("ne");
    if (cell && !str_empty(cell->reason)) {
        reason_add(&r->why, cell->reason);
    }
    if (f->no_baseline && !str_empty(r->overall) && !str_is(r->overall, "pd")) {
        r->overall = STR("ne");
        reason_add(&r->why, STR("no-baseline"));
    }
    for (uint32_t i = 0; i < f->base_why.count && !f->no_baseline; i++) {
        reason_add(&r->why, f->base_why.at[i]);
    }
    add_elements(f->a, &r->sources, f->base_sources.at, (uint32_t)f->base_sources.count);
}

static bool shows_new(const visit *v)
{
    for (size_t i = 0; i < v->count; i++) {
        const sighting *s = &v->at[i];
        if (s->kind == SEEN_NEW_LESIONS ? str_is(s->state, "yes") : s->kind == SEEN_LESION && str_is(s->role, "new") && is_there(s)) {
            return true;
        }
    }
    return false;
}

/* Chooses the baseline; the first visit that is judged against it. */
static size_t find_baseline(follower *f)
{
    const episode *e = f->e;
    size_t last = SIZE_MAX, first_in = SIZE_MAX;
    for (size_t i = 0; i < e->from && e->line > 0; i++) {
        last = has_lesion(f->c, &f->j->visits[i]) ? i : last;
    }
    for (size_t i = e->from; i < e->to && first_in == SIZE_MAX; i++) {
        first_in = speaks(f->c, &f->j->visits[i]) ? i : first_in;
    }
    if (first_in == SIZE_MAX) {
        return SIZE_MAX;
    }
    if (last != SIZE_MAX) {
        int32_t day = date_days(f->j->visits[last].when);
        for (size_t i = 0; i <= last; i++) {
            if (day - date_days(f->j->visits[i].when) <= (int32_t)f->j->rules->baseline_days) {
                take_baseline(f, &f->j->visits[i]);
            }
        }
        if (e->start - day > (int32_t)f->j->rules->baseline_days) {
            reason_add(&f->base_why, STR("old-baseline"));
        }
        return first_in;
    }
    if (e->line > 0 && (!has_lesion(f->c, &f->j->visits[first_in]) || shows_new(&f->j->visits[first_in]))) {
        f->no_baseline = true;   /* nothing to compare with, but new disease is growth all the same */
        f->base_when = f->j->visits[first_in].when;
        return first_in;
    }
    take_baseline(f, &f->j->visits[first_in]);
    if (e->line > 0 && date_days(f->j->visits[first_in].when) - e->start <= (int32_t)f->j->rules->late_baseline_days) {
        reason_add(&f->base_why, STR("late-baseline"));
    } else if (e->line > 0) {
        f->no_baseline = true;
    }
    return first_in + 1;
}

size_t criteria_judge(judge *j, const response_criteria *c, const episode *e, visit_result **out)
{
    follower f = { .j = j, .a = j->a, .c = c, .e = e };
    size_t first = find_baseline(&f);
    if (first == SIZE_MAX) {
        return 0;
    }
    settle_baseline(&f);
    f.marker_was_high = marker_is_high(j, f.base_when, NULL);
    VEC(visit_result) list = { 0 };
    visit_result *base = VEC_PUSH(j->a, &list);
    *base = (visit_result){ .baseline = true, .visit = &j->visits[first > 0 ? first - 1 : 0], .sum = f.base_sum, .base = f.base_sum, .nadir = f.base_sum,
                      .all_measured = f.any_target, .has_base = f.any_target, .sources = f.base_sources, .why = f.base_why };
    for (size_t i = 0; i < j->visit_count; i++) {   /* its own visit, by its day */
        base->visit = date_cmp(j->visits[i].when, f.base_when) == 0 ? &j->visits[i] : base->visit;
    }
    for (size_t i = first; i < e->to; i++) {
        if (!speaks(c, &j->visits[i])) {
            continue;
        }
        visit_result r = { .visit = &j->visits[i] };
        judge_visit(&f, &r);
        if (!str_empty(r.overall)) {
            *VEC_PUSH(j->a, &list) = r;
        }
    }
    best_settle(j, e, list.at, list.count);
    *out = list.at;
    return list.count;
}
