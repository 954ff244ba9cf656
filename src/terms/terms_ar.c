/* SPDX-License-Identifier: Apache-2.0 */
#include "terms/drugs.h"
#include "terms/response.h"
#include "terms/terms.h"

enum { TERMS_TAG = 0x4d524554 };   /* "TERM" */

static void ar_part(ar *x, part_def *p)
{
    ar_str(x, &p->part);
    ar_str(x, &p->component);
    ar_str(x, &p->words);
    ar_str(x, &p->cuts);
    ar_str(x, &p->is);
    ar_str(x, &p->is_not);
}

static void ar_reading(ar *x, fact_reading *r)
{
    uint8_t type = (uint8_t)r->type;
    ar_u8(x, &type);
    x->bad = x->bad || type > READ_FACT;
    r->type = x->bad ? READ_OBSERVATION : (reading_type)type;
    AR_ARRAY(x, r->topics, r->topic_count, 4, ar_str);
    AR_ARRAY(x, r->unless, r->unless_count, 4, ar_str);
    ar_str(x, &r->set);
    ar_part(x, &r->answer);
    ar_part(x, &r->otherwise);
    AR_ARRAY(x, r->with, r->with_count, 24, ar_part);
    ar_str(x, &r->where_component);
    ar_str(x, &r->where_set);
    ar_str(x, &r->where_word);
    ar_str(x, &r->label);
    ar_str(x, &r->not_label);
    ar_str(x, &r->related);
    ar_str(x, &r->not_related);
    ar_str(x, &r->method_is);
    ar_str(x, &r->fact_word);
    ar_u8(x, &r->when);
    x->bad = x->bad || r->when > WHEN_ENDED;
    ar_bool(x, &r->suspected);
    ar_bool(x, &r->stage);
    ar_bool(x, &r->any);
    AR_ARRAY(x, r->at, r->at_count, 4, ar_str);
    ar_u32(x, &r->line);
}

static void ar_factor(ar *x, unit_factor *f)
{
    ar_str(x, &f->unit);
    ar_str(x, &f->times);
    ar_str(x, &f->source);
    ar_str(x, &f->checked);
}

static void ar_fact(ar *x, fact_def *f)
{
    uint8_t kind = (uint8_t)f->kind;
    ar_str(x, &f->code);
    ar_str(x, &f->system);
    ar_str(x, &f->label);
    ar_str(x, &f->unit);
    ar_u8(x, &kind);
    x->bad = x->bad || kind > FACT_DATE;
    f->kind = x->bad ? FACT_WORD : (fact_kind)kind;
    ar_bool(x, &f->open);
    AR_ARRAY(x, f->words, f->word_count, 4, ar_str);
    AR_ARRAY(x, f->excludes, f->exclude_count, 4, ar_str);
    AR_ARRAY(x, f->prevails, f->prevail_count, 4, ar_str);
    ar_str(x, &f->set_method);
    ar_u32(x, &f->line);
    ar_bool(x, &f->per_specimen);
    ar_bool(x, &f->earliest);
    ar_str(x, &f->table);
    ar_str(x, &f->method);
    ar_str(x, &f->xuln_of);
    ar_str(x, &f->plausible_low);
    ar_str(x, &f->plausible_high);
    AR_ARRAY(x, f->also, f->also_count, 16, ar_factor);
    AR_ARRAY(x, f->from, f->from_count, 40, ar_reading);
}

static void ar_row(ar *x, term_row *r)
{
    ar_str(x, &r->set);
    ar_str(x, &r->word);
    ar_str(x, &r->system);
    ar_str(x, &r->code);
    ar_str(x, &r->display);
    ar_str(x, &r->source);
    ar_str(x, &r->checked);
    ar_str(x, &r->file);
    ar_u32(x, &r->line);
}

static void ar_band(ar *x, cut_band *b)
{
    ar_str(x, &b->word);
    ar_str(x, &b->low);
    ar_str(x, &b->high);
    ar_bool(x, &b->low_open);
    ar_bool(x, &b->high_open);
}

static void ar_cuts(ar *x, cut_set *c)
{
    ar_str(x, &c->name);
    ar_str(x, &c->unit);
    ar_str(x, &c->source);
    ar_str(x, &c->checked);
    ar_str(x, &c->low);
    ar_str(x, &c->high);
    AR_ARRAY(x, c->bands, c->band_count, 14, ar_band);
    ar_u32(x, &c->line);
}

static void ar_table_row(ar *x, table_row *r)
{
    AR_ARRAY(x, r->cells, r->cell_count, 4, ar_str);
    ar_str(x, &r->gives);
    ar_str(x, &r->word);
    ar_str(x, &r->finding);
    ar_str(x, &r->note);
    ar_str(x, &r->source);
    ar_str(x, &r->checked);
    ar_u32(x, &r->line);
}

static void ar_table(ar *x, part_table *t)
{
    ar_str(x, &t->name);
    AR_ARRAY(x, t->columns, t->column_count, 4, ar_str);
    x->bad = x->bad || t->column_count > TERMS_PARTS_MAX;
    AR_ARRAY(x, t->rows, t->row_count, 32, ar_table_row);
    for (uint32_t i = 0; i < t->row_count; i++) {
        x->bad = x->bad || t->rows[i].cell_count != t->column_count;
    }
}

static void ar_review(ar *x, review_form *r)
{
    ar_str(x, &r->extension);
    ar_str(x, &r->day);
    ar_str(x, &r->changed);
    ar_str(x, &r->reason);
}

static void ar_silence(ar *x, silence_rule *s)
{
    ar_str(x, &s->group);
    ar_str(x, &s->method);
    ar_str(x, &s->signal);
    ar_str(x, &s->signal_word);
    ar_str(x, &s->facts);
    ar_str(x, &s->word);
    ar_str(x, &s->becomes);
    ar_str(x, &s->say);
    ar_bool(x, &s->present);
    ar_u32(x, &s->line);
}

static void ar_system(ar *x, system_row *s)
{
    ar_str(x, &s->name);
    ar_str(x, &s->uri);
}

static void ar_unit(ar *x, unit_spelling *u)
{
    ar_str(x, &u->spelling);
    ar_str(x, &u->unit);
}

static void ar_negation(ar *x, negation_row *n)
{
    ar_str(x, &n->phrase);
    ar_str(x, &n->where);
}

void terms_ar(ar *x, terms **at)
{
    if (!x->writing) {
        *at = ARENA_NEW(x->a, terms);
    }
    terms *t = *at;
    ar_tag(x, TERMS_TAG);
    ar_str(x, &t->base);
    AR_ARRAY(x, t->facts, t->fact_count, 40, ar_fact);
    AR_ARRAY(x, t->rows, t->row_count, 32, ar_row);
    AR_ARRAY(x, t->cuts, t->cut_count, 28, ar_cuts);
    AR_ARRAY(x, t->tables, t->table_count, 12, ar_table);
    ar_review(x, &t->review);
    AR_ARRAY(x, t->silences, t->silence_count, 32, ar_silence);
    AR_ARRAY(x, t->systems, t->system_count, 8, ar_system);
    AR_ARRAY(x, t->units, t->unit_count, 8, ar_unit);
    AR_ARRAY(x, t->negations, t->negation_count, 8, ar_negation);
    bool has_drugs = t->drugs, has_lines = t->line_rules, has_response = t->response;
    ar_bool(x, &has_drugs);
    if (has_drugs) {
        drugs_ar(x, &t->drugs);
    }
    ar_bool(x, &has_lines);
    if (has_lines) {
        line_rules_ar(x, &t->line_rules);
    }
    ar_bool(x, &has_response);
    if (has_response) {
        response_ar(x, &t->response);
    }
    ar_tag(x, TERMS_TAG);
    if (!x->writing) {
        if (x->bad) {
            *t = (terms){ 0 };
        }
        terms_make_index(x->a, t);
    }
}
