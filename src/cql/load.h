/* load.h -- the compiler's state while ELM becomes nodes; shared by the files load*.c only. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CQL_LOAD_H
#define CQL_LOAD_H

#include "cql/program.h"

typedef struct scope_entry { str name; uint32_t slot; } scope_entry;
typedef struct include { uint32_t library; str alias; uint32_t target; } include;
typedef struct declared { uint32_t library; str name; const json *def; } declared;
typedef struct function_key { uint32_t body; uint32_t *operands; uint32_t count; } function_key;

typedef struct compiler {
    arena       *a;
    nl_error    *err;
    cql_program *p;
    bool         failed;
    VEC(node) nodes;
    VEC(uint32_t) args;
    VEC(str) texts;
    VEC(cql_code) codes;
    VEC(uint32_t) lists;
    VEC(type) types;
    VEC(body) bodies;
    VEC(retrieve) retrieves;
    VEC(literal) literals;
    VEC(include) includes;
    VEC(declared) code_defs;      /* of all libraries; parallel to the first of codes */
    VEC(declared) concept_defs;
    VEC(declared) code_systems;
    VEC(declared) value_sets;
    VEC(const json *) body_defs;  /* parallel to bodies */
    VEC(function_key) functions;
    VEC(scope_entry) scope;       /* innermost last */
    const json **roots;           /* "library" object of each source */
    const cql_external *externals;
    size_t external_count;
    uint32_t library;             /* being compiled */
    uint32_t standby;             /* the library that nobody gave, or CQL_NONE; it is of any version */
    uint32_t slots;               /* used by the body being compiled */
    uint32_t sorted_slot;         /* what an IdentifierRef means while a sort is compiled, or CQL_NONE */
    uint32_t index_slot, total_slot;   /* what Iteration and Total mean, or CQL_NONE */
    uint32_t line, column, line_end, column_end;   /* of the innermost node that has a locator */
} compiler;

typedef uint32_t load_fn(compiler *c, const json *e, cql_op op);

/* Sets the error once; returns CQL_NONE. */
__attribute__((format(printf, 2, 3))) uint32_t load_fail(compiler *c, const char *what, ...);
uint32_t load(compiler *c, const json *e);                 /* NULL: CQL_NONE */
uint32_t load_needed(compiler *c, const json *e, const char *what);   /* what: its name, where it is missing or no expression */
uint32_t load_finish(compiler *c, const json *e, cql_op op, const uint32_t *args, uint32_t count);
uint32_t load_text(compiler *c, str s);
uint32_t load_slot_new(compiler *c, str name);             /* and brings the name into scope */
uint32_t load_slot_counted(compiler *c, str name);         /* the same, and the next slot: the number of the element */
uint32_t load_find_slot(compiler *c, str name);
uint32_t load_slot_node(compiler *c, uint32_t slot);
uint32_t load_property_chain(compiler *c, const json *e, uint32_t source, str path);
uint32_t load_find_code(compiler *c, const json *e);       /* of a CodeRef: its place in code_defs */
uint32_t load_system_call(compiler *c, const json *e);     /* a FunctionRef that means an operator of CQL */
uint32_t load_aggregated(compiler *c, const json *e);      /* the source of an aggregate, through its path */
uint32_t with_a(compiler *c, uint32_t n, uint32_t a, uint32_t b);
uint32_t with_flags(compiler *c, uint32_t n, uint8_t flags);
uint32_t load_find_library(compiler *c, const json *e);    /* by its libraryName, the library itself without one */
uint32_t load_with_place(compiler *c, const json *e, load_fn *fn, cql_op op);

/* ---- types (load_type.c) ---- */
uint32_t type_named(compiler *c, str qualified);
uint32_t type_specified(compiler *c, const json *specifier);
uint32_t type_of(compiler *c, const json *e);              /* of resultTypeName or resultTypeSpecifier, else Any */
uint32_t type_kinds(const compiler *c, uint32_t type);     /* the kinds its values may have */

load_fn load_negated_literal, load_operator;
void load_external(compiler *c, uint32_t body_index);      /* external.c */
bool load_callable(compiler *c, uint32_t body_index);      /* false, having failed: an external function that nobody gives */

#define OP(name, fields, least, most, nulls, kinds, fn)
#define FORM(name, load, least, most, fn) load_fn load;
#include "cql/ops.def"

#endif
