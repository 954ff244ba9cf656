/* guideline.h -- the medicine as tables: what the YAML of knowledge/ becomes once pack has checked it.
 * Strings and arrays belong to the pack. Places are a bit set of jurisdictions; a rule holds on [since, until). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_GUIDELINE_H
#define PACK_GUIDELINE_H

#include "base/ar.h"

/* A place in knowledge/. */
typedef struct place { str file; uint32_t line; } place;

typedef struct drug_choice { str *names; uint32_t count; } drug_choice;   /* one of these */

/* What makes a rule speak: a define having a value, in some places, during some time. */
typedef struct condition {
    str      define_name, library;
    uint32_t define;          /* into the CQL program */
    bool     is;              /* the value under which it speaks; true unless written is: false */
    uint32_t places;          /* bit i: jurisdictions[i]; all bits when not restricted */
    date     since, until;    /* DATE_NONE: unbounded */
    place    at;
    const drug_choice *while_on;    /* in force only while the line that runs consists of these, NULL: whatever runs */
    uint32_t while_on_count;
} condition;

typedef struct requirement { condition when; str say; } requirement;                 /* say: optional words for a reader */
/* check: unknown leaves the option offered, under "check first"; present: the option is what the patient is on, a reason that is not medical */
typedef struct rule_out    { condition when; str say; bool check, present; str *sources; uint32_t source_count; } rule_out;
typedef struct caution     { condition when; str say; str standing; str *sources; uint32_t source_count; } caution;  /* standing: the most it may then be, or empty */
typedef struct standing    { condition when; str standing; str say; bool always; str *sources; uint32_t source_count; } standing;   /* the first that holds speaks; always: no condition */

typedef struct approval {
    uint32_t place;           /* index of the jurisdiction */
    date     since, until;
    str      say;             /* the indication in our own words, "accelerated approval", ... */
    str     *sources;
    uint32_t source_count;
    bool     checked;
    bool     off_label;       /* not licensed for this there, and yet in use as the sources say */
    place    at;
} approval;

/* What an option consists of: the drugs it lists, those of the line that runs, or none. */
typedef enum drugs_from { DRUGS_LISTED, DRUGS_RUNNING, DRUGS_NONE } drugs_from;

/* What an option is for: a new line, the line that runs (to go on with it, or with a part of it), or neither: it may be chosen at any time. */
typedef enum option_for { FOR_NEXT_LINE, FOR_PRESENT_LINE, FOR_ANY_TIME } option_for;

typedef struct option {
    str          id, regimen, dose, dose_source;
    str          summary;             /* one sentence: for whom and why */
    drug_choice *drugs;
    str         *evidence;            /* ids */
    requirement *requires_all;
    rule_out    *rules_out;
    caution     *cautions;
    standing    *standings;
    approval    *approvals;
    str         *monitoring;          /* sentences */
    uint32_t     drug_count, evidence_count, require_count, rule_out_count, caution_count, standing_count, approval_count, monitoring_count;
    bool         dose_checked;
    uint8_t      drugs_from;          /* drugs_from: listed unless written */
    uint8_t      is_for;              /* option_for: a new line unless written, or unless its drugs are those of the line that runs */
    bool         nothing_to_approve;  /* no drug of its own */
    uint32_t     disease;             /* index into diseases */
    place        at, approved_at;
} option;

/* What the label of a drug has boxed. No warnings: somebody looked, and there are none. */
typedef struct boxed {
    str      drug;            /* a name of drugs.yaml */
    str     *warnings;
    uint32_t warning_count;
    bool     checked;
    str      checked_where;   /* the page that confirmed it */
    place    at;
} boxed;

/* One options file: the disease it is for, by a gate. */
typedef struct disease { str id, name; condition gate; place at; } disease;

typedef struct alert {
    str       code, kind, level;      /* level: red orange yellow, or empty */
    condition when;
    str       text;                   /* what fired, in words                            */
    str       action;                 /* first action; informs, local protocol decides   */
    str      *sources;
    uint32_t  source_count;
    place     at;
} alert;

/* A source: a trial, a label, a guideline, a notice. */
typedef struct source {
    str  id, kind;                    /* trial label guideline notice practice */
    str  title, population, comparator, n, pfs, pfs_hr, os, os_hr, orr, note;
    str  nct, pmid, doi, url;
    bool checked;
    str  checked_where;               /* the page that confirmed it */
    place at;
} source;

typedef struct test_fact   { str fact, value; } test_fact;
typedef struct test_outcome { str name; test_fact *facts; uint32_t fact_count; } test_outcome;
typedef struct test {
    str           id, name, method;   /* method: tissue ctdna germline, or empty */
    str           kind;               /* test or question */
    str           say;                /* when and on what sample it is done */
    test_outcome *outcomes;
    condition    *due;                /* NULL: never due on its own */
    str          *sources;
    uint32_t      outcome_count, source_count;
    place         at;
} test;

typedef struct profile_key {
    str       key, label;
    condition when;                   /* the define */
    bool      boolean;                /* the define is a Boolean; else a String */
    bool      only_yes;               /* worth a place on a page only when it is true */
    str       unknown;                /* shown when null; empty: JSON null */
    place     at;
} profile_key;

/* A number calculated from facts, shown with them. */
typedef struct amount_key {
    str       key, label, unit;       /* unit: of a Decimal; a Quantity has its own */
    str       of;                     /* organs or course: what it is shown with */
    str       under, say;             /* on one line with others: "Months to relapse", "{} from ..."; empty: label, number, unit */
    condition when;                   /* the define: a Decimal or a Quantity */
    uint32_t  digits;                 /* after the point */
    place     at;
} amount_key;
enum { AMOUNT_DIGITS_MOST = 8 };

typedef struct guideline {
    str         name, version;
    date        dated;                /* the day the knowledge was last reviewed */
    str        *jurisdictions;        /* "us", "eu" */
    str        *maintainers;
    str        *standings;            /* best first: preferred recommended alternative consider */
    disease    *diseases;
    option     *options;
    alert      *alerts;
    source     *sources;
    boxed      *boxed;                /* a row for every drug that an option lists */
    test       *tests;
    profile_key *profile;
    amount_key  *amounts;
    condition   metastatic;           /* the define that says whether this program applies at all */
    condition   change_needed;        /* whether a new line is needed now */
    str         not_metastatic, metastatic_unknown, on_treatment, change_unknown;   /* the plan's sentence of scope */
    str         presumption, question;    /* templates with {line} {drugs} {start} {end} {next} */
    str         presumed_reason;      /* the stop reason injected */
    uint32_t    stale_days;           /* a record whose newest fact is older gets a data alert; 0: never */
    uint32_t    jurisdiction_count, maintainer_count, standing_count, disease_count, option_count, alert_count, source_count, boxed_count, test_count, profile_count, amount_count;
} guideline;

void guideline_ar(ar *x, guideline *g);
void guideline_link_present(option *o);   /* a rule for whoever is on the option already is tied to its drugs */
const source *guideline_source(const guideline *g, str id);   /* NULL when there is none */
const option *guideline_option(const guideline *g, str id);
const boxed  *guideline_boxed(const guideline *g, str drug);

#endif
