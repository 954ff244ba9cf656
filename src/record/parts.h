/* parts.h -- the insides of a record, shared by the files of this folder that fill, settle and index it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_PARTS_H
#define RECORD_PARTS_H

#include "record/record.h"

/* Rows with one key, in record order. */
typedef struct bucket {
    VEC(resource *) rows;
    const resource **visible;     /* of rows, those not hidden; remade when stale */
    size_t visible_count;
    bool   stale;
} bucket;

/* A hash table from up to three texts, or an address, to anything. NULL values are as good as absent. */
typedef struct table_key { str a, b, c; const void *address; } table_key;
typedef struct table_slot { uint64_t hash; table_key key; void *value; } table_slot;
typedef struct table { table_slot *slots; size_t count, room; } table;

void  *table_get(const table *t, table_key key);
void **table_put(arena *a, table *t, table_key key);   /* the value's place, made when absent */

struct record {
    arena *a;
    VEC(str) inputs;
    VEC(resource *) read;         /* as they came, before record_close */
    VEC(resource *) rows;         /* kept, in record order; derived from `original_count` on */
    size_t original_count;
    const resource *patient;
    table  index;                 /* type, canonical system, code -> bucket */
    table  references;            /* type, id | "", full URL | "#", id -> resource */
    table  roots;                 /* address of the root -> resource */
    VEC(finding) findings;
    size_t odd_count;             /* places in the input that hold no resource */
    bool   closed, as_written;
};

/* ---- index.c ---- */
void index_references(record *r, resource *x);         /* before codes: a medication may be a reference */
void index_add(record *r, resource *x);                /* x is the last row */
void index_changed(record *r, resource *x);            /* its visibility */
void index_remove_last(record *r, resource *x);
resource *index_resolve(const record *r, str reference);

/* ---- settle.c: from what was read to one patient's rows ---- */
nl_status settle(record *r, str patient_id, nl_error *err);

/* ---- dates.c ---- */
date clinical_date(record *r, const resource *x);      /* a date that does not exist is a finding, and none */

str text_head(str text, size_t most);                  /* at most so many bytes, no character cut in two */
__attribute__((format(printf, 5, 6))) void finding_about(record *r, const char *code, const resource *about, const json *at,
                                                         const char *format, ...);
__attribute__((format(printf, 4, 5))) void finding_at_place(record *r, const char *code, input_place place, const char *format, ...);

#endif
