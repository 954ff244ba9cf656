/* Assessments of response as entries of the course. What they mean was settled by the chart. Equal answers that follow each other
 * are one entry with its first and its last value: a page tells what changed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/course.h"
#include "report/wording.h"

enum { PHRASE_MAX = 64 * 1024 };

static bool listed(const str *at, uint32_t count, str word)
{
    for (uint32_t i = 0; i < count; i++) {
        if (str_eq(at[i], word)) {
            return true;
        }
    }
    return false;
}

static bool is_told(const course_kind *k, const assessment *x)
{
    return (k->kind_count == 0 || listed(k->kinds, k->kind_count, x->kind)) && !listed(k->except, k->except_count, x->overall);
}

/* "50 mm, -3.8 % from baseline" */
static void add_measure(arena *a, buf *b, const plan *p, const assessment *x)
{
    if (str_empty(x->value)) {
        return;
    }
    str unit = course_say(NULL, &p->pack->course.words, x->unit);
    buf_printf(b, "%.*s%s%.*s", STR_ARG(x->value), str_empty(unit) ? "" : " ", STR_ARG(unit));
    if (!str_empty(x->from_baseline)) {
        buf_printf(b, ", %.*s %% from baseline", STR_ARG(x->from_baseline));
    }
    bool grown = !str_empty(x->from_nadir) && !str_starts(x->from_nadir, STR("-")) && !str_is(x->from_nadir, "0.0");
    if (grown && !str_eq(x->from_nadir, x->from_baseline)) {
        buf_printf(b, ", %.*s %% from the least", STR_ARG(x->from_nadir));
    }
}

/* Which answer: the criteria, or the marker or gene followed. */
static str subject_of(arena *a, const plan *p, const assessment *x)
{
    const course_words *words = &p->pack->course.words;
    if (!str_empty(x->subject)) {
        return course_say(NULL, words, x->subject);
    }
    str key = arena_printf(a, "kind-%.*s", STR_ARG(x->kind)), say = course_say(NULL, words, key);
    return str_eq(say, key) ? x->kind : say;
}

static void add_reasons(buf *b, const assessment *x)
{
    for (uint32_t i = 0; i < x->reason_count; i++) {
        str say = x->says[i];
        say = str_ends(say, STR(".")) ? str_head(say, say.n - 1) : say;
        buf_printf(b, "; %.*s", STR_ARG(say));
    }
    if (x->outspoken) {
        buf_add(b, STR("; A REPORTED STATUS of about that day says otherwise and is taken"));
    }
}

static str assessment_text(arena *a, const plan *p, const assessment *first, const assessment *last, uint32_t times)
{
    buf b = buf_make(a, PHRASE_MAX);
    str subject = subject_of(a, p, first), overall = course_say(NULL, &p->pack->course.words, first->overall);
    overall = first->baseline_visit ? STR("baseline") : str_empty(overall) ? STR("not known") : overall;
    buf_printf(&b, "%.*s %.*s", STR_ARG(subject), STR_ARG(overall));
    if (!str_empty(first->imaging) && !str_eq(first->imaging, first->overall)) {
        str imaging = course_say(NULL, &p->pack->course.words, first->imaging);
        buf_printf(&b, " (by imaging alone %.*s)", STR_ARG(imaging));
    }
    size_t before = b.n;
    buf_add(&b, STR(": "));
    add_measure(a, &b, p, first);
    b.n = b.n == before + 2 ? before : b.n;
    if (last != first) {
        str when = words_date(a, last->when);
        buf_printf(&b, "; to %.*s (%u results)", STR_ARG(when), times);
        buf_add(&b, str_empty(last->value) ? STR("") : STR(": "));
        add_measure(a, &b, p, last);
    }
    add_reasons(&b, last);
    return buf_str(&b);
}

typedef struct run { const assessment *first, *last; uint32_t times; course_sources sources; } run;
typedef VEC(run) runs;

static bool same_answer(const assessment *x, const assessment *y)
{
    return str_eq(x->overall, y->overall) && str_eq(x->imaging, y->imaging) && x->baseline_visit == y->baseline_visit && x->outspoken == y->outspoken
           && (x->baseline_visit ? date_cmp(x->when, y->when) == 0 : x->line == y->line);   /* one visit may be the baseline of two lines */
}

/* The newest run of that kind and subject. */
static run *run_of(arena *a, runs *all, const assessment *x)
{
    for (size_t i = all->count; i-- > 0;) {
        arena_step(a);
        if (str_eq(all->at[i].first->kind, x->kind) && str_eq(all->at[i].first->subject, x->subject)) {
            return &all->at[i];
        }
    }
    return NULL;
}

void course_add_assessments(arena *a, const plan *p, const course_kind *k, course_entries *out)
{
    runs all = { 0 };
    for (uint32_t i = 0; i < p->chart->assessment_count; i++) {
        const assessment *x = &p->chart->assessments[i];
        if (!is_told(k, x)) {
            continue;
        }
        run *r = k->repeat == COURSE_ALL ? NULL : run_of(a, &all, x);
        if (!r || !same_answer(r->first, x) || r->first->when.precision == DATE_NONE) {
            r = VEC_PUSH(a, &all);
            *r = (run){ .first = x };
        }
        r->last = x->baseline_visit ? r->first : x;
        r->times++;
        course_sources_add(a, p, &r->sources, x->sources, x->source_count);
    }
    for (size_t i = 0; i < all.count; i++) {
        const run *r = &all.at[i];
        course_entry e = { .kind = k, .title = k->title, .assessment = r->first, .when = r->first->when, .times = r->times,
                           .conflict = r->first->outspoken, .sources = r->sources };
        e.until = r->last != r->first ? r->last->when : (date){ 0 };
        e.text = assessment_text(a, p, r->first, r->last, r->times);
        *VEC_PUSH(a, out) = e;
    }
}
