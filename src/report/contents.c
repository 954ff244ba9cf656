/* SPDX-License-Identifier: Apache-2.0 */
#include "report/contents.h"

#include "pack/near.h"
#include "report/wording.h"
#include "terms/drugs.h"

typedef struct view { page *out; arena *a; const pack *pack; const guideline *g; } view;

static view view_make(page *out, arena *a, const pack *p) { return (view){ out, a, p, &p->guideline }; }

static void line(view *v, const char *lead, str text)
{
    if (!str_empty(text)) {
        const page_stop stops[] = { { 2, str_of(lead), INK_DIM }, { 16, text, INK_PLAIN } };
        page_row(v->out, stops, 2);
    }
}

static str at_words(view *v, place at) { return arena_printf(v->a, "(%.*s:%u)", STR_ARG(at.file), at.line); }

/* ---- places and days of a rule ---- */

static void add_days(buf *b, date since, date until)
{
    char day[11];
    if (since.precision) {
        date_write(since, day);
        buf_printf(b, "%ssince %s", b->n ? ", " : "", day);
    }
    if (until.precision) {
        date_write(until, day);
        buf_printf(b, "%suntil %s", b->n ? ", " : "", day);
    }
}

static str limits_words(view *v, const condition *c)
{
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < v->g->jurisdiction_count && c->places != UINT32_MAX; i++) {
        if (c->places >> i & 1u) {
            buf_printf(&b, "%s%.*s", b.n ? " and " : "", STR_ARG(v->g->jurisdictions[i]));
        }
    }
    add_days(&b, c->since, c->until);
    str said = buf_str(&b);
    return str_empty(said) ? said : arena_printf(v->a, " [%.*s]", STR_ARG(said));
}

static str condition_words(view *v, const condition *c)
{
    str when = limits_words(v, c);
    return arena_printf(v->a, "%s%.*s%.*s", c->is ? "" : "not: ", STR_ARG(c->define_name), STR_ARG(when));
}

static str cited(view *v, const str *ids, uint32_t count)
{
    str joined = words_join(v->a, ids, count, ", ");
    return count ? arena_printf(v->a, " {%.*s}", STR_ARG(joined)) : STR("");
}

/* ---- list ---- */

enum { LIST_COLUMN = 40 };

static str approvals_words(view *v, const option *o)
{
    buf b = buf_make(v->a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < o->approval_count; i++) {
        const approval *p = &o->approvals[i];
        char day[11];
        date_write(p->since, day);
        buf_printf(&b, "%s%.*s %s", b.n ? ", " : "", STR_ARG(v->g->jurisdictions[p->place]), p->since.precision ? day : "always");
        if (p->until.precision) {
            date_write(p->until, day);
            buf_printf(&b, " to %s", day);
        }
    }
    return buf_str(&b);
}

static void list_options(view *v)
{
    for (uint32_t d = 0; d < v->g->disease_count; d++) {
        page_heading(v->out, v->g->diseases[d].name, INK_BOLD);
        for (uint32_t i = 0; i < v->g->option_count; i++) {
            const option *o = &v->g->options[i];
            if (o->disease == d) {
                str days = approvals_words(v, o);
                const standing *usual = &o->standings[o->standing_count - 1];
                str what = arena_printf(v->a, "%.*s; %.*s; %.*s", STR_ARG(o->regimen), STR_ARG(usual->standing), STR_ARG(days));
                const page_stop stops[] = { { 2, o->id, INK_BOLD }, { LIST_COLUMN, what, INK_PLAIN } };
                page_row(v->out, stops, 2);
            }
        }
    }
}

static void list_alerts(view *v)
{
    for (uint32_t i = 0; i < v->g->alert_count; i++) {
        const alert *x = &v->g->alerts[i];
        page_item(v->out, 2, 6, x->code, INK_BOLD, arena_printf(v->a, "%.*s: %.*s", STR_ARG(x->kind), STR_ARG(x->text)));
    }
}

static void list_tests(view *v)
{
    for (uint32_t i = 0; i < v->g->test_count; i++) {
        page_item(v->out, 2, 6, v->g->tests[i].id, INK_BOLD, v->g->tests[i].name);
    }
}

static void list_sources(view *v)
{
    for (uint32_t i = 0; i < v->g->source_count; i++) {
        const source *s = &v->g->sources[i];
        page_item(v->out, 2, 6, s->id, INK_BOLD, arena_printf(v->a, "%.*s: %.*s%s", STR_ARG(s->kind), STR_ARG(s->title), s->checked ? "" : " " UNCHECKED));
    }
}

static void list_drugs(view *v)
{
    const drugs *d = v->pack->terms->drugs;
    for (uint32_t i = 0; i < d->count; i++) {
        page_item(v->out, 2, 6, d->at[i].name, INK_BOLD, words_join(v->a, d->at[i].classes.at, d->at[i].classes.count, ", "));
    }
}

static void list_facts(view *v)
{
    const fact_def *facts;
    size_t count = terms_facts(v->pack->terms, &facts);
    for (size_t i = 0; i < count; i++) {
        page_item(v->out, 2, 6, facts[i].code, INK_BOLD, facts[i].label);
    }
}

static const struct { const char *kind; void (*list)(view *v); } kinds[] = {
    { "options", list_options }, { "alerts", list_alerts }, { "tests", list_tests }, { "sources", list_sources }, { "drugs", list_drugs },
    { "facts", list_facts },
};

nl_status contents_list(page *out, arena *a, const pack *p, str kind, nl_error *err)
{
    view v = view_make(out, a, p);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (str_is(kind, kinds[i].kind)) {
            kinds[i].list(&v);
            return NL_OK;
        }
    }
    if (!str_empty(kind)) {
        return fail(err, NL_E_ARG, "list", "there are options, alerts, tests, sources, drugs and facts, but no '%.*s'", STR_ARG(kind));
    }
    char day[11];
    date_write(v.g->dated, day);
    page_item(out, 0, 2, STR(""), INK_PLAIN, arena_printf(a, "%.*s %.*s, last reviewed %s (%.12s)", STR_ARG(v.g->name), STR_ARG(v.g->version), day, p->digest));
    list_options(&v);
    const fact_def *facts;
    page_blank(out);
    page_item(out, 0, 2, STR("Besides:"), INK_DIM,
              arena_printf(a, "%u alerts, %u tests, %u sources, %u drugs, %zu facts; nextline knowledge list KIND shows them, nextline knowledge show ID one of them",
                           v.g->alert_count, v.g->test_count, v.g->source_count, p->terms->drugs->count, terms_facts(p->terms, &facts)));
    return NL_OK;
}

/* ---- show ---- */

static void show_option(view *v, const option *o)
{
    str where = at_words(v, o->at);
    page_item(v->out, 0, 2, o->id, INK_BOLD, arena_printf(v->a, "%.*s %.*s", STR_ARG(o->regimen), STR_ARG(where)));
    line(v, "for", v->g->diseases[o->disease].name);
    line(v, "summary", o->summary);
    line(v, "drugs", words_drugs(v->a, NULL, o));
    if (o->is_for != FOR_NEXT_LINE) {
        line(v, "applies", o->is_for == FOR_PRESENT_LINE ? STR("within the line that runs, while it holds") : STR("at any time"));
    }
    str warnings = words_boxed(v->a, v->g, NULL, o);
    if (!str_empty(warnings)) {
        line(v, "boxed (US)", warnings);
    }
    if (!str_empty(o->dose)) {
        str from = str_empty(o->dose_source) ? STR("") : arena_printf(v->a, " {%.*s}", STR_ARG(o->dose_source));
        line(v, "dose", arena_printf(v->a, "%.*s%.*s%s", STR_ARG(o->dose), STR_ARG(from), o->dose_checked ? "" : " " UNCHECKED));
    }
    for (uint32_t i = 0; i < o->standing_count; i++) {
        const standing *s = &o->standings[i];
        str when = s->always ? limits_words(v, &s->when) : condition_words(v, &s->when), from = cited(v, s->sources, s->source_count);
        line(v, "standing", arena_printf(v->a, "%.*s%s%.*s%.*s", STR_ARG(s->standing), s->always ? "" : " when: ", STR_ARG(when), STR_ARG(from)));
    }
    for (uint32_t i = 0; i < o->require_count; i++) {
        line(v, "requires", condition_words(v, &o->requires_all[i].when));
    }
    for (uint32_t i = 0; i < o->rule_out_count; i++) {
        const rule_out *x = &o->rules_out[i];
        str when = condition_words(v, &x->when), from = cited(v, x->sources, x->source_count);
        line(v, "ruled out by", arena_printf(v->a, "%.*s%s: %.*s%.*s", STR_ARG(when), x->check ? " (unknown: check first)" : "", STR_ARG(x->say), STR_ARG(from)));
    }
    for (uint32_t i = 0; i < o->caution_count; i++) {
        const caution *x = &o->cautions[i];
        str when = condition_words(v, &x->when), from = cited(v, x->sources, x->source_count);
        str most = str_empty(x->standing) ? STR("") : arena_printf(v->a, " (at most %.*s)", STR_ARG(x->standing));
        line(v, "caution", arena_printf(v->a, "%.*s%.*s: %.*s%.*s", STR_ARG(when), STR_ARG(most), STR_ARG(x->say), STR_ARG(from)));
    }
    for (uint32_t i = 0; i < o->approval_count; i++) {
        const approval *x = &o->approvals[i];
        buf days = buf_make(v->a, BUF_MAX_DEFAULT);
        add_days(&days, x->since, x->until);
        str when = buf_str(&days), from = cited(v, x->sources, x->source_count);
        line(v, "approved", arena_printf(v->a, "%.*s %.*s%s%.*s%.*s%s", STR_ARG(v->g->jurisdictions[x->place]), STR_ARG(when), str_empty(x->say) ? "" : ": ",
                                         STR_ARG(x->say), STR_ARG(from), x->checked ? "" : " " UNCHECKED));
    }
    for (uint32_t i = 0; i < o->evidence_count; i++) {
        line(v, "evidence", words_evidence(v->a, guideline_source(v->g, o->evidence[i])));
    }
    for (uint32_t i = 0; i < o->monitoring_count; i++) {
        line(v, "monitoring", o->monitoring[i]);
    }
}

static void show_alert(view *v, const alert *x)
{
    str where = at_words(v, x->at);
    page_item(v->out, 0, 2, x->code, INK_BOLD, arena_printf(v->a, "%.*s %.*s %.*s", STR_ARG(x->kind), STR_ARG(x->level), STR_ARG(where)));
    line(v, "when", condition_words(v, &x->when));
    line(v, "says", x->text);
    line(v, "action", x->action);
    line(v, "sources", words_join(v->a, x->sources, x->source_count, ", "));
}

static void show_test(view *v, const test *x)
{
    str where = at_words(v, x->at);
    page_item(v->out, 0, 2, x->id, INK_BOLD, arena_printf(v->a, "%.*s %.*s", STR_ARG(x->name), STR_ARG(where)));
    line(v, "when", x->say);
    if (x->due) {
        line(v, "due", condition_words(v, x->due));
    }
    for (uint32_t i = 0; i < x->outcome_count; i++) {
        buf b = buf_make(v->a, BUF_MAX_DEFAULT);
        buf_printf(&b, "%.*s:", STR_ARG(x->outcomes[i].name));
        for (uint32_t k = 0; k < x->outcomes[i].fact_count; k++) {
            const test_fact *f = &x->outcomes[i].facts[k];
            buf_printf(&b, "%s %.*s=%.*s", k ? "," : "", STR_ARG(f->fact), STR_ARG(f->value));
        }
        line(v, "result", buf_str(&b));
    }
    line(v, "sources", words_join(v->a, x->sources, x->source_count, ", "));
}

static void show_source(view *v, const source *s)
{
    str where = at_words(v, s->at);
    page_item(v->out, 0, 2, s->id, INK_BOLD, arena_printf(v->a, "%.*s: %.*s %.*s", STR_ARG(s->kind), STR_ARG(s->title), STR_ARG(where)));
    const struct { const char *lead; str text; } rows[] = {
        { "population", s->population }, { "against", s->comparator }, { "n", s->n }, { "PFS, months", s->pfs }, { "PFS HR", s->pfs_hr }, { "OS, months", s->os },
        { "OS HR", s->os_hr }, { "ORR", s->orr }, { "note", s->note }, { "NCT", s->nct }, { "PMID", s->pmid }, { "doi", s->doi }, { "page", s->url },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        line(v, rows[i].lead, rows[i].text);
    }
    line(v, "checked", s->checked ? s->checked_where : STR("no"));
}

static void show_drug(view *v, const drug *d)
{
    static const char *const roles[DRUG_ROLES] = { "against cancer", "ovarian suppression", "bone", "supportive", "other" };
    page_item(v->out, 0, 2, d->name, INK_BOLD, arena_printf(v->a, "drug (drugs.yaml:%u)", d->line));
    line(v, "names", words_join(v->a, d->names.at, d->names.count, ", "));
    line(v, "classes", words_join(v->a, d->classes.at, d->classes.count, ", "));
    line(v, "role", str_of(roles[d->role]));
    for (uint32_t i = 0; i < v->g->option_count; i++) {
        const option *o = &v->g->options[i];
        for (uint32_t k = 0; k < o->drug_count; k++) {
            for (uint32_t n = 0; n < o->drugs[k].count; n++) {
                line(v, str_eq(o->drugs[k].names[n], d->name) ? "in option" : "", str_eq(o->drugs[k].names[n], d->name) ? o->id : STR(""));
            }
        }
    }
}

static void show_fact(view *v, const fact_def *f)
{
    static const char *const kind_names[] = { "one of", "quantity", "integer", "yes or no", "date" };
    str words = words_join(v->a, f->words, f->word_count, ", ");
    page_item(v->out, 0, 2, f->code, INK_BOLD, arena_printf(v->a, "%.*s (facts.yaml:%u)", STR_ARG(f->label), f->line));
    line(v, "value", arena_printf(v->a, "%s %.*s%.*s", kind_names[f->kind], STR_ARG(words), STR_ARG(f->unit)));
    line(v, "absence", f->open ? STR("means unknown") : STR("means no"));
}

static const alert *find_alert(const guideline *g, str code)
{
    for (uint32_t i = 0; i < g->alert_count; i++) {
        if (str_eq(g->alerts[i].code, code)) {
            return &g->alerts[i];
        }
    }
    return NULL;
}

static const test *find_test(const guideline *g, str id)
{
    for (uint32_t i = 0; i < g->test_count; i++) {
        if (str_eq(g->tests[i].id, id)) {
            return &g->tests[i];
        }
    }
    return NULL;
}

static nl_status no_such_id(view *v, str id, nl_error *err)
{
    const guideline *g = v->g;
    size_t n = 0;
    str *ids = ARENA_ARRAY(v->a, g->option_count + g->alert_count + g->test_count + g->source_count, str);
    for (uint32_t i = 0; i < g->option_count; i++) { ids[n++] = g->options[i].id; }
    for (uint32_t i = 0; i < g->alert_count; i++) { ids[n++] = g->alerts[i].code; }
    for (uint32_t i = 0; i < g->test_count; i++) { ids[n++] = g->tests[i].id; }
    for (uint32_t i = 0; i < g->source_count; i++) { ids[n++] = g->sources[i].id; }
    str near = near_names(v->a, id, ids, n);
    return fail(err, NL_E_ARG, "knowledge", "nothing has the id '%.*s'%.*s", STR_ARG(id), STR_ARG(near));
}

nl_status contents_show(page *out, arena *a, const pack *p, str id, nl_error *err)
{
    view v = view_make(out, a, p);
    const option *o = guideline_option(v.g, id);
    const alert *x = find_alert(v.g, id);
    const test *t = find_test(v.g, id);
    const source *s = guideline_source(v.g, id);
    const drug *d = drugs_named(p->terms->drugs, id);
    const fact_def *f = terms_fact(p->terms, id);
    if (o) { show_option(&v, o); }
    if (x) { show_alert(&v, x); }
    if (t) { show_test(&v, t); }
    if (s) { show_source(&v, s); }
    if (d) { show_drug(&v, d); }
    if (f) { show_fact(&v, f); }
    return o || x || t || s || d || f ? NL_OK : no_such_id(&v, id, err);
}

/* ---- cite ---- */

typedef struct citing { view *v; str id; uint32_t count; } citing;   /* id: the source asked for */

static bool has(const str *ids, uint32_t count, str id)
{
    for (uint32_t i = 0; i < count; i++) {
        if (str_eq(ids[i], id)) {
            return true;
        }
    }
    return false;
}

static void cited_by(citing *c, str rule, const char *what, str say, const str *ids, uint32_t count)
{
    if (has(ids, count, c->id)) {
        page_item(c->v->out, 4, 8, arena_printf(c->v->a, "%.*s,", STR_ARG(rule)), INK_BOLD, arena_printf(c->v->a, "%s%s%.*s", what, str_empty(say) ? "" : ": ", STR_ARG(say)));
        c->count++;
    }
}

static void who_cites(view *v, str id)
{
    citing c = { .v = v, .id = id };
    line(v, "cited by", STR("these rules"));
    for (uint32_t i = 0; i < v->g->option_count; i++) {
        const option *o = &v->g->options[i];
        cited_by(&c, o->id, "evidence", STR(""), o->evidence, o->evidence_count);
        cited_by(&c, o->id, "dose", o->dose, &o->dose_source, str_empty(o->dose_source) ? 0 : 1);
        for (uint32_t k = 0; k < o->rule_out_count; k++) { cited_by(&c, o->id, "ruled out by", o->rules_out[k].say, o->rules_out[k].sources, o->rules_out[k].source_count); }
        for (uint32_t k = 0; k < o->caution_count; k++) { cited_by(&c, o->id, "caution", o->cautions[k].say, o->cautions[k].sources, o->cautions[k].source_count); }
        for (uint32_t k = 0; k < o->standing_count; k++) { cited_by(&c, o->id, "standing", o->standings[k].standing, o->standings[k].sources, o->standings[k].source_count); }
        for (uint32_t k = 0; k < o->approval_count; k++) { cited_by(&c, o->id, "approval", o->approvals[k].say, o->approvals[k].sources, o->approvals[k].source_count); }
    }
    for (uint32_t i = 0; i < v->g->alert_count; i++) { cited_by(&c, v->g->alerts[i].code, "alert", v->g->alerts[i].text, v->g->alerts[i].sources, v->g->alerts[i].source_count); }
    for (uint32_t i = 0; i < v->g->test_count; i++) { cited_by(&c, v->g->tests[i].id, "test", v->g->tests[i].name, v->g->tests[i].sources, v->g->tests[i].source_count); }
    if (c.count == 0) {
        page_item(v->out, 4, 8, STR(""), INK_PLAIN, STR("nothing cites it"));
    }
}

typedef struct source_list { str *at; uint32_t count; } source_list;

static void gather(source_list *to, const str *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!str_empty(ids[i]) && !has(to->at, to->count, ids[i])) {
            to->at[to->count++] = ids[i];
        }
    }
}

static source_list sources_of_option(view *v, const option *o)
{
    source_list l = { .at = ARENA_ARRAY(v->a, v->g->source_count, str) };
    gather(&l, o->evidence, o->evidence_count);
    gather(&l, &o->dose_source, 1);
    for (uint32_t k = 0; k < o->approval_count; k++) { gather(&l, o->approvals[k].sources, o->approvals[k].source_count); }
    for (uint32_t k = 0; k < o->standing_count; k++) { gather(&l, o->standings[k].sources, o->standings[k].source_count); }
    for (uint32_t k = 0; k < o->rule_out_count; k++) { gather(&l, o->rules_out[k].sources, o->rules_out[k].source_count); }
    for (uint32_t k = 0; k < o->caution_count; k++) { gather(&l, o->cautions[k].sources, o->cautions[k].source_count); }
    return l;
}

nl_status contents_cite(page *out, arena *a, const pack *p, str id, nl_error *err)
{
    view v = view_make(out, a, p);
    const option *o = guideline_option(v.g, id);
    const alert *x = find_alert(v.g, id);
    const test *t = find_test(v.g, id);
    const source *s = guideline_source(v.g, id);
    if (s) {
        show_source(&v, s);
        who_cites(&v, id);
        return NL_OK;
    }
    if (!o && !x && !t) {
        return no_such_id(&v, id, err);
    }
    source_list l = { 0 };
    if (o) {
        l = sources_of_option(&v, o);
    } else {
        l = x ? (source_list){ x->sources, x->source_count } : (source_list){ t->sources, t->source_count };
    }
    page_item(out, 0, 2, id, INK_BOLD, l.count ? STR("rests on") : STR("cites no source"));
    for (uint32_t i = 0; i < l.count; i++) {
        page_blank(out);
        show_source(&v, guideline_source(v.g, l.at[i]));
    }
    return NL_OK;
}

/* ---- changes ---- */

typedef struct change { date day; str text; } change;
typedef VEC(change) change_vec;
typedef struct changing { view *v; date since; change_vec list; } changing;

static void changed(changing *c, date day, str id, const char *verb, str what)
{
    if (day.precision && date_cmp(day, c->since) >= 0) {
        *VEC_PUSH(c->v->a, &c->list) = (change){ day, arena_printf(c->v->a, "%.*s %s: %.*s", STR_ARG(id), verb, STR_ARG(what)) };
    }
}

static void rule_changes(changing *c, str id, const char *what, const condition *k, str say)
{
    str words = arena_printf(c->v->a, "%.*s%s%.*s", STR_ARG(k->define_name), str_empty(say) ? "" : ": ", STR_ARG(say));
    changed(c, k->since, id, arena_printf(c->v->a, "%s holds from then on", what).p, words);
    changed(c, k->until, id, arena_printf(c->v->a, "%s no longer holds", what).p, words);
}

static int by_day(const void *x, const void *y)
{
    const change *a = x, *b = y;
    int order = date_cmp(a->day, b->day);
    return order ? order : str_cmp(a->text, b->text);
}

void contents_changes(page *out, arena *a, const pack *p, date since)
{
    view v = view_make(out, a, p);
    changing c = { .v = &v, .since = since };
    for (uint32_t i = 0; i < v.g->option_count; i++) {
        const option *o = &v.g->options[i];
        for (uint32_t k = 0; k < o->approval_count; k++) {
            const approval *x = &o->approvals[k];
            str what = arena_printf(a, "%.*s%s%.*s%s", STR_ARG(v.g->jurisdictions[x->place]), str_empty(x->say) ? "" : ", ", STR_ARG(x->say), x->checked ? "" : " " UNCHECKED);
            changed(&c, x->since, o->id, "approved", what);
            changed(&c, x->until, o->id, "no longer approved", what);
        }
        for (uint32_t k = 0; k < o->require_count; k++) { rule_changes(&c, o->id, "requirement", &o->requires_all[k].when, o->requires_all[k].say); }
        for (uint32_t k = 0; k < o->rule_out_count; k++) { rule_changes(&c, o->id, "exclusion", &o->rules_out[k].when, o->rules_out[k].say); }
        for (uint32_t k = 0; k < o->caution_count; k++) { rule_changes(&c, o->id, "caution", &o->cautions[k].when, o->cautions[k].say); }
        for (uint32_t k = 0; k < o->standing_count; k++) { rule_changes(&c, o->id, "standing", &o->standings[k].when, o->standings[k].standing); }
    }
    for (uint32_t i = 0; i < v.g->alert_count; i++) { rule_changes(&c, v.g->alerts[i].code, "alert", &v.g->alerts[i].when, v.g->alerts[i].text); }
    if (c.list.count > 0) {
        qsort(c.list.at, c.list.count, sizeof *c.list.at, by_day);
    }
    for (size_t i = 0; i < c.list.count; i++) {
        char day[11];
        date_write(c.list.at[i].day, day);
        page_item(out, 0, 12, str_of(day), INK_BOLD, c.list.at[i].text);
    }
    if (c.list.count == 0) {
        page_item(out, 0, 0, STR(""), INK_PLAIN, STR("nothing in this knowledge began or ended since then"));
    }
}
