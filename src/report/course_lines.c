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

static const json *used_period(const json *used)
{
    const json *extensions = json_get(used, "extension");
    for (const json *e = extensions ? extensions->first : NULL; e; e = e->next) {
        if (str_ends(json_get_text(e, "url"), STR("/used-period"))) {
            return json_get(e, "valuePeriod");
        }
    }
    return NULL;
}

static date date_in(const json *period, const char *member)
{
    date d = { 0 };
    return date_read(json_get_text(period, member), &d) ? d : (date){ 0 };
}

/* Why one drug of the line was stopped, in the record's words; empty when it does not say. used: the drug within the line. */
static str drug_reason(const plan *p, const line_of_therapy *l, const json *used)
{
    str words = json_get_text(used, "text");
    for (uint32_t i = 0; i < l->derived->source_count && !str_empty(words); i++) {
        const json *at = l->derived->sources[i];
        const resource *of = record_of(p->chart->record, at);
        if (of && str_starts(at->key, STR("medication")) && (str_eq(json_get_text(at, "text"), words) || str_eq(course_concept(at), words))) {
            str reason = course_concept(json_get(of->root, "statusReason"));
            if (!str_empty(reason)) {
                return reason;
            }
        }
    }
    return STR("");
}

/* " (to 2021-05-01)" when the drug's days are not those of the line. */
static void add_drug_days(arena *a, buf *b, const plan *p, const line_of_therapy *l, const json *used)
{
    const json *period = used_period(used);
    date from = date_in(period, "start"), to = date_in(period, "end");
    bool later = from.precision != DATE_NONE && l->start.precision != DATE_NONE && date_cmp(from, l->start) > 0;
    bool earlier = to.precision != DATE_NONE && (l->in_progress || (l->end.precision != DATE_NONE && date_cmp(to, l->end) < 0));
    if (!later && !earlier) {
        return;
    }
    str since = words_date(a, from), until = words_date(a, to), reason = earlier ? drug_reason(p, l, used) : STR("");
    if (later && earlier) {
        buf_printf(b, " (%.*s to %.*s", STR_ARG(since), STR_ARG(until));
    } else if (later) {
        buf_printf(b, " (from %.*s", STR_ARG(since));
    } else {
        buf_printf(b, " (to %.*s", STR_ARG(until));
    }
    if (!str_empty(reason)) {
        buf_printf(b, ": \"%.*s\"", STR_ARG(reason));
    }
    buf_char(b, ')');
}

static void add_drugs(arena *a, buf *b, const plan *p, const line_of_therapy *l)
{
    const json *used = l->derived ? json_get(l->derived->root, "usedCode") : NULL;
    const json *at = used ? used->first : NULL;
    for (uint32_t i = 0; i < l->drug_count; i++) {
        buf_printf(b, "%s%.*s", i ? " + " : "", STR_ARG(l->drugs[i]));
        if (at && used->count == l->drug_count) {   /* one row a drug: else days cannot be told apart */
            add_drug_days(a, b, p, l, at);
            at = at->next;
        }
    }
    if (l->drug_count == 0) {
        buf_add(b, STR("drugs not recorded"));
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

static void add_reason(buf *b, const line_of_therapy *l, bool followed)
{
    if (!str_empty(l->stop_reason)) {
        buf_printf(b, "; ended: %.*s", STR_ARG(l->stop_reason));
        if (!str_empty(l->stop_text) && !str_eq_nocase(l->stop_text, l->stop_reason)) {
            buf_printf(b, " (\"%.*s\")", STR_ARG(l->stop_text));
        }
    } else if (!str_empty(l->stop_text)) {
        buf_printf(b, "; ended: \"%.*s\" (as recorded)", STR_ARG(l->stop_text));
    } else if (!l->in_progress && (l->end.precision != DATE_NONE || followed)) {
        buf_add(b, STR("; why it ended is not recorded"));
    }
    if (l->presumed_progression) {
        buf_add(b, STR("; progression PRESUMED from the change of drugs"));
    }
}

/* The best answer worked out for the line, and the best that somebody reported. */
static void add_best(arena *a, buf *b, const plan *p, const line_of_therapy *l)
{
    const course_words *words = &p->pack->course.words;
    uint32_t ours = (uint32_t)(l - p->chart->lines) + 1;
    bool told = false;
    for (uint32_t i = 0; i < p->chart->assessment_count; i++) {
        const assessment *x = &p->chart->assessments[i];
        if (x->line == ours && str_is(x->kind, "best") && !str_empty(x->overall)) {
            str say = course_say(NULL, words, x->overall), when = words_date(a, x->when);
            buf_printf(b, "; best response %.*s (%.*s)", STR_ARG(say), STR_ARG(when));
            told = true;
        }
    }
    if (!str_empty(l->response)) {
        str say = course_say(NULL, words, l->response);
        buf_printf(b, "; %s %.*s", told ? "reported as" : "best response", STR_ARG(say));
    }
}

static str line_text(arena *a, const plan *p, const line_of_therapy *l, const line_of_therapy *next)
{
    buf b = buf_make(a, PHRASE_MAX);
    add_drugs(a, &b, p, l);
    if (str_is(l->setting, "unknown")) {
        buf_add(&b, STR("; setting not known"));
    }
    add_days(a, &b, p, l, next);
    add_best(a, &b, p, l);
    add_reason(&b, l, next != NULL);
    if (!str_empty(l->confidence) && !str_is(l->confidence, "high")) {
        buf_printf(&b, "; %.*s confidence", STR_ARG(l->confidence));
    }
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

const course_question *course_questions(arena *a, const plan *p, uint32_t *count)
{
    VEC(course_question) all = { 0 };
    for (uint32_t i = 0; i < p->presumption_count; i++) {
        const line_of_therapy *l = p->presumptions[i].line;
        course_question q = { .text = p->presumptions[i].question, .line = l };
        if (l->derived) {
            course_sources_add(a, p, &q.sources, l->derived->sources, l->derived->source_count);
        }
        *VEC_PUSH(a, &all) = q;
    }
    *count = (uint32_t)all.count;
    return all.at;
}
