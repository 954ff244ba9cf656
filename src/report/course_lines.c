/* Lines of therapy as entries of the course: drugs, days, how long, best response, why it ended, and how sure that is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/course.h"
#include "report/wording.h"

enum { PHRASE_MAX = 64 * 1024 };

static str said(const plan *p, const char *kind, str word, arena *a)
{
    str key = arena_printf(a, "%s-%.*s", kind, STR_ARG(word));
    str say = course_say(NULL, &p->pack->course.words, key);
    return str_eq(say, key) ? word : say;
}

static bool is_running(const line_of_therapy *l) { return l->in_progress && l->end.precision == DATE_NONE; }

/* ---- days of each drug ---- */

/* " (to 2021-05-01: "too tired")" when the days of this course of the drug are not those of the line. */
static void add_part_days(arena *a, buf *b, const line_of_therapy *l, const line_part *x, bool again)
{
    bool later = x->start.precision != DATE_NONE && l->start.precision != DATE_NONE && date_cmp(x->start, l->start) > 0;
    bool earlier = x->end.precision != DATE_NONE && (l->in_progress || (l->end.precision != DATE_NONE && date_cmp(x->end, l->end) < 0));
    if (!later && !earlier && !again) {
        return;
    }
    str since = words_date(a, x->start), until = words_date(a, x->end);
    buf_add(b, again ? STR(", again (") : STR(" ("));
    if (later && earlier) {
        buf_printf(b, "%.*s to %.*s", STR_ARG(since), STR_ARG(until));
    } else if (earlier) {
        buf_printf(b, "to %.*s", STR_ARG(until));
    } else {
        buf_printf(b, "from %.*s", STR_ARG(since));
    }
    str reason = str_empty(x->stop_text) ? x->stop_reason : x->stop_text;
    if (earlier && !str_empty(reason)) {
        buf_printf(b, str_empty(x->stop_text) ? ": %.*s" : ": \"%.*s\"", STR_ARG(reason));
    }
    buf_char(b, ')');
}

static void add_drugs(arena *a, buf *b, const line_of_therapy *l)
{
    for (uint32_t i = 0; i < l->drug_count; i++) {
        buf_printf(b, "%s%.*s", i ? " + " : "", STR_ARG(l->drugs[i]));
        bool again = false;
        for (uint32_t k = 0; k < l->part_count; k++) {
            arena_step(a);
            if (str_eq(l->parts[k].drug, l->drugs[i])) {
                add_part_days(a, b, l, &l->parts[k], again);
                again = true;
            }
        }
    }
    if (l->drug_count == 0) {
        buf_add(b, STR("drugs not recorded"));
    }
}

static void add_phases(arena *a, buf *b, const line_of_therapy *l)
{
    for (uint32_t i = 0; i < l->phase_count; i++) {
        str when = words_date(a, l->phases[i].start);
        buf_printf(b, "%s%.*s from %.*s", i ? ", " : "; ", STR_ARG(l->phases[i].word), STR_ARG(when));
    }
}

/* ---- end and reason ---- */

static void add_days(arena *a, buf *b, const plan *p, const line_of_therapy *l, const line_of_therapy *next)
{
    if (is_running(l)) {
        str span = course_span(a, l->start, p->as_of);
        buf_printf(b, "; recorded as running%s%.*s", str_empty(span) ? "" : ", ", STR_ARG(span));
        return;
    }
    if (l->end.precision == DATE_NONE) {
        bool stopped = !str_empty(l->stop_reason) || !str_empty(l->stop_text);
        buf_add(b, next || stopped ? STR("; end not recorded") : STR("; neither its end nor that it goes on is recorded"));
        if (next && next->start.precision != DATE_NONE) {
            str when = words_date(a, next->start);
            buf_printf(b, ", next treatment %.*s", STR_ARG(when));
        }
        return;
    }
    str end = words_date(a, l->end), span = course_span(a, l->start, l->end);
    buf_printf(b, "; to %.*s", STR_ARG(end));
    if (!str_empty(span)) {
        buf_printf(b, " (%.*s)", STR_ARG(span));
    }
}

static void add_reason(buf *b, const plan *p, const line_of_therapy *l, bool followed)
{
    str words = course_untagged(&p->pack->course, l->stop_text);
    if (!str_empty(l->stop_reason)) {
        buf_printf(b, "; ended: %.*s", STR_ARG(l->stop_reason));
        if (!str_empty(l->stop_text) && !str_eq_nocase(l->stop_text, l->stop_reason)) {
            buf_printf(b, " (\"%.*s\")", STR_ARG(words));
        }
    } else if (!str_empty(l->stop_text)) {
        buf_printf(b, "; ended: \"%.*s\" (as recorded)", STR_ARG(words));
    } else if (!l->in_progress && (l->end.precision != DATE_NONE || followed)) {
        buf_add(b, STR("; why it ended is not recorded"));
    }
    if (l->presumed_progression) {
        buf_add(b, STR("; progression PRESUMED from the change of drugs"));
    }
}

/* ---- other readings ---- */

static bool same_line(const line_of_therapy *x, const line_of_therapy *y)
{
    bool same = x->number == y->number && str_eq(x->setting, y->setting) && date_cmp(x->start, y->start) == 0 && x->drug_count == y->drug_count;
    for (uint32_t i = 0; i < x->drug_count && same; i++) {
        same = str_eq(x->drugs[i], y->drugs[i]);
    }
    return same;
}

/* Whether the line is another one, or none, when the question is answered the other way. */
static bool hangs_on(const chart *c, const line_of_therapy *l, uint32_t decision)
{
    const line_reading *r = &c->readings[1u << decision];
    bool found = false;
    for (uint32_t i = 0; i < r->line_count && !found; i++) {
        found = same_line(l, &r->lines[i]);
    }
    return !found;
}

static void add_doubt(buf *b, const plan *p, const line_of_therapy *l)
{
    const chart *c = p->chart;
    bool open = false;
    for (uint32_t i = 0; i < c->decision_count; i++) {
        if (hangs_on(c, l, i)) {
            buf_printf(b, open ? ", %u" : "; MAY BE READ OTHERWISE: question %u", i + 1);
            open = true;
        }
    }
    if (!open && !str_empty(l->confidence) && !str_is(l->confidence, "high")) {
        buf_printf(b, "; %.*s confidence", STR_ARG(l->confidence));
    }
}

static str line_text(arena *a, const plan *p, const line_of_therapy *l, const line_of_therapy *next)
{
    buf b = buf_make(a, PHRASE_MAX);
    add_drugs(a, &b, l);
    add_phases(a, &b, l);
    if (str_is(l->setting, "unknown")) {
        buf_add(&b, STR("; setting not known"));
    }
    add_days(a, &b, p, l, next);
    str best = words_best(a, p, l);
    buf_printf(&b, "%s%.*s", str_empty(best) ? "" : "; ", STR_ARG(best));
    add_reason(&b, p, l, next != NULL);
    if (l->stated_number > 0) {
        buf_printf(&b, "; RECORDED as line %u", l->stated_number);
    }
    add_doubt(&b, p, l);
    return buf_str(&b);
}

str course_line_title(arena *a, const plan *p, const line_of_therapy *l)
{
    str title = said(p, "line", l->setting, a);
    return arena_printf(a, "%.*s %u", STR_ARG(title), l->number);
}

void course_add_lines(arena *a, const plan *p, const course_kind *k, course_entries *out)
{
    const chart *c = p->chart;
    for (uint32_t i = 0; i < c->line_count; i++) {
        const line_of_therapy *l = &c->lines[i], *next = i + 1 < c->line_count ? l + 1 : NULL;
        course_entry e = { .kind = k, .line = l, .when = l->start, .until = l->end, .times = 1, .presumed = l->presumed_progression };
        e.title = course_line_title(a, p, l);
        e.text = line_text(a, p, l, next);
        if (l->derived) {
            course_sources_add(a, p, &e.sources, l->derived->sources, l->derived->source_count);
        }
        *VEC_PUSH(a, out) = e;
    }
}

/* "LINE 1 a + b (2024-01-01); LINE 2 c (2024-05-01)": the lines that the other answer gives and this one does not. */
static str lines_otherwise(arena *a, const plan *p, uint32_t decision)
{
    const chart *c = p->chart;
    const line_reading *r = &c->readings[1u << decision];
    buf b = buf_make(a, PHRASE_MAX);
    for (uint32_t i = 0; i < r->line_count; i++) {
        const line_of_therapy *l = &r->lines[i];
        bool same = false;
        for (uint32_t k = 0; k < c->line_count && !same; k++) {
            same = same_line(l, &c->lines[k]);
        }
        if (!same) {
            str title = course_line_title(a, p, l), names = words_join(a, l->drugs, l->drug_count, " + "), when = words_date(a, l->start);
            buf_printf(&b, "%s%.*s %.*s (%.*s)", b.n ? "; " : "", STR_ARG(title), STR_ARG(names), STR_ARG(when));
        }
    }
    return buf_str(&b);
}

static void add_line_sources(arena *a, const plan *p, course_question *q, const line_of_therapy *l)
{
    if (l->derived) {
        course_sources_add(a, p, &q->sources, l->derived->sources, l->derived->source_count);
    }
    q->line = q->line ? q->line : l;
}

const course_question *course_questions(arena *a, const plan *p, uint32_t *count)
{
    const chart *c = p->chart;
    VEC(course_question) all = { 0 };
    for (uint32_t i = 0; i < c->decision_count; i++) {
        const line_decision *d = &c->decisions[i];
        course_question q = { .text = d->question, .taken = d->main, .other = d->other, .otherwise = lines_otherwise(a, p, i) };
        for (uint32_t k = 0; k < c->line_count; k++) {
            if (hangs_on(c, &c->lines[k], i)) {
                add_line_sources(a, p, &q, &c->lines[k]);
            }
        }
        *VEC_PUSH(a, &all) = q;
    }
    for (uint32_t i = 0; i < p->presumption_count; i++) {
        course_question q = { .text = p->presumptions[i].question, .taken = p->presumptions[i].sentence };
        add_line_sources(a, p, &q, p->presumptions[i].line);
        *VEC_PUSH(a, &all) = q;
    }
    *count = (uint32_t)all.count;
    return all.at;
}
