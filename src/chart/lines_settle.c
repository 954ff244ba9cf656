/* What became of a line: its end, why, the response, its number, its drugs and phases, and what it counts as. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/lines_draft.h"

typedef struct writer {
    const chart      *c;
    arena            *a;
    const line_rules *rules;
    const disease    *disease;
    int32_t           today;
} writer;

bool is_taken(const draft *l, const course *p)
{
    for (size_t i = 0; i < l->taken.count; i++) {
        if (l->taken.at[i] == p) {
            return true;
        }
    }
    return false;
}

/* ---- what became of it ---- */

static bool has_later_metastatic(const draft *l, const draft *end)
{
    for (const draft *n = l + 1; n < end; n++) {
        if (n->start.precision != DATE_NONE && str_is(n->setting, "metastatic")) {
            return true;
        }
    }
    return false;
}

/* A metastatic line is over when another follows; an undated one is never known to be running beside a dated one. */
static bool is_running(const writer *w, const draft *l, const draft *drafts, size_t count)
{
    const draft *end = drafts + count;
    if (has_later_metastatic(l, end) || (l->start.precision == DATE_NONE && count > 1)) {
        return false;
    }
    for (const draft *n = l + 1; n < end; n++) {
        if (str_eq(n->setting, l->setting) && (str_is(l->setting, "metastatic") || (str_is(l->setting, "unknown") && w->disease->distant))) {
            return false;
        }
    }
    for (size_t i = 0; i < l->members.count; i++) {
        const course *p = l->members.at[i].course;
        bool paused = p->held && p->last.precision != DATE_NONE && w->today - date_days_last(p->last) <= (int32_t)w->rules->restart_days;
        if ((p->in_use || paused) && !is_taken(l, p)) {
            return true;
        }
    }
    return false;
}

static void settle_end(const writer *w, const draft *l, const draft *next, line_of_therapy *out)
{
    for (size_t i = 0; i < l->members.count && !out->in_progress; i++) {
        const course *p = l->members.at[i].course;
        bool beyond = next && next->start.precision != DATE_NONE && p->end.precision != DATE_NONE
                      && date_days(p->end) > date_days(next->start) + (int32_t)w->rules->window_days;
        if (!is_taken(l, p) && !beyond && date_cmp(p->end, out->end) > 0) {
            out->end = p->end;
        }
    }
}

/* That of the drug that ended last; but progression on one of them is progression on the line, also where that end is not recorded. */
static const course *reason_course(const writer *w, const draft *l)
{
    const course *best = NULL;
    for (size_t i = 0; i < l->members.count; i++) {
        const course *p = l->members.at[i].course;
        if (is_taken(l, p) || (str_empty(p->reason) && str_empty(p->reason_text))) {
            continue;
        }
        bool progressed = str_eq(p->reason, w->rules->progression), failed = best && str_eq(best->reason, w->rules->progression);
        bool better = !best || (progressed && !failed) || (!failed && str_empty(best->reason) && !str_empty(p->reason))
                      || (progressed == failed && !str_empty(p->reason) && date_cmp(p->end, best->end) > 0);
        best = better ? p : best;
    }
    return best;
}

static int32_t last_day(const writer *w, const draft *next, const line_of_therapy *line)
{
    if (line->in_progress) {
        return w->today;
    }
    if (next && next->start.precision != DATE_NONE) {
        return date_days(next->start);
    }
    return line->end.precision != DATE_NONE ? date_days_last(line->end) : w->today;
}

/* Why a review changed the plan about the end of the line, or about the start of the next. */
static const status_day *change_at_end(const writer *w, const draft *l, const draft *next, const line_of_therapy *line)
{
    bool followed = next && next->start.precision != DATE_NONE, ended = line->end.precision != DATE_NONE;
    if (line->in_progress || l->start.precision == DATE_NONE || (!followed && !ended)) {
        return NULL;
    }
    int32_t from = ended ? date_days(line->end) : date_days(next->start), until = ended ? date_days_last(line->end) : from;
    int32_t start = followed ? date_days(next->start) : from;
    const status_day *s = change_about(w->rules, w->disease, start < from ? start : from, start > until ? start : until);
    return s && date_after(s->day, l->start) ? s : NULL;
}

/* The reason recorded with a drug; else that of a review of the plan; else the newest status of the disease while the line ran, when
 * that was progression. */
static void settle_reason(const writer *w, const draft *l, const draft *next, line_of_therapy *out, line_basis *basis)
{
    const course *why = out->in_progress ? NULL : reason_course(w, l);
    const status_day *s = l->start.precision == DATE_NONE ? NULL : status_between(w->disease, l->start, last_day(w, next, out));
    const status_day *worse = s && str_eq(s->word, w->rules->status_worse) ? s : NULL, *change = change_at_end(w, l, next, out);
    if (why) {
        out->stop_reason = why->reason;
        out->stop_text = why->reason_text;
        basis->why = why;
    }
    basis->change = change;
    if (change && str_empty(out->stop_reason)) {
        char day[11];
        out->stop_reason = change->word;
        out->stop_text = str_empty(out->stop_text) ? arena_printf(w->a, "review of the care plan, %.*s", STR_ARG(date_write(change->day, day))) : out->stop_text;
    }
    if (worse && !out->in_progress && str_empty(out->stop_reason)) {
        out->stop_reason = w->rules->progression;
        out->stop_text = str_empty(out->stop_text) ? STR("disease recorded as progressing") : out->stop_text;
    }
    basis->worse = worse && (out->in_progress || str_eq(out->stop_reason, w->rules->progression)) ? worse : NULL;
}

static str best_response(const writer *w, const draft *l, const draft *next, const line_of_therapy *line, line_basis *basis)
{
    for (uint32_t r = 0; r < w->rules->response_count && l->start.precision != DATE_NONE; r++) {
        int32_t until = last_day(w, next, line);
        for (size_t i = 0; i < w->disease->status.count; i++) {
            const status_day *s = &w->disease->status.at[i];
            if (date_after(s->day, l->start) && date_days_last(s->day) <= until && str_eq(s->word, w->rules->responses[r].status)) {
                basis->best = s;
                return w->rules->responses[r].response;
            }
        }
    }
    return STR("");
}

static bool has_other_drugs(const draft *next, const draft *l)
{
    for (size_t i = 0; i < next->members.count; i++) {
        if (!holds_drug(l, next->members.at[i].course)) {
            return true;
        }
    }
    return false;
}

static void name_drugs(const writer *w, const draft *l, line_of_therapy *out)
{
    VEC(str) drugs_met = { 0 }, classes = { 0 };
    for (size_t i = 0; i < l->members.count; i++) {
        const course *p = l->members.at[i].course;
        if (!str_list_has(&(str_list){ drugs_met.at, (uint32_t)drugs_met.count }, p->name)) {
            *VEC_PUSH(w->a, &drugs_met) = p->name;
        }
        str unknown = STR("unknown");
        const str *list = p->drug ? p->drug->classes.at : &unknown;
        for (uint32_t k = 0; k < (p->drug ? p->drug->classes.count : 1); k++) {
            if (!str_list_has(&(str_list){ classes.at, (uint32_t)classes.count }, list[k])) {
                *VEC_PUSH(w->a, &classes) = list[k];
            }
        }
    }
    out->drugs = drugs_met.at;
    out->drug_count = (uint32_t)drugs_met.count;
    out->classes = classes.at;
    out->class_count = (uint32_t)classes.count;
}

/* A line counts as each kind of which it holds a drug; a drug nobody knows may be of any. */
static void name_kinds(const writer *w, const draft *l, line_of_therapy *out)
{
    str *kinds = ARENA_ARRAY(w->a, w->rules->count_count + 1, str);
    bool unknown = false;
    for (uint32_t k = 0; k < w->rules->count_count; k++) {
        bool holds = false;
        for (size_t i = 0; i < l->members.count; i++) {
            holds = holds || course_is_any(l->members.at[i].course, &w->rules->counts[k].classes);
            unknown = unknown || !l->members.at[i].course->drug;
        }
        if (holds) {
            kinds[out->kind_count++] = w->rules->counts[k].id;
        }
    }
    if (unknown) {
        kinds[out->kind_count++] = STR("unknown");
    }
    out->kinds = kinds;
}

static void name_parts(const writer *w, const draft *l, line_of_therapy *out)
{
    line_part *parts = ARENA_ARRAY(w->a, l->members.count + 1, line_part);
    line_phase *phases = ARENA_ARRAY(w->a, l->members.count + 2, line_phase);
    if (!str_empty(l->first_phase)) {
        phases[out->phase_count++] = (line_phase){ l->first_phase, l->start };
    }
    for (size_t i = 0; i < l->members.count; i++) {
        const member *m = &l->members.at[i];
        const course *p = m->course;
        bool taken = is_taken(l, p);
        date start = date_cmp(p->start, l->start) > 0 ? p->start : l->start;
        parts[i] = (line_part){ p->name, start, taken ? (date){ 0 } : p->end, taken, m->rule, m->phase, taken ? STR("") : p->reason,
                                taken ? STR("") : p->reason_text };
        if (!str_empty(m->phase) && !str_eq(phases[out->phase_count ? out->phase_count - 1 : 0].word, m->phase)) {
            phases[out->phase_count++] = (line_phase){ m->phase, start };
        }
    }
    out->parts = parts;
    out->part_count = (uint32_t)l->members.count;
    out->phases = phases;
}

/* Within its setting; what a clinician wrote holds from there on. */
static uint32_t line_number(const draft *drafts, size_t place, uint32_t *counted)
{
    uint32_t number = 0;
    *counted = 0;
    for (size_t k = 0; k <= place; k++) {
        if (str_eq(drafts[k].setting, drafts[place].setting)) {
            number++;
            (*counted)++;
            number = drafts[k].stated > number ? drafts[k].stated : number;
        }
    }
    return number;
}

/* A drug read from a misspelt name makes its line less sure. */
static str confidence_of(const draft *l)
{
    bool misspelt = false;
    for (uint32_t i = 0; i < l->members.count; i++) {
        misspelt = misspelt || l->members.at[i].course->misspelt;
    }
    return !misspelt ? l->confidence : str_is(l->confidence, "high") ? STR("medium") : STR("low");
}

line_of_therapy line_settle(const chart *c, const disease *d, const draft *drafts, size_t count, size_t place, line_basis *basis)
{
    *basis = (line_basis){ 0 };
    writer w = { .c = c, .a = record_arena(c->record), .rules = c->terms->line_rules, .disease = d, .today = date_days_last(c->as_of) };
    const draft *l = &drafts[place], *next = NULL;
    line_of_therapy out = { .setting = l->setting, .start = l->start, .rule = l->rule, .confidence = confidence_of(l) };
    uint32_t counted;
    out.number = line_number(drafts, place, &counted);
    out.stated_number = l->stated && l->stated != counted ? l->stated : 0;
    for (size_t k = place + 1; k < count && !next; k++) {
        bool both_unknown = d->distant && str_is(l->setting, "unknown") && str_is(drafts[k].setting, "unknown");
        next = str_is(drafts[k].setting, "metastatic") || both_unknown ? &drafts[k] : NULL;   /* others run side by side */
    }
    out.next_start = next ? next->start : (date){ 0 };
    out.in_progress = is_running(&w, l, drafts, count);
    name_drugs(&w, l, &out);
    name_kinds(&w, l, &out);
    name_parts(&w, l, &out);
    settle_end(&w, l, next, &out);
    settle_reason(&w, l, next, &out, basis);
    out.response = best_response(&w, l, next, &out, basis);
    bool unexplained = str_empty(out.stop_reason) && str_empty(out.stop_text) && !basis->worse;
    bool ordered = l->start.precision != DATE_NONE;
    out.presumed_progression = unexplained && ordered && next && str_is(l->setting, "metastatic") && has_other_drugs(next, l);
    basis->next = next ? next->members.at[0].course : NULL;
    line_evidence_make(c, d, l, basis, &out);
    return out;
}
