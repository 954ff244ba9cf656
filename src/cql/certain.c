/* SPDX-License-Identifier: Apache-2.0 */
/* certain.c -- which defines have an answer whatever the patient, as their CQL stands. */
#include "cql/program.h"

enum { DEPTH = 32 };   /* of defines behind each other; a define that needs itself is not certain */

typedef struct certainty { const cql_program *p; cql_certain_fn *known; const void *with; } certainty;

static bool body_is_certain(const certainty *c, uint32_t at, uint32_t depth);

static bool node_is_certain(const certainty *c, uint32_t n, uint32_t depth)
{
    const node *x = &c->p->nodes[n];
    const uint32_t *args = &c->p->args[x->args];
    switch (x->op) {
    case OP_IsNull: case OP_IsTrue: case OP_IsFalse: case OP_Exists: case OP_Literal:
        return true;
    case OP_Not:
        return node_is_certain(c, args[0], depth);
    case OP_And: case OP_Or: case OP_Xor: case OP_Implies:
        return node_is_certain(c, args[0], depth) && node_is_certain(c, args[1], depth);
    case OP_ExpressionRef:
        return depth > 0 && body_is_certain(c, x->a, depth - 1);
    default:
        return false;
    }
}

static bool body_is_certain(const certainty *c, uint32_t at, uint32_t depth)
{
    const body *b = &c->p->bodies[at];
    return (at < c->p->define_count && c->known(c->with, at)) || (b->root != CQL_NONE && node_is_certain(c, b->root, depth));
}

bool cql_is_certain(const cql_program *p, uint32_t define, cql_certain_fn *known, const void *with)
{
    CHECK(define < p->define_count);
    return body_is_certain(&(certainty){ p, known, with }, define, DEPTH);
}
