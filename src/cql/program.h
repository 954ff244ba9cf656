/* program.h -- what ELM is compiled into: flat arrays linked by index, no pointer into ELM, nothing looked up by name when run.
 * A node's operands stand before it in the array, so a body is a tree by construction; references between bodies go by index.
 * Immutable; belongs to the arena it was compiled or read in. Internal to the engine. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CQL_PROGRAM_H
#define CQL_PROGRAM_H

#include "cql/cql.h"
#include "cql/datetime.h"
#include "cql/value.h"

/* Kinds of operand as a set, for the check of overloads. */
#define K(kind) (1u << CQL_##kind)
#define K_NUMBER   (K(INTEGER) | K(LONG) | K(DECIMAL))
#define K_AMOUNT   (K_NUMBER | K(QUANTITY))
#define K_TIMES    (K(DATE) | K(DATETIME) | K(TIME))
#define K_POINT    (K_AMOUNT | K_TIMES | K(STRING))
#define K_VOCABULARY (K(VOCABULARY) | K(VALUE_SET) | K(CODE_SYSTEM))
#define K_ALL      ((1u << CQL_KIND_COUNT) - 1)
/* The sets of several operands in one number; one without a set of its own has that of the one before. */
#define BY(first, second) ((uint64_t)(first) | (uint64_t)(second) << CQL_KIND_COUNT)
#define BY3(first, second, third) (BY(first, second) | (uint64_t)(third) << (2 * CQL_KIND_COUNT))
_Static_assert(3 * CQL_KIND_COUNT <= 64, "the sets of three operands fit into one number");

typedef enum null_rule {
    NULLS_ANY,       /* null when any operand given is null */
    NULLS_FIRST,     /* null when the first operand is      */
    NULLS_OWN        /* the function sees them              */
} null_rule;

typedef enum cql_op {
#define OP(name, fields, least, most, nulls, kinds, fn) OP_##name,
#define FORM(name, load, least, most, fn) OP_##name,
#include "cql/ops.def"
    OP_COUNT_ALL
} cql_op;

typedef struct node {
    uint16_t op;
    uint8_t  precision;      /* of a temporal operator; sort direction; closed ends: see the loader of each form */
    uint8_t  flags;
    uint32_t type;           /* result type */
    uint32_t args, count;    /* into program.args; an argument may be CQL_NONE */
    uint32_t a, b;           /* what the form says */
    uint32_t line, column, line_end, column_end;
    /* found by linking, not stored (invariant.c) */
    uint16_t memo;           /* 0: its value is not remembered; else its place among those of the body, from 1 */
    uint8_t  memo_level;     /* the loop whose next row makes it forget                                        */
    uint8_t  loop;           /* the loop this node runs, 0 when nothing depends on that                        */
} node;

enum { FLAG_LOW_CLOSED = 1, FLAG_HIGH_CLOSED = 2 };      /* Interval  */
enum { FLAG_DISTINCT = 1 };                              /* Return, Aggregate */
enum { FLAG_STRICT = 1 };                                /* As        */
enum { SORT_ASCENDING = 0, SORT_DESCENDING = 1 };
/* The texts of a Retrieve, from `a` on. */
enum { RETRIEVE_CODE, RETRIEVE_COMPARATOR, RETRIEVE_DATE, RETRIEVE_DATE_LOW, RETRIEVE_DATE_HIGH, RETRIEVE_ID, RETRIEVE_TEXTS };

/* Loops inside each other whose rows are told apart: 0 are the operands. */
enum { LOOPS_MAX = 16 };

typedef enum type_form { TYPE_SYSTEM, TYPE_MODEL, TYPE_LIST, TYPE_INTERVAL, TYPE_CHOICE, TYPE_TUPLE } type_form;
typedef struct type {
    uint8_t   form;
    uint8_t   kind;          /* TYPE_SYSTEM: cql_kind, CQL_NULL is Any */
    str       name;          /* canonical: what types are compared by  */
    uint32_t *parts;         /* types before this one */
    str      *names;         /* of a tuple's parts    */
    uint32_t  count, name_count;
} type;

typedef enum body_kind { BODY_DEFINE, BODY_PARAMETER, BODY_FUNCTION } body_kind;
typedef struct body {
    uint8_t  kind;
    uint32_t library;
    str      name;
    uint32_t line;
    uint32_t type;
    uint32_t first, root;            /* its nodes are first..root; root CQL_NONE: a parameter without default, an external function */
    uint32_t slots, operands;        /* values a call needs; the first are its operands */
    uint32_t operand_types;          /* of a function: where its operands' types begin in lists */
    /* found by linking, not stored */
    const cql_retrieve **reads;
    uint32_t read_count;
    uint32_t memos;                  /* values that nodes of it remember */
    const cql_external *external;    /* not stored: a program with external functions is not archived */
} body;

typedef struct library {
    str name, file, text;
    /* found by linking, not stored */
    uint32_t *lines;                 /* where each line of text begins */
    uint32_t line_count;
} library;

/* A retrieve with a code that is known before any patient is. */
typedef struct retrieve { cql_retrieve shown; uint32_t node; } retrieve;

/* A Literal or Quantity as written; unit NULL unless a Quantity. */
typedef struct literal { uint8_t kind; str text, unit; } literal;

struct cql_program {
    node     *nodes;
    uint32_t *args;
    str      *texts;                 /* names of properties and tuple elements, String literals */
    cql_code *codes;
    uint32_t *lists;                 /* of a concept: its display in texts, then its codes; of a function: the types of its operands */
    type     *types;
    body     *bodies;                /* defines first, then parameters, then functions, those of one name and number of operands together */
    library  *libraries;
    retrieve *retrieves;
    literal  *literals;
    uint32_t node_count, arg_count, text_count, code_count, list_count, type_count, body_count, library_count, retrieve_count, literal_count;
    uint32_t define_count, parameter_count;
    cql_value *values;               /* of the literals; made when linked, not stored */
    uint32_t *body_of;               /* of each node; not stored */
};

typedef struct cql_run run;
/* Evaluates operands itself. */
typedef cql_value form_fn(run *r, const node *n);
/* Gets its operands evaluated; those not given are null. */
typedef cql_value op_fn(run *r, const node *n, const cql_value *v);

typedef struct op_info {
    const char *name, *fields;       /* fields: where ELM keeps the operands */
    uint8_t     least, most;         /* operands; most ANY_COUNT: any number */
    uint8_t     nulls;
    uint64_t    kinds;               /* see BY */
    op_fn      *op;
    form_fn    *form;
} op_info;
enum { ANY_COUNT = 255, OPERANDS_MAX = 8 };
extern const op_info op_table[OP_COUNT_ALL];
/* What the operand may be. */
static inline uint32_t op_kinds(const op_info *o, uint32_t operand)
{
    uint32_t i = operand < 2 ? operand : 2, kinds = (uint32_t)(o->kinds >> (i * CQL_KIND_COUNT)) & K_ALL;
    while (kinds == 0 && i > 0) {
        i--;
        kinds = (uint32_t)(o->kinds >> (i * CQL_KIND_COUNT)) & K_ALL;
    }
    return kinds;
}

/* Checks every index and works out what is not stored. false: damaged; nothing of the program may then be used. */
bool program_link(arena *a, cql_program *p);
/* Which nodes keep their value over the rows of a loop. Part of linking. */
void program_find_invariants(arena *a, cql_program *p);
/* The value of a literal; null: not a text of that kind, or out of range. */
cql_value literal_value(arena *a, const literal *l);

#endif
