/* Drafts become lines with an end, a reason, a response and a number, and each a Procedure that CQL reads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/derive.h"
#include "chart/lines.h"
#include "chart/lines_draft.h"

typedef struct writer {
    chart            *c;
    arena            *a;
    const line_rules *rules;
    const disease    *disease;
    int32_t           today;
} writer;

static bool is_taken(const draft *l, const course *p)
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
        const course *p = l->members.at[i];
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
        const course *p = l->members.at[i];
        bool beyond = next && next->start.precision != DATE_NONE && p->end.precision != DATE_NONE
                      && date_days(p->end) > date_days(next->start) + (int32_t)w->rules->window_days;
        if (!is_taken(l, p) && !beyond && date_cmp(p->end, out->end) > 0) {
            out->end = p->end;
        }
    }
}

static const course *reason_course(const writer *w, const draft *l)
{
    const course *best = NULL;
    for (size_t i = 0; i < l->members.count; i++) {
        const course *p = l->members.at[i];
        if (is_taken(l, p) || (str_empty(p->reason) && str_empty(p->reason_text))) {
            continue;
        }
        bool better = !best || (str_empty(best->reason) && !str_empty(p->reason)) || (!str_empty(p->reason) && date_cmp(p->end, best->end) > 0)
                      || (str_eq(p->reason, w->rules->progression) && !str_eq(best->reason, w->rules->progression));
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

/* The recorded reason; else the newest status of the disease while the line ran, when that was progression. */
static const status_day *settle_reason(const writer *w, const draft *l, const draft *next, line_of_therapy *out)
{
    const course *why = out->in_progress ? NULL : reason_course(w, l);
    const status_day *s = l->start.precision == DATE_NONE ? NULL : status_between(w->disease, l->start, last_day(w, next, out));
    const status_day *worse = s && str_eq(s->word, w->rules->status_worse) ? s : NULL;
    if (why) {
        out->stop_reason = why->reason;
        out->stop_text = why->reason_text;
    }
    if (worse && !out->in_progress && str_empty(out->stop_reason)) {
        out->stop_reason = w->rules->progression;
        out->stop_text = str_empty(out->stop_text) ? STR("disease recorded as progressing") : out->stop_text;
    }
    return worse && (out->in_progress || str_eq(out->stop_reason, w->rules->progression)) ? worse : NULL;
}

static str best_response(const writer *w, const draft *l, const draft *next, const line_of_therapy *line)
{
    for (uint32_t r = 0; r < w->rules->responses.count && l->start.precision != DATE_NONE; r++) {
        int32_t until = last_day(w, next, line);
        for (size_t i = 0; i < w->disease->status.count; i++) {
            const status_day *s = &w->disease->status.at[i];
            if (date_after(s->day, l->start) && date_days_last(s->day) <= until && str_eq(s->word, w->rules->responses.at[r])) {
                return s->word;
            }
        }
    }
    return STR("");
}

static bool has_other_drugs(const draft *next, const draft *l)
{
    for (size_t i = 0; i < next->members.count; i++) {
        bool met = false;
        for (size_t k = 0; k < l->members.count; k++) {
            met = met || (next->members.at[i]->drug == l->members.at[k]->drug && str_eq(next->members.at[i]->name, l->members.at[k]->name));
        }
        if (!met) {
            return true;
        }
    }
    return false;
}

static void name_drugs(const writer *w, const draft *l, line_of_therapy *out)
{
    VEC(str) drugs_met = { 0 }, classes = { 0 };
    for (size_t i = 0; i < l->members.count; i++) {
        const course *p = l->members.at[i];
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

/* What was taken for granted, said to the reader. */
static void tell_assumed(const writer *w, const draft *l, const line_of_therapy *line)
{
    const drug_entry *e = l->members.at[0]->entries[0];
    if (l->start.precision == DATE_NONE) {
        record_finding(w->c->record, "line-undated", e->from_resource, e->what,
                       arena_printf(w->a, "%.*s is recorded without a date; which line of therapy it was is not known", STR_ARG(line->drugs[0])));
    } else if (str_is(l->rule, "lot.before-metastatic") && str_is(l->confidence, "low")) {
        record_finding(w->c->record, "line-setting-assumed", e->from_resource, e->what,
                       arena_printf(w->a, "%.*s is taken as adjuvant because it began before distant disease was recorded; nothing else says so",
                                    STR_ARG(line->drugs[0])));
    }
}

/* ---- as FHIR ---- */

static json *concept(const writer *w, const char *code_system, str code, str text)
{
    json *o = json_new(w->a, JSON_OBJECT);
    if (!str_empty(code)) {
        json_push(json_put(o, "coding", json_new(w->a, JSON_ARRAY)), derive_coding(w->c, code_system, code));
    }
    if (!str_empty(text)) {
        json_put(o, "text", json_string(w->a, text));
    }
    return o;
}

static void put_date(const writer *w, json *o, const char *key, date d)
{
    char text[11];
    if (d.precision != DATE_NONE) {
        json_put(o, key, json_string(w->a, arena_str(w->a, date_write(d, text))));
    }
}

/* The days of one drug within its line: drugs of a line part early. What went on in the next line has no end in this one. */
static void put_used_period(const writer *w, json *o, const draft *l, const course *p)
{
    date start = date_cmp(p->start, l->start) > 0 ? p->start : l->start, end = is_taken(l, p) ? (date){ 0 } : p->end;
    if (p->start.precision == DATE_NONE && end.precision == DATE_NONE) {
        return;
    }
    json *extension = json_push(json_put(o, "extension", json_new(w->a, JSON_ARRAY)), json_new(w->a, JSON_OBJECT));
    json_put(extension, "url", json_string(w->a, derive_structure(w->c, "used-period")));
    json *period = json_put(extension, "valuePeriod", json_new(w->a, JSON_OBJECT));
    put_date(w, period, "start", start);
    put_date(w, period, "end", end);
}

static json *used_code(const writer *w, const draft *l, const course *p)
{
    json *o = json_new(w->a, JSON_OBJECT);
    put_used_period(w, o, l, p);
    json *list = json_put(o, "coding", json_new(w->a, JSON_ARRAY));
    if (!p->drug) {
        json_push(list, derive_coding(w->c, "drug-class", STR("unknown")));
    } else {
        json_push(list, derive_coding(w->c, "drug", p->drug->name));
        for (uint32_t i = 0; i < p->drug->classes.count; i++) {
            json_push(list, derive_coding(w->c, "drug-class", p->drug->classes.at[i]));
        }
    }
    if (!str_empty(p->text)) {
        json_put(o, "text", json_string(w->a, p->text));
    }
    return o;
}

static json *add_extension(const writer *w, json *root, const char *name)
{
    const json *there = json_get(root, "extension");
    json *list = NULL;
    for (json *n = root->first; n && there; n = n->next) {
        list = n == there ? n : list;
    }
    list = list ? list : json_put(root, "extension", json_new(w->a, JSON_ARRAY));
    json *e = json_push(list, json_new(w->a, JSON_OBJECT));
    json_put(e, "url", json_string(w->a, derive_structure(w->c, name)));
    return e;
}

typedef VEC(const json *) source_list;

/* The elements from which the first and the last day of a course were read. */
static void add_days(const writer *w, const draft *l, const course *p, source_list *out)
{
    bool started = false, ended = is_taken(l, p) || p->end.precision == DATE_NONE;
    for (uint32_t k = 0; k < p->entry_count && !(started && ended); k++) {
        const drug_entry *e = p->entries[k];
        if (!started && e->from_at) {
            *VEC_PUSH(w->a, out) = e->from_at;
            started = true;
        }
        if (!ended && e->to_at && date_cmp(e->to, p->end) == 0) {
            *VEC_PUSH(w->a, out) = e->to_at;
            ended = true;
        }
    }
}

static source_list sources_of(const writer *w, const draft *l, const status_day *worse)
{
    source_list out = { 0 };
    for (size_t i = 0; i < l->members.count; i++) {
        const course *p = l->members.at[i];
        for (uint32_t k = 0; k < p->entry_count; k++) {
            *VEC_PUSH(w->a, &out) = p->entries[k]->what;
        }
        add_days(w, l, p, &out);
        if (p->reason_at && !is_taken(l, p)) {
            *VEC_PUSH(w->a, &out) = p->reason_at;
        }
    }
    for (uint32_t k = 0; worse && k < worse->fact->source_count; k++) {
        *VEC_PUSH(w->a, &out) = worse->fact->sources[k];
    }
    return out;
}

static const resource *write_line(const writer *w, const draft *l, const line_of_therapy *line, size_t place, const status_day *worse)
{
    source_list sources = sources_of(w, l, worse);
    json *o = derive_resource(w->c, "Procedure", arena_printf(w->a, "nl-line-%zu", place), sources.at, (uint32_t)sources.count);
    bool completed = str_eq(line->stop_reason, w->rules->completed);
    json_put(o, "status", json_string(w->a, line->in_progress ? STR("in-progress") : completed ? STR("completed") : STR("stopped")));
    json_put(o, "code", concept(w, "chart", STR("line-of-therapy"), STR("Line of therapy")));
    json_put(o, "category", concept(w, "setting", line->setting, STR("")));
    json_put(o, "subject", derive_subject(w->c));
    if (line->start.precision != DATE_NONE || line->end.precision != DATE_NONE) {
        json *period = json_put(o, "performedPeriod", json_new(w->a, JSON_OBJECT));
        put_date(w, period, "start", line->start);
        put_date(w, period, "end", line->end);
    }
    if (!str_empty(line->stop_reason) || !str_empty(line->stop_text)) {
        json_put(o, "statusReason", concept(w, "stop-reason", line->stop_reason, line->stop_text));
    }
    if (!str_empty(line->response)) {
        json_put(o, "outcome", concept(w, "response", line->response, STR("")));
    }
    json *used = json_put(o, "usedCode", json_new(w->a, JSON_ARRAY));
    for (size_t i = 0; i < l->members.count; i++) {
        json_push(used, used_code(w, l, l->members.at[i]));
    }
    json_put(add_extension(w, o, "line-number"), "valueInteger", json_integer(w->a, line->number));
    if (worse) {
        put_date(w, add_extension(w, o, "progressed-on"), "valueDateTime", worse->day);
    }
    json_put(add_extension(w, o, "rule"), "valueCode", json_string(w->a, line->rule));
    json_put(add_extension(w, o, "confidence"), "valueCode", json_string(w->a, line->confidence));
    return record_append(w->c->record, o, line->start, sources.at, (uint32_t)sources.count);
}

static void write_phases(const writer *w, const draft *l, size_t place)
{
    for (size_t i = 0; i < l->phases.count; i++) {
        const phase *f = &l->phases.at[i];
        const json *source_of = f->by->entries[0]->what;
        json *o = derive_resource(w->c, "Procedure", arena_printf(w->a, "nl-line-%zu-phase-%zu", place, i + 1), &source_of, 1);
        json *whole = json_new(w->a, JSON_OBJECT);
        json_put(whole, "reference", json_string(w->a, arena_printf(w->a, "Procedure/nl-line-%zu", place)));
        json_push(json_put(o, "partOf", json_new(w->a, JSON_ARRAY)), whole);
        json_put(o, "status", json_string(w->a, STR("unknown")));
        json_put(o, "code", concept(w, "chart", STR("line-phase"), f->word));
        json_put(o, "subject", derive_subject(w->c));
        put_date(w, json_put(o, "performedPeriod", json_new(w->a, JSON_OBJECT)), "start", f->start);
        json_push(json_put(o, "usedCode", json_new(w->a, JSON_ARRAY)), used_code(w, l, f->by));
        record_append(w->c->record, o, f->start, &source_of, 1);
    }
}

json *line_presumed(chart *c, const line_of_therapy *line, str stop_reason)
{
    writer w = { .c = c, .a = record_arena(c->record) };
    json *o = json_new(w.a, JSON_OBJECT);
    for (const json *n = line->derived->root->first; n; n = n->next) {
        if (!str_is(n->key, "statusReason")) {
            json_put_key(o, n->key, json_copy(w.a, n));
        }
    }
    json_put(o, "statusReason", concept(&w, "stop-reason", stop_reason, STR("presumed")));
    return o;
}

void lines_write(chart *c, const disease *d, draft *drafts, size_t count)
{
    writer w = { .c = c, .a = record_arena(c->record), .rules = c->terms->line_rules, .disease = d, .today = date_days_last(c->as_of) };
    line_of_therapy *lines = ARENA_ARRAY(w.a, count + 1, line_of_therapy);
    for (size_t i = 0; i < count; i++) {
        const draft *l = &drafts[i], *next = NULL;
        line_of_therapy *out = &lines[i];
        out->number = 1;
        for (size_t k = 0; k < i; k++) {
            out->number += str_eq(drafts[k].setting, l->setting) ? 1 : 0;
        }
        for (size_t k = i + 1; k < count && !next; k++) {
            bool both_unknown = d->distant && str_is(l->setting, "unknown") && str_is(drafts[k].setting, "unknown");
            next = str_is(drafts[k].setting, "metastatic") || both_unknown ? &drafts[k] : NULL;   /* others run side by side */
        }
        out->setting = l->setting;
        out->start = l->start;
        out->rule = l->rule;
        out->confidence = l->confidence;
        out->in_progress = is_running(&w, l, drafts, count);
        name_drugs(&w, l, out);
        settle_end(&w, l, next, out);
        const status_day *worse = settle_reason(&w, l, next, out);
        out->response = best_response(&w, l, next, out);
        bool unexplained = str_empty(out->stop_reason) && str_empty(out->stop_text) && !worse;
        bool ordered = l->start.precision != DATE_NONE;
        out->presumed_progression = unexplained && ordered && next && str_is(l->setting, "metastatic") && has_other_drugs(next, l);
        tell_assumed(&w, l, out);
        out->derived = write_line(&w, l, out, i + 1, worse);
        write_phases(&w, l, i + 1);
    }
    c->lines = lines;
    c->line_count = (uint32_t)count;
}

/* Recorded as going on, but for longer than anybody should believe it: counted as not in use, and a reader is told. */
static void tell_not_current(chart *c, const course *p)
{
    const drug_entry *e = p->entries[p->entry_count - 1];
    if (p->active && !p->held) {
        record_finding(c->record, "drug-not-current", e->from_resource, e->what,
                       arena_printf(record_arena(c->record), "%.*s is recorded as going on, but its last entry is too old to show that it is in use",
                                    STR_ARG(p->name)));
    }
}

void drug_facts_write(chart *c, const course *courses, size_t count)
{
    const line_rules *rules = c->terms->line_rules;
    arena *a = record_arena(c->record);
    for (uint32_t f = 0; f < rules->fact_count; f++) {
        const fact_def *def = terms_fact(c->terms, rules->facts[f].fact);
        for (size_t i = 0; def && i < count; i++) {
            const course *p = &courses[i];
            if (!course_is(p, rules->facts[f].subject)) {
                continue;
            }
            if (!p->in_use) {
                tell_not_current(c, p);
                continue;
            }
            const json **sources = ARENA_ARRAY(a, p->entry_count, const json *);
            for (uint32_t k = 0; k < p->entry_count; k++) {
                sources[k] = p->entries[k]->what;
            }
            derive_fact(c, &(fact_result){ .fact = def, .word = rules->facts[f].word, .text = p->text, .when = p->last, .sources = sources,
                                           .source_count = p->entry_count });
        }
    }
}
