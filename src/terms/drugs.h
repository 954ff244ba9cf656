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

enum { NEAR_EDITS_MOST = 3 };   /* the search grows with a power of them */
/* When a name that is misspelt or cut off is read all the same. letters 0: never. */
typedef struct near_rule {
    uint32_t letters;        /* of a name that may be misspelt        */
    uint32_t edits;          /* letters more, fewer, other, exchanged */
    uint32_t apart;          /* so near to another drug's name, nobody knows which is meant */
    uint32_t cut;            /* letters of a name cut off at the end of its text */
    uint32_t cut_word;       /* ... of its last word, after a name that is known: those of the longer name */
} near_rule;

struct drugs {
    drug     *at;
    drug_key *codes;         /* by system, then code            */
    drug_key *texts;         /* by key: names in matching form  */
    uint32_t  count, code_count, text_count;
    drug_key *regimens;      /* in matching form; each stands for its drugs only where it is all that a text says */
    uint32_t  regimen_count;
    str_list  regimen_words; /* words beside it that say no more: "regimen", "cycles" */
    near_rule near;
    str_list  look_alikes;   /* in matching form: names of drugs that are no row here, and are not to be taken for one */
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
/* The same, names misspelt or cut off included where only one drug can be meant; *near says whether there was one. For texts that no code stands beside. */
size_t      drugs_near_text(const drugs *d, arena *a, str text, uint32_t *out, size_t room, bool *near);
/* ... of a regimen by its letters, where the text names nothing else. Writes at most room indices and returns how many. */
size_t      drugs_of_regimen(const drugs *d, arena *a, str text, uint32_t *out, size_t room);
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

/* A drug begun while a line runs belongs to it. Names are drugs, classes, routes or roles; the first row that fits speaks. */
typedef struct join_rule {
    str      id;
    str_list begins;         /* what the new drug is */
    str      after;          /* what the line holds */
    str      keeps;          /* ... and what of it must go on; may be empty */
    bool     unless_held;    /* not when the line holds another drug of begins */
    str      reason;         /* why the drug of `after` was stopped; "none": no reason recorded; empty: any but progression */
    uint32_t within_days;    /* of the start of the line; UINT32_MAX: any time */
    str      phase, before_phase;   /* of the new drug, and of the line up to it; may be empty */
    str      question;       /* the question that settles it; empty: it is settled */
    bool     apart;          /* until it is settled the drug begins the next line */
} join_rule;

/* What a clinician is asked where two readings are plausible, and how each reading says what it takes for granted. Templates with
 * {drugs}: of the line so far, {new}: begun, {date}. */
enum { LINE_QUESTIONS_MOST = 3 };   /* so many make eight readings */
typedef struct line_question { str id, ask, same, apart; } line_question;

/* A kind of treatment that is counted apart from the number of the line. */
typedef struct line_count_rule { str id, label; str_list classes; } line_count_rule;

/* A drug whose end is not recorded goes on beside a new drug of one of these classes, when none new is of its own or of not_with. */
typedef struct carry_rule { str subject; str_list with, not_with; } carry_rule;

/* A fact of facts.yaml that stands while such a drug is in use; word: its value, empty for one of kind date. */
typedef struct drug_fact { str subject, fact, word; } drug_fact;

/* A word of the status fact, and what it is called when nothing better was reported of a line. */
typedef struct line_response { str status, response; } line_response;

typedef struct rule_source { str id, source; bool checked; } rule_source;

struct line_rules {
    uint32_t window_days;                  /* all drugs begun within so many days of the first are one regimen */
    uint32_t gap_days;                     /* longer than that without any drug: the line is over */
    uint32_t restart_days;                 /* the same drug again after at most so many days without: the same course */
    uint32_t restart_doubt_days;           /* ... and after at most so many nobody can tell */
    uint32_t index_days;                   /* so long before distant disease was found a drug may begin and be for it */
    uint32_t index_doubt_days;             /* ... and so long before nobody can tell, when nothing else says */
    uint32_t review_days, review_late_days;   /* a review of the plan so long before a change, or after it, gives its reason */
    uint32_t most_open;                    /* so many open questions are read both ways */
    str_list *curative_groups;             /* drugs of one group make one curative course */
    use_rule         *in_use;
    join_rule        *joins;
    carry_rule       *carries;
    line_question    *questions;
    line_count_rule  *counts;
    str      restart_question, gap_question, setting_question;   /* ids of questions that rules in C ask */
    str_list          intent_extensions;   /* how their URLs end */
    str_list          endings;             /* of drug names: "ciclib"; mark an unrecognised drug as possibly anticancer */
    line_response    *responses;           /* best first */
    str_list          change_reasons;      /* words of change_fact that are stop reasons */
    str_list          early_stages;        /* words of stage_fact that speak for a curative course */
    str_list          disease_facts;       /* facts whose sources are the cancer: a drug given for one of these is for the cancer */
    str intent_set, reason_set, setting_set, surgery_set, anticancer_set, purpose_set, number_set;      /* sets of terminology/ */
    str distant_fact, site_fact, stage_fact, status_fact, status_worse, change_fact;                    /* facts of facts.yaml, and a word */
    str progression, toxicity, completed;  /* stop reasons that the rules speak of */
    drug_fact        *facts;
    rule_source      *sources;
    uint32_t fact_count, curative_group_count, in_use_count, join_count, carry_count, source_count, question_count, count_count, response_count;
};

void line_rules_ar(ar *x, line_rules **r);

#endif
