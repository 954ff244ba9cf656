/* The record is read once as the rules have it; each question met on the way that would change the result is open. The newest
 * of these are read both ways, in every combination: the readings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/lines.h"

#include "chart/lines_draft.h"

typedef VEC(const course *) course_list;

typedef struct reader {
    chart      *c;
    arena      *a;
    disease     disease;
    course_list dated, undated;
} reader;

static drawer read_with(const reader *r, const open_question *flipped, size_t count)
{
    drawer x = { .c = r->c, .a = r->a, .rules = r->c->terms->line_rules, .disease = &r->disease, .flipped = flipped, .flipped_count = count };
    draw(&x, r->undated.at, r->undated.count, r->dated.at, r->dated.count);
    return x;
}

static bool same_draft(const draft *a, const draft *b)
{
    bool same = a->members.count == b->members.count && str_eq(a->setting, b->setting) && date_cmp(a->start, b->start) == 0;
    for (size_t i = 0; i < a->members.count && same; i++) {
        same = a->members.at[i].course == b->members.at[i].course;
    }
    return same;
}

static bool same_lines(const drawer *a, const drawer *b)
{
    bool same = a->drafts.count == b->drafts.count;
    for (size_t i = 0; i < a->drafts.count && same; i++) {
        same = same_draft(&a->drafts.at[i], &b->drafts.at[i]);
    }
    return same;
}

/* The newest questions that matter, oldest first. */
static open_questions questions_open(const reader *r, const drawer *main)
{
    open_questions newest = { 0 }, out = { 0 };
    uint32_t most = r->c->terms->line_rules->most_open, matter = 0;
    for (size_t i = main->met.count; i-- > 0;) {
        drawer other = read_with(r, &main->met.at[i], 1);
        if (same_lines(main, &other)) {
            continue;
        }
        matter++;
        if (newest.count < most) {
            *VEC_PUSH(r->a, &newest) = main->met.at[i];
        }
    }
    if (matter > newest.count) {
        const drug_entry *e = main->met.at[0].at->entries[0];
        record_finding(r->c->record, "lines-more-questions", e->from_resource, e->what,
                       arena_printf(r->a, "the course can be read in more ways than are kept: %u questions are open, the newest %u are read both ways",
                                    matter, most));
    }
    for (size_t i = newest.count; i-- > 0;) {
        *VEC_PUSH(r->a, &out) = newest.at[i];
    }
    return out;
}

/* What was taken for granted, said to the reader. */
static void tell_assumed(chart *c, const draft *l, const line_of_therapy *line)
{
    const drug_entry *e = l->members.at[0].course->entries[0];
    if (l->start.precision == DATE_NONE) {
        record_finding(c->record, "line-undated", e->from_resource, e->what,
                       arena_printf(record_arena(c->record), "%.*s is recorded without a date; which line of therapy it was is not known", STR_ARG(line->drugs[0])));
    } else if (str_is(l->rule, "lot.before-metastatic") && str_is(l->confidence, "low")) {
        record_finding(c->record, "line-setting-assumed", e->from_resource, e->what,
                       arena_printf(record_arena(c->record), "%.*s is taken as adjuvant: it began before distant disease was recorded, and neither a setting nor an operation is",
                                    STR_ARG(line->drugs[0])));
    }
}

/* What a drug was stopped for, and what a review of the plan says of that time. */
static void tell_reasons_differ(chart *c, const line_basis *b)
{
    bool differ = b->why && b->change && !str_empty(b->why->reason) && !str_eq(b->why->reason, b->change->word);
    char day[11];
    str when = differ ? date_write(b->change->day, day) : STR("");
    if (differ) {
        record_finding(c->record, "stop-reasons-differ", record_of(c->record, b->why->reason_at), b->why->reason_at,
                       arena_printf(record_arena(c->record), "%.*s is recorded as stopped for %.*s, a review of the care plan of %.*s gives %.*s; the first was used",
                                    STR_ARG(b->why->name), STR_ARG(b->why->reason), STR_ARG(when), STR_ARG(b->change->word)));
    }
}

static line_reading reading_make(const reader *r, const drawer *x, uint32_t flipped)
{
    line_reading out = { .flipped = flipped, .line_count = (uint32_t)x->drafts.count };
    line_resources resources = { 0 };
    out.lines = ARENA_ARRAY(r->a, x->drafts.count + 1, line_of_therapy);
    for (size_t i = 0; i < x->drafts.count; i++) {
        line_basis basis;
        out.lines[i] = line_settle(r->c, &r->disease, x->drafts.at, x->drafts.count, i, &basis);
        str id = flipped ? arena_printf(r->a, "nl-reading-%u-line-%zu", flipped, i + 1) : arena_printf(r->a, "nl-line-%zu", i + 1);
        size_t first = resources.count;
        lines_write(r->c, &x->drafts.at[i], &out.lines[i], id, &basis, &resources);
        resources.at[first].line = (int32_t)i;
        if (!flipped) {
            tell_assumed(r->c, &x->drafts.at[i], &out.lines[i]);
            tell_reasons_differ(r->c, &basis);
        }
    }
    out.resources = resources.at;
    out.resource_count = (uint32_t)resources.count;
    return out;
}

static str filled(arena *a, str text, const open_question *q)
{
    char day[11];
    const struct { str name, value; } parts[] = { { STR("{drugs}"), q->drugs }, { STR("{new}"), q->begun }, { STR("{date}"), date_write(q->day, day) } };
    buf b = buf_make(a, 1 << 16);
    while (text.n) {
        size_t used = 0;
        for (size_t i = 0; i < sizeof parts / sizeof *parts && !used; i++) {
            if (str_starts(text, parts[i].name)) {
                buf_add(&b, parts[i].value);
                used = parts[i].name.n;
            }
        }
        if (!used) {
            buf_char(&b, text.p[0]);
        }
        text = str_from(text, used ? used : 1);
    }
    return buf_str(&b);
}

static line_decision decision_of(arena *a, const open_question *q)
{
    str same = filled(a, q->question->same, q), apart = filled(a, q->question->apart, q);
    return (line_decision){ q->question->id, filled(a, q->question->ask, q), q->apart ? apart : same, q->apart ? same : apart, q->day };
}

static void make_readings(reader *r)
{
    drawer main = read_with(r, NULL, 0);
    open_questions open = questions_open(r, &main);
    uint32_t count = 1u << open.count;
    line_reading *readings = ARENA_ARRAY(r->a, count, line_reading);
    line_decision *decisions = ARENA_ARRAY(r->a, open.count + 1, line_decision);
    readings[0] = reading_make(r, &main, 0);
    for (size_t i = 0; i < open.count; i++) {
        decisions[i] = decision_of(r->a, &open.at[i]);
    }
    for (uint32_t k = 1; k < count; k++) {
        open_questions flipped = { 0 };
        for (size_t i = 0; i < open.count; i++) {
            if (k >> i & 1) {
                *VEC_PUSH(r->a, &flipped) = open.at[i];
            }
        }
        drawer x = read_with(r, flipped.at, flipped.count);
        readings[k] = reading_make(r, &x, k);
    }
    r->c->readings = readings;
    r->c->reading_count = count;
    r->c->decisions = decisions;
    r->c->decision_count = (uint32_t)open.count;
}

void lines_append(chart *c, uint32_t reading)
{
    const line_reading *r = &c->readings[reading];
    for (uint32_t i = 0; i < r->resource_count; i++) {
        const line_resource *x = &r->resources[i];
        const resource *derived = record_append(c->record, x->root, x->when, x->sources, x->source_count);
        if (x->line >= 0) {
            r->lines[x->line].derived = derived;
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
    c->courses = courses;
    c->course_count = count;
    reader r = { .c = c, .a = record_arena(c->record) };
    VEC(course) kept = { 0 };
    for (size_t i = 0; i < count; i++) {
        if (courses[i].anticancer) {
            *VEC_PUSH(r.a, &kept) = courses[i];
        }
    }
    for (size_t i = 0; i < kept.count; i++) {
        course_list *to = kept.at[i].start.precision == DATE_NONE ? &r.undated : &r.dated;
        *VEC_PUSH(r.a, to) = &kept.at[i];
    }
    r.disease = disease_read(c, kept.at, kept.count);
    make_readings(&r);
    lines_append(c, 0);
    c->lines = c->readings[0].lines;
    c->line_count = c->readings[0].line_count;
}
