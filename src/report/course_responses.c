/* Assessments of response as entries of the course. What they mean was settled by the chart. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/course.h"
#include "report/wording.h"

enum { PHRASE_MAX = 64 * 1024 };

static bool is_named(const course_kind *k, str kind)
{
    for (uint32_t i = 0; i < k->kind_count; i++) {
        if (str_eq(k->kinds[i], kind)) {
            return true;
        }
    }
    return k->kind_count == 0;
}

static void add_measure(buf *b, const assessment *x)
{
    if (str_empty(x->value)) {
        return;
    }
    buf_printf(b, "; %.*s%s%.*s", STR_ARG(x->value), str_empty(x->unit) ? "" : " ", STR_ARG(x->unit));
    if (!str_empty(x->from_baseline)) {
        buf_printf(b, ", %.*s %% from baseline", STR_ARG(x->from_baseline));
    }
    if (!str_empty(x->from_nadir) && !str_eq(x->from_nadir, x->from_baseline)) {
        buf_printf(b, ", %.*s %% from the least", STR_ARG(x->from_nadir));
    }
}

static str assessment_text(arena *a, const plan *p, const assessment *x)
{
    const course_words *words = &p->pack->course.words;
    buf b = buf_make(a, PHRASE_MAX);
    str key = arena_printf(a, "kind-%.*s", STR_ARG(x->kind)), kind = course_say(NULL, words, key);
    kind = str_eq(kind, key) ? x->kind : kind;
    buf_printf(&b, "%.*s%s%.*s: ", STR_ARG(kind), str_empty(x->subject) ? "" : " ", STR_ARG(x->subject));
    str overall = course_say(NULL, words, x->overall);
    buf_add(&b, x->baseline_visit ? STR("baseline") : str_empty(overall) ? STR("not known") : overall);
    add_measure(&b, x);
    for (uint32_t i = 0; i < x->reason_count && !x->baseline_visit; i++) {
        str say = x->says[i];
        say = str_ends(say, STR(".")) ? str_head(say, say.n - 1) : say;
        buf_printf(&b, "; %.*s", STR_ARG(say));
    }
    if (x->outspoken) {
        buf_add(&b, STR("; a reported status of about that day says otherwise and is taken first"));
    }
    return buf_str(&b);
}

void course_add_assessments(arena *a, const plan *p, const course_kind *k, course_entries *out)
{
    for (uint32_t i = 0; i < p->chart->assessment_count; i++) {
        const assessment *x = &p->chart->assessments[i];
        if (!is_named(k, x->kind)) {
            continue;
        }
        course_entry e = { .kind = k, .title = k->title, .assessment = x, .when = x->when, .times = 1, .conflict = x->outspoken };
        e.text = assessment_text(a, p, x);
        course_sources_add(a, p, &e.sources, x->sources, x->source_count);
        *VEC_PUSH(a, out) = e;
    }
}
