/* run.h -- one evaluation over one patient: cells, frames, and what operators call. Internal to the engine. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CQL_RUN_H
#define CQL_RUN_H

#include "cql/model.h"
#include "cql/program.h"

typedef enum cell_state { CELL_EMPTY = 0, CELL_RUNNING, CELL_DONE, CELL_FAILED } cell_state;
typedef struct cell {
    cql_value value;
    nl_error *error;
    uint8_t   state;
} cell;

typedef struct known_vocabulary { uint8_t kind; str id, version; const cql_codes *codes; } known_vocabulary;
typedef struct memo { cql_value value; uint64_t stamp; } memo;   /* stamp: of the loop when it was evaluated; 0: not yet */
struct cql_run {
    arena             *a;
    const cql_program *p;
    const cql_model   *m;
    moment             now;
    cell              *cells;          /* one per define and parameter */
    uint32_t          *model_types;    /* the model's number of each type */
    cql_value         *frame;          /* slots of the body being evaluated */
    memo              *memos;          /* what its nodes remember, NULL when none does */
    uint64_t          *stamps;         /* of each loop in it: changes with every row */
    uint64_t           clock;          /* the last stamp given */
    nl_error          *error;          /* set once; everything then answers null until the define ends */
    uint32_t           depth;
    VEC(known_vocabulary) vocabularies;   /* looked up so far */
};

cql_value eval(run *r, uint32_t node_index);                       /* CQL_NONE: null */
static inline uint32_t node_arg(const run *r, const node *n, uint32_t i) { return i < n->count ? r->p->args[n->args + i] : CQL_NONE; }
/* Whether an operand that may be null is declared as a list. */
static inline bool arg_of_list(const run *r, const node *n, uint32_t i)
{
    uint32_t arg = node_arg(r, n, i);
    return arg != CQL_NONE && r->p->types[r->p->nodes[arg].type].form == TYPE_LIST;
}
static inline cql_value eval_arg(run *r, const node *n, uint32_t i) { return eval(r, node_arg(r, n, i)); }
/* A frame for a body, operands aside; leaving it brings the outer one back. */
typedef struct frame_outer { cql_value *frame; memo *memos; uint64_t *stamps; } frame_outer;
frame_outer frame_enter(run *r, const body *b);
void frame_leave(run *r, frame_outer outer);
/* Before each row of the loop that the node runs. */
static inline void loop_next(run *r, const node *n)
{
    if (r->stamps) {
        r->stamps[n->loop] = ++r->clock;
    }
}
cql_value eval_body(run *r, uint32_t body_index, const cql_value *operands, uint32_t count);
/* The function that a call with these operands means; CQL_NONE, with the run's error set, where that is not known. */
uint32_t called_body(run *r, const node *n, const cql_value *operands);
cql_value call_external(run *r, const node *n, const body *b, const cql_value *operands);   /* external.c */
cql_value cell_value(run *r, uint32_t body_index);                 /* of a define or parameter, evaluated at most once */
__attribute__((format(printf, 3, 4))) cql_value run_fail(run *r, const node *n, const char *what, ...);   /* null */

/* ---- comparing (value_compare.c) ---- */
truth value_equal(run *r, cql_value x, cql_value y);               /* = : unknown when either is null or dates are too coarse */
bool  value_equivalent(run *r, cql_value x, cql_value y);          /* ~ */
/* <, =, > of ordered kinds; ORDER_UNKNOWN for null, other dimensions, partial dates. */
order value_order(run *r, cql_value x, cql_value y, precision to);
int   value_sort(run *r, cql_value x, cql_value y);                /* a total order: nulls first */
bool  value_same(run *r, cql_value x, cql_value y);                /* equal, two nulls being the same: distinct, union, contains */
bool  value_is(run *r, cql_value v, uint32_t type_index);
static inline truth truth_of(cql_value v) { return v.kind != CQL_BOOLEAN ? TRUTH_UNKNOWN : v.as.b ? TRUTH_TRUE : TRUTH_FALSE; }
static inline cql_value value_truth(truth t) { return t == TRUTH_UNKNOWN ? cql_null() : cql_boolean(t == TRUTH_TRUE); }

/* ---- numbers (op_number.c) ---- */
bool number_fold_whole(cql_value list, bool product, cql_value *out);

/* ---- quantities (quantity.c) ---- false or null: units that have nothing to do with each other, or no UCUM */
order     quantity_order(const cql_quantity *x, const cql_quantity *y);
bool      quantity_equivalent(const cql_quantity *x, const cql_quantity *y);   /* also 1 year and 1 a, 365 days */
bool      quantity_convert(const cql_quantity *from, str unit, cql_quantity *out);
cql_value quantity_sum(run *r, const cql_quantity *x, const cql_quantity *y, bool subtract);
bool quantity_multiplies(const cql_quantity *x, const cql_quantity *y);    /* x by y, or times y: not so of degrees, but by a number */
cql_value quantity_product(run *r, const cql_quantity *x, const cql_quantity *y);
cql_value quantity_quotient(run *r, const cql_quantity *x, const cql_quantity *y);
precision quantity_calendar_unit(str unit);                        /* year(s) ... and the UCUM spelling of definite ones; P_NONE otherwise */

/* ---- lists ---- */
typedef VEC(cql_value) value_vec;
static inline cql_value value_of_vec(const value_vec *v) { return cql_list(v->at, (uint32_t)v->count); }
void value_push_new(run *r, value_vec *v, cql_value x);            /* unless value_same as one that is there */
void value_sort_list(run *r, cql_value *at, const cql_value *keys, uint32_t count, uint32_t key_count, const bool *descending);

cql_value list_contains(run *r, cql_value list, cql_value x, bool proper);
cql_value list_includes(run *r, cql_value list, cql_value part, bool proper);
cql_value list_union(run *r, cql_value x, cql_value y);
cql_value list_select(run *r, cql_value x, cql_value y, bool in_both);   /* intersect, or except */

/* The codes of a value set or code system; NULL, with the run's error set, when the data does not hold them (op_vocabulary.c). */
const cql_codes *vocabulary_codes(run *r, const node *n, cql_value v);

/* ---- canonical JSON back into a value (value_read.c) ---- false: not of that type */
bool value_read(arena *a, const cql_program *p, uint32_t type_index, const json *from, cql_value *out);
bool value_read_any(arena *a, const json *from, cql_value *out);

/* DateTimes without an offset stand at that of the request: as what was read is taken into the run. */
cql_value value_placed(run *r, cql_value v);
static inline cql_value date_time_of(const run *r, cql_value v)    /* of a Date; anything else is itself */
{
    moment m = moment_of(v);
    m.kind = CQL_DATETIME;
    m.offset = r->now.offset;
    m.floating = true;
    return v.kind == CQL_DATE ? moment_value(m) : v;
}

/* ---- points (op_interval.c) ---- */
cql_value point_successor(run *r, cql_value v);                    /* null at the end of the kind */
cql_value point_predecessor(run *r, cql_value v);
cql_value point_least(run *r, cql_value like);                     /* of the kind (and unit) of like */
cql_value point_greatest(run *r, cql_value like);
cql_value interval_start(run *r, const cql_interval *i);           /* first point in it; null when unknown */
cql_value interval_end(run *r, const cql_interval *i);

#define FORM_FN(name) cql_value name(run *r, const node *n)
#define OP_FN(name)   cql_value name(run *r, const node *n, const cql_value *v)
#define OP(name, fields, least, most, nulls, kinds, fn) OP_FN(fn);
#define FORM(name, load, least, most, fn) FORM_FN(fn);
#include "cql/ops.def"

#endif
