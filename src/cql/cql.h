/* cql.h -- the CQL engine as the rest of the program sees it: ELM compiled once, then evaluated for one patient at a time.
 * It knows no medicine and no FHIR: data comes through a cql_model (model.h). A define is evaluated at most once per run;
 * its value is three-valued where it is a Boolean. Programs are immutable and shared by threads; a run belongs to one. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CQL_CQL_H
#define CQL_CQL_H

#include "base/ar.h"
#include "json/json.h"

typedef struct cql_program cql_program;
typedef struct cql_run     cql_run;
typedef struct cql_model   cql_model;   /* cql/model.h */

typedef enum truth { TRUTH_UNKNOWN = 0, TRUTH_FALSE, TRUTH_TRUE } truth;
static inline truth truth_not(truth t) { return t == TRUTH_UNKNOWN ? t : t == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE; }

/* ---- compiling ---- */
typedef struct cql_source {
    str  elm;    /* one library as ELM JSON, translated with locators, result types and all signatures */
    str  text;   /* its CQL, or empty: kept so that a clause can be quoted */
    str  file;   /* how to name it to people, "cql/HRPositive.cql" */
} cql_source;

/* Links all libraries. NL_E_SYNTAX: not ELM. NL_E_LOGIC: an unknown node, name or overload, a literal out of range; where =
 * the file, line and column from the locator, what = names the library and the node. */
NL_MUST nl_status cql_compile(arena *a, const cql_source *sources, size_t count, cql_program **out, nl_error *err);

/* A function that a library declares external. call gets its operands as canonical JSON, "[1,{"Date":"2012"}]", and answers through
 * to (external.h); its error ends the define. NL_E_LOGIC when one that is called is not among them. */
typedef struct cql_answer cql_answer;
typedef struct cql_external {
    str   library, name;
    str   signature;      /* its operand types, "Integer,List<String>"; no pointer: whatever they are */
    nl_status (*call)(void *self, str operands, cql_answer *to, nl_error *err);
    void *self;
} cql_external;
/* A library that need not be given: it is there where one of the sources includes it and none is it. NULL: none. */
typedef struct cql_standby { str name; str (*elm)(arena *a); } cql_standby;
NL_MUST nl_status cql_compile_with(arena *a, const cql_source *sources, size_t count, const cql_external *externals, size_t external_count,
                                   const cql_standby *standby, cql_program **out, nl_error *err);
void cql_program_ar(ar *x, cql_program **p);   /* reading: checks every index, so that a bad file cannot crash a run */

/* ---- asking a program ---- */
#define CQL_NONE UINT32_MAX
uint32_t cql_find_define(const cql_program *p, str library, str name);   /* CQL_NONE when there is none */
uint32_t cql_define_count(const cql_program *p);
typedef struct cql_define_info {
    str  library, name, file;
    uint32_t line;
    bool is_boolean, is_amount;   /* by its ELM result type; an amount is a Decimal or a Quantity */
} cql_define_info;
cql_define_info cql_define(const cql_program *p, uint32_t define);

/* Every retrieve that define can reach, directly or through other defines and functions. Static, sorted, without repeats. */
typedef struct cql_retrieve {
    str type;               /* "Observation" */
    str system, code;       /* empty: all of the type, or a value set */
    str library;            /* where it stands */
    uint32_t line;
} cql_retrieve;
size_t cql_reads(const cql_program *p, uint32_t define, const cql_retrieve *const **out);

/* Whether a Boolean define answers yes or no whatever the patient, as its CQL stands: it tests for null, true or false, asks for existence,
 * or is made of such by and, or, not. known says of a define that it does so for a reason outside the CQL. */
typedef bool cql_certain_fn(const void *with, uint32_t define);
bool cql_is_certain(const cql_program *p, uint32_t define, cql_certain_fn *known, const void *with);

/* ---- evaluating ---- as_of: what Now() and Today() answer, a day at 00:00 +00:00. */
cql_run *cql_run_make(arena *a, const cql_program *p, const cql_model *m, date as_of);
truth    cql_truth(cql_run *r, uint32_t define);               /* not a Boolean or an error: unknown */
bool     cql_text(cql_run *r, uint32_t define, str *out);      /* a String value; false when null, not a String or an error */
/* A Decimal or Quantity as text with so many digits after the point, a half rounded away from zero; unit: a Quantity's, else empty.
 * false when null, neither or an error. */
bool     cql_amount(cql_run *r, uint32_t define, int digits, str *value, str *unit);
/* The value as canonical JSON (shared with the conformance cases): null, true, 1.5, "s", {"Date":"2012-01"}, {"Quantity":[5,"mg"]} ... */
void     cql_write(cql_run *r, uint32_t define, buf *out);
/* The run-time error of a define (its own or of one it needed), or NULL. The define counts as unknown. */
const nl_error *cql_failed(const cql_run *r, uint32_t define);
/* Forgets the values of every define that can read this code (both empty: of all), after the data behind the model changed. */
void     cql_forget(cql_run *r, str system, str code);
/* Forgets every define that can read rows of this type, unless all it reads of them has codes that may_match denies. */
void     cql_forget_type(cql_run *r, str type, bool (*may_match)(const void *with, str code), const void *with);

/* ---- what a request says ---- each forgets every define. */
/* What Now() and Today() answer, and the offset that a DateTime without one has: a Date or a DateTime to the day at least, what
 * is not said being 0. false: it is none of these. */
bool     cql_set_now(cql_run *r, str text);
uint32_t cql_find_parameter(const cql_program *p, str library, str name);   /* CQL_NONE when there is none */
/* value: canonical JSON, read as the type that the parameter is declared with; it must live as long as the run. false: not of it. */
bool     cql_set_parameter(cql_run *r, uint32_t parameter, const json *value);

/* ---- saying why ----
 * A define as a tree of clauses down to where the value was decided. and/or/not and references to other Boolean defines have
 * children; anything else is a leaf. Made on demand by evaluating again, so tracing costs nothing until it is asked for. */
typedef enum cql_clause_kind { CQL_CLAUSE_DEFINE, CQL_CLAUSE_AND, CQL_CLAUSE_OR, CQL_CLAUSE_NOT, CQL_CLAUSE_LEAF } cql_clause_kind;

typedef struct cql_clause cql_clause;
struct cql_clause {
    cql_clause_kind kind;
    str      library, file;
    str      name;                 /* of a define */
    uint32_t line, column, line_end, column_end;
    str      text;                 /* the CQL of this clause, one line, white space folded; empty without source */
    truth    value;
    bool     decided;              /* its value is why the parent has its own */
    const json *const *facts;      /* leaf: resources it rests on (roots), decisive rows only where rows can be told apart */
    uint32_t fact_count;
    const cql_retrieve *const *reads;   /* leaf: what it asked for, found or not */
    uint32_t read_count;
    cql_clause *children;
    uint32_t child_count;
    uint32_t define, node;         /* of a define, CQL_NONE otherwise; of the rest, the engine's own */
};
cql_clause *cql_explain(cql_run *r, uint32_t define);

/* The defines and parameters that a clause names itself, each once, in the order of the program. */
typedef struct cql_use {
    str      library, name;
    bool     is_parameter;
    uint32_t body;                 /* the engine's own */
} cql_use;
size_t cql_uses(cql_run *r, const cql_clause *c, const cql_use **out);
/* The value as cql_write gives it. The error it failed with, and then nothing is written; NULL otherwise. */
const nl_error *cql_write_use(cql_run *r, const cql_use *u, buf *out);

#endif
