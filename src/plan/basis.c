/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/work.h"

void texts_add(arena *a, str_vec *to, str s)
{
    for (size_t i = 0; i < to->count; i++) {
        if (str_eq(to->at[i], s)) {
            return;
        }
    }
    *VEC_PUSH(a, to) = s;
}

str texts_join(arena *a, const str *at, size_t count, const char *between)
{
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&b, "%s%.*s", i == 0 ? "" : between, STR_ARG(at[i]));
    }
    return buf_str(&b);
}

/* ---- what a tree rests on ---- */

typedef struct gathering {
    work          *w;
    VEC(const fact *) facts;
    str_vec        absent, open;
} gathering;

static void gather_facts(gathering *g, const cql_clause *c)
{
    for (uint32_t i = 0; i < c->fact_count; i++) {
        const fact *f = fact_of(g->w, c->facts[i]);
        bool there = !f;
        for (size_t k = 0; k < g->facts.count && !there; k++) {
            there = g->facts.at[k] == f;
        }
        if (!there) {
            *VEC_PUSH(g->w->a, &g->facts) = f;
        }
    }
}

/* A leaf that is unknown wants what it asked for and did not find; found it all, then what it found does not settle it. */
static void gather_reads(gathering *g, const cql_clause *c)
{
    size_t absent = 0;
    for (uint32_t i = 0; i < c->read_count; i++) {
        const cql_retrieve *r = c->reads[i];
        const resource *const *found;
        if (str_empty(r->code) || record_find(g->w->record, r->type, r->system, r->code, &found) > 0) {
            continue;
        }
        absent++;
        if (c->value != TRUTH_TRUE || c->fact_count == 0) {   /* a yes may rest on absence alone: nothing given yet */
            texts_add(g->w->a, &g->absent, r->code);
        }
        if (c->value == TRUTH_UNKNOWN) {
            texts_add(g->w->a, &g->open, r->code);
        }
    }
    for (uint32_t i = 0; i < c->read_count && absent == 0 && c->value == TRUTH_UNKNOWN; i++) {
        if (!str_empty(c->reads[i]->code)) {
            texts_add(g->w->a, &g->open, c->reads[i]->code);
        }
    }
}

static void gather(gathering *g, const cql_clause *c)
{
    arena_enter(g->w->a);
    gather_facts(g, c);
    gather_reads(g, c);
    bool any = false;
    for (uint32_t i = 0; i < c->child_count; i++) {
        any = any || c->children[i].decided;
    }
    for (uint32_t i = 0; i < c->child_count; i++) {
        if (!any || c->children[i].decided) {
            gather(g, &c->children[i]);
        }
    }
    arena_exit(g->w->a);
}

const reasons *reasons_of(work *w, uint32_t define)
{
    const reasons **kept = &w->reasons[w->presuming][define];
    if (*kept) {
        return *kept;
    }
    gathering g = { .w = w };
    const cql_clause *why = cql_explain(w->deciding.run, define);
    if (why) {
        gather(&g, why);
    }
    reasons *r = ARENA_NEW(w->a, reasons);
    *r = (reasons){ .why = why, .facts = g.facts.at, .fact_count = (uint32_t)g.facts.count,
                    .absent = { g.absent.at, (uint32_t)g.absent.count }, .open = { g.open.at, (uint32_t)g.open.count } };
    *kept = r;
    return r;
}

/* ---- criteria ---- */

void each_condition(const guideline *g, void (*visit)(void *to, const condition *c), void *to)
{
    visit(to, &g->metastatic);
    visit(to, &g->change_needed);
    for (uint32_t i = 0; i < g->disease_count; i++) {
        visit(to, &g->diseases[i].gate);
    }
    for (uint32_t i = 0; i < g->option_count; i++) {
        const option *o = &g->options[i];
        for (uint32_t k = 0; k < o->require_count; k++) { visit(to, &o->requires_all[k].when); }
        for (uint32_t k = 0; k < o->rule_out_count; k++) { visit(to, &o->rules_out[k].when); }
        for (uint32_t k = 0; k < o->caution_count; k++) { visit(to, &o->cautions[k].when); }
        for (uint32_t k = 0; k < o->standing_count; k++) {
            if (!o->standings[k].always) { visit(to, &o->standings[k].when); }
        }
    }
    for (uint32_t i = 0; i < g->alert_count; i++) { visit(to, &g->alerts[i].when); }
    for (uint32_t i = 0; i < g->profile_count; i++) { visit(to, &g->profile[i].when); }
    for (uint32_t i = 0; i < g->amount_count; i++) { visit(to, &g->amounts[i].when); }
    for (uint32_t i = 0; i < g->test_count; i++) {
        if (g->tests[i].due) { visit(to, g->tests[i].due); }
    }
}

truth truth_spoken(work *w, const condition *c) { return condition_holds(&w->deciding, c); }

str condition_phrase(work *w, const condition *c)
{
    return c->is ? c->define_name : arena_printf(w->a, "not: %.*s", STR_ARG(c->define_name));
}

criterion criterion_of(work *w, role as, const condition *c, str say)
{
    const reasons *r = reasons_of(w, c->define);
    truth recorded = w->recorded[c->define];
    return (criterion){
        .role = as, .name = c->define_name, .library = c->library, .value = recorded, .wanted = c->is ? TRUTH_TRUE : TRUTH_FALSE,
        .presumed = w->presuming && cql_truth(w->deciding.run, c->define) != recorded, .say = say, .why = r->why, .facts = r->facts,
        .fact_count = r->fact_count, .absent = r->absent.at, .absent_count = r->absent.count, .file = c->at.file, .line = c->at.line,
    };
}

static bool rests_on(const criterion *c, const json *derived, const work *w)
{
    for (size_t k = 0; k < w->facts.count; k++) {
        if (w->facts.at[k].root != derived) {
            continue;
        }
        for (uint32_t i = 0; i < c->fact_count; i++) {
            if (c->facts[i] == w->facts.at[k].fact) {
                return true;
            }
        }
    }
    return false;
}

/* The presumptions its criteria rest on; all of them where that cannot be told from the facts. */
static void name_presumptions(work *w, basis *b)
{
    str_vec sentences = { 0 }, questions = { 0 };
    for (int all = 0; all < 2 && sentences.count == 0; all++) {
        for (uint32_t i = 0; i < w->presumption_count; i++) {
            const presumption *p = &w->presumptions[i];
            bool on = all == 1;
            for (uint32_t k = 0; k < b->criterion_count && !on; k++) {
                on = b->criteria[k].presumed && rests_on(&b->criteria[k], p->derived, w);
            }
            if (on) {
                *VEC_PUSH(w->a, &sentences) = p->sentence;
                *VEC_PUSH(w->a, &questions) = p->question;
            }
        }
    }
    b->presumptions = sentences.at;
    b->questions = questions.at;
    b->presumption_count = (uint32_t)sentences.count;
}

basis basis_of(work *w, str rule, place at, const criterion *criteria, size_t count, const str *sources, size_t source_count)
{
    criterion *kept = ARENA_ARRAY(w->a, count, criterion);
    bool presumed = false;
    for (size_t i = 0; i < count; i++) {
        kept[i] = criteria[i];
        presumed = presumed || criteria[i].presumed;
    }
    str_vec ids = { 0 };
    for (size_t i = 0; i < source_count; i++) {
        texts_add(w->a, &ids, sources[i]);
    }
    basis b = { .rule = rule, .file = at.file, .line = at.line, .criteria = kept, .criterion_count = (uint32_t)count,
                .sources = ids.at, .source_count = (uint32_t)ids.count };
    if (presumed) {
        name_presumptions(w, &b);
    }
    return b;
}
