/* external.h -- what a host answers: to the call of an external function, or as its data model. A host is code the engine knows
 * nothing of and which may hold locks or C++ frames: no limit jumps over it. A limit met while it answers is kept, and leaves
 * through the guard when the host has returned. Answers live in the arena they are made with. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CQL_EXTERNAL_H
#define CQL_EXTERNAL_H

#include "cql/cql.h"
#include "cql/value.h"

/* One value of a type, or the elements of a list one after the other. Nothing given: null. */
struct cql_answer {
    arena             *a;
    const cql_program *p;
    uint32_t           type;     /* the program's number of the type meant; CQL_NONE: not known */
    bool               items;    /* elements of the data model may be given */
    VEC(cql_value)     given;
    bool               whole;    /* a list came as one */
    bool               wrong;    /* something given is not of the type */
    bool               left;     /* a limit was met */
};

cql_answer answer_make(arena *a, const cql_program *p, uint32_t type);
bool answer_json(cql_answer *to, str json);                        /* canonical JSON */
bool answer_text(cql_answer *to, str text);                        /* as cql_read takes it; a String where the type is not known */
bool answer_item(cql_answer *to, const void *element, uint32_t type);
/* Null when what was given is wrong. Leaves when a limit was met. */
cql_value answer_value(const cql_answer *to);

#endif
