/* plan.h -- the answer for one patient on one day in one place: what is offered, excluded, undetermined, and why.
 * The plan states and computes no medicine: tables of the knowledge name CQL defines, and their three-valued answers decide.
 * Every statement carries its basis. Arena memory of the record; read-only once made. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "chart/chart.h"
#include "cql/cql.h"
#include "pack/pack.h"

/* Where in the input a fact came from. */
typedef struct fact_source {
    str         resource;      /* "Observation/x" */
    str         input;         /* name of the input as given */
    uint32_t    line;          /* of NDJSON, else 0 */
    str         pointer;       /* RFC 6901, from the root of the input (of that line) */
    const json *quote;         /* the element there */
} fact_source;

typedef struct fact {
    str         code;          /* as in facts.yaml, or "line-of-therapy", or "patient" */
    str         label;         /* for people */
    str         value;         /* for people: "detected (ctDNA)", "13.4 mg/dL" */
    str         open_ends;     /* of a line that is over: its drugs whose end is not recorded */
    date        when;          /* DATE_NONE: undated, counted as known */
    str         derived_id;    /* "nl-7"; empty for a fact of the Patient itself */
    bool        set;           /* stands in for the record by --set */
    const fact_source *sources;
    uint32_t    source_count;
} fact;

typedef enum role { ROLE_DISEASE, ROLE_REQUIRES, ROLE_RULES_OUT, ROLE_CAUTION, ROLE_STANDING, ROLE_TRIGGER, ROLE_PROFILE, ROLE_APPROVAL, ROLE_AMOUNT, ROLE_LOCAL } role;

/* One criterion a statement rests on. */
typedef struct criterion {
    role        role;
    str         name;          /* the define, as a clinician speaks */
    str         library;
    truth       value;         /* as recorded */
    truth       wanted;        /* the value under which the rule speaks */
    bool        presumed;      /* it has the wanted value only under a presumption of the plan */
    str         say;           /* the knowledge's words, or empty */
    const cql_clause *why;     /* tree; NULL for approvals */
    const fact *const *facts;  /* every fact the deciding clauses rest on, without repeats */
    uint32_t    fact_count;
    const str  *absent;        /* codes of facts asked for and not found: a no or an unknown that rests on absence */
    uint32_t    absent_count;
    str         file;          /* of the rule in knowledge/ */
    uint32_t    line;
} criterion;

typedef struct basis {
    str         rule;          /* id of the option, alert or profile key */
    str         file;          /* in knowledge/ */
    uint32_t    line;
    const criterion *criteria; /* those that made the statement, first the decisive ones */
    uint32_t    criterion_count;
    const str  *presumptions;  /* sentences: "progression on X (2019-04 to 2019-06) is presumed from the switch to Y" */
    const str  *questions;     /* the question that settles each */
    uint32_t    presumption_count;
    const str  *sources;       /* ids into the pack's sources: evidence, labels, guidelines */
    uint32_t    source_count;
} basis;

typedef struct statement { str text; basis basis; } statement;

/* When the choice of an option arises, as far as the state of the present treatment is known: the line is open (or the option goes on
 * with the line, or may be chosen at any time), or only should a treatment that holds be changed on other grounds. */
typedef enum applies { APPLIES_UNKNOWN, APPLIES_NOW, APPLIES_ON_CHANGE } applies;
str applies_word(applies x);   /* as programs are told: "now", "on-change"; empty: not known */

typedef struct plan_option {
    const option *option;      /* of the pack: id, regimen, drugs, dose, evidence, approvals, monitoring */
    str         standing;      /* preferred recommended alternative consider */
    applies     applies;
    str         reason;        /* one sentence */
    const statement *cautions; /* true, or unknown: text then begins "check first: " */
    uint32_t    caution_count;
    basis       basis;
} plan_option;

typedef struct exclusion_reason { str text; bool medical; basis basis; } exclusion_reason;   /* medical false: not approved that day in that place, what the patient is on, or closed locally */
typedef struct plan_exclusion { const option *option; const exclusion_reason *reasons; uint32_t reason_count; } plan_exclusion;

/* What would settle one unknown criterion. */
typedef struct missing {
    str         criterion;     /* define */
    str         text;          /* for people */
    const str  *facts;         /* codes */
    const str  *tests;         /* ids of tests.yaml that return such a fact */
    uint32_t    fact_count, test_count;
    basis       basis;
} missing;
typedef struct plan_undetermined { const option *option; const missing *missing; uint32_t missing_count; applies applies; } plan_undetermined;

/* One possible result of a test and what it would change: options (by id) that would be offered, and those offered or
 * undetermined today that no longer would be. leaves: no option of today's disease would apply, so none is listed. */
typedef struct test_result { str name; const str *opens, *closes; uint32_t open_count, close_count, next_line; bool leaves; } test_result;
typedef struct plan_test { const test *test; const test_result *results; uint32_t result_count; bool changes, due; basis basis; } plan_test;

typedef struct plan_alert {
    const alert *alert;        /* of the pack; NULL for kind data */
    str         kind;          /* urgent safety missing monitoring supportive local trial data */
    str         code, text;
    basis       basis;
} plan_alert;

typedef struct profile_entry {
    str         key;
    const json *value;         /* string, boolean or null */
    str         label;
    bool        unknown;
    bool        only_yes;      /* worth a place on a page only when it is true */
    basis       basis;
} profile_entry;

/* A number calculated from facts. value: decimal text, rounded to the key's digits; empty when unknown. absent: codes of the
 * facts whose absence leaves it unknown, else of those that are there and do not settle it (too old, of different days). */
typedef struct plan_amount { const amount_key *key; str value, unit; const str *absent, *unfit; uint32_t absent_count, unfit_count; basis basis; } plan_amount;

/* A line whose end is taken for progression, in words, and what would settle it. */
typedef struct plan_presumption { const line_of_therapy *line; str sentence, question; } plan_presumption;

typedef struct plan {
    const pack *pack;
    chart      *chart;
    date        as_of;
    str         jurisdiction;  /* "us", "eu" */
    str         patient_id;
    const profile_entry *profile;
    uint32_t    profile_count;
    const plan_amount *amounts;
    uint32_t    amount_count;
    const statement *scope;    /* one sentence of what this plan is for: "not metastatic: ...", or of the state of treatment */
    truth       change_needed; /* a new line; unknown too where it hangs on how the course is read, or where the disease is not known to be metastatic */
    uint32_t    next_line;     /* the line now needed; 0: none (on treatment without need to change, not metastatic), or not known */
    const plan_presumption *presumptions;
    uint32_t    presumption_count;
    const plan_option *options;
    const plan_exclusion *excluded;
    const plan_undetermined *undetermined;
    const plan_test *tests;
    const plan_alert *alerts;  /* urgent first */
    uint32_t    option_count, excluded_count, undetermined_count, test_count, alert_count;
    const str  *changes;       /* of --set: "hr.option: undetermined -> offered"; empty otherwise */
    uint32_t    change_count;
    const str  *set;           /* "FACT=VALUE" as asked */
    uint32_t    set_count;
} plan;

typedef struct question {
    date        as_of;
    str         jurisdiction;
    const str  *set;           /* FACT=VALUE */
    uint32_t    set_count;
} question;

/* The drugs of an option: those it lists, or those of the line that runs. Arena memory of the record. */
const drug_choice *plan_drugs(const plan *p, const option *o, uint32_t *count);

NL_MUST nl_status plan_make(const pack *p, record *closed, const question *q, plan **out, nl_error *err);

/* The whole tree of one option, for explain: all its criteria with their clauses, whatever list it is in. */
typedef struct explanation {
    const option *option;
    str           list;        /* offered excluded undetermined, or "not of this disease" */
    const criterion *criteria;
    uint32_t      criterion_count;
} explanation;
NL_MUST nl_status plan_explain(plan *p, str option_id, explanation *out, nl_error *err);   /* NL_E_ARG: no such option; the message lists near ones */

#endif
