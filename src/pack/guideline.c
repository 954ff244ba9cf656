/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/guideline.h"

const source *guideline_source(const guideline *g, str id)
{
    for (uint32_t i = 0; i < g->source_count; i++) {
        if (str_eq(g->sources[i].id, id)) {
            return &g->sources[i];
        }
    }
    return NULL;
}

const option *guideline_option(const guideline *g, str id)
{
    for (uint32_t i = 0; i < g->option_count; i++) {
        if (str_eq(g->options[i].id, id)) {
            return &g->options[i];
        }
    }
    return NULL;
}

const boxed *guideline_boxed(const guideline *g, str drug)
{
    for (uint32_t i = 0; i < g->boxed_count; i++) {
        if (str_eq(g->boxed[i].drug, drug)) {
            return &g->boxed[i];
        }
    }
    return NULL;
}

/* ---- the archive: one function a structure ---- Least bytes: what one element takes at least, all texts empty. */

enum { STR_LEAST = 4, PLACE_LEAST = 8, CONDITION_LEAST = 35 };

static void ar_texts(ar *x, str **at, uint32_t *count) { AR_ARRAY(x, *at, *count, STR_LEAST, ar_str); }

static void ar_place(ar *x, place *p)
{
    ar_str(x, &p->file);
    ar_u32(x, &p->line);
}

static void ar_condition(ar *x, condition *c)
{
    ar_str(x, &c->define_name);
    ar_str(x, &c->library);
    ar_u32(x, &c->define);
    ar_bool(x, &c->is);
    ar_u32(x, &c->places);
    ar_date(x, &c->since);
    ar_date(x, &c->until);
    ar_place(x, &c->at);
}

static void ar_requirement(ar *x, requirement *r)
{
    ar_condition(x, &r->when);
    ar_str(x, &r->say);
}

static void ar_rule_out(ar *x, rule_out *r)
{
    ar_condition(x, &r->when);
    ar_str(x, &r->say);
    ar_bool(x, &r->check);
    ar_bool(x, &r->present);
    ar_texts(x, &r->sources, &r->source_count);
}

static void ar_caution(ar *x, caution *c)
{
    ar_condition(x, &c->when);
    ar_str(x, &c->say);
    ar_str(x, &c->standing);
    ar_texts(x, &c->sources, &c->source_count);
}

static void ar_standing(ar *x, standing *s)
{
    ar_condition(x, &s->when);
    ar_str(x, &s->standing);
    ar_str(x, &s->say);
    ar_bool(x, &s->always);
    ar_texts(x, &s->sources, &s->source_count);
}

static void ar_approval(ar *x, approval *p)
{
    ar_u32(x, &p->place);
    ar_date(x, &p->since);
    ar_date(x, &p->until);
    ar_str(x, &p->say);
    ar_texts(x, &p->sources, &p->source_count);
    ar_bool(x, &p->checked);
    ar_bool(x, &p->off_label);
    ar_place(x, &p->at);
}

static void ar_drug_choice(ar *x, drug_choice *d) { ar_texts(x, &d->names, &d->count); }

void guideline_link_present(option *o)
{
    for (uint32_t i = 0; i < o->rule_out_count; i++) {
        if (o->rules_out[i].present) {
            o->rules_out[i].when.while_on = o->drugs;
            o->rules_out[i].when.while_on_count = o->drug_count;
        }
    }
}

static void ar_option(ar *x, option *o)
{
    ar_str(x, &o->id);
    ar_str(x, &o->regimen);
    ar_str(x, &o->dose);
    ar_str(x, &o->dose_source);
    ar_str(x, &o->summary);
    AR_ARRAY(x, o->drugs, o->drug_count, 4, ar_drug_choice);
    ar_texts(x, &o->evidence, &o->evidence_count);
    AR_ARRAY(x, o->requires_all, o->require_count, CONDITION_LEAST, ar_requirement);
    AR_ARRAY(x, o->rules_out, o->rule_out_count, CONDITION_LEAST, ar_rule_out);
    AR_ARRAY(x, o->cautions, o->caution_count, CONDITION_LEAST, ar_caution);
    AR_ARRAY(x, o->standings, o->standing_count, CONDITION_LEAST, ar_standing);
    AR_ARRAY(x, o->approvals, o->approval_count, 31, ar_approval);
    ar_texts(x, &o->monitoring, &o->monitoring_count);
    ar_bool(x, &o->dose_checked);
    ar_u8(x, &o->drugs_from);
    ar_u8(x, &o->is_for);
    ar_bool(x, &o->nothing_to_approve);
    ar_u32(x, &o->disease);
    ar_place(x, &o->at);
    ar_place(x, &o->approved_at);
    guideline_link_present(o);
}

static void ar_boxed(ar *x, boxed *b)
{
    ar_str(x, &b->drug);
    ar_texts(x, &b->warnings, &b->warning_count);
    ar_bool(x, &b->checked);
    ar_str(x, &b->checked_where);
    ar_place(x, &b->at);
}

static void ar_disease(ar *x, disease *d)
{
    ar_str(x, &d->id);
    ar_str(x, &d->name);
    ar_condition(x, &d->gate);
    ar_place(x, &d->at);
}

static void ar_alert(ar *x, alert *t)
{
    ar_str(x, &t->code);
    ar_str(x, &t->kind);
    ar_str(x, &t->level);
    ar_condition(x, &t->when);
    ar_str(x, &t->text);
    ar_str(x, &t->action);
    ar_texts(x, &t->sources, &t->source_count);
    ar_place(x, &t->at);
}

static void ar_source(ar *x, source *s)
{
    str *const texts[] = { &s->id, &s->kind, &s->title, &s->population, &s->comparator, &s->n, &s->pfs, &s->pfs_hr, &s->os, &s->os_hr,
                           &s->orr, &s->note, &s->nct, &s->pmid, &s->doi, &s->url, &s->checked_where };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ar_str(x, texts[i]);
    }
    ar_bool(x, &s->checked);
    ar_place(x, &s->at);
}

static void ar_test_fact(ar *x, test_fact *f)
{
    ar_str(x, &f->fact);
    ar_str(x, &f->value);
}

static void ar_outcome(ar *x, test_outcome *o)
{
    ar_str(x, &o->name);
    AR_ARRAY(x, o->facts, o->fact_count, (size_t)2 * STR_LEAST, ar_test_fact);
}

static void ar_test(ar *x, test *t)
{
    ar_str(x, &t->id);
    ar_str(x, &t->name);
    ar_str(x, &t->method);
    ar_str(x, &t->kind);
    ar_str(x, &t->say);
    AR_ARRAY(x, t->outcomes, t->outcome_count, 8, ar_outcome);
    bool due = t->due != NULL;
    ar_bool(x, &due);
    if (due && !x->writing) {
        t->due = ARENA_NEW(x->a, condition);
    }
    if (due) {
        ar_condition(x, t->due);
    }
    ar_texts(x, &t->sources, &t->source_count);
    ar_place(x, &t->at);
}

static void ar_profile_key(ar *x, profile_key *k)
{
    ar_str(x, &k->key);
    ar_str(x, &k->label);
    ar_condition(x, &k->when);
    ar_bool(x, &k->boolean);
    ar_bool(x, &k->only_yes);
    ar_str(x, &k->unknown);
    ar_place(x, &k->at);
}

static void ar_amount_key(ar *x, amount_key *k)
{
    ar_str(x, &k->key);
    ar_str(x, &k->label);
    ar_str(x, &k->unit);
    ar_str(x, &k->of);
    ar_str(x, &k->under);
    ar_str(x, &k->say);
    ar_condition(x, &k->when);
    ar_u32(x, &k->digits);
    ar_place(x, &k->at);
}

void guideline_ar(ar *x, guideline *g)
{
    ar_tag(x, 0x444c4755);   /* "UGLD" */
    ar_str(x, &g->name);
    ar_str(x, &g->version);
    ar_date(x, &g->dated);
    ar_texts(x, &g->jurisdictions, &g->jurisdiction_count);
    ar_texts(x, &g->maintainers, &g->maintainer_count);
    ar_texts(x, &g->standings, &g->standing_count);
    AR_ARRAY(x, g->diseases, g->disease_count, CONDITION_LEAST, ar_disease);
    AR_ARRAY(x, g->options, g->option_count, 64, ar_option);
    AR_ARRAY(x, g->alerts, g->alert_count, CONDITION_LEAST, ar_alert);
    AR_ARRAY(x, g->sources, g->source_count, 64, ar_source);
    AR_ARRAY(x, g->boxed, g->boxed_count, (size_t)2 * STR_LEAST + PLACE_LEAST, ar_boxed);
    AR_ARRAY(x, g->tests, g->test_count, 32, ar_test);
    AR_ARRAY(x, g->profile, g->profile_count, CONDITION_LEAST, ar_profile_key);
    AR_ARRAY(x, g->amounts, g->amount_count, CONDITION_LEAST, ar_amount_key);
    ar_condition(x, &g->metastatic);
    ar_condition(x, &g->change_needed);
    str *const texts[] = { &g->not_metastatic, &g->metastatic_unknown, &g->on_treatment, &g->change_unknown, &g->presumption, &g->question,
                           &g->presumed_reason };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ar_str(x, texts[i]);
    }
    ar_u32(x, &g->stale_days);
    ar_tag(x, 0x554c4744);
}
