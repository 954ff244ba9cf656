/* drugs.h -- what a drug is to an oncologist: its ingredient, its classes, its role; and the rules by which drugs in use
 * become lines of therapy. Filled by pack from knowledge/drugs.yaml, knowledge/lines.yaml and terminology/drugs.csv.
 * Read-only, shared by threads, memory of the pack. C reads roles and classes from here and knows no drug by name. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TERMS_DRUGS_H
#define TERMS_DRUGS_H

#include "base/ar.h"

typedef struct str_list { str *at; uint32_t count; } str_list;
bool str_list_has(const str_list *l, str s);

/* ---- drugs ---- */
typedef enum drug_role { DRUG_ANTICANCER, DRUG_OVARIAN_SUPPRESSION, DRUG_BONE, DRUG_SUPPORTIVE, DRUG_OTHER, DRUG_ROLES } drug_role;

typedef struct drug {
    str      name;           /* INN, lower case: "trastuzumab deruxtecan" */
    str_list names;          /* brands and synonyms, as text matches them */
    str_list classes;        /* most specific first, umbrella classes ("endocrine") included */
    drug_role role;
    str      route;          /* oral, injection, topical */
    str_list facts;          /* facts of facts.yaml that stand while it is in use: "insulin", "ovarian-suppression=agonist" */
    str      source;
    bool     checked;
    uint32_t line;           /* in knowledge/drugs.yaml */
} drug;

/* One code or one spelling, and the ingredients it stands for (a combined product has several). */
typedef struct drug_key { str system, key; uint32_t *drugs; uint32_t drug_count; } drug_key;

typedef struct drugs {
    drug     *at;
    drug_key *codes;         /* by system, then code            */
    drug_key *texts;         /* by key: names in matching form  */
    uint32_t  count, code_count, text_count;
} drugs;

void        drugs_ar(ar *x, drugs **d);
const drug *drugs_named(const drugs *d, str name);            /* by INN; NULL when there is none */
bool        drug_has_class(const drug *d, str drug_class);
/* Ingredients behind a code; system: "RXNORM", "SNOMED" or a known URL of them. 0: not known. *out borrows from the pack. */
size_t      drugs_of_code(const drugs *d, str system, str code, const uint32_t **out);
/* Ingredients named in a text, longest name first at each word ("trastuzumab deruxtecan" is not trastuzumab), without repeats,
 * in the order of the text. Writes at most room indices and returns how many. a: scratch, given back. */
size_t      drugs_of_text(const drugs *d, arena *a, str text, uint32_t *out, size_t room);
/* The form in which texts are compared: ASCII lower case, anything but letters and digits one space. */
str         drug_text_form(arena *a, str text);

/* ---- rules for lines of therapy (knowledge/lines.yaml) ---- */
typedef struct code_word { str system, code, word; } code_word;     /* a code, and the word it means here */
typedef struct text_word { str text, word; } text_word;             /* a phrase in matching form, whole words */

/* How long a drug counts as in use. subject: a class, or a drug's name. First row that fits speaks. */
typedef struct text_days { str text; uint32_t days; } text_days;    /* a strength in the record's text, and its interval */
typedef struct use_rule {
    str        subject;      /* empty: any drug */
    uint32_t   days;         /* after the last dose or dated entry */
    uint32_t   active_days;  /* while recorded as active without an end; UINT32_MAX: until a stop is recorded */
    text_days *strengths;
    uint32_t   strength_count;
} use_rule;

/* An exchange that stays within a line. from, to, keeps: class or drug names; keeps may be empty. */
typedef struct swap_rule {
    str      id, from, to, keeps;
    str      reason;         /* this stop reason must be recorded; empty: any but progression */
    str      phase;
} swap_rule;

/* Added to a running line as planned maintenance: one of adds, after a drug of `after` in the line. */
typedef struct maintenance_rule { str id, after; str_list adds; str reason; uint32_t days; } maintenance_rule;

/* A drug whose end is not recorded goes on beside a new drug: subject with one of with. */
typedef struct carry_rule { str subject; str_list with; } carry_rule;

typedef struct rule_source { str id, source; bool checked; } rule_source;

typedef struct line_rules {
    uint32_t window_days, late_add_days, gap_days, restart_days, index_days, progression_days;
    str_list late_add, late_add_to;        /* classes added late, and what the line must hold */
    str_list curative_groups;              /* "a b c": classes that make one curative course */
    use_rule         *in_use;
    swap_rule        *swaps;
    maintenance_rule *maintenance;
    carry_rule       *carries;
    code_word        *intents;             /* curative palliative supportive ... */
    str_list          intent_extensions;   /* how their URLs end */
    code_word        *reasons;             /* why a drug was stopped */
    text_word        *reason_texts;        /* in order; the first found speaks */
    text_word        *setting_texts;
    code_word        *surgery;             /* operations on the primary tumour */
    text_word        *surgery_texts;
    text_word        *anticancer_texts;    /* mark an unrecognised drug as possibly anticancer; "*ciclib": a word's ending */
    text_word        *responses;           /* disease-status word -> response, best first */
    str               distant_fact, site_fact, stage_fact, status_fact, status_worse;   /* codes of facts.yaml, and the word for progression */
    str_list          early_stages;        /* words of stage_fact that speak for a curative course */
    str_list          disease_facts;       /* facts whose sources are the cancer: a drug given for one of these is for the cancer */
    rule_source      *sources;
    uint32_t in_use_count, swap_count, maintenance_count, carry_count, intent_count, reason_count, reason_text_count,
             setting_text_count, surgery_count, surgery_text_count, anticancer_text_count, response_count, source_count;
} line_rules;

void line_rules_ar(ar *x, line_rules **r);

#endif
