/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"

#include "pack/near.h"
#include "plan/work.h"
#include "record/model_fhir.h"

static bool is_metastatic_line(const line_of_therapy *l) { return str_is(l->setting, "metastatic"); }

/* ---- presumptions ---- */

/* A template with its {placeholders} filled in; an unknown one stays as it is. */
static str fill(arena *a, str text, const char *const *names, const str *values, size_t count)
{
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    while (text.n > 0) {
        size_t used = 0;
        for (size_t i = 0; i < count && text.p[0] == '{'; i++) {
            size_t n = strlen(names[i]);
            if (text.n >= n && memcmp(text.p, names[i], n) == 0) {
                buf_add(&b, values[i]);
                used = n;
                break;
            }
        }
        if (used == 0) {
            buf_char(&b, text.p[0]);
            used = 1;
        }
        text = str_from(text, used);
    }
    return buf_str(&b);
}

static str date_words(arena *a, date d)
{
    char text[11];
    str s = date_write(d, text);
    return str_empty(s) ? STR("a day not recorded") : arena_str(a, s);
}

static str drugs_of_line(arena *a, const line_of_therapy *l)
{
    return l ? texts_join(a, l->drugs, l->drug_count, " + ") : STR("other drugs");
}

static str line_sentence(work *w, uint32_t i, str template)
{
    const line_of_therapy *l = &w->chart->lines[i], *next = i + 1 < w->chart->line_count ? l + 1 : NULL;
    static const char *const names[] = { "{line}", "{drugs}", "{start}", "{end}", "{next}" };
    const str values[] = { arena_printf(w->a, "%u", l->number), drugs_of_line(w->a, l), date_words(w->a, l->start), date_words(w->a, l->end),
                           drugs_of_line(w->a, next) };
    return fill(w->a, template, names, values, 5);
}

static void find_presumptions(work *w)
{
    w->presumptions = ARENA_ARRAY(w->a, w->chart->line_count, presumption);
    plan_presumption *told = ARENA_ARRAY(w->a, w->chart->line_count, plan_presumption);
    for (uint32_t i = 0; i < w->chart->line_count; i++) {
        if (w->chart->lines[i].presumed_progression) {
            w->presumptions[w->presumption_count++] = (presumption){
                .line = &w->chart->lines[i], .sentence = line_sentence(w, i, w->g->presumption), .question = line_sentence(w, i, w->g->question) };
            const presumption *x = &w->presumptions[w->presumption_count - 1];
            told[w->plan.presumption_count++] = (plan_presumption){ x->line, x->sentence, x->question };
        }
    }
    w->plan.presumptions = told;
}

/* ---- deciding ---- */

/* What every condition says in every state; then the presuming one is entered once more, now that the final lists are known, to
 * explain what it changes. */
static void explain_presumed(work *w)
{
    note_truths(w, w->recorded);
    note_truths(w, w->assumed);
    chart_mark before = chart_get_mark(w->chart);
    if (w->presumption_count > 0) {
        presume(w);
        note_truths(w, w->assumed);
        unpresume(w, before);
    }
    note_readings(w);
    if (w->presumption_count > 0) {
        presume(w);
        w->presuming = true;
        options_presumed(w);
        w->presuming = false;
        unpresume(w, before);
    }
}

/* ---- --set ---- */

static str list_words(work *w, decision d)
{
    switch ((which_list)d.list) {
    case LIST_OFFERED: return arena_printf(w->a, "offered (%.*s%s)", STR_ARG(w->g->standings[d.standing]), d.presumed ? ", on a presumption" : "");
    case LIST_EXCLUDED: return STR("excluded");
    case LIST_UNDETERMINED: return STR("undetermined");
    case LIST_NONE: break;
    }
    return STR("not of this disease");
}

static nl_status no_such_fact(work *w, str asked, str code, nl_error *err)
{
    const fact_def *all;
    size_t count = terms_facts(w->pack->terms, &all);
    str *names = ARENA_ARRAY(w->a, count, str);
    for (size_t i = 0; i < count; i++) {
        names[i] = all[i].code;
    }
    str near = near_names(w->a, code, names, count);
    return fail(err, NL_E_ARG, arena_printf(w->a, "set %.*s", STR_ARG(asked)).p, "no fact is called '%.*s'%.*s", STR_ARG(code), STR_ARG(near));
}

static nl_status set_facts(work *w, const question *q, nl_error *err)
{
    plan *p = &w->plan;
    str *asked = ARENA_ARRAY(w->a, q->set_count, str);
    for (uint32_t i = 0; i < q->set_count; i++) {
        ptrdiff_t at = str_find_char(q->set[i], '=');
        if (at <= 0) {
            return fail(err, NL_E_ARG, "set", "'%.*s' is not FACT=VALUE", STR_ARG(q->set[i]));
        }
        str code = str_head(q->set[i], (size_t)at);
        if (!terms_fact(w->pack->terms, code)) {
            return no_such_fact(w, q->set[i], code, err);
        }
        nl_error inner = { 0 };
        nl_status s = what_if_set(w, code, str_from(q->set[i], (size_t)at + 1), STR(""), &inner);
        if (s != NL_OK) {   /* several may be asked for: the one meant is named */
            return fail(err, s, arena_printf(w->a, "set %.*s", STR_ARG(q->set[i])).p, "%s", inner.what);
        }
        asked[p->set_count++] = arena_str(w->a, q->set[i]);
    }
    p->set = asked;
    return NL_OK;
}

static void list_changes(work *w, const decision *before)
{
    str_vec changes = { 0 };
    for (uint32_t i = 0; i < w->g->option_count; i++) {
        str was = list_words(w, before[i]), is = list_words(w, w->final[i]);
        if (!str_eq(was, is)) {
            *VEC_PUSH(w->a, &changes) = arena_printf(w->a, "%.*s: %.*s -> %.*s", STR_ARG(w->g->options[i].id), STR_ARG(was), STR_ARG(is));
        }
    }
    w->plan.changes = changes.at;
    w->plan.change_count = (uint32_t)changes.count;
}

/* ---- profile and scope ---- */

static void make_profile(work *w)
{
    profile_entry *all = ARENA_ARRAY(w->a, w->g->profile_count, profile_entry);
    for (uint32_t i = 0; i < w->g->profile_count; i++) {
        const profile_key *k = &w->g->profile[i];
        truth t = k->boolean ? truth_spoken(w, &k->when) : TRUTH_UNKNOWN;
        str text;
        const json *value;
        bool unknown = false;
        if (k->boolean && t != TRUTH_UNKNOWN) {
            value = json_boolean(w->a, t == TRUTH_TRUE);
        } else if (!k->boolean && cql_text(w->deciding.run, k->when.define, &text)) {
            value = json_string(w->a, arena_str(w->a, text));
        } else {
            unknown = true;
            value = str_empty(k->unknown) ? json_new(w->a, JSON_NULL) : json_string(w->a, k->unknown);
        }
        criterion c = criterion_of(w, ROLE_PROFILE, &k->when, STR(""));
        all[i] = (profile_entry){ k->key, value, k->label, unknown, k->only_yes, basis_of(w, arena_printf(w->a, "profile.%.*s", STR_ARG(k->key)), k->at, &c, 1, NULL, 0) };
    }
    w->plan.profile = all;
    w->plan.profile_count = w->g->profile_count;
}

static void make_amounts(work *w)
{
    plan_amount *all = ARENA_ARRAY(w->a, w->g->amount_count, plan_amount);
    for (uint32_t i = 0; i < w->g->amount_count; i++) {
        const amount_key *k = &w->g->amounts[i];
        plan_amount *x = &all[i];
        criterion c = criterion_of(w, ROLE_AMOUNT, &k->when, STR(""));
        *x = (plan_amount){ .key = k, .unit = k->unit, .basis = basis_of(w, arena_printf(w->a, "amount.%.*s", STR_ARG(k->key)), k->at, &c, 1, NULL, 0) };
        str unit;
        if (cql_amount(w->deciding.run, k->when.define, (int)k->digits, &x->value, &unit)) {
            x->unit = str_empty(unit) ? k->unit : unit;
            continue;
        }
        x->value = STR("");
        x->absent = c.absent;
        x->absent_count = c.absent_count;
        codes open = reasons_of(w, k->when.define)->open;
        x->unfit = c.absent_count == 0 ? open.at : NULL;
        x->unfit_count = c.absent_count == 0 ? open.count : 0;
    }
    w->plan.amounts = all;
    w->plan.amount_count = w->g->amount_count;
}

/* The line that runs, or the newest one while nobody can tell whether another is needed: it may still run. */
static const line_of_therapy *running_line(work *w)
{
    const line_of_therapy *running = NULL;
    bool open = truth_spoken(w, &w->g->change_needed) == TRUTH_UNKNOWN;
    for (uint32_t i = 0; i < w->chart->line_count; i++) {
        const line_of_therapy *l = &w->chart->lines[i];
        running = is_metastatic_line(l) && (l->in_progress || open) ? l : running;
    }
    return running;
}

/* None while the disease is not (known to be) metastatic, a line goes on without need of another, or the setting of a line is
 * not known: a line that may have been for metastatic disease must not be counted as none. */
uint32_t next_line(work *w)
{
    if (truth_spoken(w, &w->g->metastatic) != TRUTH_TRUE || (running_line(w) && truth_spoken(w, &w->g->change_needed) != TRUTH_TRUE)) {
        return 0;
    }
    uint32_t newest = 0;
    for (uint32_t i = 0; i < w->chart->line_count; i++) {
        const line_of_therapy *l = &w->chart->lines[i];
        if (str_is(l->setting, "unknown")) {
            return 0;
        }
        newest = is_metastatic_line(l) && l->number > newest ? l->number : newest;
    }
    return newest + 1;
}

static void make_scope(work *w)
{
    const guideline *g = w->g;
    truth metastatic = truth_spoken(w, &g->metastatic), change = truth_spoken(w, &g->change_needed);
    const line_of_therapy *running = running_line(w);
    criterion criteria[2];
    size_t count = 0;
    criteria[count++] = criterion_of(w, ROLE_TRIGGER, &g->metastatic, STR(""));
    str text;
    w->plan.next_line = next_line(w);
    w->plan.change_needed = change_needed(w);
    if (metastatic != TRUTH_TRUE) {
        text = metastatic == TRUTH_FALSE ? g->not_metastatic : g->metastatic_unknown;
    } else {
        criteria[count++] = criterion_of(w, ROLE_TRIGGER, &g->change_needed, STR(""));
        text = w->plan.next_line > 0 ? arena_printf(w->a, "Options for line %u of treatment for metastatic disease.", w->plan.next_line)
             : running && change != TRUTH_TRUE
             ? line_sentence(w, (uint32_t)(running - w->chart->lines), w->plan.change_needed == TRUTH_FALSE ? g->on_treatment : g->change_unknown)
             : STR("Options for the next line of treatment for metastatic disease. Which number it has is not known: nor is the setting of a line before it.");
    }
    place at = count == 1 ? g->metastatic.at : g->change_needed.at;
    statement *s = ARENA_NEW(w->a, statement);
    *s = (statement){ text, basis_of(w, STR("scope"), at, criteria, count, NULL, 0) };
    if (count == 2 && readings_differ(w, g->change_needed.define)) {
        name_readings(w, g->change_needed.define, &s->basis);
    }
    w->plan.scope = s;
}

/* ---- the plan ---- */

static nl_status find_place(const guideline *g, str jurisdiction, uint32_t *out, arena *a, nl_error *err)
{
    for (uint32_t i = 0; i < g->jurisdiction_count; i++) {
        if (str_eq(g->jurisdictions[i], jurisdiction)) {
            *out = i;
            return NL_OK;
        }
    }
    return fail(err, NL_E_ARG, "", "the knowledge has no jurisdiction '%.*s'; it has %.*s", STR_ARG(jurisdiction),
                STR_ARG(texts_join(a, g->jurisdictions, g->jurisdiction_count, ", ")));
}

static work *work_make(const pack *p, record *r, const question *q)
{
    arena *a = record_arena(r);
    work *w = ARENA_NEW(a, work);
    const guideline *g = &p->guideline;
    uint32_t defines = cql_define_count(p->program);
    *w = (work){ .a = a, .pack = p, .g = g, .record = r };
    w->recorded = ARENA_ARRAY(a, defines, truth);
    w->assumed = ARENA_ARRAY(a, defines, truth);
    for (size_t i = 0; i < 2; i++) {
        w->reasons[i] = arena_array(a, defines, sizeof *w->reasons[i]);
    }
    w->scratch = ARENA_ARRAY(a, g->option_count, decision);
    w->other = ARENA_ARRAY(a, g->option_count, decision);
    w->final = ARENA_ARRAY(a, g->option_count, decision);
    w->chart = chart_make(r, p->terms, q->as_of);
    w->plan = (plan){ .pack = p, .chart = w->chart, .as_of = q->as_of, .jurisdiction = arena_str(a, q->jurisdiction),
                      .patient_id = record_patient(r)->id };
    return w;
}

nl_status plan_make(const pack *p, record *closed, const question *q, plan **out, nl_error *err)
{
    uint32_t in_place = 0;
    TRY(find_place(&p->guideline, q->jurisdiction, &in_place, record_arena(closed), err));
    if (q->as_of.precision != DATE_DAY) {
        return fail(err, NL_E_ARG, "", "a plan is made for a day");
    }
    work *w = work_make(p, closed, q);
    cql_run *run = cql_run_make(w->a, p->program, model_fhir_make(w->a, closed, NULL), q->as_of);
    w->deciding = (deciding){ .g = w->g, .overlay = p->overlay, .run = run, .chart = w->chart, .drugs = p->terms->drugs, .as_of = q->as_of,
                              .place = in_place };
    find_presumptions(w);
    if (q->set_count > 0) {
        decision *before = ARENA_ARRAY(w->a, w->g->option_count, decision);
        decide_readings(w, before);
        TRY(set_facts(w, q, err));
        decide_readings(w, w->final);
        list_changes(w, before);
    } else {
        decide_readings(w, w->final);
    }
    explain_presumed(w);
    make_profile(w);
    make_amounts(w);
    make_scope(w);
    options_recorded(w);
    TRY(tests_make(w, err));
    alerts_make(w);
    *out = &w->plan;
    return NL_OK;
}

/* ---- explain ---- */

nl_status plan_explain(plan *p, str option_id, explanation *out, nl_error *err)
{
    work *w = (work *)p;   /* a plan is the head of the work that made it */
    const option *o = guideline_option(w->g, option_id);
    if (!o) {
        str *ids = ARENA_ARRAY(w->a, w->g->option_count, str);
        for (uint32_t i = 0; i < w->g->option_count; i++) {
            ids[i] = w->g->options[i].id;
        }
        str near = near_names(w->a, option_id, ids, w->g->option_count);
        return fail(err, NL_E_ARG, "", "there is no option '%.*s'%.*s", STR_ARG(option_id),
                    STR_ARG(str_empty(near) ? STR("; a plan lists the options of the patient's disease, each with its id") : near));
    }
    static const char *const names[] = { "not of this disease", "offered", "excluded", "undetermined" };
    criterion_vec criteria = { 0 };
    option_criteria(w, o, &criteria);
    for (size_t i = 0; i < criteria.count; i++) {
        uint32_t d = cql_find_define(w->pack->program, criteria.at[i].library, criteria.at[i].name);
        criteria.at[i].presumed = d != CQL_NONE && w->recorded[d] != w->assumed[d];
    }
    *out = (explanation){ o, str_of(names[w->final[o - w->g->options].list]), criteria.at, (uint32_t)criteria.count };
    return NL_OK;
}
