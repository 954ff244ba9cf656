/* Alerts rest on the record alone: they are asked before and apart from the options, and never on a presumption. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/work.h"

enum { FACTS_SHOWN = 10 };

typedef VEC(plan_alert) alert_vec;

static uint32_t rank_in(str word, const char *const *order, uint32_t count)
{
    uint32_t i = 0;
    while (i < count && !str_is(word, order[i])) {
        i++;
    }
    return i;
}

/* Urgent first; within a kind by level; else as the knowledge has them. */
static uint32_t rank(const plan_alert *x)
{
    static const char *const kinds[] = { "urgent", "safety", "missing", "monitoring", "supportive", "local", "trial", "data" };
    static const char *const levels[] = { "red", "orange", "yellow" };
    return rank_in(x->kind, kinds, 8) * 4 + (x->alert ? rank_in(x->alert->level, levels, 3) : 3);
}

static void add_alerts(work *w, alert_vec *to)
{
    for (uint32_t i = 0; i < w->g->alert_count; i++) {
        const alert *x = &w->g->alerts[i];
        if (!is_in_force(&w->deciding, &x->when) || truth_spoken(w, &x->when) != TRUTH_TRUE) {
            continue;
        }
        criterion c = criterion_of(w, ROLE_TRIGGER, &x->when, STR(""));
        *VEC_PUSH(w->a, to) = (plan_alert){ x, x->kind, x->code, x->text, basis_of(w, x->code, x->at, &c, 1, x->sources, x->source_count) };
    }
}

/* "test.plasma-panel" becomes "missing-test-plasma-panel". */
static str code_of(work *w, str id)
{
    buf b = buf_make(w->a, BUF_MAX_DEFAULT);
    buf_add(&b, STR("missing-"));
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        buf_char(&b, (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-');
    }
    return buf_str(&b);
}

static void add_missing(work *w, alert_vec *to)
{
    for (uint32_t i = 0; i < w->plan.test_count; i++) {
        const plan_test *t = &w->plan.tests[i];
        const condition *when = t->test->due;
        bool due = when && is_in_force(&w->deciding, when) && truth_spoken(w, when) == TRUTH_TRUE;
        if (!due && !t->changes) {
            continue;
        }
        const char *why = due && t->changes ? "is due and may change the plan" : due ? "is due" : "may change the plan";
        str text = arena_printf(w->a, "%.*s %s: %.*s", STR_ARG(t->test->name), why, STR_ARG(t->test->say));
        *VEC_PUSH(w->a, to) = (plan_alert){ NULL, STR("missing"), code_of(w, t->test->id), text, t->basis };
    }
}

/* ---- data ---- */

/* A statement about the record itself: its facts are the places it is about. */
static void add_data(work *w, alert_vec *to, str code, str text, const fact *const *facts, uint32_t count)
{
    criterion c = { .role = ROLE_TRIGGER, .name = code, .value = TRUTH_TRUE, .wanted = TRUTH_TRUE, .facts = facts, .fact_count = count };
    *VEC_PUSH(w->a, to) = (plan_alert){ NULL, STR("data"), code, text, basis_of(w, code, (place){ .line = 0 }, &c, 1, NULL, 0) };
}

/* A small element of the resource, so that a finding about all of it does not quote all of it. */
static const json *handle_of(const resource *r)
{
    const json *id = json_get(r->root, "id");
    return id ? id : json_get(r->root, "resourceType");
}

static const fact *fact_about(work *w, str code, const resource *about, const json *at)
{
    fact *f = ARENA_NEW(w->a, fact);
    *f = (fact){ .code = code, .label = about ? about->type : STR("input"), .value = json_text(at), .when = about ? about->when : (date){ 0 } };
    const json *element = at ? at : about ? handle_of(about) : NULL;
    if (element) {
        fact_source *s = ARENA_NEW(w->a, fact_source);
        *s = fact_source_of(w, element);
        f->sources = s;
        f->source_count = !str_empty(s->input) || !str_empty(s->resource);
    }
    return f;
}

static void add_findings(work *w, alert_vec *to)
{
    size_t count = record_finding_count(w->record);
    bool *told = ARENA_ARRAY(w->a, count, bool);
    for (size_t i = 0; i < count; i++) {
        if (told[i]) {
            continue;
        }
        const finding *first = record_finding_at(w->record, i);
        const fact **facts = arena_array(w->a, FACTS_SHOWN, sizeof *facts);
        uint32_t shown = 0, all = 0;
        for (size_t k = i; k < count; k++) {
            const finding *f = record_finding_at(w->record, k);
            if (!str_eq(f->code, first->code)) {
                continue;
            }
            told[k] = true;
            all++;
            if (shown < FACTS_SHOWN) {
                facts[shown++] = fact_about(w, f->code, f->about, f->at);
            }
        }
        str text = all == 1 ? first->text : arena_printf(w->a, "%.*s (and %u more of this kind)", STR_ARG(first->text), all - 1);
        add_data(w, to, first->code, text, facts, shown);
    }
}

static void add_later(work *w, alert_vec *to)
{
    const chart *c = w->chart;
    if (c->later_count == 0) {
        return;
    }
    const fact **facts = arena_array(w->a, FACTS_SHOWN, sizeof *facts);
    uint32_t shown = 0;
    for (; shown < c->later_count && shown < FACTS_SHOWN; shown++) {
        facts[shown] = fact_about(w, STR("dated-later"), c->later[shown], NULL);
    }
    char on[11];
    str day = date_write(c->as_of, on);
    add_data(w, to, STR("dated-later"), arena_printf(w->a, "%u entr%s dated after %.*s and not used", c->later_count,
                                                     c->later_count == 1 ? "y is" : "ies are", STR_ARG(day)), facts, shown);
}

static void add_stale(work *w, alert_vec *to)
{
    const chart *c = w->chart;
    char on[11];
    if (c->newest.precision == DATE_NONE) {
        add_data(w, to, STR("record-undated"), STR("nothing in the record is dated: how old it is cannot be told"), NULL, 0);
        return;
    }
    int32_t age = date_days(c->as_of) - date_days_last(c->newest);
    if (w->g->stale_days > 0 && age > (int32_t)w->g->stale_days) {
        str newest = date_write(c->newest, on);
        add_data(w, to, STR("record-stale"), arena_printf(w->a, "the newest entry, %.*s, is of %.*s: %d days before the day of this plan",
                                                          STR_ARG(c->newest_what), STR_ARG(newest), age), NULL, 0);
    }
}

typedef struct failures { work *w; alert_vec *to; bool *told; } failures;

static void add_failure(void *to, const condition *c)
{
    failures *f = to;
    const nl_error *e = c->define == CQL_NONE ? NULL : cql_failed(f->w->deciding.run, c->define);
    if (e && !f->told[c->define]) {
        f->told[c->define] = true;
        add_data(f->w, f->to, STR("rule-not-computed"), arena_printf(f->w->a, "\"%.*s\" could not be computed and counts as unknown: %s",
                                                                     STR_ARG(c->define_name), e->what), NULL, 0);
    }
}

void alerts_make(work *w)
{
    alert_vec all = { 0 };
    add_alerts(w, &all);
    add_missing(w, &all);
    each_condition(w->g, add_failure, &(failures){ w, &all, ARENA_ARRAY(w->a, cql_define_count(w->pack->program), bool) });
    add_findings(w, &all);
    add_later(w, &all);
    add_stale(w, &all);
    for (size_t i = 1; i < all.count; i++) {
        plan_alert moved = all.at[i];
        size_t k = i;
        for (; k > 0 && rank(&all.at[k - 1]) > rank(&moved); k--) {
            all.at[k] = all.at[k - 1];
        }
        all.at[k] = moved;
    }
    w->plan.alerts = all.at;
    w->plan.alert_count = (uint32_t)all.count;
}
