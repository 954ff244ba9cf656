/* What each test is worth: every whole result it can return is put on top of the record, and the lists are compared.
 * Only what the record leaves open is replaced: a result that is there already stays, so that no test is said to close an
 * option by taking back what another sample has shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/work.h"

typedef struct trial_run {
    work     *w;
    const test *test;
    str_vec   open;                /* its facts that the record leaves open */
    decision *after;               /* scratch: the lists under the outcome tried last */
    uint32_t  next_line;           /* ... after the outcome tried last */
    bool      changes;
    VEC(test_result) results;
} trial_run;

static bool has(const str_vec *v, str s)
{
    for (size_t i = 0; i < v->count; i++) {
        if (str_eq(v->at[i], s)) {
            return true;
        }
    }
    return false;
}

/* Open: asked for by something unknown, or an open fact without a result. A closed fact that is absent is known to be no,
 * so it opens no test by itself; it may still be part of a result, since nothing recorded stands against it. */
static void find_open(trial_run *t, bool *asked)
{
    bool any = false;
    str_vec absent = { 0 };
    for (uint32_t i = 0; i < t->test->outcome_count; i++) {
        for (uint32_t k = 0; k < t->test->outcomes[i].fact_count; k++) {
            str code = t->test->outcomes[i].facts[k].fact;
            bool wanted = has(&t->w->asked, code), there = fact_recorded(t->w, code);
            *asked = *asked || wanted;
            any = any || wanted || (!there && terms_fact(t->w->pack->terms, code)->open);
            if (wanted || !there) {
                texts_add(t->w->a, &absent, code);
            }
        }
    }
    if (any) {
        t->open = absent;
    }
}

static bool sets_the_same(const trial_run *t, const test_outcome *x, const test_outcome *y)
{
    for (int turn = 0; turn < 2; turn++) {
        const test_outcome *a = turn == 0 ? x : y, *b = turn == 0 ? y : x;
        for (uint32_t i = 0; i < a->fact_count; i++) {
            bool same = !has(&t->open, a->facts[i].fact);
            for (uint32_t k = 0; k < b->fact_count && !same; k++) {
                same = str_eq(a->facts[i].fact, b->facts[k].fact) && str_eq(a->facts[i].value, b->facts[k].value);
            }
            if (!same) {
                return false;
            }
        }
    }
    return true;
}

static bool is_open(decision d) { return d.list == LIST_OFFERED || d.list == LIST_UNDETERMINED; }

/* What the outcome tried last would change, against the lists as they stand. */
static void compare(trial_run *t, str name)
{
    work *w = t->w;
    str_vec opens = { 0 }, closes = { 0 };
    bool any = false, leaves = true;
    for (uint32_t i = 0; i < w->g->option_count; i++) {
        decision was = w->final[i], is = t->after[i];
        if (was.list != LIST_NONE) {
            any = true;
            leaves = leaves && is.list == LIST_NONE;
        }
        if (is.list != was.list && is.list == LIST_OFFERED) {
            *VEC_PUSH(w->a, &opens) = w->g->options[i].id;
        }
        if (is_open(was) && !is_open(is)) {
            *VEC_PUSH(w->a, &closes) = w->g->options[i].id;
        }
        t->changes = t->changes || is.list != was.list || (is.list == LIST_OFFERED && (is.standing != was.standing || is.presumed != was.presumed));
    }
    leaves = leaves && any;
    t->changes = t->changes || t->next_line != w->plan.next_line;
    *VEC_PUSH(w->a, &t->results) = (test_result){ .name = name, .opens = opens.at, .closes = closes.at, .open_count = (uint32_t)opens.count,
        .close_count = leaves ? 0 : (uint32_t)closes.count, .next_line = t->next_line, .leaves = leaves };
}

static nl_status try_outcome(trial_run *t, const test_outcome *o, nl_error *err)
{
    work *w = t->w;
    chart_mark before = chart_get_mark(w->chart);
    for (uint32_t i = 0; i < o->fact_count; i++) {
        if (has(&t->open, o->facts[i].fact) && what_if_set(w, o->facts[i].fact, o->facts[i].value, t->test->method, err) != NL_OK) {
            what_if_unset(w, before, o->facts, o->fact_count);
            nl_error inner = err ? *err : (nl_error){ 0 };
            return fail(err, NL_E_LOGIC, "", "the test %.*s returns what cannot be set: %.200s", STR_ARG(t->test->id), inner.what);
        }
    }
    decide_readings(w, t->after);
    t->next_line = next_line(w);
    what_if_unset(w, before, o->facts, o->fact_count);
    compare(t, o->name);
    return NL_OK;
}

static nl_status try_outcomes(trial_run *t, nl_error *err)
{
    for (uint32_t i = 0; i < t->test->outcome_count && t->open.count > 0; i++) {
        bool again = false;
        for (uint32_t k = 0; k < i && !again; k++) {
            again = sets_the_same(t, &t->test->outcomes[k], &t->test->outcomes[i]);
        }
        if (!again) {
            TRY(try_outcome(t, &t->test->outcomes[i], err));
        }
    }
    return NL_OK;
}

typedef struct naming { trial_run *t; criterion_vec criteria; bool *seen; bool unknown; } naming;

static bool reads_open(const trial_run *t, uint32_t define)
{
    const cql_retrieve *const *reads;
    size_t count = cql_reads(t->w->pack->program, define, &reads);
    for (size_t i = 0; i < count; i++) {
        if (has(&t->open, reads[i]->code)) {
            return true;
        }
    }
    return false;
}

static void name_reader(void *to, const condition *c)
{
    naming *n = to;
    work *w = n->t->w;
    bool fits = is_in_force(&w->deciding, c) && (!n->unknown || w->recorded[c->define] == TRUTH_UNKNOWN);
    if (fits && !n->seen[c->define] && cql_define(w->pack->program, c->define).is_boolean && reads_open(n->t, c->define)) {
        n->seen[c->define] = true;
        *VEC_PUSH(w->a, &n->criteria) = criterion_of(w, ROLE_TRIGGER, c, STR(""));
    }
}

static void name_readers(const guideline *g, naming *n, bool unknown)
{
    n->unknown = unknown;
    for (uint32_t i = 0; i < g->disease_count; i++) {
        name_reader(n, &g->diseases[i].gate);
    }
    name_reader(n, &g->metastatic);
    for (uint32_t i = 0; i < g->option_count; i++) {
        const option *o = &g->options[i];
        if (n->t->w->final[i].list == LIST_NONE) {
            continue;
        }
        for (uint32_t k = 0; k < o->require_count; k++) { name_reader(n, &o->requires_all[k].when); }
        for (uint32_t k = 0; k < o->rule_out_count; k++) { name_reader(n, &o->rules_out[k].when); }
        for (uint32_t k = 0; k < o->caution_count; k++) { name_reader(n, &o->cautions[k].when); }
    }
}

/* Why it is listed: it is due, and the unknown criteria of options that can read what it returns; all that can, when what it
 * changes is unknown in none. */
static basis basis_of_test(trial_run *t, bool due)
{
    work *w = t->w;
    naming n = { .t = t, .seen = ARENA_ARRAY(w->a, cql_define_count(w->pack->program), bool) };
    if (due) {
        *VEC_PUSH(w->a, &n.criteria) = criterion_of(w, ROLE_TRIGGER, t->test->due, STR("due"));
        n.seen[t->test->due->define] = true;
    }
    name_readers(w->g, &n, true);
    if (n.criteria.count == 0) {
        name_readers(w->g, &n, false);
    }
    return basis_of(w, t->test->id, t->test->at, n.criteria.at, n.criteria.count, t->test->sources, t->test->source_count);
}

nl_status tests_make(work *w, nl_error *err)
{
    VEC(plan_test) tests = { 0 };
    bool metastatic = w->recorded[w->g->metastatic.define] != (w->g->metastatic.is ? TRUTH_FALSE : TRUTH_TRUE);
    decision *scratch = ARENA_ARRAY(w->a, w->g->option_count, decision);
    for (uint32_t i = 0; i < w->g->test_count; i++) {
        trial_run t = { .w = w, .test = &w->g->tests[i], .after = scratch };
        const condition *when = t.test->due;
        bool asked = false, due = when && is_in_force(&w->deciding, when) && truth_spoken(w, when) == TRUTH_TRUE;
        if (metastatic) {
            find_open(&t, &asked);
            TRY(try_outcomes(&t, err));
        }
        if (due || asked || t.changes) {
            *VEC_PUSH(w->a, &tests) = (plan_test){ t.test, t.results.at, (uint32_t)t.results.count, t.changes, due, basis_of_test(&t, due) };
        }
    }
    w->plan.tests = tests.at;
    w->plan.test_count = (uint32_t)tests.count;
    return NL_OK;
}
