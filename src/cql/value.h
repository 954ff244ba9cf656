/* value.h -- what an expression of CQL is worth: 16 bytes, a kind and either the value itself or a pointer into the arena.
 * Values are immutable once made and may be shared freely within their run. A zeroed value is null. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CQL_VALUE_H
#define CQL_VALUE_H

#include "base/arena.h"
#include "base/buf.h"

typedef enum cql_kind {
    CQL_NULL = 0, CQL_BOOLEAN, CQL_INTEGER, CQL_LONG, CQL_DECIMAL, CQL_STRING, CQL_DATE, CQL_DATETIME, CQL_TIME,
    CQL_QUANTITY, CQL_RATIO, CQL_CODE, CQL_CONCEPT, CQL_INTERVAL, CQL_LIST, CQL_TUPLE,
    CQL_VOCABULARY,               /* a type only: a value is one of the two that follow */
    CQL_VALUE_SET, CQL_CODE_SYSTEM,
    CQL_ITEM,                     /* an element of the data model: opaque to the engine */
    CQL_KIND_COUNT
} cql_kind;

typedef struct cql_value cql_value;
struct cql_model;
struct cql_value {
    uint8_t  kind;                /* cql_kind                                                            */
    uint8_t  flag;                /* Date, DateTime, Time: precision. Integer: 1 = an uncertain range.   */
    int16_t  small;               /* DateTime: offset in minutes. Decimal: digits after the point        */
    uint32_t n;                   /* String: bytes. List: count. Item: the model's type number           */
    union {
        bool        b;
        int64_t     i;            /* Integer, Long; packed Date, DateTime, Time                          */
        struct { int32_t low, high; } range;
        const char *s;
        const void *p;            /* Item: the model's element                                           */
        const struct cql_decimal  *decimal;
        const struct cql_quantity *quantity;
        const struct cql_ratio    *ratio;
        const struct cql_code     *code;
        const struct cql_concept  *concept;
        const struct cql_interval *interval;
        const struct cql_tuple    *tuple;
        const struct cql_vocabulary *vocabulary;
        const cql_value           *list;
    } as;
};
_Static_assert(sizeof(cql_value) == 16, "values are passed in two registers");

typedef struct cql_code { str code, system, version, display; } cql_code;   /* p == NULL: absent */

/* ---- making values: what a data model needs ---- */
static inline cql_value cql_null(void) { return (cql_value){ 0 }; }
static inline cql_value cql_boolean(bool b) { return (cql_value){ .kind = CQL_BOOLEAN, .as.b = b }; }
static inline cql_value cql_integer(int32_t i) { return (cql_value){ .kind = CQL_INTEGER, .as.i = i }; }
cql_value cql_string(str s);                                           /* borrows the bytes for the run */
static inline cql_value cql_list(const cql_value *items, uint32_t count) { return (cql_value){ .kind = CQL_LIST, .n = count, .as.list = items }; }
static inline cql_value cql_item(const void *element, uint32_t type) { return (cql_value){ .kind = CQL_ITEM, .n = type, .as.p = element }; }
/* A System value from its text as FHIR and CQL write it: "true", "12", "1.50", "2012-03", "2012-03-01T10:00:00.5+01:00", "T10:30" or
 * "10:30". A DateTime without an offset has +00:00 until value_placed. Null when the text is none of that kind: odd input is unknown. */
cql_value cql_read(arena *a, cql_kind kind, str text);
static inline bool cql_is_null(cql_value v) { return v.kind == CQL_NULL; }

/* ---- the rest is the engine's own ---- */
#include "cql/decimal.h"

typedef struct cql_decimal { decimal units; } cql_decimal;      /* only for what 64 bits do not hold */
typedef struct cql_quantity { decimal value; str unit; } cql_quantity;
typedef struct cql_ratio { cql_quantity numerator, denominator; } cql_ratio;
typedef struct cql_concept { const cql_code *codes; uint32_t count; str display; } cql_concept;
typedef struct cql_interval { cql_value low, high; bool low_closed, high_closed; cql_kind point; } cql_interval;
typedef struct cql_vocabulary { str id, version, name; } cql_vocabulary;        /* of a value set or code system; p == NULL: absent */
typedef struct cql_tuple { const str *names; const cql_value *values; uint32_t count; } cql_tuple;

cql_value value_decimal(arena *a, decimal d);
static inline decimal value_units(cql_value v) { return v.flag ? v.as.decimal->units : (decimal)v.as.i; }   /* of a Decimal */
static inline str value_str(cql_value v) { return (str){ v.as.s, v.n }; }                                  /* of a String  */
cql_value value_long(int64_t i);
cql_value value_range(int64_t low, int64_t high);               /* an Integer known only to lie there; null when it does not fit */
static inline bool value_is_range(cql_value v) { return v.kind == CQL_INTEGER && v.flag != 0; }
cql_value value_quantity(arena *a, decimal value, str unit);
cql_value value_code(arena *a, cql_code c);
cql_value value_interval(arena *a, cql_interval i);
cql_value value_vocabulary(arena *a, cql_kind kind, cql_vocabulary v);
cql_value value_tuple(arena *a, const str *names, const cql_value *values, uint32_t count);
/* Canonical JSON; an item as its model writes it, {"Item":n} where m is NULL or has no way to. */
void      value_write(buf *out, cql_value v, const struct cql_model *m);
const char *cql_kind_name(cql_kind k);

#endif
