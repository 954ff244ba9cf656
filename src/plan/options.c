/* The three lists, each option in exactly one, with what put it there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/work.h"

typedef struct slot {
    plan_option offered;
    VEC(exclusion_reason) reasons;
    VEC(missing) missing;             /* as recorded: nothing known              */
    VEC(missing) presumed;            /* known only under a presumption          */
} slot;

static slot *slot_of(work *w, const option *o)
{
    if (!w->slots) {
        w->slots = ARENA_ARRAY(w->a, w->g->option_count, slot);
    }
    return &w->slots[o - w->g->options];
}

static const decision *final_of(const work *w, const option *o) { return &w->final[o - w->g->options]; }

static void add_sources(work *w, str_vec *to, const str *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        texts_add(w->a, to, ids[i]);
    }
}

/* ---- approval ---- */

static char *day(date d, char out[11])
{
    (void)date_write(d, out);
    return out;
}

/* The approval that explains best why there is none: of this place before another place, the earliest to come. */
static const approval *nearest_approval(const deciding *d, const option *o)
{
    const approval *best = NULL;
    for (uint32_t i = 0; i < o->approval_count; i++) {
        const approval *p = &o->approvals[i];
        bool here = p->place == d->place, best_here = best && best->place == d->place;
        if (!best || (here && !best_here) || (here == best_here && date_cmp(p->since, best->since) < 0 && date_cmp(p->since, d->as_of) > 0)) {
            best = p;
        }
    }
    return best;
}

static str approval_words(work *w, const option *o)
{
    const deciding *d = &w->deciding;
    const approval *p = approval_in_force(d, o), *near = nearest_approval(d, o);
    char on[11], since[11], until[11];
    str here = w->g->jurisdictions[d->place];
    if (p && p->off_label) {
        return arena_printf(w->a, "not licensed for this in the %.*s, used off-label", STR_ARG(here));
    }
    if (p) {
        return arena_printf(w->a, "approved in the %.*s since %s", STR_ARG(here), day(p->since, since));
    }
    str head = arena_printf(w->a, "not approved in the %.*s on %s", STR_ARG(here), day(d->as_of, on));
    if (!near) {
        return head;
    }
    str there = near->place == d->place ? STR("there") : arena_printf(w->a, "in the %.*s", STR_ARG(w->g->jurisdictions[near->place]));
    if (near->until.precision && date_cmp(near->until, d->as_of) <= 0) {
        return arena_printf(w->a, "%.*s; approved %.*s from %s until %s", STR_ARG(head), STR_ARG(there), day(near->since, since), day(near->until, until));
    }
    const char *from = date_cmp(near->since, d->as_of) > 0 ? "from" : "since";
    return arena_printf(w->a, "%.*s; approved %.*s %s %s", STR_ARG(head), STR_ARG(there), from, day(near->since, since));
}

static criterion approval_criterion(work *w, const option *o)
{
    const approval *p = approval_in_force(&w->deciding, o);
    place at = p ? p->at : o->approved_at;   /* what is not there stands where it would */
    return (criterion){ .role = ROLE_APPROVAL, .name = approval_words(w, o), .value = p ? TRUTH_TRUE : TRUTH_FALSE, .wanted = TRUTH_TRUE,
                        .say = p ? p->say : STR(""), .file = at.file, .line = at.line };
}

static void add_approval(work *w, const option *o, criterion_vec *to)
{
    if (!o->nothing_to_approve) {
        *VEC_PUSH(w->a, to) = approval_criterion(w, o);
    }
}

/* ---- criteria of an option ---- */

static void add_criterion(work *w, criterion_vec *to, role as, const condition *c, str say)
{
    if (is_in_force(&w->deciding, c)) {
        *VEC_PUSH(w->a, to) = criterion_of(w, as, c, say);
    }
}

static void add_requires(work *w, const option *o, criterion_vec *to)
{
    for (uint32_t i = 0; i < o->require_count; i++) {
        add_criterion(w, to, ROLE_REQUIRES, &o->requires_all[i].when, o->requires_all[i].say);
    }
}

static void add_gates(work *w, const option *o, criterion_vec *to)
{
    add_criterion(w, to, ROLE_DISEASE, &w->g->diseases[o->disease].gate, STR(""));
    add_criterion(w, to, ROLE_DISEASE, &w->g->metastatic, STR(""));
}

static void add_rules_out(work *w, const option *o, criterion_vec *to)
{
    for (uint32_t i = 0; i < o->rule_out_count; i++) {
        add_criterion(w, to, ROLE_RULES_OUT, &o->rules_out[i].when, o->rules_out[i].say);
    }
}

/* The rows looked at, up to the one that spoke: a row passed over as unknown is part of why the standing is what it is. */
static void add_standings(work *w, const option *o, criterion_vec *to)
{
    const standing *spoke = standing_row(&w->deciding, o);
    for (const standing *s = o->standings; s <= spoke; s++) {
        if (!s->always) {
            add_criterion(w, to, ROLE_STANDING, &s->when, s->say);
        }
    }
}

void option_criteria(work *w, const option *o, criterion_vec *out)
{
    add_gates(w, o, out);
    add_requires(w, o, out);
    add_rules_out(w, o, out);
    for (uint32_t i = 0; i < o->caution_count; i++) {
        add_criterion(w, out, ROLE_CAUTION, &o->cautions[i].when, o->cautions[i].say);
    }
    for (uint32_t i = 0; i < o->standing_count; i++) {
        if (!o->standings[i].always) {
            add_criterion(w, out, ROLE_STANDING, &o->standings[i].when, o->standings[i].say);
        }
    }
    add_approval(w, o, out);
}

static basis basis_of_one(work *w, const option *o, criterion c, place at, const str *sources, uint32_t count)
{
    return basis_of(w, o->id, at, &c, 1, sources, count);
}

/* ---- offered ---- */

static void note_open(work *w, const condition *c)
{
    const reasons *r = reasons_of(w, c->define);
    add_sources(w, &w->asked, r->open.at, r->open.count);
}

static str reason_words(work *w, const option *o)
{
    str_vec holds = { 0 };
    for (uint32_t i = 0; i < o->require_count; i++) {
        const condition *c = &o->requires_all[i].when;
        if (is_in_force(&w->deciding, c)) {
            bool presumed = truth_spoken(w, c) != (c->is ? w->recorded[c->define] : truth_not(w->recorded[c->define]));
            str phrase = condition_phrase(w, c);
            *VEC_PUSH(w->a, &holds) = presumed ? arena_printf(w->a, "%.*s (presumed)", STR_ARG(phrase)) : phrase;
        }
    }
    str summary = str_ends(o->summary, STR(".")) ? str_head(o->summary, o->summary.n - 1) : o->summary;
    str held = texts_join(w->a, holds.at, holds.count, "; ");
    return holds.count == 0 ? arena_printf(w->a, "%.*s.", STR_ARG(summary)) : arena_printf(w->a, "%.*s: %.*s.", STR_ARG(summary), STR_ARG(held));
}

typedef VEC(statement) statement_vec;

static void add_caution(work *w, const option *o, statement_vec *to, role as, const condition *c, str say, const str *sources, uint32_t count)
{
    truth t = is_in_force(&w->deciding, c) ? truth_spoken(w, c) : TRUTH_FALSE;
    if (t == TRUTH_FALSE) {
        return;
    }
    if (t == TRUTH_UNKNOWN) {
        note_open(w, c);
    }
    str text = t == TRUTH_TRUE ? say : arena_printf(w->a, "check first: %.*s (not known: %.*s)", STR_ARG(say), STR_ARG(c->define_name));
    *VEC_PUSH(w->a, to) = (statement){ text, basis_of_one(w, o, criterion_of(w, as, c, say), c->at, sources, count) };
}

/* What is not known may still close the option; what merely may stand elsewhere is not worth a word. */
static void add_local(work *w, const option *o, statement_vec *to)
{
    const overlay *v = w->pack->overlay;
    for (uint32_t i = 0; v && i < v->rule_count; i++) {
        const local_rule *r = &v->rules[i];
        truth t = local_rule_is_for(r, o) ? local_holds(&w->deciding, r) : TRUTH_FALSE;
        if (t == TRUTH_FALSE || (t == TRUTH_UNKNOWN && (r->does == LOCAL_FIRST || r->does == LOCAL_LAST))) {
            continue;
        }
        str words = local_words(w, r);
        if (t == TRUTH_UNKNOWN) {
            note_open(w, &r->when);
            words = arena_printf(w->a, "check first: %.*s (not known: %.*s)", STR_ARG(words), STR_ARG(r->when.define_name));
        }
        *VEC_PUSH(w->a, to) = (statement){ words, basis_of_one(w, o, local_criterion(w, r), r->when.at, NULL, 0) };
    }
}

static void offer(work *w, const option *o)
{
    plan_option *p = &slot_of(w, o)->offered;
    *p = (plan_option){ .option = o, .standing = w->g->standings[final_of(w, o)->standing], .reason = reason_words(w, o) };
    statement_vec cautions = { 0 };
    for (uint32_t i = 0; i < o->rule_out_count; i++) {
        const rule_out *r = &o->rules_out[i];
        add_caution(w, o, &cautions, ROLE_RULES_OUT, &r->when, r->say, r->sources, r->source_count);
    }
    for (uint32_t i = 0; i < o->caution_count; i++) {
        const caution *c = &o->cautions[i];
        add_caution(w, o, &cautions, ROLE_CAUTION, &c->when, c->say, c->sources, c->source_count);
    }
    add_local(w, o, &cautions);
    p->cautions = cautions.at;
    p->caution_count = (uint32_t)cautions.count;
    criterion_vec criteria = { 0 };
    add_requires(w, o, &criteria);
    add_gates(w, o, &criteria);
    add_standings(w, o, &criteria);
    add_rules_out(w, o, &criteria);
    add_approval(w, o, &criteria);
    str_vec sources = { 0 };
    add_sources(w, &sources, o->evidence, o->evidence_count);
    const approval *approved = approval_in_force(&w->deciding, o);
    if (approved) {
        add_sources(w, &sources, approved->sources, approved->source_count);
    }
    const standing *row = standing_row(&w->deciding, o);
    add_sources(w, &sources, row->sources, row->source_count);
    p->basis = basis_of(w, o->id, o->at, criteria.at, criteria.count, sources.at, sources.count);
}

/* ---- excluded ---- */

static void exclude(work *w, const option *o)
{
    slot *s = slot_of(w, o);
    for (uint32_t i = 0; i < o->require_count; i++) {
        const requirement *r = &o->requires_all[i];
        if (is_in_force(&w->deciding, &r->when) && truth_spoken(w, &r->when) == TRUTH_FALSE) {
            str phrase = condition_phrase(w, &r->when), more = str_empty(r->say) ? STR("") : arena_printf(w->a, " (%.*s)", STR_ARG(r->say));
            *VEC_PUSH(w->a, &s->reasons) = (exclusion_reason){
                arena_printf(w->a, "required, and not so: %.*s%.*s", STR_ARG(phrase), STR_ARG(more)), true,
                basis_of_one(w, o, criterion_of(w, ROLE_REQUIRES, &r->when, r->say), r->when.at, o->evidence, o->evidence_count) };
        }
    }
    for (uint32_t i = 0; i < o->rule_out_count; i++) {
        const rule_out *r = &o->rules_out[i];
        if (is_in_force(&w->deciding, &r->when) && truth_spoken(w, &r->when) == TRUTH_TRUE) {
            str phrase = condition_phrase(w, &r->when);
            *VEC_PUSH(w->a, &s->reasons) = (exclusion_reason){
                r->present ? r->say : arena_printf(w->a, "ruled out by: %.*s (%.*s)", STR_ARG(phrase), STR_ARG(r->say)), !r->present,
                basis_of_one(w, o, criterion_of(w, ROLE_RULES_OUT, &r->when, r->say), r->when.at, r->sources, r->source_count) };
        }
    }
    if (!option_allowed(&w->deciding, o)) {
        criterion c = approval_criterion(w, o);
        const approval *near = nearest_approval(&w->deciding, o);
        *VEC_PUSH(w->a, &s->reasons) = (exclusion_reason){
            c.name, false, basis_of_one(w, o, c, o->approved_at, near ? near->sources : NULL, near ? near->source_count : 0) };
    }
    for (uint32_t i = 0; w->pack->overlay && i < w->pack->overlay->rule_count; i++) {
        const local_rule *r = &w->pack->overlay->rules[i];
        if (r->does == LOCAL_CLOSE && local_rule_is_for(r, o) && local_holds(&w->deciding, r) == TRUTH_TRUE) {
            *VEC_PUSH(w->a, &s->reasons) = (exclusion_reason){ local_words(w, r), false, basis_of_one(w, o, local_criterion(w, r), r->when.at, NULL, 0) };
        }
    }
    CHECK(s->reasons.count > 0);
}

/* ---- undetermined ---- */

static str labels(work *w, codes c)
{
    str_vec names = { 0 };
    for (uint32_t i = 0; i < c.count; i++) {
        const fact_def *f = terms_fact(w->pack->terms, c.at[i]);
        texts_add(w->a, &names, f ? f->label : str_is(c.at[i], "line-of-therapy") ? STR("Line of therapy") : c.at[i]);
    }
    return texts_join(w->a, names.at, names.count, ", ");
}

static bool returns_any(const test *t, codes wanted)
{
    for (uint32_t i = 0; i < t->outcome_count; i++) {
        for (uint32_t k = 0; k < t->outcomes[i].fact_count; k++) {
            for (uint32_t j = 0; j < wanted.count; j++) {
                if (str_eq(t->outcomes[i].facts[k].fact, wanted.at[j])) {
                    return true;
                }
            }
        }
    }
    return false;
}

static void name_tests(work *w, missing *m)
{
    str_vec tests = { 0 };
    for (uint32_t i = 0; i < w->g->test_count; i++) {
        if (returns_any(&w->g->tests[i], (codes){ m->facts, m->fact_count })) {
            *VEC_PUSH(w->a, &tests) = w->g->tests[i].id;
        }
    }
    m->tests = tests.at;
    m->test_count = (uint32_t)tests.count;
}

/* Nothing but its name tells what a drug nobody recognises was, and a criterion that asks the lines may hang on that. */
static bool hangs_on_unrecognised(const work *w, uint32_t define)
{
    bool unrecognised = false, asks_lines = false;
    for (uint32_t i = 0; i < w->chart->line_count; i++) {
        const line_of_therapy *l = &w->chart->lines[i];
        for (uint32_t k = 0; k < l->class_count; k++) {
            unrecognised = unrecognised || str_is(l->classes[k], "unknown");
        }
    }
    const cql_retrieve *const *reads;
    size_t count = cql_reads(w->pack->program, define, &reads);
    for (size_t i = 0; i < count; i++) {
        asks_lines = asks_lines || str_is(reads[i]->code, "line-of-therapy");
    }
    return unrecognised && asks_lines;
}

/* Where the days of a line are part of the question, its drugs without an end are what to ask for. */
static str ends_to_ask(work *w, const basis *b)
{
    str_vec all = { 0 };
    for (uint32_t i = 0; i < b->criterion_count; i++) {
        for (uint32_t k = 0; k < b->criteria[i].fact_count; k++) {
            str ends = b->criteria[i].facts[k]->open_ends;
            if (!str_empty(ends)) {
                texts_add(w->a, &all, ends);
            }
        }
    }
    return all.count == 0 ? STR("") : arena_printf(w->a, "; no end is recorded of: %.*s", STR_ARG(texts_join(w->a, all.at, all.count, ", ")));
}

static missing missing_of(work *w, const option *o, role as, const condition *c, str say, const str *sources, uint32_t source_count)
{
    const reasons *r = reasons_of(w, c->define);
    missing m = { .criterion = c->define_name, .facts = r->open.at, .fact_count = r->open.count,
                  .basis = basis_of_one(w, o, criterion_of(w, as, c, say), c->at, sources, source_count) };
    str about = labels(w, r->open);
    bool absent = r->absent.count > 0;
    if (m.basis.presumption_count > 0) {
        m.text = arena_printf(w->a, "%.*s: %s only presumed. %.*s", STR_ARG(c->define_name),
                              cql_truth(w->deciding.run, c->define) == TRUTH_TRUE ? "yes is" : "no is",
                              STR_ARG(texts_join(w->a, m.basis.questions, m.basis.presumption_count, " ")));
    } else if (cql_failed(w->deciding.run, c->define)) {
        m.text = arena_printf(w->a, "%.*s: not known, because it could not be computed", STR_ARG(c->define_name));
    } else if (str_empty(about)) {
        m.text = arena_printf(w->a, "%.*s: not known", STR_ARG(c->define_name));
    } else {
        bool drug = hangs_on_unrecognised(w, c->define);   /* first: what else is not recorded may have nothing to do with it */
        const char *why = absent ? drug ? "not recorded besides" : "nothing is recorded that settles"
                                 : drug ? "recorded and not settling it" : "what is recorded does not settle it";
        m.text = arena_printf(w->a, "%.*s: not known; %s%s: %.*s%.*s", STR_ARG(c->define_name),
                              drug ? "it may hang on what a drug is that nobody recognises; " : "", why, STR_ARG(about),
                              STR_ARG(absent ? STR("") : ends_to_ask(w, &m.basis)));
    }
    name_tests(w, &m);
    return m;
}

/* It is one thing under one reading of the course and another under another. */
static missing missing_reading(work *w, const option *o, role as, const condition *c, str say, const str *sources, uint32_t source_count)
{
    missing m = { .criterion = c->define_name, .basis = basis_of_one(w, o, criterion_of(w, as, c, say), c->at, sources, source_count) };
    name_readings(w, c->define, &m.basis);
    m.text = arena_printf(w->a, "%.*s: depends on how the course is read. %.*s", STR_ARG(c->define_name),
                          STR_ARG(texts_join(w->a, m.basis.questions, m.basis.presumption_count, " ")));
    return m;
}

static void add_missing(work *w, const option *o, role as, const condition *c, str say, const str *sources, uint32_t count)
{
    if (!is_in_force(&w->deciding, c)) {
        return;
    }
    slot *s = slot_of(w, o);
    truth recorded = w->recorded[c->define], assumed = w->assumed[c->define];
    if (!w->presuming && final_of(w, o)->open && readings_differ(w, c->define)) {
        *VEC_PUSH(w->a, &s->missing) = missing_reading(w, o, as, c, say, sources, count);
    } else if (w->presuming && recorded != assumed) {
        *VEC_PUSH(w->a, &s->presumed) = missing_of(w, o, as, c, say, sources, count);
    } else if (!w->presuming && recorded == TRUTH_UNKNOWN && assumed == TRUTH_UNKNOWN) {
        note_open(w, c);
        *VEC_PUSH(w->a, &s->missing) = missing_of(w, o, as, c, say, sources, count);
    }
}

static bool is_gated(const work *w, const option *o)
{
    const condition *gate = &w->g->diseases[o->disease].gate;
    return w->recorded[gate->define] == TRUTH_UNKNOWN || w->recorded[w->g->metastatic.define] == TRUTH_UNKNOWN;
}

/* The criteria that keep it undetermined: in the present state only those that this state explains. */
static void leave_open(work *w, const option *o)
{
    if (is_gated(w, o)) {
        add_missing(w, o, ROLE_DISEASE, &w->g->metastatic, STR(""), NULL, 0);
        add_missing(w, o, ROLE_DISEASE, &w->g->diseases[o->disease].gate, STR(""), NULL, 0);
        return;
    }
    for (uint32_t i = 0; i < o->require_count; i++) {
        add_missing(w, o, ROLE_REQUIRES, &o->requires_all[i].when, o->requires_all[i].say, o->evidence, o->evidence_count);
    }
    for (uint32_t i = 0; i < o->rule_out_count; i++) {
        const rule_out *r = &o->rules_out[i];
        bool decides = !r->check || w->recorded[r->when.define] != w->assumed[r->when.define] || readings_differ(w, r->when.define);
        if (decides) {
            add_missing(w, o, ROLE_RULES_OUT, &r->when, r->say, r->sources, r->source_count);
        }
    }
}

void options_presumed(work *w)
{
    for (uint32_t i = 0; i < w->g->option_count; i++) {
        const option *o = &w->g->options[i];
        if (w->final[i].list == LIST_OFFERED && w->final[i].presumed) {
            offer(w, o);
        } else if (w->final[i].list == LIST_UNDETERMINED) {
            leave_open(w, o);
        }
    }
}

/* ---- the lists ---- */

/* Within a standing what is for a change alone comes last. */
static int place_among(work *w, const plan_option *x, int part)
{
    return part == 0 ? final_of(w, x->option)->standing : part == 1 ? x->applies == APPLIES_ON_CHANGE : local_rank(&w->deciding, x->option);
}

static bool stands_after(work *w, const plan_option *x, const plan_option *y)
{
    int part = 0;
    while (part < 2 && place_among(w, x, part) == place_among(w, y, part)) {
        part++;
    }
    return place_among(w, x, part) > place_among(w, y, part);
}

static void sort_offered(work *w, plan_option *at, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        plan_option moved = at[i];
        uint32_t k = i;
        for (; k > 0 && stands_after(w, &at[k - 1], &moved); k--) {
            at[k] = at[k - 1];
        }
        at[k] = moved;
    }
}

static plan_undetermined undetermined_of(work *w, const option *o)
{
    slot *s = slot_of(w, o);
    size_t count = s->missing.count + s->presumed.count;
    CHECK(count > 0);
    missing *all = ARENA_ARRAY(w->a, count, missing);
    for (size_t i = 0; i < count; i++) {
        all[i] = i < s->missing.count ? s->missing.at[i] : s->presumed.at[i - s->missing.count];
    }
    return (plan_undetermined){ o, all, (uint32_t)count, applies_of(w, o) };
}

void options_recorded(work *w)
{
    plan *p = &w->plan;
    plan_option *offered = ARENA_ARRAY(w->a, w->g->option_count, plan_option);
    plan_exclusion *excluded = ARENA_ARRAY(w->a, w->g->option_count, plan_exclusion);
    plan_undetermined *undetermined = ARENA_ARRAY(w->a, w->g->option_count, plan_undetermined);
    for (uint32_t i = 0; i < w->g->option_count; i++) {
        const option *o = &w->g->options[i];
        decision d = w->final[i];
        slot *s = slot_of(w, o);
        if (d.list == LIST_OFFERED) {
            if (!d.presumed) {
                offer(w, o);
            }
            s->offered.applies = applies_of(w, o);
            offered[p->option_count++] = s->offered;
        } else if (d.list == LIST_EXCLUDED) {
            exclude(w, o);
            excluded[p->excluded_count++] = (plan_exclusion){ o, s->reasons.at, (uint32_t)s->reasons.count };
        } else if (d.list == LIST_UNDETERMINED) {
            leave_open(w, o);
            undetermined[p->undetermined_count++] = undetermined_of(w, o);
        }
    }
    sort_offered(w, offered, p->option_count);
    p->options = offered;
    p->excluded = excluded;
    p->undetermined = undetermined;
}

/* ---- drugs ---- */

const drug_choice *plan_drugs(const plan *p, const option *o, uint32_t *count)
{
    *count = o->drug_count;
    if (o->drugs_from != DRUGS_RUNNING) {
        return o->drugs;
    }
    const line_of_therapy *running = NULL;
    for (uint32_t i = 0; i < p->chart->line_count; i++) {
        const line_of_therapy *l = &p->chart->lines[i];
        running = l->in_progress && str_is(l->setting, "metastatic") ? l : running;
    }
    drug_choice *list = ARENA_ARRAY(record_arena(p->chart->record), running ? running->part_count : 0, drug_choice);
    *count = 0;
    for (uint32_t i = 0; running && i < running->part_count; i++) {
        const line_part *part = &running->parts[i];
        bool again = false;
        for (uint32_t k = 0; k < *count; k++) {
            again = again || str_eq(list[k].names[0], part->drug);
        }
        if (part_runs(part) && !again) {
            str *name = ARENA_NEW(record_arena(p->chart->record), str);
            *name = part->drug;
            list[(*count)++] = (drug_choice){ name, 1 };
        }
    }
    return list;
}
