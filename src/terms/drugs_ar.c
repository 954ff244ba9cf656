/* SPDX-License-Identifier: Apache-2.0 */
#include "terms/drugs.h"

/* ---- writing and reading ---- */

static void list_ar(ar *x, str_list *l) { AR_ARRAY(x, l->at, l->count, 4, ar_str); }

static void drug_ar(ar *x, drug *d)
{
    ar_str(x, &d->name);
    list_ar(x, &d->names);
    list_ar(x, &d->classes);
    uint8_t role = (uint8_t)d->role;
    ar_u8(x, &role);
    if (role >= DRUG_ROLES) {
        x->bad = true;
        role = DRUG_OTHER;
    }
    d->role = (drug_role)role;
    ar_str(x, &d->route);
    ar_str(x, &d->source);
    ar_bool(x, &d->checked);
    ar_u32(x, &d->line);
}

static void key_ar(ar *x, drug_key *k)
{
    ar_str(x, &k->system);
    ar_str(x, &k->key);
    AR_ARRAY(x, k->drugs, k->drug_count, 4, ar_u32);
}

static void near_ar(ar *x, near_rule *n)
{
    uint32_t *numbers[] = { &n->letters, &n->edits, &n->apart, &n->cut, &n->cut_word };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        ar_u32(x, numbers[i]);
    }
    x->bad = x->bad || n->edits > NEAR_EDITS_MOST || n->apart > NEAR_EDITS_MOST;
}

/* What is read may be damaged: an index past the drugs would be ours to follow. */
static bool keys_hold(const drugs *d, const drug_key *keys, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < keys[i].drug_count; j++) {
            if (keys[i].drugs[j] >= d->count) {
                return false;
            }
        }
    }
    return true;
}

void drugs_ar(ar *x, drugs **out)
{
    if (!x->writing) {
        *out = ARENA_NEW(x->a, drugs);
    }
    drugs *d = *out;
    ar_tag(x, 0x47555244);   /* DRUG */
    AR_ARRAY(x, d->at, d->count, 4, drug_ar);
    AR_ARRAY(x, d->codes, d->code_count, 4, key_ar);
    AR_ARRAY(x, d->texts, d->text_count, 4, key_ar);
    AR_ARRAY(x, d->regimens, d->regimen_count, 4, key_ar);
    list_ar(x, &d->regimen_words);
    near_ar(x, &d->near);
    list_ar(x, &d->look_alikes);
    if (!x->writing && (!keys_hold(d, d->codes, d->code_count) || !keys_hold(d, d->texts, d->text_count) || !keys_hold(d, d->regimens, d->regimen_count))) {
        x->bad = true;
    }
    if (!x->writing && x->bad) {
        *d = (drugs){ 0 };
    }
}

/* ---- rules for lines ---- */

static void strength_ar(ar *x, text_days *t)
{
    ar_str(x, &t->text);
    ar_u32(x, &t->days);
}

static void use_ar(ar *x, use_rule *u)
{
    ar_str(x, &u->subject);
    ar_u32(x, &u->days);
    ar_u32(x, &u->active_days);
    AR_ARRAY(x, u->strengths, u->strength_count, 8, strength_ar);
}

static void join_ar(ar *x, join_rule *j)
{
    str *texts[] = { &j->id, &j->after, &j->keeps, &j->reason, &j->phase, &j->before_phase, &j->question };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ar_str(x, texts[i]);
    }
    list_ar(x, &j->begins);
    ar_u32(x, &j->within_days);
    ar_bool(x, &j->unless_held);
    ar_bool(x, &j->apart);
}

static void question_ar(ar *x, line_question *q)
{
    ar_str(x, &q->id);
    ar_str(x, &q->ask);
    ar_str(x, &q->same);
    ar_str(x, &q->apart);
}

static void count_ar(ar *x, line_count_rule *c)
{
    ar_str(x, &c->id);
    ar_str(x, &c->label);
    list_ar(x, &c->classes);
}

static void carry_ar(ar *x, carry_rule *c)
{
    ar_str(x, &c->subject);
    list_ar(x, &c->with);
    list_ar(x, &c->not_with);
}

static void drug_fact_ar(ar *x, drug_fact *f)
{
    ar_str(x, &f->subject);
    ar_str(x, &f->fact);
    ar_str(x, &f->word);
}

static void response_ar(ar *x, line_response *r)
{
    ar_str(x, &r->status);
    ar_str(x, &r->response);
}

static void rule_source_ar(ar *x, rule_source *s)
{
    ar_str(x, &s->id);
    ar_str(x, &s->source);
    ar_bool(x, &s->checked);
}

void line_rules_ar(ar *x, line_rules **out)
{
    if (!x->writing) {
        *out = ARENA_NEW(x->a, line_rules);
    }
    line_rules *r = *out;
    ar_tag(x, 0x454e494c);   /* LINE */
    uint32_t *days[] = { &r->window_days, &r->gap_days, &r->restart_days, &r->restart_doubt_days, &r->index_days, &r->index_doubt_days, &r->review_days,
                         &r->review_late_days, &r->most_open };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        ar_u32(x, days[i]);
    }
    str_list *lists[] = { &r->intent_extensions, &r->endings, &r->change_reasons, &r->early_stages, &r->disease_facts };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        list_ar(x, lists[i]);
    }
    str *texts[] = { &r->intent_set, &r->reason_set, &r->setting_set, &r->surgery_set, &r->anticancer_set, &r->purpose_set,
                     &r->number_set, &r->restart_question, &r->gap_question, &r->setting_question, &r->distant_fact,
                     &r->site_fact, &r->stage_fact, &r->status_fact, &r->status_worse, &r->change_fact, &r->progression, &r->toxicity, &r->completed };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ar_str(x, texts[i]);
    }
    AR_ARRAY(x, r->curative_groups, r->curative_group_count, 4, list_ar);
    AR_ARRAY(x, r->in_use, r->in_use_count, 16, use_ar);
    AR_ARRAY(x, r->joins, r->join_count, 38, join_ar);
    AR_ARRAY(x, r->questions, r->question_count, 16, question_ar);
    AR_ARRAY(x, r->counts, r->count_count, 12, count_ar);
    AR_ARRAY(x, r->carries, r->carry_count, 12, carry_ar);
    AR_ARRAY(x, r->facts, r->fact_count, 12, drug_fact_ar);
    AR_ARRAY(x, r->responses, r->response_count, 8, response_ar);
    AR_ARRAY(x, r->sources, r->source_count, 9, rule_source_ar);
}
