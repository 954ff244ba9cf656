/* cql_batch.h -- one line of NDJSON after the other through the CQL engine, several at a time, answers in the order of the lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CQL_BATCH_H
#define CLI_CQL_BATCH_H

#include <nextline/cql.h>

#include "base/str.h"

typedef struct batch {
    const nl_cql_program *program;
    const nl_cql_terminology *terminology;/* for all patients, or NULL */
    const char *library, *only, *as_of;   /* only: one define, or NULL for all */
    const char *name;                     /* of the input */
    str         lines;
    int         jobs;
} batch;

typedef struct batch_counts {
    uint64_t lines, failed;               /* failed: {"id","error"} */
} batch_counts;

/* Writes {"id","results"} or {"id","error"} a line to standard output. NL_E_LIMIT: no memory or threads. NL_E_IO: not written. */
NL_MUST nl_status batch_run(const batch *b, batch_counts *counts, nl_error *err);

/* NL_E_SYNTAX: the lines are one JSON text printed over several, and not one each. */
NL_MUST nl_status batch_check(const char *name, str lines, nl_error *err);

void print_json_text(void *file, str s);   /* quoted and escaped, to a FILE */

#endif
