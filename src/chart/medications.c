/* Entries of one ingredient in order of date are cut into courses where they are silent for too long. Nothing here judges: what
 * was in use is a matter of days, and the days are the knowledge's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/medications.h"

#include "chart/lines_draft.h"

#include <stdlib.h>

enum { SERIES = 3 };   /* so many entries of one drug at short intervals are a series: each speaks for its day or its packet */

typedef struct course_maker {
    record           *r;
    arena            *a;
    const line_rules *rules;
    int32_t           today;
    date              distant, operated;   /* when distant disease was found, the first operation on the primary tumour; or DATE_NONE */
    const date       *worse;       /* days on which the disease is recorded as worse */
    size_t            worse_count;
} course_maker;

static date later(date a, date b) { return date_cmp(a, b) >= 0 ? a : b; }

str fact_system(const chart *c, const fact_def *f)
{
    return arena_printf(record_arena(c->record), "%.*s/CodeSystem/%.*s", STR_ARG(c->terms->base), STR_ARG(f->system));
}

bool course_is(const course *x, str subject)
{
    static const char *const roles[] = { "anticancer", "ovarian-suppression", "bone", "supportive", "other" };
    if (str_empty(subject)) {
        return true;
    }
    if (!x->drug) {
        return false;
    }
    return str_eq(x->drug->name, subject) || drug_has_class(x->drug, subject) || str_eq(x->drug->route, subject)
           || str_is(subject, roles[x->drug->role]);
}

bool course_is_any(const course *x, const str_list *subjects)
{
    for (uint32_t i = 0; i < subjects->count; i++) {
        if (course_is(x, subjects->at[i])) {
            return true;
        }
    }
    return false;
}

static const use_rule *use_rule_of(const course_maker *x, const course *c)
{
    for (uint32_t i = 0; i < x->rules->in_use_count; i++) {
        if (course_is(c, x->rules->in_use[i].subject)) {
            return &x->rules->in_use[i];
        }
    }
    return NULL;
}

/* The record's texts may say a depot of longer action. */
static uint32_t strength_days(const course_maker *x, const use_rule *u, const course *c, uint32_t days)
{
    for (uint32_t i = 0; i < c->entry_count; i++) {
        str dosage = json_text(json_path(c->entries[i]->from_resource->root, "dosageInstruction.0.text"));
        for (uint32_t k = 0; k < u->strength_count; k++) {
            bool said = str_find_nocase(c->entries[i]->text, u->strengths[k].text) >= 0 || str_find_nocase(dosage, u->strengths[k].text) >= 0;
            days = said && u->strengths[k].days > days ? u->strengths[k].days : days;
        }
    }
    return days;
}

static bool still_speaks(const course *c, int32_t day) { return c->days == UINT32_MAX || day - date_days_last(c->last) <= (int32_t)c->days; }

static bool still_in_use(const course_maker *x, course *c)
{
    const use_rule *u = use_rule_of(x, c);
    c->held = c->entries[c->entry_count - 1]->state == ENTRY_HELD;
    bool may_be_a_dose = c->drug && str_is(c->drug->route, "injection") && !c->stopped;   /* "completed" on a day: a depot works on */
    if (c->held || !u || (c->over && (c->end.precision != DATE_NONE || !may_be_a_dose))) {
        return false;
    }
    if (c->last.precision == DATE_NONE) {
        return c->active;
    }
    c->days = strength_days(x, u, c, c->active ? u->active_days : u->days);
    return still_speaks(c, x->today);
}

bool course_runs_on(const course *c, int32_t day)
{
    if (c->last.precision == DATE_NONE) {
        return c->active;
    }
    if (c->end.precision != DATE_NONE) {
        return date_days_last(c->end) >= day;
    }
    return c->open_ended || still_speaks(c, day);
}

/* Begun again after the end for which a reason was recorded. */
static bool resumed_after(const course *c, const drug_entry *stopped, const drug_entry *e)
{
    return stopped && stopped->to.precision != DATE_NONE && date_after(e->from, stopped->to) && c->reason_at;
}

/* Going on or over, by the newest entry that says: a stop holds unless an entry of the same day or later says it goes on. */
static void settle_course(const course_maker *x, course *c)
{
    int32_t active_day = INT32_MIN, over_day = INT32_MIN;
    bool dosed = false;
    const drug_entry *reason_of = NULL;
    for (uint32_t i = 0; i < c->entry_count; i++) {
        const drug_entry *e = c->entries[i];
        int32_t from = e->from.precision == DATE_NONE ? INT32_MIN + 1 : date_days(e->from);
        int32_t to = e->to.precision == DATE_NONE ? from : date_days(e->to);
        c->start = c->start.precision == DATE_NONE ? e->from : c->start;
        c->last = later(c->last, e->last);
        c->seen = later(c->seen, later(e->from, e->to));
        dosed = dosed || e->dose;
        c->misspelt = c->misspelt || e->misspelt;
        if (e->state == ENTRY_ACTIVE && from > active_day) {
            active_day = from;
        }
        if (e->state == ENTRY_OVER && to >= over_day) {
            over_day = to;
            c->end = e->to;
            c->stopped = e->stopped;
        }
        if (resumed_after(c, reason_of, e)) {   /* what it was paused for is not why it ended */
            c->reason = c->reason_text = STR("");
            c->reason_at = NULL;
        }
        if (!str_empty(e->reason) || !str_empty(e->reason_text)) {
            reason_of = e;
        }
        if (!str_empty(e->reason) || (str_empty(c->reason) && !str_empty(e->reason_text))) {
            c->reason = e->reason;
            c->reason_text = e->reason_text;
            c->reason_at = e->reason_at;
        }
        c->intent_at = str_empty(e->intent) ? c->intent_at : e->intent_at;
        c->intent = str_empty(e->intent) ? c->intent : e->intent;
        c->setting_at = str_empty(e->setting) ? c->setting_at : e->setting_at;
        c->setting = str_empty(e->setting) ? c->setting : e->setting;
        c->stated = c->stated ? c->stated : e->stated;
        c->anticancer = c->anticancer || (c->drug ? c->drug->role == DRUG_ANTICANCER && !e->for_another : e->for_cancer && !str_is(e->intent, "supportive"));
    }
    c->active = active_day != INT32_MIN && active_day >= over_day;
    bool given_after = over_day != INT32_MIN && c->last.precision != DATE_NONE && date_days(c->last) > over_day && over_day != INT32_MIN + 1;
    c->over = over_day != INT32_MIN && !c->active && !given_after;
    if (!c->over) {
        c->end = (date){ 0 };
    }
    const drug_entry *newest = c->entries[c->entry_count - 1];
    c->open_ended = !dosed && !c->series && c->end.precision == DATE_NONE && date_cmp(newest->last, newest->from) == 0
                    && (c->entry_count == 1 || str_is(newest->from_resource->type, "MedicationStatement"));
    c->in_use = still_in_use(x, c);
    if (!c->over && dosed && !c->in_use) {   /* lapsed: the last dose was its end */
        c->end = c->last;
    }
}

/* The course while it is gathered. */
typedef struct gathered {
    date    last;
    bool    dosed;
    int32_t longest;   /* days between two of its entries */
    str     reason;    /* why it was stopped, and until when the entry that says so speaks */
    date    ended;
} gathered;

static int32_t silence(const gathered *g, const drug_entry *e) { return date_days(e->from) - date_days_last(g->last); }

static bool is_series(const course_maker *x, const course *c, const gathered *g)
{
    return c->entry_count >= SERIES && g->longest <= (int32_t)x->rules->gap_days;
}

/* Whether a day lies between what is gathered and the entry. */
static bool lies_between(const gathered *g, date day, int32_t before, const drug_entry *e)
{
    return day.precision != DATE_NONE && date_days(day) > date_days_last(g->last) && date_days(day) - before <= date_days(e->from);
}

/* Silent for longer than what it is recorded with explains. One entry alone may speak for any time, a dose until the next is due. */
static bool has_paused(const course_maker *x, const course *c, const gathered *g, const drug_entry *e)
{
    int32_t window = (int32_t)x->rules->window_days;
    bool ended = c->entries[c->entry_count - 1]->to.precision != DATE_NONE && !c->entries[c->entry_count - 1]->dose;
    bool lapsed = is_series(x, c, g) && silence(g, e) > 2 * g->longest;
    return ended ? silence(g, e) > window : (g->dosed || lapsed) && silence(g, e) > 2 * window;
}

static bool has_worsened_between(const course_maker *x, const gathered *g, const drug_entry *e)
{
    for (size_t i = 0; i < x->worse_count; i++) {
        if (lies_between(g, x->worse[i], 0, e)) {
            return true;
        }
    }
    return false;
}

/* Distant disease was found while the course ran or after it, and what is recorded next begins anew. */
static bool begins_for_distant(const course_maker *x, const course *c, const gathered *g, const drug_entry *e)
{
    if (x->distant.precision == DATE_NONE) {
        return false;
    }
    int32_t found = date_days(x->distant) - (int32_t)x->rules->index_days;
    const drug_entry *before = c->entries[c->entry_count - 1];
    bool crosses = date_days(c->entries[0]->from) < found && date_days(before->from) < found && date_days(e->from) >= found;
    bool alone = !g->dosed && !is_series(x, c, g) && silence(g, e) > (int32_t)x->rules->window_days;
    bool closed = before->to.precision != DATE_NONE && !before->dose && date_days(e->from) > date_days(before->to);
    return crosses && (closed || alone || has_paused(x, c, g, e));
}

/* When distant disease was found, after a pause with progression, and after the operation that it was begun before, the same
 * drug is another treatment. */
static bool is_another_treatment(const course_maker *x, const course *c, const gathered *g, const drug_entry *e)
{
    const drug_entry *before = c->entries[c->entry_count - 1];
    bool early = x->distant.precision == DATE_NONE || date_cmp(x->operated, x->distant) < 0;
    bool words_differ = !str_empty(before->setting) && !str_empty(e->setting) && !str_eq(before->setting, e->setting);
    bool progressed = str_eq(g->reason, x->rules->progression) || has_worsened_between(x, g, e);
    return words_differ || (early && lies_between(g, x->operated, 0, e)) || begins_for_distant(x, c, g, e)
           || (progressed && has_paused(x, c, g, e));
}

/* Whether the entry goes on with the course: nothing silent for longer than a restart may be, or nothing said it ended. */
static bool goes_on(const course_maker *x, const course *c, const gathered *g, const drug_entry *e)
{
    const drug_entry *before = c->entries[c->entry_count - 1];
    if (before->from.precision == DATE_NONE || e->from.precision == DATE_NONE) {
        return true;
    }
    if (is_another_treatment(x, c, g, e)) {
        return false;
    }
    bool stopped = before->to.precision != DATE_NONE || !str_empty(before->reason);
    bool alone = !stopped && !g->dosed && !is_series(x, c, g);   /* it speaks for any time, but not for a drug that had failed */
    const use_rule *u = use_rule_of(x, c);
    bool until_stopped = !stopped && !has_paused(x, c, g, e) && u && u->active_days == UINT32_MAX;
    return silence(g, e) <= (int32_t)x->rules->restart_days || (alone ? !has_worsened_between(x, g, e) : until_stopped);
}

static int course_order(const void *pa, const void *pb)
{
    const course *a = pa, *b = pb;
    int c = date_cmp(a->start, b->start);
    c = c ? c : str_cmp(a->name, b->name);
    return c ? c : date_cmp(a->last, b->last);
}

static void tell_held(const course_maker *x, const course *c)
{
    const drug_entry *e = c->entries[c->entry_count - 1];
    record_finding(x->r, "drug-on-hold", e->from_resource, json_get(e->from_resource->root, "status"),
                   arena_printf(x->a, "%.*s is recorded as paused; its line is taken to go on, and it is not counted as in use", STR_ARG(c->name)));
}

static void tell_unknown(const course_maker *x, const course *c)
{
    const drug_entry *e = c->entries[0];
    if (c->anticancer) {
        record_finding(x->r, "unrecognised-drug", e->from_resource, e->what,
                       arena_printf(x->a, "\"%.*s\" is no drug we know; it is counted as a cancer treatment of unknown kind, and what depends on the "
                                          "drugs given stays undetermined until its name is recorded", STR_ARG(c->name)));
    } else {
        record_finding(x->r, "unrecognised-drug", e->from_resource, e->what,
                       arena_printf(x->a, "\"%.*s\" is no drug we know, and nothing says that it was given for the cancer; it is not counted", STR_ARG(c->name)));
    }
}

size_t courses_make(const chart *c, course **out)
{
    arena *a = record_arena(c->record);
    course_maker x = { .r = c->record, .a = a, .rules = c->terms->line_rules, .today = date_days_last(c->as_of), .distant = distant_found(c),
                       .operated = first_operation(c) };
    x.worse_count = days_of_worsening(c, &x.worse);
    const drug_entry **sorted;
    size_t count = drug_entries_make(c, &sorted);
    VEC(course) courses = { 0 };
    gathered g = { 0 };
    for (size_t i = 0; i < count; i++) {
        course *last = courses.count ? &courses.at[courses.count - 1] : NULL;
        bool same = last && last->drug == sorted[i]->drug && str_eq(last->name, sorted[i]->name)
                    && last->entries[0]->for_another == sorted[i]->for_another;
        if (!same || !goes_on(&x, last, &g, sorted[i])) {
            last = VEC_PUSH(a, &courses);
            *last = (course){ .drug = sorted[i]->drug, .name = sorted[i]->name, .text = sorted[i]->text, .entries = &sorted[i] };
            g = (gathered){ 0 };
        }
        if (last->entry_count++ > 0 && g.last.precision != DATE_NONE && sorted[i]->from.precision != DATE_NONE && silence(&g, sorted[i]) > g.longest) {
            g.longest = silence(&g, sorted[i]);
        }
        if (!str_empty(sorted[i]->reason) || date_after(sorted[i]->from, g.ended)) {   /* a dose within the time of a statement is part of it */
            g.reason = sorted[i]->reason;
            g.ended = later(sorted[i]->to, sorted[i]->from);
        }
        g.last = later(g.last, sorted[i]->last);
        g.dosed = g.dosed || sorted[i]->dose;
        last->series = is_series(&x, last, &g);
        last->longest = g.longest;
    }
    for (size_t i = 0; i < courses.count; i++) {
        settle_course(&x, &courses.at[i]);
        bool told = i > 0 && !courses.at[i - 1].drug && str_eq(courses.at[i - 1].name, courses.at[i].name);
        if (courses.at[i].held && courses.at[i].anticancer) {
            tell_held(&x, &courses.at[i]);
        }
        if (!courses.at[i].drug && !told) {
            tell_unknown(&x, &courses.at[i]);
        }
    }
    if (courses.count) {
        qsort(courses.at, courses.count, sizeof *courses.at, course_order);
    }
    *out = courses.at;
    return courses.count;
}
