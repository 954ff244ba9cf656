/* SPDX-License-Identifier: Apache-2.0 */
#include "terms/response.h"

const overall_cell *response_cell(const response_rules *r, str target, str non_target, str new_lesion)
{
    for (uint32_t i = 0; i < r->overall_count; i++) {
        const overall_cell *c = &r->overall[i];
        if (str_eq(c->target, target) && str_eq(c->non_target, non_target) && str_eq(c->new_lesion, new_lesion)) {
            return c;
        }
    }
    return NULL;
}

const confirmation_cell *response_confirmation(const response_rules *r, str first, str next)
{
    for (uint32_t i = 0; i < r->confirmation_count; i++) {
        if (str_eq(r->confirmation[i].first, first) && str_eq(r->confirmation[i].next, next)) {
            return &r->confirmation[i];
        }
    }
    return NULL;
}

static bool fits(str cell, str word) { return str_is(cell, "*") || str_eq(cell, word); }

const brain_cell *response_brain(const response_rules *r, str imaging, str steroids, str clinical)
{
    for (uint32_t i = 0; i < r->brain_count; i++) {
        const brain_cell *c = &r->brain[i];
        if (fits(c->imaging, imaging) && fits(c->steroids, steroids) && fits(c->clinical, clinical)) {
            return c;
        }
    }
    return NULL;
}

str response_say(const response_rules *r, str reason)
{
    for (uint32_t i = 0; i < r->reason_count; i++) {
        if (str_eq(r->reasons[i].id, reason)) {
            return r->reasons[i].say;
        }
    }
    return STR("");
}

/* ---- writing and reading ---- */

static void list_ar(ar *x, str_list *l) { AR_ARRAY(x, l->at, l->count, 4, ar_str); }

static void criteria_ar(ar *x, response_criteria *c)
{
    ar_str(x, &c->id);
    ar_str(x, &c->fact);
    list_ar(x, &c->sites);
    list_ar(x, &c->not_sites);
    list_ar(x, &c->not_targets);
    int64_t *lengths[] = { &c->measurable, &c->measurable_node, &c->normal_node, &c->too_small, &c->rise };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        ar_i64(x, lengths[i]);
        x->bad = x->bad || *lengths[i] < 0;
    }
    ar_u32(x, &c->rise_percent);
    ar_u32(x, &c->fall_percent);
    ar_u32(x, &c->targets);
    ar_u32(x, &c->targets_per_organ);
    ar_bool(x, &c->rise_of_lesion);
    list_ar(x, &c->steroids);
    ar_str(x, &c->steroid_fact);
    ar_str(x, &c->clinical_fact);
    ar_str(x, &c->performance_fact);
}

static void cell_ar(ar *x, overall_cell *c)
{
    ar_str(x, &c->target);
    ar_str(x, &c->non_target);
    ar_str(x, &c->new_lesion);
    ar_str(x, &c->overall);
    ar_str(x, &c->reason);
}

static void confirmation_ar(ar *x, confirmation_cell *c)
{
    ar_str(x, &c->first);
    ar_str(x, &c->next);
    ar_str(x, &c->met);
    ar_str(x, &c->early);
}

static void brain_ar(ar *x, brain_cell *c)
{
    ar_str(x, &c->imaging);
    ar_str(x, &c->steroids);
    ar_str(x, &c->clinical);
    ar_str(x, &c->overall);
    list_ar(x, &c->reasons);
}

static void bone_ar(ar *x, bone_rule *b)
{
    ar_str(x, &b->sign);
    ar_str(x, &b->speaks_for);
    ar_str(x, &b->weight);
}

static void agree_ar(ar *x, agree_rule *a)
{
    ar_str(x, &a->word);
    list_ar(x, &a->with);
}

static void reason_ar(ar *x, reason_row *r)
{
    ar_str(x, &r->id);
    ar_str(x, &r->say);
}

void response_ar(ar *x, response_rules **out)
{
    if (!x->writing) {
        *out = ARENA_NEW(x->a, response_rules);
    }
    response_rules *r = *out;
    ar_tag(x, 0x50534552);   /* RESP */
    AR_ARRAY(x, r->criteria, r->criteria_count, 40, criteria_ar);
    AR_ARRAY(x, r->overall, r->overall_count, 20, cell_ar);
    AR_ARRAY(x, r->confirmation, r->confirmation_count, 16, confirmation_ar);
    AR_ARRAY(x, r->bone, r->bone_count, 12, bone_ar);
    AR_ARRAY(x, r->brain, r->brain_count, 20, brain_ar);
    AR_ARRAY(x, r->agrees, r->agree_count, 8, agree_ar);
    AR_ARRAY(x, r->reasons, r->reason_count, 8, reason_ar);
    uint32_t *numbers[] = { &r->visit_days, &r->baseline_days, &r->late_baseline_days, &r->stable_days, &r->confirm_days, &r->conflict_days, &r->clinical_days,
                            &r->confirm_between, &r->irecist_days, &r->marker_rise, &r->marker_certain, &r->marker_fall,
                            &r->marker_confirm_days, &r->marker_early_days, &r->bone_flare_days, &r->bone_soft };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        ar_u32(x, numbers[i]);
        x->bad = x->bad || *numbers[i] > 100000;
    }
    ar_bool(x, &r->confirm);
    str_list *lists[] = { &r->best_order, &r->lines, &r->irecist_drugs, &r->markers };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        list_ar(x, lists[i]);
    }
    str *texts[] = { &r->irecist_fact, &r->marker_fact, &r->plasma_fact, &r->plasma_method, &r->bone_fact,
                     &r->bone_signs, &r->status_fact };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ar_str(x, texts[i]);
    }
    int64_t *amounts[] = { &r->irecist_growth, &r->marker_normal };
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        ar_i64(x, amounts[i]);
    }
    ar_tag(x, 0x50534552);
}
