/* drugs.h -- what a drug is to an oncologist: its ingredient, its classes, its role; and the rules by which drugs in use
 * become lines of therapy. Filled by pack from knowledge/drugs.yaml, knowledge/lines.yaml and terminology/drugs.csv.
 * Read-only, shared by threads, memory of the pack. C reads roles and classes from here and knows no drug by name. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TERMS_DRUGS_H
#define TERMS_DRUGS_H

#include "base/ar.h"

typedef struct drugs drugs;
typedef struct line_rules line_rules;

typedef struct str_list { str *at; uint32_t count; } str_list;
bool str_list_has(const str_list *l, str s);

/* ---- drugs ---- */
typedef enum drug_role { DRUG_ANTICANCER, DRUG_OVARIAN_SUPPRESSION, DRUG_BONE, DRUG_SUPPORTIVE, DRUG_OTHER, DRUG_ROLES } drug_role;

typedef struct drug {
    str      name;           /* INN, lower case */
    str_list names;          /* brands and synonyms, as text matches them */
    str_list classes;        /* most specific first, umbrella classes ("endocrine") included */
    drug_role role;
    str      route;          /* oral, injection, topical */
    str      source;
    bool     checked;
    uint32_t line;           /* in knowledge/drugs.yaml */
} drug;

/* One code or one spelling, and the ingredients it stands for (a combined product has several). */
typedef struct drug_key { str system, key; uint32_t *drugs; uint32_t drug_count; } drug_key;

struct drugs {
    drug     *at;
    drug_key *codes;         /* by system, then code            */
    drug_key *texts;         /* by key: names in matching form  */
    uint32_t  count, code_count, text_count;
};

void        drugs_ar(ar *x, drugs **d);
int         drug_key_cmp(const void *a, const void *b);       /* the order of codes and texts, for qsort */
const drug *drugs_named(const drugs *d, str name);            /* by INN; NULL when there is none */
bool        drug_has_class(const drug *d, str drug_class);
/* Ingredients behind a code; system: its canonical name, as terms_system gives it. 0: not known. *out borrows from the pack. */
size_t      drugs_of_code(const drugs *d, str system, str code, const uint32_t **out);
/* Ingredients named in a text, longest name first at each word (a conjugate is not its antibody), without repeats
 * and without one whose words are all in another's, in the order of the text. Writes at most room indices and returns how many. a: scratch, given back. */
size_t      drugs_of_text(const drugs *d, arena *a, str text, uint32_t *out, size_t room);
/* The form in which texts are compared: ASCII lower case, anything but letters and digits one space. */
str         drug_text_form(arena *a, str text);

/* ---- rules for lines of therapy (knowledge/lines.yaml) ---- */
/* How long a drug counts as in use. The first row that fits speaks. */
typedef struct text_days { str text; uint32_t days; } text_days;    /* a strength in the record's text, and its interval */
typedef struct use_rule {
    str        subject;      /* a drug, class, route or role; empty: any drug */
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
typedef struct maintenance_rule { str id, after; str_list adds; str reason; } maintenance_rule;   /* reason: as above */

/* A drug whose end is not recorded goes on beside a new drug of one of these classes, when none new is of its own. */
typedef struct carry_rule { str subject; str_list with; } carry_rule;

/* A fact of facts.yaml that stands while such a drug is in use; word: its value, empty for one of kind date. */
typedef struct drug_fact { str subject, fact, word; } drug_fact;

typedef struct rule_source { str id, source; bool checked; } rule_source;

struct line_rules {
    uint32_t window_days;                  /* all drugs begun within so many days of the first are one regimen */
    uint32_t late_add_days;                /* a planned partner begun so late still belongs to it */
    uint32_t restart_days;                 /* the same drug again after at most so many days without: the same course */
    uint32_t index_days;                   /* so long before distant disease was found a drug may begin and be for it */
    str_list late_add, late_add_to;        /* classes added late, and what the line must hold */
    str_list *curative_groups;             /* drugs of one group make one curative course */
    use_rule         *in_use;
    swap_rule        *swaps;
    maintenance_rule *maintenance;
    carry_rule       *carries;
    str_list          intent_extensions;   /* how their URLs end */
    str_list          endings;             /* of drug names: "ciclib"; mark an unrecognised drug as possibly anticancer */
    str_list          responses;           /* words of status_fact, best first */
    str_list          early_stages;        /* words of stage_fact that speak for a curative course */
    str_list          disease_facts;       /* facts whose sources are the cancer: a drug given for one of these is for the cancer */
    str intent_set, reason_set, setting_set, surgery_set, anticancer_set, purpose_set;                  /* sets of terminology/ */
    str distant_fact, site_fact, stage_fact, status_fact, status_worse;                    /* facts of facts.yaml, and a word */
    str progression, toxicity, completed;  /* stop reasons that the rules speak of */
    drug_fact        *facts;
    rule_source      *sources;
    uint32_t fact_count, curative_group_count, in_use_count, swap_count, maintenance_count, carry_count, source_count;
};

void line_rules_ar(ar *x, line_rules **r);

#endif
