/* Whether a drug begun outside the window belongs to the line that runs: what is recorded settles it, or a row of the
 * knowledge does, or a row says what to ask. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/lines_draft.h"

bool holds_drug(const draft *l, const course *p)
{
    for (size_t i = 0; i < l->members.count; i++) {
        const course *q = l->members.at[i].course;
        if (q->drug == p->drug && str_eq(q->name, p->name)) {
            return true;
        }
    }
    return false;
}

const course *member_that_is(const draft *l, str subject, const course *but)
{
    for (size_t i = 0; i < l->members.count; i++) {
        if (l->members.at[i].course != but && course_is(l->members.at[i].course, subject)) {
            return l->members.at[i].course;
        }
    }
    return NULL;
}

const line_question *question_named(const line_rules *r, str id)
{
    for (uint32_t i = 0; i < r->question_count && !str_empty(id); i++) {
        if (str_eq(r->questions[i].id, id)) {
            return &r->questions[i];
        }
    }
    return NULL;
}

/* Days without any drug of the line before that day; 0 while one goes on. */
static int32_t silent_days(const draft *l, int32_t day)
{
    int32_t least = INT32_MAX;
    for (size_t i = 0; i < l->members.count; i++) {
        const course *p = l->members.at[i].course;
        date last = p->end.precision != DATE_NONE ? p->end : p->last;
        int32_t silent = course_runs_on(p, day) ? 0 : last.precision == DATE_NONE ? INT32_MAX : day - date_days_last(last);
        least = silent < least ? silent : least;
    }
    return least < 0 ? 0 : least;
}

/* The recorded reason, when the drug was stopped by about that day: a reason of years later explains nothing. */
static bool stopped_by(const drawer *x, const course *p, int32_t day)
{
    date ended = p->end.precision != DATE_NONE ? p->end : p->last;
    return !str_empty(p->reason) && (ended.precision == DATE_NONE || date_days(ended) <= day + (int32_t)x->rules->window_days);
}

static bool stopped_for(const drawer *x, const course *p, str reason, int32_t by) { return str_eq(p->reason, reason) && stopped_by(x, p, by); }

/* A review of the plan changed the treatment for that reason, while the line ran. */
static bool changed_for(const drawer *x, const draft *l, str reason, int32_t day)
{
    const status_day *s = change_about(x->rules, x->disease, day, day);
    return s && date_after(s->day, l->start) && (str_empty(reason) || str_eq(s->word, reason));
}

/* Progression on the record: as the reason why a drug was stopped, or as the newest status of the disease before the change. */
static bool has_progressed(const drawer *x, const draft *l, int32_t until)
{
    for (size_t i = 0; i < l->members.count; i++) {
        if (stopped_for(x, l->members.at[i].course, x->rules->progression, until)) {
            return true;
        }
    }
    const status_day *s = status_between(x->disease, l->start, until);
    return (s && str_eq(s->word, x->rules->status_worse)) || changed_for(x, l, x->rules->progression, until);
}

static int32_t last_day(const course *p)
{
    date d = p->end.precision != DATE_NONE ? p->end : p->last;
    return d.precision == DATE_NONE ? INT32_MAX : date_days_last(d);
}

/* Whether the reasons recorded for the drugs that are `after` are what the row asks for. One that another of them had followed before
 * that day says nothing of this change. */
static bool reason_fits(const drawer *x, const draft *l, const join_rule *j, const course *p, int32_t day)
{
    bool none = true, that = false;
    int32_t newest = INT32_MIN;
    for (size_t i = 0; i < l->members.count; i++) {
        const course *q = l->members.at[i].course;
        bool counts = q != p && course_is(q, j->after) && q->start.precision != DATE_NONE && date_days(q->start) < day;
        newest = counts && last_day(q) > newest ? last_day(q) : newest;
    }
    newest = newest < day ? newest : day;
    for (size_t i = 0; i < l->members.count; i++) {
        const course *q = l->members.at[i].course;
        if (q != p && course_is(q, j->after) && last_day(q) >= newest) {
            none = none && !stopped_by(x, q, day);
            that = that || stopped_for(x, q, j->reason, day);
        }
    }
    none = none && !changed_for(x, l, STR(""), day);
    that = that || changed_for(x, l, j->reason, day);
    return str_empty(j->reason) || (str_is(j->reason, "none") ? none : that);
}

static bool keeps_fit(const draft *l, const join_rule *j, const course *after, int32_t day)
{
    for (size_t i = 0; i < l->members.count; i++) {
        const course *q = l->members.at[i].course;
        if (course_is(q, j->keeps) && course_runs_on(q, day) && (q != after || str_eq(j->keeps, j->after))) {
            return true;
        }
    }
    return str_empty(j->keeps);
}

static bool held_already(const draft *l, const join_rule *j)
{
    for (size_t i = 0; i < l->members.count && j->unless_held; i++) {
        if (course_is_any(l->members.at[i].course, &j->begins)) {
            return true;
        }
    }
    return false;
}

static const join_rule *fitting_row(const drawer *x, const draft *l, const course *p, int32_t day)
{
    for (uint32_t i = 0; i < x->rules->join_count; i++) {
        const join_rule *j = &x->rules->joins[i];
        const course *after = course_is_any(p, &j->begins) ? member_that_is(l, j->after, p) : NULL;
        bool in_time = j->within_days == UINT32_MAX || day - date_days(l->start) <= (int32_t)j->within_days;
        if (after && in_time && !held_already(l, j) && keeps_fit(l, j, after, day) && reason_fits(x, l, j, p, day)) {
            return j;
        }
    }
    return NULL;
}

static verdict apart(str rule) { return (verdict){ .fit = FIT_APART, .rule = rule }; }

static verdict open_apart(const drawer *x, str rule, str question)
{
    return (verdict){ .fit = FIT_OPEN, .rule = rule, .question = question_named(x->rules, question), .apart = true };
}

static verdict no_row_fits(const drawer *x, const draft *l, int32_t day, int32_t silent)
{
    for (size_t i = 0; i < l->members.count; i++) {
        if (stopped_for(x, l->members.at[i].course, x->rules->toxicity, day)) {
            return apart(STR("lot.change-for-toxicity"));
        }
    }
    if (changed_for(x, l, x->rules->toxicity, day)) {
        return apart(STR("lot.change-for-toxicity"));
    }
    return apart(silent > 0 ? STR("lot.after-gap") : STR("lot.change-of-drugs"));
}

verdict joins_line(const drawer *x, const draft *l, const course *p)
{
    int32_t day = date_days(p->start), silent = silent_days(l, day);
    if (!p->drug) {   /* nobody knows it: it can neither end nor begin what is known while that goes on */
        return silent == 0 ? (verdict){ .fit = FIT_SAME, .rule = STR("lot.unrecognised-drug-joins") } : apart(STR("lot.unrecognised-drug"));
    }
    if (has_progressed(x, l, day)) {
        return apart(STR("lot.after-progression"));
    }
    if (holds_drug(l, p)) {
        bool open = silent <= (int32_t)x->rules->restart_doubt_days;
        return open ? open_apart(x, STR("lot.restart-after-gap"), x->rules->restart_question) : apart(STR("lot.restart-after-gap"));
    }
    const join_rule *j = fitting_row(x, l, p, day);
    if (!j || silent > (int32_t)x->rules->restart_days) {
        return no_row_fits(x, l, day, silent);
    }
    verdict v = { FIT_SAME, j->id, j->phase, j->before_phase, question_named(x->rules, j->question), j->apart };
    if (silent > (int32_t)x->rules->gap_days) {
        v = open_apart(x, STR("lot.after-gap"), x->rules->gap_question);
        v.phase = j->phase;
        v.before_phase = j->before_phase;
    } else if (v.question) {
        v.fit = FIT_OPEN;
    }
    return v;
}
