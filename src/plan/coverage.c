/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/coverage.h"

#include "plan/work.h"

typedef struct gathering { coverage *c; uint32_t *index; /* per define: its criterion plus one */ } gathering;

static bool rests_on_closed_facts(const void *with, uint32_t define)
{
    const pack *p = with;
    const cql_retrieve *const *reads;
    size_t count = cql_reads(p->program, define, &reads);
    bool closed = count > 0;
    for (size_t i = 0; i < count; i++) {
        const fact_def *f = terms_fact(p->terms, reads[i]->code);
        closed = closed && f && !f->open;
    }
    return closed;
}

static str why_never_unknown(const pack *p, uint32_t define)
{
    return rests_on_closed_facts(p, define) ? STR("of every fact it rests on absence is a no")
         : cql_is_certain(p->program, define, rests_on_closed_facts, p) ? STR("it asks whether something is known or is there")
         : STR("");
}

static void gather(void *to, const condition *c)
{
    gathering *g = to;
    if (!cql_define(g->c->pack->program, c->define).is_boolean || g->index[c->define]) {
        return;
    }
    uint32_t i = g->c->criterion_count++;
    g->index[c->define] = i + 1;
    g->c->criteria[i] = (criterion_seen){ .library = c->library, .name = c->define_name, .at = c->at,
                                          .never_unknown = why_never_unknown(g->c->pack, c->define) };
    g->c->defines[i] = c->define;
}

coverage *coverage_make(arena *a, const pack *p)
{
    coverage *c = ARENA_NEW(a, coverage);
    uint32_t defines = cql_define_count(p->program);
    *c = (coverage){ .pack = p, .criteria = ARENA_ARRAY(a, defines, criterion_seen), .defines = ARENA_ARRAY(a, defines, uint32_t),
                     .options = ARENA_ARRAY(a, p->guideline.option_count, uint8_t), .alerts = ARENA_ARRAY(a, p->guideline.alert_count, bool) };
    gathering g = { .c = c, .index = ARENA_ARRAY(a, defines, uint32_t) };
    each_condition(&p->guideline, gather, &g);
    return c;
}

static uint8_t stood(const plan *p, const option *o)
{
    uint8_t lists = 0;
    for (uint32_t i = 0; i < p->option_count; i++) {
        lists |= p->options[i].option == o ? STOOD_OFFERED : 0;
    }
    for (uint32_t i = 0; i < p->excluded_count; i++) {
        lists |= p->excluded[i].option == o ? STOOD_EXCLUDED : 0;
    }
    for (uint32_t i = 0; i < p->undetermined_count; i++) {
        lists |= p->undetermined[i].option == o ? STOOD_UNDETERMINED : 0;
    }
    return lists;
}

void coverage_add(coverage *c, const plan *p)
{
    CHECK(p->pack == c->pack);
    const work *w = (const work *)p;   /* the plan is the work's first member */
    for (uint32_t i = 0; i < c->criterion_count; i++) {
        truth t = w->recorded[c->defines[i]];
        c->criteria[i].values |= t == TRUTH_TRUE ? SEEN_TRUE : t == TRUTH_FALSE ? SEEN_FALSE : SEEN_UNKNOWN;
    }
    for (uint32_t i = 0; i < p->pack->guideline.option_count; i++) {
        c->options[i] |= stood(p, &p->pack->guideline.options[i]);
    }
    for (uint32_t i = 0; i < p->alert_count; i++) {
        const alert *fired = p->alerts[i].alert;
        if (fired) {
            c->alerts[fired - p->pack->guideline.alerts] = true;
        }
    }
    c->plans++;
}
