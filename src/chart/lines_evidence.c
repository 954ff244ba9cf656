/* What each part of a line rests on, and how sure that is: a row a part, also for what nobody recorded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/lines_draft.h"

typedef struct rows {
    arena *a;
    VEC(line_evidence) list;
} rows;

const json *course_begun_at(const course *p)
{
    for (uint32_t k = 0; k < p->entry_count; k++) {
        if (p->entries[k]->from_at) {
            return p->entries[k]->from_at;
        }
    }
    return NULL;
}

const json *course_ended_at(const course *p)
{
    for (uint32_t k = 0; k < p->entry_count && p->end.precision != DATE_NONE; k++) {
        const drug_entry *e = p->entries[k];
        if (e->to_at && date_cmp(e->to, p->end) == 0) {
            return e->to_at;
        }
    }
    return NULL;
}

static const drug_entry *newest_entry(const course *p) { return p->entries[p->entry_count - 1]; }

static void add_source(rows *r, source_list *to, const json *at)
{
    bool met = !at;
    for (size_t i = 0; i < to->count && !met; i++) {
        met = to->at[i] == at;
    }
    if (!met) {
        *VEC_PUSH(r->a, to) = at;
    }
}

static void add_fact(rows *r, source_list *to, const resource *fact)
{
    for (uint32_t i = 0; fact && i < fact->source_count; i++) {
        add_source(r, to, fact->sources[i]);
    }
}

static void add_row(rows *r, line_evidence row, const source_list *sources)
{
    row.sources = sources->at;
    row.source_count = (uint32_t)sources->count;
    *VEC_PUSH(r->a, &r->list) = row;
}

static str date_value(rows *r, date d)
{
    char text[11];
    return d.precision == DATE_NONE ? STR("") : arena_str(r->a, date_write(d, text));
}

/* Known to the day, or to the month or year. */
static str date_confidence(date d) { return d.precision == DATE_NONE ? STR("") : d.precision == DATE_DAY ? STR("high") : STR("medium"); }

static void drug_rows(rows *r, const draft *l, const line_of_therapy *line)
{
    for (uint32_t i = 0; i < line->drug_count; i++) {
        line_evidence row = { .part = STR("drug"), .value = line->drugs[i], .how = STR("recorded"), .confidence = STR("high") };
        source_list from = { 0 };
        for (size_t m = 0; m < l->members.count; m++) {
            const course *p = l->members.at[m].course;
            arena_step(r->a);
            if (!str_eq(p->name, line->drugs[i])) {
                continue;
            }
            row.rule = str_empty(row.rule) ? l->members.at[m].rule : row.rule;
            row.how = p->misspelt ? STR("derived") : row.how;
            row.confidence = !p->drug ? STR("low") : p->misspelt ? STR("medium") : row.confidence;
            for (uint32_t k = 0; k < p->entry_count; k++) {
                *VEC_PUSH(r->a, &from) = p->entries[k]->what;
            }
        }
        add_row(r, row, &from);
    }
}

static void start_row(rows *r, const draft *l, const line_of_therapy *line)
{
    source_list from = { 0 };
    for (size_t i = 0; i < l->members.count && line->start.precision != DATE_NONE; i++) {
        const course *p = l->members.at[i].course;
        if (date_cmp(p->start, line->start) == 0) {
            add_source(r, &from, course_begun_at(p));
        }
    }
    bool known = line->start.precision != DATE_NONE;
    add_row(r, (line_evidence){ .part = STR("start"), .value = date_value(r, line->start), .how = known ? STR("recorded") : STR("none"),
                                .confidence = date_confidence(line->start), .rule = line->rule }, &from);
}

/* A recorded end; the last dose of what lapsed; or what shows that it goes on. */
static void end_row(rows *r, const draft *l, const line_of_therapy *line)
{
    line_evidence row = { .part = STR("end"), .value = date_value(r, line->end), .how = STR("none"), .confidence = date_confidence(line->end) };
    source_list from = { 0 };
    bool known = line->end.precision != DATE_NONE, active = false;
    for (size_t i = 0; i < l->members.count; i++) {
        const course *p = l->members.at[i].course;
        bool ends = known && !is_taken(l, p) && date_cmp(p->end, line->end) == 0;
        if (ends && course_ended_at(p)) {
            add_source(r, &from, course_ended_at(p));
            row.how = STR("recorded");
        } else if (ends) {
            add_source(r, &from, newest_entry(p)->from_at ? newest_entry(p)->from_at : newest_entry(p)->what);
            row.how = str_is(row.how, "recorded") ? row.how : STR("derived");
        } else if (line->in_progress && !known && (p->in_use || p->held) && !is_taken(l, p)) {
            add_source(r, &from, newest_entry(p)->what);
            active = active || p->active;
        }
    }
    if (line->in_progress && !known) {
        row.how = STR("running");
        row.confidence = active ? STR("high") : STR("medium");
    } else if (str_is(row.how, "derived")) {
        row.confidence = STR("medium");
    }
    add_row(r, row, &from);
}

static void setting_row(rows *r, const disease *d, const draft *l, const line_of_therapy *line)
{
    line_evidence row = { .part = STR("setting"), .how = STR("none"), .rule = l->setting_rule };
    source_list from = { 0 };
    bool metastatic = str_is(line->setting, "metastatic"), known = !str_is(line->setting, "unknown"), said = false;
    for (size_t i = 0; i < l->members.count && known; i++) {
        const course *p = l->members.at[i].course;
        said = said || str_eq(p->setting, line->setting);
        add_source(r, &from, p->setting_at);
        add_source(r, &from, p->intent_at);
    }
    if (known) {
        add_fact(r, &from, d->found_by);
        add_source(r, &from, !metastatic && d->operated_by ? d->operated_by->root : NULL);
        row.value = line->setting;
        row.how = said ? STR("recorded") : STR("derived");
        row.confidence = l->setting_confidence;
    }
    add_row(r, row, &from);
}

static void reason_row(rows *r, const line_basis *b, const line_of_therapy *line)
{
    line_evidence row = { .part = STR("reason"), .value = str_empty(line->stop_reason) ? line->stop_text : line->stop_reason, .how = STR("none") };
    source_list from = { 0 };
    bool said = b->why && str_eq(line->stop_reason, b->why->reason);
    if (str_empty(row.value) && line->presumed_progression) {
        row = (line_evidence){ .part = row.part, .value = STR("progression"), .how = STR("presumed"), .confidence = STR("low") };
        add_source(r, &from, b->next ? b->next->entries[0]->what : NULL);
    } else if (!str_empty(row.value)) {
        row.how = said || b->change ? STR("recorded") : STR("derived");
        row.confidence = str_empty(line->stop_reason) ? STR("low") : said ? STR("high") : STR("medium");
        add_source(r, &from, b->why ? b->why->reason_at : NULL);
        add_fact(r, &from, b->change && str_eq(b->change->word, line->stop_reason) ? b->change->fact : NULL);
        add_fact(r, &from, b->worse ? b->worse->fact : NULL);
    }
    add_row(r, row, &from);
}

static void response_row(rows *r, const line_basis *b, const line_of_therapy *line)
{
    source_list from = { 0 };
    add_fact(r, &from, b->best ? b->best->fact : NULL);
    add_row(r, (line_evidence){ .part = STR("response"), .value = line->response, .how = b->best ? STR("recorded") : STR("none"),
                                .confidence = b->best ? STR("high") : STR("") }, &from);
}

void line_evidence_make(const chart *c, const disease *d, const draft *l, const line_basis *basis, line_of_therapy *line)
{
    rows r = { .a = record_arena(c->record) };
    drug_rows(&r, l, line);
    start_row(&r, l, line);
    end_row(&r, l, line);
    setting_row(&r, d, l, line);
    reason_row(&r, basis, line);
    response_row(&r, basis, line);
    line->evidence = r.list.at;
    line->evidence_count = (uint32_t)r.list.count;
}
