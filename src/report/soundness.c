/* Whether the knowledge is sound. Faults: rules that speak against themselves or can never speak. Notices: what is unchecked, what
 * cites nothing, what no case has shown. A pack with notices is used; one with faults should not be. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/contents.h"
#include "report/wording.h"

typedef struct check { page *out; arena *a; const guideline *g; uint32_t faults; } check;

static void fault(check *c, place at, str text)
{
    c->faults++;
    page_item(c->out, 2, 6, arena_printf(c->a, "%.*s:%u:", STR_ARG(at.file), at.line), INK_RED, text);
}

static void notice(check *c, place at, str text)
{
    page_item(c->out, 2, 6, arena_printf(c->a, "%.*s:%u:", STR_ARG(at.file), at.line), INK_YELLOW, text);
}

/* ---- what can never speak, or speaks against itself ---- */

static bool days_meet(const condition *x, const condition *y)
{
    return (!x->until.precision || !y->since.precision || date_cmp(x->until, y->since) > 0)
        && (!y->until.precision || !x->since.precision || date_cmp(y->until, x->since) > 0);
}

/* Both in force on some day in some place, about one define. */
static bool meet(const condition *x, const condition *y) { return x->define == y->define && (x->places & y->places) && days_meet(x, y); }

/* One is in force wherever and whenever the other is. */
static bool covers(const condition *x, const condition *y)
{
    return x->define == y->define && (y->places & ~x->places) == 0
        && (!x->since.precision || (y->since.precision && date_cmp(x->since, y->since) <= 0))
        && (!x->until.precision || (y->until.precision && date_cmp(x->until, y->until) >= 0));
}

static void check_option(check *c, const option *o)
{
    const char *id = arena_printf(c->a, "%.*s", STR_ARG(o->id)).p;
    for (uint32_t i = 0; i < o->require_count; i++) {
        const condition *need = &o->requires_all[i].when;
        for (uint32_t k = i + 1; k < o->require_count; k++) {
            if (meet(need, &o->requires_all[k].when) && need->is != o->requires_all[k].when.is) {
                fault(c, o->requires_all[k].when.at, arena_printf(c->a, "%s can never be offered: it requires \"%.*s\" and its opposite", id, STR_ARG(need->define_name)));
            }
        }
        for (uint32_t k = 0; k < o->rule_out_count; k++) {
            if (meet(need, &o->rules_out[k].when) && need->is == o->rules_out[k].when.is) {
                fault(c, o->rules_out[k].when.at, arena_printf(c->a, "%s can never be offered: \"%.*s\" is required and rules it out", id, STR_ARG(need->define_name)));
            }
        }
        const condition *gate = &c->g->diseases[o->disease].gate;
        if (meet(need, gate) && need->is != gate->is) {
            fault(c, need->at, arena_printf(c->a, "%s can never be offered: its disease asks for the opposite of \"%.*s\"", id, STR_ARG(need->define_name)));
        }
    }
    for (uint32_t i = 0; i < o->caution_count; i++) {
        const condition *when = &o->cautions[i].when;
        for (uint32_t k = 0; k < o->rule_out_count; k++) {
            if (covers(&o->rules_out[k].when, when) && when->is == o->rules_out[k].when.is && !o->rules_out[k].check) {
                fault(c, when->at, arena_printf(c->a, "%s: the caution \"%.*s\" never speaks, because the same rules it out", id, STR_ARG(when->define_name)));
            }
        }
        for (uint32_t k = 0; k < o->require_count; k++) {
            if (covers(&o->requires_all[k].when, when) && when->is != o->requires_all[k].when.is) {
                fault(c, when->at, arena_printf(c->a, "%s: the caution \"%.*s\" never speaks, because the opposite is required", id, STR_ARG(when->define_name)));
            }
        }
    }
    for (uint32_t i = 0; i + 1 < o->standing_count; i++) {
        for (uint32_t k = 0; k < o->rule_out_count; k++) {
            const condition *row = &o->standings[i].when;
            if (!o->standings[i].always && covers(&o->rules_out[k].when, row) && row->is == o->rules_out[k].when.is) {
                fault(c, row->at, arena_printf(c->a, "%s: the standing for \"%.*s\" never speaks, because the same rules it out", id, STR_ARG(row->define_name)));
            }
        }
    }
}

static void check_approvals(check *c, const option *o)
{
    bool open = false;
    for (uint32_t i = 0; i < o->approval_count; i++) {
        const approval *x = &o->approvals[i];
        open = open || !x->until.precision || date_cmp(x->until, c->g->dated) > 0;
        if (x->since.precision && x->until.precision && date_cmp(x->until, x->since) <= 0) {
            fault(c, x->at, arena_printf(c->a, "%.*s: an approval ends before it begins", STR_ARG(o->id)));
        }
    }
    if (o->approval_count > 0 && !open) {
        notice(c, o->at, arena_printf(c->a, "%.*s is no longer approved anywhere", STR_ARG(o->id)));
    }
}

/* ---- what is unchecked, and what cites nothing ---- */

typedef struct tally { uint32_t checked, all; } tally;

static void count(tally *t, bool checked) { t->all++; t->checked += checked; }

static bool all_checked(const check *c, const str *ids, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!guideline_source(c->g, ids[i])->checked) {
            return false;
        }
    }
    return n > 0;
}

typedef struct unchecked { tally doses, approvals, boxed, sources, rules; uint32_t silent; } unchecked;

static void rule(check *c, unchecked *u, const str *sources, uint32_t n)
{
    u->silent += n == 0;
    if (n > 0) {
        count(&u->rules, all_checked(c, sources, n));
    }
}

static void check_sources_of(check *c, unchecked *u, const option *o)
{
    if (!str_empty(o->dose)) {
        count(&u->doses, o->dose_checked);
        if (!o->dose_checked) {
            notice(c, o->at, arena_printf(c->a, "%.*s: the dose is unchecked", STR_ARG(o->id)));
        }
    }
    for (uint32_t i = 0; i < o->approval_count; i++) {
        const approval *x = &o->approvals[i];
        count(&u->approvals, x->checked);
        if (!x->checked) {
            notice(c, x->at, arena_printf(c->a, "%.*s: the approval in %.*s is unchecked", STR_ARG(o->id), STR_ARG(c->g->jurisdictions[x->place])));
        }
    }
    for (uint32_t i = 0; i < o->rule_out_count; i++) { rule(c, u, o->rules_out[i].sources, o->rules_out[i].source_count); }
    for (uint32_t i = 0; i < o->caution_count; i++) { rule(c, u, o->cautions[i].sources, o->cautions[i].source_count); }
}

static bool cited(const str *ids, uint32_t n, str id)
{
    for (uint32_t i = 0; i < n; i++) {
        if (str_eq(ids[i], id)) {
            return true;
        }
    }
    return false;
}

static bool is_cited(const guideline *g, str id)
{
    for (uint32_t i = 0; i < g->option_count; i++) {
        const option *o = &g->options[i];
        bool here = cited(o->evidence, o->evidence_count, id) || str_eq(o->dose_source, id);
        for (uint32_t k = 0; k < o->rule_out_count; k++) { here = here || cited(o->rules_out[k].sources, o->rules_out[k].source_count, id); }
        for (uint32_t k = 0; k < o->caution_count; k++) { here = here || cited(o->cautions[k].sources, o->cautions[k].source_count, id); }
        for (uint32_t k = 0; k < o->standing_count; k++) { here = here || cited(o->standings[k].sources, o->standings[k].source_count, id); }
        for (uint32_t k = 0; k < o->approval_count; k++) { here = here || cited(o->approvals[k].sources, o->approvals[k].source_count, id); }
        if (here) {
            return true;
        }
    }
    for (uint32_t i = 0; i < g->alert_count; i++) {
        if (cited(g->alerts[i].sources, g->alerts[i].source_count, id)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < g->test_count; i++) {
        if (cited(g->tests[i].sources, g->tests[i].source_count, id)) {
            return true;
        }
    }
    return false;
}

static void check_boxed(check *c, unchecked *u)
{
    for (uint32_t i = 0; i < c->g->boxed_count; i++) {
        const boxed *x = &c->g->boxed[i];
        count(&u->boxed, x->checked);
        if (!x->checked) {
            notice(c, x->at, arena_printf(c->a, "%.*s: what its label has boxed is unchecked", STR_ARG(x->drug)));
        }
    }
}

static void check_sources(check *c, unchecked *u)
{
    for (uint32_t i = 0; i < c->g->source_count; i++) {
        const source *s = &c->g->sources[i];
        count(&u->sources, s->checked);
        if (!s->checked) {
            notice(c, s->at, arena_printf(c->a, "%.*s: the source is unchecked", STR_ARG(s->id)));
        }
        if (!is_cited(c->g, s->id)) {
            notice(c, s->at, arena_printf(c->a, "%.*s: nothing cites this source", STR_ARG(s->id)));
        }
    }
}

static void say_tally(check *c, const char *what, tally t)
{
    page_item(c->out, 2, 6, STR(""), INK_PLAIN, arena_printf(c->a, "%s: %u of %u checked (%u %%)", what, t.checked, t.all, t.all ? t.checked * 100 / t.all : 100));
}

static void say_unchecked(check *c, const unchecked *u)
{
    tally all = { u->doses.checked + u->approvals.checked + u->boxed.checked + u->sources.checked + u->rules.checked,
                  u->doses.all + u->approvals.all + u->boxed.all + u->sources.all + u->rules.all };
    page_heading(c->out, STR("CHECKED AGAINST A PAGE"), INK_BOLD);
    say_tally(c, "doses", u->doses);
    say_tally(c, "approvals", u->approvals);
    say_tally(c, "boxed warnings, by drug", u->boxed);
    say_tally(c, "sources", u->sources);
    say_tally(c, "exclusions and cautions, by all sources they cite", u->rules);
    say_tally(c, "all of these", all);
    page_item(c->out, 2, 6, STR(""), INK_PLAIN, arena_printf(c->a, "%u exclusions and cautions cite no source of their own", u->silent));
}

/* ---- what no case has shown ---- */

static str unseen(check *c, uint8_t seen, const char *const *names)
{
    str left[3];
    uint32_t n = 0;
    for (uint32_t i = 0; i < 3; i++) {
        if (!(seen >> i & 1u)) {
            left[n++] = str_of(names[i]);
        }
    }
    return words_join(c->a, left, n, " or ");
}

static void check_cases(check *c, const coverage *cases)
{
    static const char *const values[] = { "true", "false", "unknown" }, *const lists[] = { "offered", "excluded", "undetermined" };
    uint32_t criteria = 0, closed = 0, options = 0, alerts = 0;
    page_heading(c->out, STR("NEVER SHOWN BY A CASE"), INK_BOLD);
    for (uint32_t i = 0; i < cases->criterion_count; i++) {
        const criterion_seen *s = &cases->criteria[i];
        if (s->values != SEEN_ALL) {
            bool answered = !str_empty(s->never_unknown) && s->values == (SEEN_TRUE | SEEN_FALSE);
            str never = unseen(c, s->values, values);
            notice(c, s->at, arena_printf(c->a, "%.*s.\"%.*s\" was never %.*s%s%.*s", STR_ARG(s->library), STR_ARG(s->name), STR_ARG(never),
                                          answered ? ": it cannot be, since " : "", STR_ARG(answered ? s->never_unknown : STR(""))));
            criteria++;
            closed += answered ? 1 : 0;
        }
    }
    for (uint32_t i = 0; i < c->g->option_count; i++) {
        if (cases->options[i] != STOOD_ALL) {
            str never = unseen(c, cases->options[i], lists);
            notice(c, c->g->options[i].at, arena_printf(c->a, "%.*s was never %.*s", STR_ARG(c->g->options[i].id), STR_ARG(never)));
            options++;
        }
    }
    for (uint32_t i = 0; i < c->g->alert_count; i++) {
        if (!cases->alerts[i]) {
            notice(c, c->g->alerts[i].at, arena_printf(c->a, "the alert %.*s never fired", STR_ARG(c->g->alerts[i].code)));
            alerts++;
        }
    }
    page_item(c->out, 2, 6, STR(""), INK_PLAIN,
              arena_printf(c->a, "%u plans: %u of %u criteria were true, false and unknown, %u more true and false and never to be unknown; %u of %u options were offered, excluded and undetermined; %u of %u alerts fired",
                           cases->plans, cases->criterion_count - criteria, cases->criterion_count, closed, c->g->option_count - options, c->g->option_count,
                           c->g->alert_count - alerts, c->g->alert_count));
}

uint32_t contents_check(page *out, arena *a, const pack *p, const coverage *cases)
{
    check c = { .out = out, .a = a, .g = &p->guideline };
    unchecked u = { 0 };
    page_heading(out, STR("FAULTS"), INK_BOLD);
    for (uint32_t i = 0; i < c.g->option_count; i++) {
        check_option(&c, &c.g->options[i]);
        check_approvals(&c, &c.g->options[i]);
    }
    page_item(out, 2, 6, STR(""), INK_PLAIN, arena_printf(a, "%u faults in %u options", c.faults, c.g->option_count));
    page_heading(out, STR("UNCHECKED, OR CITED BY NOTHING"), INK_BOLD);
    for (uint32_t i = 0; i < c.g->option_count; i++) {
        check_sources_of(&c, &u, &c.g->options[i]);
    }
    check_boxed(&c, &u);
    check_sources(&c, &u);
    say_unchecked(&c, &u);
    if (cases) {
        check_cases(&c, cases);
    }
    return c.faults;
}
