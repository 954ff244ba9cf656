/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/decide.h"

#include "terms/drugs.h"

static bool holds_on(date day, date since, date until)
{
    return (since.precision == DATE_NONE || date_cmp(day, since) >= 0) && (until.precision == DATE_NONE || date_cmp(day, until) < 0);
}

bool part_runs(const line_part *p) { return p->end.precision == DATE_NONE && str_empty(p->stop_reason); }

const line_of_therapy *line_that_runs(const chart *c)
{
    const line_of_therapy *runs = NULL;
    for (uint32_t i = 0; i < c->line_count; i++) {
        const line_of_therapy *l = &c->lines[i];
        runs = l->in_progress && (str_is(l->setting, "metastatic") || str_is(l->setting, "unknown")) ? l : runs;
    }
    return runs;
}

static bool has(const drug_choice *x, str name)
{
    for (uint32_t i = 0; i < x->count; i++) {
        if (str_eq(x->names[i], name)) {
            return true;
        }
    }
    return false;
}

/* Each of these is given now, and nothing else against the cancer is: with a drug left out it would be another treatment. */
static bool is_on(const deciding *d, const drug_choice *these, uint32_t count)
{
    const line_of_therapy *l = line_that_runs(d->chart);
    uint32_t given = 0;
    for (uint32_t k = 0; l && k < count; k++) {
        bool here = false;
        for (uint32_t i = 0; i < l->part_count; i++) {
            here = here || (part_runs(&l->parts[i]) && has(&these[k], l->parts[i].drug));
        }
        given += here ? 1 : 0;
    }
    bool other = false;
    for (uint32_t i = 0; l && i < l->part_count; i++) {
        const drug *x = drugs_named(d->drugs, l->parts[i].drug);
        bool against_cancer = part_runs(&l->parts[i]) && (!x || x->role == DRUG_ANTICANCER), named = false;
        for (uint32_t k = 0; k < count; k++) {
            named = named || has(&these[k], l->parts[i].drug);
        }
        other = other || (against_cancer && !named);
    }
    return count > 0 && given == count && !other;
}

bool is_in_force(const deciding *d, const condition *c)
{
    return (c->places >> d->place & 1u) != 0 && holds_on(d->as_of, c->since, c->until) && (!c->while_on || is_on(d, c->while_on, c->while_on_count));
}

truth condition_holds(const deciding *d, const condition *c)
{
    truth t = cql_truth(d->run, c->define);
    return c->is ? t : truth_not(t);
}

const approval *approval_in_force(const deciding *d, const option *o)
{
    for (uint32_t i = 0; i < o->approval_count; i++) {
        const approval *p = &o->approvals[i];
        if (p->place == d->place && holds_on(d->as_of, p->since, p->until)) {
            return p;
        }
    }
    return NULL;
}

bool option_allowed(const deciding *d, const option *o) { return o->nothing_to_approve || approval_in_force(d, o); }

static uint8_t standing_index(const guideline *g, str word)
{
    uint8_t i = 0;
    while (i < g->standing_count && !str_eq(g->standings[i], word)) {
        i++;
    }
    CHECK(i < g->standing_count);
    return i;
}

const standing *standing_row(const deciding *d, const option *o)
{
    CHECK(o->standing_count > 0 && o->standings[o->standing_count - 1].always);
    const standing *s = o->standings;
    while (s < &o->standings[o->standing_count - 1]
           && !(is_in_force(d, &s->when) && (s->always || condition_holds(d, &s->when) == TRUTH_TRUE))) {
        s++;
    }
    return s;
}

uint8_t standing_of(const deciding *d, const option *o)
{
    uint8_t index = standing_index(d->g, standing_row(d, o)->standing);
    for (uint32_t i = 0; i < o->caution_count; i++) {
        const caution *c = &o->cautions[i];
        if (!str_empty(c->standing) && is_in_force(d, &c->when) && condition_holds(d, &c->when) == TRUTH_TRUE) {
            uint8_t most = standing_index(d->g, c->standing);
            index = most > index ? most : index;
        }
    }
    return index;
}

decision decide_option(const deciding *d, const option *o)
{
    const disease *of = &d->g->diseases[o->disease];
    truth metastatic = condition_holds(d, &d->g->metastatic);
    truth gate = is_in_force(d, &of->gate) ? condition_holds(d, &of->gate) : TRUTH_FALSE;
    if (metastatic == TRUTH_FALSE || gate == TRUTH_FALSE) {
        return (decision){ .list = LIST_NONE };
    }
    if (metastatic == TRUTH_UNKNOWN || gate == TRUTH_UNKNOWN) {
        return (decision){ .list = LIST_UNDETERMINED };
    }
    bool excluded = !option_allowed(d, o), unknown = false, check = false;
    for (uint32_t i = 0; i < o->require_count; i++) {
        const condition *c = &o->requires_all[i].when;
        truth t = is_in_force(d, c) ? condition_holds(d, c) : TRUTH_TRUE;
        excluded = excluded || t == TRUTH_FALSE;
        unknown = unknown || t == TRUTH_UNKNOWN;
    }
    for (uint32_t i = 0; i < o->rule_out_count; i++) {
        const condition *c = &o->rules_out[i].when;
        truth t = is_in_force(d, c) ? condition_holds(d, c) : TRUTH_FALSE;
        excluded = excluded || t == TRUTH_TRUE;
        unknown = unknown || (t == TRUTH_UNKNOWN && !o->rules_out[i].check);
        check = check || (t == TRUTH_UNKNOWN && o->rules_out[i].check);
    }
    truth closed = locally_closed(d, o);
    excluded = excluded || closed == TRUTH_TRUE;
    check = check || closed == TRUTH_UNKNOWN;
    if (excluded || unknown) {
        return (decision){ .list = excluded ? LIST_EXCLUDED : LIST_UNDETERMINED };
    }
    for (uint32_t i = 0; i < o->caution_count; i++) {
        const condition *c = &o->cautions[i].when;
        check = check || (is_in_force(d, c) && condition_holds(d, c) == TRUTH_UNKNOWN);
    }
    return (decision){ .list = LIST_OFFERED, .standing = standing_of(d, o), .check = check };
}

void decide_all(const deciding *d, decision *out)
{
    for (uint32_t i = 0; i < d->g->option_count; i++) {
        out[i] = decide_option(d, &d->g->options[i]);
    }
}

/* A presumption may open what was undetermined; it never lifts a recorded exclusion, and never excludes: what it would
 * exclude is undetermined until the question behind it is answered. */
decision decide_final(decision recorded, decision presumed)
{
    decision final = recorded;
    if (recorded.list == LIST_UNDETERMINED && presumed.list == LIST_OFFERED) {
        final = presumed;
        final.presumed = true;
    } else if (recorded.list == LIST_OFFERED && presumed.list == LIST_EXCLUDED) {
        final = (decision){ .list = LIST_UNDETERMINED, .presumed = true };
    } else if (recorded.list == LIST_UNDETERMINED && presumed.list == LIST_EXCLUDED) {
        final.presumed = true;
    }
    return final;
}

/* What holds under every reading of the course stands, as the main one has it; what holds under some waits for the question. */
decision decide_across(decision main, decision other)
{
    bool agree = main.list == other.list || main.list == LIST_NONE || other.list == LIST_NONE;
    return agree ? main : (decision){ .list = LIST_UNDETERMINED, .open = true };
}
