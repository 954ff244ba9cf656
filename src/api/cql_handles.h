/* cql_handles.h -- what stands behind the handles of <nextline/cql.h>. A program lives in an arena of its own; a run too, and all
 * it does for a patient in a second one that nl_cql_begin resets. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CQL_HANDLES_H
#define API_CQL_HANDLES_H

#include <nextline/cql.h>

#include "cql/cql.h"
#include "cql/external.h"
#include "record/terminology.h"

struct nl_cql_program {
    arena       *home;
    cql_program *program;
};

struct nl_cql_terminology {
    arena             *home;
    const terminology *all;
};

/* IDLE: nothing begun. OPEN: takes inputs. READY: the record is closed, or there is none. BROKEN: a limit was met
 * half way, or the data is not one patient's. */
typedef enum cql_stage { CQL_IDLE, CQL_OPEN, CQL_READY, CQL_BROKEN } cql_stage;

struct nl_cql_run {
    arena                *home;      /* this structure */
    arena                *patient;   /* everything else */
    const nl_cql_program *program;
    const terminology    *shared;    /* of no patient; or NULL */
    size_t                input_bytes;
    record               *record;
    cql_run              *run;
    uint32_t              inputs;
    cql_stage             stage;
    bool                  by_model;  /* the data is the host's, not FHIR */
    bool                  busy;      /* in a call: a function of the host may not call again */
};

/* Runs fn in the patient's arena; a limit breaks the run. NL_E_ARG when it is in no stage to do so. */
NL_MUST nl_status cql_guard(nl_cql_run *r, guarded *fn, void *arg, nl_error *err);
/* What a host's answers go into. */
struct nl_cql_answer {
    cql_answer *inside;
};

/* A model of the engine's own over one of the host's; both live in a. shared: value sets that the host does not have, or NULL. */
const cql_model *cql_host_model(arena *a, const cql_program *p, const nl_cql_model *host, void *data, const terminology *shared);

/* Inside that guard: no more inputs are taken. NL_E_MODEL: no Patient, or several. */
NL_MUST nl_status cql_ready(nl_cql_run *r, nl_error *err);

#endif
