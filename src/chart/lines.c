/* Drugs against the cancer are taken in order of their start. Those begun within one window come together; together they either
 * all belong to the line that runs, by a rule that says so, or they begin the next. What begins no line (a dose, a brand, a
 * bone agent, ovarian suppression, a drug left out) never becomes an event here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/lines_draft.h"

static str drugs_of(const drawer *x, const course *const *list, size_t count)
{
    buf b = buf_make(x->a, 4096);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&b, "%s%.*s", i ? " + " : "", STR_ARG(list[i]->name));
    }
    return buf_str(&b);
}

static str drugs_of_draft(const drawer *x, const draft *l)
{
    const course **list = ARENA_ARRAY(x->a, l->members.count + 1, const course *);
    for (size_t i = 0; i < l->members.count; i++) {
        list[i] = l->members.at[i].course;
    }
    return drugs_of(x, list, l->members.count);
}

/* How this reading takes an open question; the question is kept, as the rules have it. */
static bool taken_apart(drawer *x, open_question q)
{
    for (size_t i = 0; i < x->flipped_count; i++) {
        if (x->flipped[i].at == q.at && x->flipped[i].question == q.question) {
            return !x->flipped[i].apart;
        }
    }
    *VEC_PUSH(x->a, &x->met) = q;
    return q.apart;
}

/* ---- before distant disease ---- */

/* Treatment to cure: drugs of one kind in planned sequence are one course. */
static draft *curative_course(drawer *x, const course *p, str setting)
{
    for (uint32_t g = 0; g < x->rules->curative_group_count; g++) {
        if (!course_is_any(p, &x->rules->curative_groups[g])) {
            continue;
        }
        for (size_t i = x->drafts.count; i-- > 0;) {
            draft *l = &x->drafts.at[i];
            for (size_t m = 0; m < l->members.count && str_eq(l->setting, setting); m++) {
                const course *q = l->members.at[m].course;
                bool near = q->days == UINT32_MAX || date_days(p->start) - date_days_last(q->last) <= (int32_t)x->rules->restart_days;
                if (course_is_any(q, &x->rules->curative_groups[g]) && near) {
                    return l;
                }
            }
        }
    }
    return NULL;
}

/* ---- lines ---- */

static void add_member(drawer *x, draft *l, const course *p, str rule, str phase)
{
    *VEC_PUSH(x->a, &l->members) = (member){ p, rule, phase };
}

static bool holds_any(const draft *l, const str_list *subjects)
{
    for (size_t i = 0; i < l->members.count; i++) {
        if (course_is_any(l->members.at[i].course, subjects)) {
            return true;
        }
    }
    return false;
}

/* Recorded again and again, and then no more: the next time has long been due. */
static bool has_fallen_silent(const course *p, int32_t today, int32_t window)
{
    return p->series && today - date_days_last(p->last) > p->longest + window;
}

/* Another drug of that kind is recorded as going on with the new line, and this one is not. */
static bool is_outlived(const draft *before, const carry_rule *r, const course *p, int32_t start)
{
    for (size_t i = 0; i < before->members.count; i++) {
        const course *q = before->members.at[i].course;
        if (q->drug != p->drug && course_is(q, r->subject) && q->seen.precision != DATE_NONE && date_days(q->seen) >= start) {
            return true;
        }
    }
    return false;
}

/* What is recorded last of it has no end, and is no dose and no packet: it speaks for the time after it. */
static bool stands_open(const course *p)
{
    const drug_entry *e = p->entries[p->entry_count - 1];
    return e->state == ENTRY_ACTIVE && !e->dose && (!p->series || str_is(e->from_resource->type, "MedicationStatement"));
}

/* Drugs of the line before that go on in the new one: the record shows them later still, or has no end of them and the
 * knowledge says that such a drug is kept beside a new one. */
static bool carries_on(const drawer *x, const draft *before, const draft *new_line, const course *p, int32_t start)
{
    int32_t window = (int32_t)x->rules->window_days, today = date_days_last(x->c->as_of);
    bool recorded = p->seen.precision != DATE_NONE && date_days(p->seen) >= start;
    bool ordered = stands_open(p);
    bool closing = recorded && !p->open_ended && !ordered && date_days(p->seen) <= start + window && (p->end.precision != DATE_NONE || today > start + 2 * window);
    if (recorded) {   /* a last dose soon after the change is the end of the old line */
        return !closing;
    }
    if (p->over || p->end.precision != DATE_NONE || !course_runs_on(p, start) || has_fallen_silent(p, today, window)) {
        return false;
    }
    for (uint32_t i = 0; i < x->rules->carry_count; i++) {
        const carry_rule *r = &x->rules->carries[i];
        if (course_is(p, r->subject) && !member_that_is(new_line, r->subject, p) && !is_outlived(before, r, p, start) && holds_any(new_line, &r->with) && !holds_any(new_line, &r->not_with)) {
            return true;
        }
    }
    return false;
}

/* Before distant disease courses run side by side; in metastatic disease only the newest line does. */
static void carry_over(drawer *x, draft *l)
{
    bool newest = true;
    for (size_t i = x->drafts.count; i-- > 0 && newest;) {
        draft *before = &x->drafts.at[i];
        for (size_t k = 0; k < before->members.count; k++) {
            const course *p = before->members.at[k].course;
            if (!holds_drug(l, p) && carries_on(x, before, l, p, date_days(l->start))) {
                *VEC_PUSH(x->a, &before->taken) = p;
                add_member(x, l, p, STR("lot.goes-on"), STR(""));
            }
        }
        newest = !str_is(before->setting, "metastatic");
    }
}

static draft *begin_line(drawer *x, const course *const *cluster, size_t count, setting_told told, str rule, str confidence)
{
    draft l = { .start = cluster[0]->start, .setting = told.setting, .rule = rule, .confidence = confidence, .setting_rule = told.rule,
                .setting_confidence = told.confidence };
    for (size_t i = 0; i < count; i++) {
        add_member(x, &l, cluster[i], rule, STR(""));
        l.confidence = cluster[i]->drug ? l.confidence : STR("low");
    }
    if (str_is(l.setting, "metastatic")) {
        carry_over(x, &l);
    }
    draft *place = VEC_PUSH(x->a, &x->drafts);
    *place = l;
    return place;
}

/* Every drug of a cluster joins, or none does. */
static verdict cluster_joins(drawer *x, const draft *l, const course *const *cluster, size_t count, verdict *each)
{
    verdict all = { .fit = FIT_SAME };
    for (size_t i = 0; i < count; i++) {
        each[i] = joins_line(x, l, cluster[i]);
        if (each[i].fit == FIT_APART) {
            return each[i];
        }
        if (each[i].fit == FIT_OPEN && (all.fit == FIT_SAME || (each[i].apart && !all.apart))) {
            all = each[i];
        }
    }
    if (all.fit == FIT_OPEN) {
        open_question q = { cluster[0], all.question, all.apart, cluster[0]->start, drugs_of_draft(x, l), drugs_of(x, cluster, count) };
        all.apart = taken_apart(x, q);
    }
    return all;
}

/* What a clinician wrote goes before every rule. */
static uint32_t stated_number(const course *const *cluster, size_t count)
{
    uint32_t stated = 0;
    for (size_t i = 0; i < count; i++) {
        stated = cluster[i]->stated > stated ? cluster[i]->stated : stated;
    }
    return stated;
}

static uint32_t number_of(const drawer *x)
{
    uint32_t number = 0;
    for (size_t i = 0; i < x->drafts.count; i++) {
        const draft *l = &x->drafts.at[i];
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): rows that are counted stand in the array */
        number += str_is(l->setting, "metastatic") ? 1 : 0;
        number = l->stated > number ? l->stated : number;
    }
    return number;
}

static void join_line(drawer *x, draft *l, const course *const *cluster, size_t count, const verdict *each, bool open)
{
    for (size_t i = 0; i < count; i++) {
        add_member(x, l, cluster[i], each[i].rule, each[i].phase);
        l->first_phase = str_empty(l->first_phase) ? each[i].before_phase : l->first_phase;
        bool high = str_is(l->confidence, "high");
        l->confidence = !cluster[i]->drug ? STR("low") : open && high ? STR("medium") : l->confidence;
    }
}

/* All of the cluster in one line, the one that runs or the next. */
static void place_metastatic(drawer *x, const course *const *cluster, size_t count, setting_told told)
{
    draft *l = x->drafts.count ? &x->drafts.at[x->drafts.count - 1] : NULL;
    bool follows = l && str_eq(l->setting, told.setting) && l->start.precision != DATE_NONE;
    uint32_t stated = stated_number(cluster, count), number = number_of(x);
    verdict *each = ARENA_ARRAY(x->a, count, verdict), v = { .fit = FIT_APART, .rule = told.rule };
    if (follows && stated > 0 && stated == number) {
        v = (verdict){ .fit = FIT_SAME };
        for (size_t i = 0; i < count; i++) {
            each[i] = joins_line(x, l, cluster[i]);
            each[i].rule = STR("lot.stated-number");
        }
    } else if (stated > number) {
        v.rule = follows ? STR("lot.stated-number") : told.rule;
    } else if (follows) {
        v = cluster_joins(x, l, cluster, count, each);
    }
    if (v.fit == FIT_SAME || (v.fit == FIT_OPEN && !v.apart)) {
        join_line(x, l, cluster, count, each, v.fit == FIT_OPEN);
        return;
    }
    bool guessed = str_is(v.rule, "lot.change-of-drugs") || str_is(v.rule, "lot.after-gap") || str_is(v.rule, "lot.restart-after-gap");
    str confidence = v.fit == FIT_OPEN ? STR("low") : guessed && str_is(told.confidence, "high") ? STR("medium") : told.confidence;
    l = begin_line(x, cluster, count, told, v.rule, confidence);
    l->stated = stated > number ? stated : 0;
}

static void place_cluster(drawer *x, const course *const *cluster, size_t count, setting_told told)
{
    if (str_is(told.setting, "metastatic") || (str_is(told.setting, "unknown") && x->disease->distant)) {
        place_metastatic(x, cluster, count, told);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        draft *kept = curative_course(x, cluster[i], told.setting);
        if (kept) {
            add_member(x, kept, cluster[i], STR("lot.same-curative-course"), STR(""));
        } else {
            begin_line(x, &cluster[i], 1, told, told.rule, told.confidence);
        }
    }
}

/* The setting as this reading has it. */
static setting_told setting_here(drawer *x, const course *p, str after)
{
    setting_told told = setting_of(x->rules, x->disease, p, after);
    if (!str_empty(told.other)) {
        bool late = str_is(told.setting, "metastatic");
        open_question q = { p, question_named(x->rules, x->rules->setting_question), late, p->start, STR(""), p->name };
        if (taken_apart(x, q) != late) {
            told.setting = told.other;
        }
        told.confidence = STR("low");
    }
    return told;
}

static void draw_dated(drawer *x, const course *const *picks, size_t count)
{
    for (size_t i = 0; i < count;) {
        str after = x->drafts.count ? x->drafts.at[x->drafts.count - 1].setting : STR("");
        setting_told told = setting_here(x, picks[i], after);
        size_t n = 1;
        int32_t until = date_days_last(picks[i]->start) + (int32_t)x->rules->window_days;   /* of a date to the month, the last day it may mean */
        while (i + n < count && date_days(picks[i + n]->start) <= until) {
            setting_told next = setting_of(x->rules, x->disease, picks[i + n], after);
            if (!str_eq(next.setting, told.setting) && !str_eq(next.other, told.setting)) {
                break;
            }
            n++;
        }
        place_cluster(x, &picks[i], n, told);
        i += n;
    }
}

/* Nobody knows when: one line for all of a setting, of which nothing is known but the drugs. */
static void draw_undated(drawer *x, const course *const *picks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        setting_told told = setting_of(x->rules, x->disease, picks[i], STR(""));
        draft *same = NULL;
        for (size_t k = 0; k < x->drafts.count; k++) {
            same = str_eq(x->drafts.at[k].setting, told.setting) ? &x->drafts.at[k] : same;
        }
        if (same) {
            add_member(x, same, picks[i], STR("lot.undated"), STR(""));
        } else {
            begin_line(x, &picks[i], 1, told, STR("lot.undated"), STR("low"));
        }
    }
}

void draw(drawer *x, const course *const *undated, size_t undated_count, const course *const *dated, size_t dated_count)
{
    draw_undated(x, undated, undated_count);
    draft *first = x->drafts.at;
    size_t first_count = x->drafts.count;
    x->drafts.at = NULL;
    x->drafts.count = x->drafts.room = 0;
    draw_dated(x, dated, dated_count);
    draft *all = ARENA_ARRAY(x->a, first_count + x->drafts.count + 1, draft);
    for (size_t i = 0; i < first_count + x->drafts.count; i++) {
        all[i] = i < first_count ? first[i] : x->drafts.at[i - first_count];
    }
    x->drafts.at = all;
    x->drafts.count += first_count;
    x->drafts.room = x->drafts.count;
}
