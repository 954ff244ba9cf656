/* A line as the Procedure that CQL reads, and each of its phases as another; facts of drugs in use. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/derive.h"
#include "chart/lines.h"
#include "chart/lines_draft.h"

typedef struct writer {
    chart            *c;
    arena            *a;
    const line_rules *rules;
} writer;

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
    json *period = json_put(derive_extension(w->c, o, "used-period"), "valuePeriod", json_new(w->a, JSON_OBJECT));
    put_date(w, period, "start", start);
    put_date(w, period, "end", end);
}

/* Without an end, and no gap in the record: it went on in the next line, or is in use while this one runs. */
static void put_still_used(const writer *w, json *o, const draft *l, bool running, const course *p)
{
    if (is_taken(l, p) || (running && (p->in_use || p->held))) {
        json_put(derive_extension(w->c, o, "still-used"), "valueBoolean", json_boolean(w->a, true));
    }
}

/* Recorded as going on, by an entry too old to show it: neither in use nor known to have ended. */
static void put_active_entry_old(const writer *w, json *o, const draft *l, const course *p)
{
    if (!is_taken(l, p) && p->active && !p->in_use && !p->held && p->end.precision == DATE_NONE && str_empty(p->reason)) {
        json_put(derive_extension(w->c, o, "active-entry-old"), "valueBoolean", json_boolean(w->a, true));
    }
}

/* Why this drug was stopped, where the record says so of it: the reason of the line may be that of another of its drugs. */
static void put_stopped_for(const writer *w, json *o, const draft *l, const course *p)
{
    if (!is_taken(l, p) && !str_empty(p->reason)) {
        json_put(derive_extension(w->c, o, "stopped-for"), "valueCode", json_string(w->a, p->reason));
    }
}

static json *used_code(const writer *w, const draft *l, bool running, const course *p)
{
    json *o = json_new(w->a, JSON_OBJECT);
    put_used_period(w, o, l, p);
    put_still_used(w, o, l, running, p);
    put_active_entry_old(w, o, l, p);
    put_stopped_for(w, o, l, p);
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

static void add_fact(const writer *w, source_list *to, const resource *fact)
{
    for (uint32_t k = 0; fact && k < fact->source_count; k++) {
        *VEC_PUSH(w->a, to) = fact->sources[k];
    }
}

static source_list sources_of(const writer *w, const draft *l, const line_of_therapy *line, const line_basis *basis)
{
    source_list out = { 0 };
    for (size_t i = 0; i < l->members.count; i++) {
        const course *p = l->members.at[i].course;
        for (uint32_t k = 0; k < p->entry_count; k++) {
            *VEC_PUSH(w->a, &out) = p->entries[k]->what;
        }
        const json *at[] = { course_begun_at(p), is_taken(l, p) ? NULL : course_ended_at(p), is_taken(l, p) ? NULL : p->reason_at };
        for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
            if (at[k]) {
                *VEC_PUSH(w->a, &out) = at[k];
            }
        }
    }
    bool reviewed = basis->change && str_eq(basis->change->word, line->stop_reason);
    add_fact(w, &out, basis->worse ? basis->worse->fact : NULL);
    add_fact(w, &out, reviewed ? basis->change->fact : NULL);
    return out;
}

static void put_extension_code(const writer *w, json *o, const char *name, str code)
{
    json_put(derive_extension(w->c, o, name), "valueCode", json_string(w->a, code));
}

static void write_line(const writer *w, const draft *l, const line_of_therapy *line, str id, const line_basis *basis, line_resources *out)
{
    source_list sources = sources_of(w, l, line, basis);
    json *o = derive_resource(w->c, "Procedure", id, sources.at, (uint32_t)sources.count);
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
        json_push(used, used_code(w, l, line->in_progress, l->members.at[i].course));
    }
    json_put(derive_extension(w->c, o, "line-number"), "valueInteger", json_integer(w->a, line->number));
    if (basis->worse) {
        put_date(w, derive_extension(w->c, o, "progressed-on"), "valueDateTime", basis->worse->day);
    }
    for (uint32_t i = 0; i < line->kind_count; i++) {
        put_extension_code(w, o, "counts-as", line->kinds[i]);
    }
    put_extension_code(w, o, "rule", line->rule);
    put_extension_code(w, o, "confidence", line->confidence);
    *VEC_PUSH(w->a, out) = (line_resource){ o, line->start, sources.at, (uint32_t)sources.count, -1 };
}

/* The drug that began the phase; the first phase began with the line. */
static const course *course_of_phase(const draft *l, const line_phase *f)
{
    for (size_t i = 0; i < l->members.count; i++) {
        if (str_eq(l->members.at[i].phase, f->word)) {
            return l->members.at[i].course;
        }
    }
    return l->members.at[0].course;
}

static void write_phases(const writer *w, const draft *l, const line_of_therapy *line, str id, line_resources *out)
{
    for (uint32_t i = 0; i < line->phase_count; i++) {
        const line_phase *f = &line->phases[i];
        const course *by = course_of_phase(l, f);
        const json **source = ARENA_ARRAY(w->a, 1, const json *);
        source[0] = by->entries[0]->what;
        json *o = derive_resource(w->c, "Procedure", arena_printf(w->a, "%.*s-phase-%u", STR_ARG(id), i + 1), source, 1);
        json *whole = json_new(w->a, JSON_OBJECT);
        json_put(whole, "reference", json_string(w->a, arena_printf(w->a, "Procedure/%.*s", STR_ARG(id))));
        json_push(json_put(o, "partOf", json_new(w->a, JSON_ARRAY)), whole);
        json_put(o, "status", json_string(w->a, STR("unknown")));
        json_put(o, "code", concept(w, "chart", STR("line-phase"), f->word));
        json_put(o, "subject", derive_subject(w->c));
        put_date(w, json_put(o, "performedPeriod", json_new(w->a, JSON_OBJECT)), "start", f->start);
        json_push(json_put(o, "usedCode", json_new(w->a, JSON_ARRAY)), used_code(w, l, line->in_progress, by));
        *VEC_PUSH(w->a, out) = (line_resource){ o, f->start, source, 1, -1 };
    }
}

void lines_write(chart *c, const draft *l, const line_of_therapy *line, str id, const line_basis *basis, line_resources *out)
{
    writer w = { .c = c, .a = record_arena(c->record), .rules = c->terms->line_rules };
    write_line(&w, l, line, id, basis, out);
    write_phases(&w, l, line, id, out);
}

bool lines_is_one(const chart *c, const resource *derived)
{
    const json *coding = json_path(derived->root, "code.coding.0");
    str code = json_get_text(coding, "code");
    return str_is(derived->type, "Procedure") && str_eq(json_get_text(coding, "system"), derive_code_system(c, "chart"))
           && (str_is(code, "line-of-therapy") || str_is(code, "line-phase"));
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

/* A drug recorded as going on whose last entry is too old gives its fact with that old day: whoever asks for one of late is not told
 * that there is none. */
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
                if (!p->active || p->held) {
                    continue;
                }
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
