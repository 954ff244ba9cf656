/* response.h -- how the answer of a disease is worked out: the numbers and tables of knowledge/response.yaml and of
 * tables/response-*.csv. Lengths and shares are kept in millionths (10 mm is 10000000). Filled by pack; read-only, shared by
 * threads, memory of the pack.
 *
 * ---- what the chart looks for, by these names ----
 * topics of set `about`: tumor-size, tumor-longest, tumor-other-dimension, tumor-short-axis (numbers), lesion-state, lesion-role,
 *   lesion-identifier (components beside them), new-lesion, non-target-response (a whole visit), allele-fraction
 * sets: lesion-role (target non-target new), lesion-state (present absent worse too-small not-assessed equivocal merged), lesion-site
 *   (`node` is measured by its short axis), lesion-method (removed, not-valid), non-target-word, new-lesion-word (yes no equivocal
 *   not-assessed)
 * beside imaging of the brain: imaging is such a word, or gone (there were no targets, and all else is gone); steroids none not-more more taken
 *   unknown; clinical not-worse worse unknown
 * words of answers: cr pr sd non-cr-non-pd pd ne, of a target or non-target `none` too; new lesions: yes no equivocal not-assessed */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TERMS_RESPONSE_H
#define TERMS_RESPONSE_H

#include "terms/drugs.h"

enum { MILLION = 1000000 };
enum { RESPONSE_PERCENT_MOST = 1000 };

/* Lesions of some sites judged together. */
typedef struct response_criteria {
    str      id, fact;
    str_list sites, not_sites, not_targets;                          /* words of lesion-site; sites empty: all; not_targets: never chosen by us */
    int64_t  measurable, measurable_node, normal_node, too_small, rise;
    uint32_t rise_percent, fall_percent, targets, targets_per_organ;
    bool     rise_of_lesion;                                         /* rise is asked of one lesion, not of the sum */
    str_list steroids;                                               /* drugs or classes; none: the answer is that of imaging alone */
    str      steroid_fact, clinical_fact, performance_fact;
} response_criteria;

typedef struct overall_cell { str target, non_target, new_lesion, overall, reason; } overall_cell;   /* overall empty: not defined */
typedef struct confirmation_cell { str first, next, met, early; } confirmation_cell;                 /* next: none = no later visit */
/* What imaging, steroids and the clinical state come to; "*": anything. overall empty: not known. The first that fits. */
typedef struct brain_cell { str imaging, steroids, clinical, overall; str_list reasons; } brain_cell;
typedef struct bone_rule { str sign, speaks_for, weight; } bone_rule;
typedef struct agree_rule { str word; str_list with; } agree_rule;
typedef struct reason_row { str id, say; } reason_row;

struct response_rules {
    response_criteria *criteria;
    overall_cell      *overall;
    confirmation_cell *confirmation;
    bone_rule         *bone;
    brain_cell        *brain;
    agree_rule        *agrees;
    reason_row        *reasons;
    uint32_t criteria_count, overall_count, confirmation_count, bone_count, brain_count, agree_count, reason_count;
    uint32_t visit_days, baseline_days, late_baseline_days, stable_days, confirm_days, conflict_days, clinical_days;
    bool     confirm;                                                /* whether a response must be confirmed to count */
    uint32_t confirm_between;
    str_list best_order, lines, irecist_drugs, markers;
    str      irecist_fact, marker_fact, plasma_fact, plasma_method, bone_fact, bone_signs, status_fact;
    uint32_t irecist_days;
    int64_t  irecist_growth;
    uint32_t marker_rise, marker_certain, marker_fall, marker_confirm_days, marker_early_days;
    int64_t  marker_normal;
    uint32_t bone_flare_days, bone_soft;
};
typedef struct response_rules response_rules;

const overall_cell *response_cell(const response_rules *r, str target, str non_target, str new_lesion);   /* the pack has every cell */
const confirmation_cell *response_confirmation(const response_rules *r, str first, str next);             /* NULL when there is none */
const brain_cell *response_brain(const response_rules *r, str imaging, str steroids, str clinical);         /* the pack has one for everything */
str response_say(const response_rules *r, str reason);                                                    /* the sentence of a reason */

void response_ar(ar *x, response_rules **r);

#endif
