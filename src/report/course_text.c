/* The course as one page: who, the dated list, what has no date, how it stands now, what is open and where sources differ. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/course.h"
#include "report/report.h"
#include "report/wording.h"

enum { DATE_AT = 2, TITLE_AT = 14, TITLE_MOST = 15, GAP = 2, SOURCES_AT_MOST = 1, ID_MOST = 36 };

typedef struct course_page {
    page         *out;
    arena        *a;
    const plan   *p;
    const course *c;
    uint32_t      text_at;
} course_page;

/* A long id keeps its head and its tail; the JSON has it whole. */
static str short_id(course_page *v, str id)
{
    if (id.n <= ID_MOST) {
        return id;
    }
    str head = str_head(id, ID_MOST / 2), tail = str_from(id, id.n - (ID_MOST / 2 - 3));
    return arena_printf(v->a, "%.*s...%.*s", STR_ARG(head), STR_ARG(tail));
}

/* "[Observation/x +2]": the first resource and how many more. */
static str source_tag(course_page *v, const course_sources *s)
{
    const resource *seen = NULL;
    uint32_t count = 0;
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    for (size_t i = 0; i < s->count; i++) {   /* in order of the resources */
        const resource *of = record_of(v->p->chart->record, s->at[i]);
        if (of == seen) {
            continue;
        }
        seen = of;
        if (count++ < SOURCES_AT_MOST) {
            buf_printf(&b, "%s%.*s%s%.*s", b.n ? ", " : "[", STR_ARG(of->type), str_empty(of->id) ? "" : "/", STR_ARG(short_id(v, of->id)));
        }
    }
    if (count > SOURCES_AT_MOST) {
        buf_printf(&b, " +%u", count - SOURCES_AT_MOST);
    }
    buf_add(&b, count ? STR("]") : STR(""));
    return buf_str(&b);
}

static void print_entry(course_page *v, const course_entry *e)
{
    str tag = source_tag(v, &e->sources);
    str when = e->when.precision == DATE_NONE ? STR("") : words_date(v->a, e->when);
    str text = arena_printf(v->a, "%.*s%s%.*s", STR_ARG(e->text), str_empty(tag) ? "" : " ", STR_ARG(tag));
    ink colour = e->line ? INK_BOLD : e->conflict ? INK_YELLOW : INK_PLAIN;
    page_stop stops[] = { { DATE_AT, when, INK_PLAIN }, { TITLE_AT, e->title, colour }, { v->text_at, text, INK_PLAIN } };
    page_row(v->out, stops, 3);
}

static void measure(course_page *v)
{
    uint32_t widest = 0;
    for (uint32_t i = 0; i < v->c->dated_count + v->c->undated_count; i++) {
        const course_entry *e = i < v->c->dated_count ? &v->c->dated[i] : &v->c->undated[i - v->c->dated_count];
        uint32_t columns = page_columns(e->title);
        widest = columns > widest ? columns : widest;
    }
    v->text_at = TITLE_AT + (widest > TITLE_MOST ? TITLE_MOST : widest) + GAP;
}

/* ---- head ---- */

static void print_head(course_page *v)
{
    const course *c = v->c;
    page_cell *cells = ARENA_ARRAY(v->a, c->head_count + 1u, page_cell);
    str *unknown = ARENA_ARRAY(v->a, c->head_count + 1u, str);
    uint32_t known_count = 0, unknown_count = 0;
    for (uint32_t i = 0; i < c->head_count; i++) {
        const course_head_line *h = &c->heads[i];
        if (h->of->only_yes && !json_is(h->of->value, JSON_TRUE)) {
            continue;
        }
        if (h->of->unknown) {
            unknown[unknown_count++] = h->of->label;
            continue;
        }
        str value = words_value(v->a, h->of->value);
        if (h->when.precision != DATE_NONE) {
            str when = words_date(v->a, h->when);
            value = h->since ? arena_printf(v->a, "%.*s, since %.*s", STR_ARG(value), STR_ARG(when))
                             : arena_printf(v->a, "%.*s, %.*s%s%.*s", STR_ARG(value), STR_ARG(when), str_empty(h->where) ? "" : " ", STR_ARG(h->where));
        }
        cells[known_count++] = (page_cell){ h->of->label, value };
    }
    page_blank(v->out);
    page_table(v->out, 2, cells, known_count);
    if (unknown_count > 0) {
        page_item(v->out, 2, 4, STR("Not known:"), INK_BOLD, words_join(v->a, unknown, unknown_count, "; "));
    }
}

/* ---- now ---- */

/* A drug of the line that was stopped is left out, unless that leaves none. */
static str drugs_running(arena *a, const line_of_therapy *l)
{
    str *on = ARENA_ARRAY(a, l->drug_count + 1u, str);
    uint32_t count = 0;
    for (uint32_t i = 0; i < l->drug_count; i++) {
        bool going = l->part_count == 0;
        for (uint32_t k = 0; k < l->part_count && !going; k++) {
            arena_step(a);
            going = str_eq(l->parts[k].drug, l->drugs[i]) && l->parts[k].end.precision == DATE_NONE;
        }
        on[count] = l->drugs[i];
        count += going ? 1 : 0;
    }
    return count > 0 ? words_join(a, on, count, " + ") : words_join(a, l->drugs, l->drug_count, " + ");
}

static void print_running(course_page *v)
{
    const course *c = v->c;
    for (uint32_t i = 0; i < c->running_count; i++) {
        const line_of_therapy *l = c->running[i];
        str names = drugs_running(v->a, l), since = words_date(v->a, l->start), title = course_line_title(v->a, v->p, l);
        str span = course_span(v->a, l->start, v->p->as_of);
        page_item(v->out, 2, 4, STR("treatment:"), INK_PLAIN,
                  arena_printf(v->a, "recorded as running: %.*s since %.*s%s%.*s: %.*s", STR_ARG(title), STR_ARG(since), str_empty(span) ? "" : ", ",
                               STR_ARG(span), STR_ARG(names)));
    }
    if (c->running_count > 0) {
        return;
    }
    if (!c->last) {
        page_item(v->out, 2, 4, STR("treatment:"), INK_PLAIN, STR("no treatment against the cancer is recorded, now or before"));
    } else if (c->last->end.precision == DATE_NONE) {
        page_item(v->out, 2, 4, STR("treatment:"), INK_PLAIN, STR("nothing is recorded as running; when the last treatment ended is not recorded"));
    } else {
        str end = words_date(v->a, c->last->end), span = course_span(v->a, c->last->end, v->p->as_of);
        page_item(v->out, 2, 4, STR("treatment:"), INK_PLAIN,
                  arena_printf(v->a, "nothing is recorded as running; the last treatment ended %.*s, %.*s ago", STR_ARG(end), STR_ARG(span)));
    }
}

static void print_numbers(course_page *v)
{
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    const course_rules *rules = &v->p->pack->course;
    const plan_amount *before = NULL;
    for (uint32_t k = 0; k < rules->number_count; k++) {
        for (uint32_t i = 0; i < v->p->amount_count; i++) {
            const plan_amount *x = &v->p->amounts[i];
            if (str_eq(x->key->key, rules->numbers[k]) && !str_empty(x->value)) {
                words_amount_add(v->a, &b, x, before);
                before = x;
            }
        }
    }
    if (b.n > 0) {
        page_item(v->out, 2, 4, STR("in numbers:"), INK_PLAIN, buf_str(&b));
    }
}

static void print_response(course_page *v)
{
    const course *c = v->c;
    if (!c->newest_response) {
        page_item(v->out, 2, 4, STR("last response:"), INK_PLAIN, STR("none is recorded"));
        return;
    }
    const course_entry *e = c->newest_response;
    str when = words_date(v->a, course_last_day(e));
    bool before = c->running_count > 0 && date_after(c->running[c->running_count - 1]->start, course_last_day(e));
    page_item(v->out, 2, 4, STR("last response:"), INK_PLAIN,
              arena_printf(v->a, "%s%.*s, %.*s", before ? "none recorded since this treatment began; before it " : "", STR_ARG(e->text), STR_ARG(when)));
}

static void print_now(course_page *v)
{
    str as_of = words_date(v->a, v->p->as_of);
    page_heading(v->out, arena_printf(v->a, "ON %.*s", STR_ARG(as_of)), INK_BOLD);
    print_running(v);
    print_response(v);
    print_numbers(v);
}

/* ---- what is open ---- */

static void print_questions(course_page *v)
{
    for (uint32_t i = 0; i < v->c->question_count; i++) {
        if (i == 0) {
            page_heading(v->out, STR("OPEN QUESTIONS"), INK_BOLD);
        }
        const course_question *q = &v->c->questions[i];
        page_item(v->out, 2, 5, arena_printf(v->a, "%u?", i + 1), INK_YELLOW, q->text);
        page_item(v->out, 5, 7, STR("here:"), INK_PLAIN, q->taken);
        if (!str_empty(q->other)) {
            str so = str_empty(q->otherwise) ? q->other : arena_printf(v->a, "%.*s: %.*s", STR_ARG(q->other), STR_ARG(q->otherwise));
            page_item(v->out, 5, 7, STR("else:"), INK_PLAIN, so);
        }
    }
}

static void print_conflicts(course_page *v)
{
    for (uint32_t i = 0; i < v->c->conflict_count; i++) {
        if (i == 0) {
            page_heading(v->out, STR("SOURCES THAT DO NOT AGREE"), INK_BOLD);
        }
        page_item(v->out, 2, 4, STR("-"), INK_PLAIN, v->c->conflicts[i]->text);
    }
}

static void print_rest(course_page *v)
{
    const chart *x = v->p->chart;
    size_t others = record_finding_count(x->record) - v->c->conflict_count;
    if (others == 0 && x->later_count == 0) {
        return;
    }
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    if (others > 0) {
        buf_printf(&b, "%zu other remark%s on the data stand%s in the chart (nextline chart)", others, others == 1 ? "" : "s", others == 1 ? "s" : "");
    }
    if (x->later_count > 0) {
        str as_of = words_date(v->a, v->p->as_of);
        buf_printf(&b, "%s%u entr%s dated after %.*s not used", others > 0 ? "; " : "", x->later_count, x->later_count == 1 ? "y" : "ies", STR_ARG(as_of));
    }
    page_blank(v->out);
    page_item(v->out, 2, 4, STR(""), INK_PLAIN, buf_str(&b));
}

void report_course_text(page *out, const plan *p)
{
    course_page view = { .out = out, .a = words_arena(p), .p = p }, *v = &view;
    v->c = course_make(v->a, p);
    measure(v);
    page_item(out, 0, 2, arena_printf(v->a, "%.*s:", STR_ARG(p->patient_id)), INK_BOLD, words_person(v->a, p));
    print_head(v);
    page_heading(out, STR("COURSE"), INK_BOLD);
    if (v->c->dated_count == 0) {
        page_item(out, 2, 4, STR(""), INK_PLAIN, STR("nothing of the course is recorded with a date"));
    }
    for (uint32_t i = 0; i < v->c->dated_count; i++) {
        print_entry(v, &v->c->dated[i]);
    }
    for (uint32_t i = 0; i < v->c->undated_count; i++) {
        if (i == 0) {
            page_heading(out, STR("WITHOUT A DATE"), INK_BOLD);
        }
        print_entry(v, &v->c->undated[i]);
    }
    print_now(v);
    print_questions(v);
    print_conflicts(v);
    print_rest(v);
}
