/* Where the course can be read in several ways, everything is decided under each of them. What all readings agree on stands;
 * what they differ in waits for the question that settles it. A presumption is decided within its reading. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/work.h"

static uint32_t count_of(const work *w) { return w->chart->reading_count ? w->chart->reading_count : 1; }

static void forget_lines(work *w, uint32_t reading)
{
    const line_reading *r = &w->chart->readings[reading];
    for (uint32_t i = 0; i < r->resource_count; i++) {
        const json *coding = json_path(r->resources[i].root, "code.coding.0");
        cql_forget(w->deciding.run, json_get_text(coding, "system"), json_get_text(coding, "code"));
    }
}

static chart_mark enter(work *w, uint32_t reading)
{
    chart_mark before = chart_get_mark(w->chart);
    if (reading > 0) {
        forget_lines(w, 0);
        forget_lines(w, reading);
        chart_read(w->chart, reading);
    }
    return before;
}

static void leave(work *w, uint32_t reading, chart_mark before)
{
    if (reading > 0) {
        forget_lines(w, 0);
        forget_lines(w, reading);
        chart_undo(w->chart, before);
    }
}

static bool presumes(const work *w)
{
    for (uint32_t i = 0; i < w->chart->line_count; i++) {
        if (w->chart->lines[i].presumed_progression) {
            return true;
        }
    }
    return false;
}

/* What stands under the reading that the chart is in. */
static void decide_here(work *w, decision *out)
{
    decide_all(&w->deciding, out);
    if (!presumes(w)) {
        return;
    }
    chart_mark before = chart_get_mark(w->chart);
    presume(w);
    decide_all(&w->deciding, w->scratch);
    unpresume(w, before);
    for (uint32_t i = 0; i < w->g->option_count; i++) {
        out[i] = decide_final(out[i], w->scratch[i]);
    }
}

void decide_readings(work *w, decision *out)
{
    decide_here(w, out);
    for (uint32_t r = 1; r < count_of(w); r++) {
        chart_mark before = enter(w, r);
        decide_here(w, w->other);
        leave(w, r, before);
        for (uint32_t i = 0; i < w->g->option_count; i++) {
            out[i] = decide_across(out[i], w->other[i]);
        }
    }
}

/* ---- what differs, and why ---- */

typedef struct noting { cql_run *run; truth *into; } noting;

static void note_truth(void *to, const condition *c)
{
    noting *n = to;
    n->into[c->define] = cql_truth(n->run, c->define);
}

void note_truths(work *w, truth *into) { each_condition(w->g, note_truth, &(noting){ w->deciding.run, into }); }

void note_readings(work *w)
{
    uint32_t count = count_of(w), defines = cql_define_count(w->pack->program);
    for (int s = 0; s < 2 && count > 1; s++) {
        w->read[s] = arena_array(w->a, count, sizeof *w->read[s]);
        w->read[s][0] = s == 0 ? w->recorded : w->assumed;
    }
    for (uint32_t r = 1; r < count; r++) {
        chart_mark before = enter(w, r);
        w->read[0][r] = w->read[1][r] = ARENA_ARRAY(w->a, defines, truth);
        note_truths(w, w->read[0][r]);
        if (presumes(w)) {
            chart_mark recorded = chart_get_mark(w->chart);
            presume(w);
            w->read[1][r] = ARENA_ARRAY(w->a, defines, truth);
            note_truths(w, w->read[1][r]);
            unpresume(w, recorded);
        }
        leave(w, r, before);
    }
}

/* Whether an answer to decision k alone can change what the define says. */
static bool matters(const work *w, uint32_t k, uint32_t define)
{
    for (uint32_t r = 0; r < count_of(w); r++) {
        uint32_t other = r ^ (1u << k);
        if (w->read[0][r][define] != w->read[0][other][define] || w->read[1][r][define] != w->read[1][other][define]) {
            return true;
        }
    }
    return false;
}

bool readings_differ(const work *w, uint32_t define)
{
    for (uint32_t k = 0; k < w->chart->decision_count; k++) {
        if (matters(w, k, define)) {
            return true;
        }
    }
    return false;
}

void name_readings(work *w, uint32_t define, basis *b)
{
    str_vec sentences = { 0 }, questions = { 0 };
    for (uint32_t k = 0; k < w->chart->decision_count; k++) {
        if (matters(w, k, define)) {
            *VEC_PUSH(w->a, &sentences) = w->chart->decisions[k].main;
            *VEC_PUSH(w->a, &questions) = w->chart->decisions[k].question;
        }
    }
    b->presumptions = sentences.at;
    b->questions = questions.at;
    b->presumption_count = (uint32_t)sentences.count;
}
