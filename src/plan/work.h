/* work.h -- what the parts of the plan share while one is made. Memory of the record's arena.
 * The data behind the run is in one of several states: a reading of the course (the main one outside readings.c), and that as recorded
 * or (presuming) with the presumed stop reasons injected. Whatever says why must be asked in the main reading while its state holds;
 * trees and facts stay valid afterwards. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAN_WORK_H
#define PLAN_WORK_H

#include "plan/decide.h"
#include "plan/plan.h"

typedef struct codes { const str *at; uint32_t count; } codes;

/* What a define's tree says, gathered once per state. */
typedef struct reasons {
    const cql_clause  *why;
    const fact *const *facts;
    uint32_t           fact_count;
    codes              absent;     /* asked for by a deciding clause that is not true, and not there */
    codes              open;       /* behind the unknown clauses that decide: absent, or there and not settling it */
} reasons;

typedef struct known_fact { const json *root; const fact *fact; } known_fact;

/* A line whose progression is presumed. */
typedef struct presumption {
    const line_of_therapy *line;
    const json            *derived;    /* the Procedure that stands in while presuming */
    str                    sentence, question;
} presumption;

typedef VEC(str) str_vec;
typedef VEC(criterion) criterion_vec;

typedef struct work {
    plan          plan;                /* first: what is handed out is the work itself */
    arena        *a;
    const pack   *pack;
    const guideline *g;
    chart        *chart;
    record       *record;
    deciding      deciding;
    truth        *recorded;            /* per define, as recorded */
    const reasons **reasons[2];        /* per define; [1] while presuming */
    bool          presuming;
    VEC(known_fact) facts;
    presumption  *presumptions;
    uint32_t      presumption_count;
    truth        *assumed;             /* ... under the presumptions; the same when there are none */
    truth       **read[2];             /* per reading and define: as recorded, presuming; NULL when there is one reading */
    decision     *scratch, *other;     /* per option, of readings.c                      */
    decision     *final;               /* ... what stands in the plan                    */
    struct slot  *slots;               /* per option: what options.c has made of it      */
    str_vec       asked;               /* codes behind what keeps an option undetermined, or offered with a check */
} work;

/* The line needed in the present state of the data: 0 when none is. */
uint32_t next_line(work *w);

/* ---- facts.c ---- */
/* The fact a resource of the record states; NULL when the element belongs to none. */
const fact *fact_of(work *w, const json *root);
/* "line 1, metastatic: drug a + drug b, 2019-04-01 to 2019-06-01" from the derived Procedure. */
str  line_words(work *w, const json *procedure);
/* Whether a result with a value is visible. */
bool fact_recorded(const work *w, str code);
str  code_system_url(const work *w, str name);
fact_source fact_source_of(work *w, const json *element);

/* ---- basis.c ---- */
const reasons *reasons_of(work *w, uint32_t define);
truth     truth_spoken(work *w, const condition *c);          /* in the present state, is applied */
criterion criterion_of(work *w, role as, const condition *c, str say);
str       condition_phrase(work *w, const condition *c);
str       texts_join(arena *a, const str *at, size_t count, const char *between);
void      texts_add(arena *a, str_vec *to, str s);             /* without repeats */
/* Every condition a table of the guideline names. */
void      each_condition(const guideline *g, void (*visit)(void *to, const condition *c), void *to);
/* Presumptions are named where some criterion has its value only under one. */
basis     basis_of(work *w, str rule, place at, const criterion *criteria, size_t count, const str *sources, size_t source_count);

/* ---- what_if.c ---- */
/* Replaces a fact and forgets what read it. */
NL_MUST nl_status what_if_set(work *w, str code, str value, str method, nl_error *err);   /* method: of the test; empty: the fact's own */
void what_if_unset(work *w, chart_mark before, const test_fact *facts, uint32_t count);   /* the facts set since the mark */
void presume(work *w);                                        /* enters the presuming state of the reading that stands; */
void unpresume(work *w, chart_mark before);                   /* leaves it                   */

/* ---- readings.c ---- */
/* Decides under every reading and its presumptions, from the state as it is; the state is as before. */
void decide_readings(work *w, decision *out);
void note_truths(work *w, truth *into);                       /* every condition of the guideline, in the present state */
void note_readings(work *w);                                  /* ... in every reading */
bool readings_differ(const work *w, uint32_t define);
/* Puts what the main reading takes for granted where the define depends on it, and the questions, in the place of presumptions. */
void name_readings(work *w, uint32_t define, basis *b);

/* ---- options.c ---- fills the three lists. */
void options_presumed(work *w);         /* what the presumptions change: called while presuming */
void options_recorded(work *w);         /* all the rest, as recorded; then the lists are in order */
void option_criteria(work *w, const option *o, criterion_vec *out);   /* all in force, for explain */

/* ---- applies.c ---- once the lists are final */
truth   change_needed(work *w);
applies applies_of(work *w, const option *o);      /* plan.change_needed is known by then */

/* ---- local.c ---- */
criterion local_criterion(work *w, const local_rule *r);
str  local_words(work *w, const local_rule *r);              /* "closed here (General Hospital): not on the formulary" */

/* ---- tests.c, alerts.c ---- */
NL_MUST nl_status tests_make(work *w, nl_error *err);
void alerts_make(work *w);

#endif
