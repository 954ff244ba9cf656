/* Drugs against the cancer are taken in order of their start. Those begun within one window come together; together they either
 * all belong to the line that runs, by a rule that says so, or they begin the next. What begins no line (a dose, a brand, a
 * bone agent, ovarian suppression, a drug left out) never becomes an event here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/lines.h"

#include "chart/lines_draft.h"

typedef struct drawer {
    chart            *c;
    arena            *a;
    const line_rules *rules;
    disease           disease;
    VEC(draft)        drafts;
} drawer;

static bool holds_drug(const draft *l, const course *p)
{
    for (size_t i = 0; i < l->members.count; i++) {
        if (l->members.at[i]->drug == p->drug && str_eq(l->members.at[i]->name, p->name)) {
            return true;
        }
    }
    return false;
}

static const course *member_that_is(const draft *l, str subject, const course *but)
{
    for (size_t i = 0; i < l->members.count; i++) {
        if (l->members.at[i] != but && course_is(l->members.at[i], subject)) {
            return l->members.at[i];
        }
    }
    return NULL;
}

static bool runs_on(const draft *l, int32_t day)
{
    for (size_t i = 0; i < l->members.count; i++) {
        if (course_runs_on(l->members.at[i], day)) {
            return true;
        }
    }
    return false;
}

/* The recorded reason, when the drug was stopped by about that day: a reason of years later explains nothing. */
static bool stopped_for(const drawer *x, const course *p, str reason, int32_t by)
{
    date ended = p->end.precision != DATE_NONE ? p->end : p->last;
    return str_eq(p->reason, reason) && (ended.precision == DATE_NONE || date_days(ended) <= by + (int32_t)x->rules->window_days);
}

/* Progression on the record: as the reason why a drug was stopped, or as the newest status of the disease before the change. */
static bool has_progressed(const drawer *x, const draft *l, int32_t until)
{
    for (size_t i = 0; i < l->members.count; i++) {
        if (stopped_for(x, l->members.at[i], x->rules->progression, until)) {
            return true;
        }
    }
    const status_day *s = status_between(&x->disease, l->start, until);
    return s && str_eq(s->word, x->rules->status_worse);
}

static bool swapped(const drawer *x, const draft *l, const course *p, str *rule, str *word)
{
    for (uint32_t i = 0; i < x->rules->swap_count; i++) {
        const swap_rule *s = &x->rules->swaps[i];
        const course *from = course_is(p, s->to) ? member_that_is(l, s->from, p) : NULL;
        const course *kept = from && !str_empty(s->keeps) ? member_that_is(l, s->keeps, from) : NULL;
        bool keeps = str_empty(s->keeps) || (kept && course_runs_on(kept, date_days(p->start)));
        if (from && keeps && (str_empty(s->reason) || stopped_for(x, from, s->reason, date_days(p->start)))) {
            *rule = s->id;
            *word = s->phase;
            return true;
        }
    }
    return false;
}

static bool maintains(const drawer *x, const draft *l, const course *p, str *rule)
{
    for (uint32_t i = 0; i < x->rules->maintenance_count; i++) {
        const maintenance_rule *m = &x->rules->maintenance[i];
        const course *after = course_is_any(p, &m->adds) ? member_that_is(l, m->after, p) : NULL;
        if (after && (str_empty(m->reason) || stopped_for(x, after, m->reason, date_days(p->start)))) {
            *rule = m->id;
            return true;
        }
    }
    return false;
}

static bool late_partner(const drawer *x, const draft *l, const course *p)
{
    bool has_partner = false;
    for (uint32_t i = 0; i < x->rules->late_add_to.count; i++) {
        has_partner = has_partner || member_that_is(l, x->rules->late_add_to.at[i], p);
    }
    bool same_kind = false;
    for (uint32_t i = 0; i < x->rules->late_add.count; i++) {
        same_kind = same_kind || (course_is(p, x->rules->late_add.at[i]) && member_that_is(l, x->rules->late_add.at[i], p));
    }
    return has_partner && !same_kind && course_is_any(p, &x->rules->late_add)
           && date_days(p->start) - date_days(l->start) <= (int32_t)x->rules->late_add_days;
}

/* Whether a drug begun while a metastatic line is the newest belongs to it; *rule says why, or why not. */
static bool joins_metastatic(const drawer *x, const draft *l, const course *p, str *rule, str *word)
{
    int32_t day = date_days(p->start);
    *word = STR("");
    if (!p->drug) {   /* nobody knows it: it can neither end nor begin what is known while that goes on */
        *rule = runs_on(l, day) ? STR("lot.unrecognised-drug-joins") : STR("lot.unrecognised-drug");
        return runs_on(l, day);
    }
    if (has_progressed(x, l, day)) {
        *rule = STR("lot.after-progression");
        return false;
    }
    if (holds_drug(l, p)) {
        *rule = STR("lot.restart-after-gap");
        return false;
    }
    if (late_partner(x, l, p)) {
        *rule = STR("lot.late-partner");
        return true;
    }
    if (!runs_on(l, day) && l->members.count && !maintains(x, l, p, rule) && !swapped(x, l, p, rule, word)) {
        *rule = STR("lot.after-gap");
        return false;
    }
    if (swapped(x, l, p, rule, word)) {
        return true;
    }
    if (maintains(x, l, p, rule)) {
        *word = STR("maintenance");
        return true;
    }
    *rule = STR("lot.change-of-drugs");
    for (size_t i = 0; i < l->members.count; i++) {
        if (stopped_for(x, l->members.at[i], x->rules->toxicity, day)) {
            *rule = STR("lot.change-for-toxicity");
        }
    }
    return false;
}

/* Before distant disease, drugs of one kind in planned sequence are one course. */
static draft *curative_course(drawer *x, const course *p, str setting)
{
    for (uint32_t g = 0; g < x->rules->curative_group_count; g++) {
        if (!course_is_any(p, &x->rules->curative_groups[g])) {
            continue;
        }
        for (size_t i = x->drafts.count; i-- > 0;) {
            draft *l = &x->drafts.at[i];
            for (size_t m = 0; m < l->members.count && str_eq(l->setting, setting); m++) {
                const course *q = l->members.at[m];
                bool near = q->days == UINT32_MAX || date_days(p->start) - date_days_last(q->last) <= (int32_t)x->rules->restart_days;
                if (course_is_any(q, &x->rules->curative_groups[g]) && near) {
                    return l;
                }
            }
        }
    }
    return NULL;
}

static void add_member(drawer *x, draft *l, const course *p, str word)
{
    *VEC_PUSH(x->a, &l->members) = p;
    if (!str_empty(word)) {
        *VEC_PUSH(x->a, &l->phases) = (phase){ word, p->start, p };
    }
}

/* Drugs of the line before that go on in the new one: the record shows them later still, or has no end of them and the
 * knowledge says that such a drug is kept beside a new one. */
static bool carries_on(const drawer *x, const draft *new_line, const course *p, int32_t start)
{
    bool ends_in_window = p->end.precision != DATE_NONE && date_days(p->end) <= start + (int32_t)x->rules->window_days;
    if (p->last.precision != DATE_NONE && date_days(p->last) >= start) {
        return !ends_in_window;
    }
    if (p->over || p->end.precision != DATE_NONE || !course_runs_on(p, start)) {
        return false;
    }
    for (uint32_t i = 0; i < x->rules->carry_count; i++) {
        const carry_rule *r = &x->rules->carries[i];
        if (!course_is(p, r->subject) || member_that_is(new_line, r->subject, p)) {
            continue;
        }
        for (size_t m = 0; m < new_line->members.count; m++) {
            if (course_is_any(new_line->members.at[m], &r->with)) {
                return true;
            }
        }
    }
    return false;
}

static void begin_line(drawer *x, const course *const *cluster, size_t count, str setting, str rule, str confidence)
{
    draft l = { .start = cluster[0]->start, .setting = setting, .rule = rule, .confidence = confidence };
    draft *before = x->drafts.count ? &x->drafts.at[x->drafts.count - 1] : NULL;
    for (size_t i = 0; i < count; i++) {
        add_member(x, &l, cluster[i], STR(""));
        l.confidence = cluster[i]->drug ? l.confidence : STR("low");
    }
    size_t old = before && str_is(setting, "metastatic") ? before->members.count : 0;
    for (size_t i = 0; i < old; i++) {
        const course *p = before->members.at[i];
        if (!holds_drug(&l, p) && carries_on(x, &l, p, date_days(l.start))) {
            *VEC_PUSH(x->a, &before->taken) = p;
        }
    }
    for (size_t i = 0; before && i < before->taken.count; i++) {
        add_member(x, &l, before->taken.at[i], STR(""));
    }
    *VEC_PUSH(x->a, &x->drafts) = l;   /* NOLINT(clang-analyzer-core.NullDereference): room for it implies at */
}

/* All of the cluster in one line, the one that runs or the next. */
static void place_cluster(drawer *x, const course *const *cluster, size_t count, str setting, str rule, str confidence)
{
    draft *l = x->drafts.count ? &x->drafts.at[x->drafts.count - 1] : NULL;
    bool curative = !str_is(setting, "metastatic") && (!str_is(setting, "unknown") || !x->disease.distant);
    if (curative) {
        for (size_t i = 0; i < count; i++) {
            draft *kept = curative_course(x, cluster[i], setting);
            if (kept) {
                add_member(x, kept, cluster[i], STR(""));
            } else {
                begin_line(x, &cluster[i], 1, setting, rule, confidence);
            }
        }
        return;
    }
    str why = STR(""), *words = ARENA_ARRAY(x->a, count, str);
    bool joins = l && str_eq(l->setting, setting);
    rule = joins ? STR("") : rule;
    for (size_t i = 0; i < count && joins; i++) {
        joins = joins_metastatic(x, l, cluster[i], &why, &words[i]);
        rule = joins ? rule : why;
    }
    if (!joins) {
        bool known_reason = str_is(rule, "lot.after-progression") || str_is(rule, "lot.first-metastatic");
        begin_line(x, cluster, count, setting, rule, known_reason ? STR("high") : confidence);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        add_member(x, l, cluster[i], words[i]);
        l->confidence = cluster[i]->drug ? l->confidence : STR("low");
    }
}

static void draw_dated(drawer *x, const course *const *picks, size_t count)
{
    for (size_t i = 0; i < count;) {
        str after = x->drafts.count ? x->drafts.at[x->drafts.count - 1].setting : STR("");
        str rule, confidence, other_rule, other_confidence;
        str setting = setting_of(x->rules, &x->disease, picks[i], after, &rule, &confidence);
        size_t n = 1;
        while (i + n < count && date_days(picks[i + n]->start) - date_days(picks[i]->start) <= (int32_t)x->rules->window_days
               && str_eq(setting_of(x->rules, &x->disease, picks[i + n], after, &other_rule, &other_confidence), setting)) {
            n++;
        }
        place_cluster(x, &picks[i], n, setting, rule, confidence);
        i += n;
    }
}

/* Nobody knows when: one line for all of a setting, of which nothing is known but the drugs. */
static void draw_undated(drawer *x, const course *const *picks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        str rule, confidence;
        str setting = setting_of(x->rules, &x->disease, picks[i], STR(""), &rule, &confidence);
        draft *same = NULL;
        for (size_t k = 0; k < x->drafts.count; k++) {
            same = str_eq(x->drafts.at[k].setting, setting) ? &x->drafts.at[k] : same;
        }
        if (same) {
            add_member(x, same, picks[i], STR(""));
        } else {
            begin_line(x, &picks[i], 1, setting, STR("lot.undated"), STR("low"));
        }
    }
}

void lines_make(chart *c)
{
    if (!c->terms->drugs || !c->terms->line_rules) {
        return;
    }
    course *courses;
    size_t count = courses_make(c, &courses);
    drug_facts_write(c, courses, count);
    drawer x = { .c = c, .a = record_arena(c->record), .rules = c->terms->line_rules };
    VEC(course) kept = { 0 };
    VEC(const course *) dated = { 0 }, undated = { 0 };
    for (size_t i = 0; i < count; i++) {
        if (courses[i].anticancer) {
            *VEC_PUSH(x.a, &kept) = courses[i];
        }
    }
    for (size_t i = 0; i < kept.count; i++) {
        if (kept.at[i].start.precision == DATE_NONE) {
            *VEC_PUSH(x.a, &undated) = &kept.at[i];
        } else {
            *VEC_PUSH(x.a, &dated) = &kept.at[i];
        }
    }
    x.disease = disease_read(c, kept.at, kept.count);
    draw_undated(&x, undated.at, undated.count);
    draft *undated_drafts = x.drafts.at;
    size_t undated_count = x.drafts.count;
    x.drafts.at = NULL;
    x.drafts.count = x.drafts.room = 0;
    draw_dated(&x, dated.at, dated.count);
    draft *all = ARENA_ARRAY(x.a, undated_count + x.drafts.count + 1, draft);
    for (size_t i = 0; i < undated_count; i++) {
        all[i] = undated_drafts[i];
    }
    for (size_t i = 0; i < x.drafts.count; i++) {
        all[undated_count + i] = x.drafts.at[i];
    }
    lines_write(c, &x.disease, all, undated_count + x.drafts.count);
}
