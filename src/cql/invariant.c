/* SPDX-License-Identifier: Apache-2.0 */
/* What does not change from row to row is evaluated once. For each node: which loops around it its value depends on. A
 * loop is a source of a query, with or without, a sort, or what gives a name to each element; loops of a body are
 * numbered by how deep they stand, the operands of a function being 0. A node that depends on none of the loops next to
 * it remembers its value until a loop further out that it does depend on takes its next row (eval.c). It is still
 * evaluated when it is first asked for and never before, so nothing else is evaluated, and no other error happens. */
#include "cql/program.h"

enum { LEVELS_MAX = LOOPS_MAX - 2 }; /* a body with deeper loops remembers nothing */

typedef struct levels {
    cql_program *p;
    uint8_t  *depth;      /* of each node: how many loops stand around it */
    uint32_t *parent;
    uint64_t *uses;       /* the loops its value depends on, as a set */
    bool     *heavy;      /* worth remembering */
    uint8_t  *slot_level; /* of the body at hand */
    bool      failed;     /* too deep, or no tree: a file may hold anything */
} levels;

static void place(levels *l, uint32_t of, uint32_t arg, uint32_t depth)
{
    if (arg == CQL_NONE) {
        return;
    }
    if (depth >= LEVELS_MAX || l->parent[arg] != CQL_NONE) {
        l->failed = true;
        return;
    }
    l->parent[arg] = of;
    l->depth[arg] = (uint8_t)depth;
}

static void bind(levels *l, uint32_t slot, uint32_t level)
{
    if (l->slot_level[slot] != 0) {
        l->failed = true;
    }
    l->slot_level[slot] = (uint8_t)level;
}

static uint32_t arg_of(const levels *l, const node *n, uint32_t i)
{
    return l->p->args[n->args + i];
}

static void place_query(levels *l, uint32_t index, node *q)
{
    uint32_t depth = l->depth[index];
    for (uint32_t i = 0; i < q->count && !l->failed; i++) {
        node *part = &l->p->nodes[arg_of(l, q, i)];
        bool sort = part->op == OP_QuerySort;
        place(l, index, arg_of(l, q, i), sort ? l->depth[index] + 1u : depth);
        switch ((cql_op)part->op) {
        case OP_QuerySource:
            depth++;
            part->loop = (uint8_t)depth;
            bind(l, part->a, depth);
            bind(l, part->a + 1, depth);
            break;
        case OP_QueryLet:
        case OP_QueryAggregate:
            bind(l, part->a, depth);
            break;
        case OP_QueryWith:
        case OP_QueryWithout:
            part->loop = (uint8_t)(depth + 1);
            bind(l, part->a, depth + 1);
            break;
        case OP_QuerySort:
            part->loop = (uint8_t)(l->depth[index] + 1);
            bind(l, part->a, l->depth[index] + 1u);
            break;
        default:
            break;
        }
    }
}

/* The loops of one node, and where its operands stand. Parents come before their operands here. */
static void place_operands(levels *l, uint32_t index)
{
    node *n = &l->p->nodes[index];
    uint32_t depth = l->depth[index], inside = n->count; /* from this operand on, one loop deeper */
    switch ((cql_op)n->op) {
    case OP_Query:
        place_query(l, index, n);
        return;
    case OP_Aggregate:
        bind(l, n->b, depth + 1);
        inside = 2;
        break;
    case OP_ForEach:
    case OP_Filter:
    case OP_Repeat:
    case OP_QueryWith:
    case OP_QueryWithout:
        inside = 1;
        break;
    case OP_Sort:
        for (uint32_t i = 1; i < n->count; i++) {
            node *part = &l->p->nodes[arg_of(l, n, i)];
            part->loop = (uint8_t)(depth + 1);
            bind(l, part->a, depth + 1);
        }
        inside = 1;
        break;
    default:
        break;
    }
    bool names = n->op == OP_ForEach || n->op == OP_Filter || n->op == OP_Repeat || n->op == OP_Aggregate;
    if (names) {
        n->loop = (uint8_t)(depth + 1);
        bind(l, n->a, depth + 1);
        bind(l, n->a + 1, depth + 1);
    }
    for (uint32_t i = 0; i < n->count; i++) {
        place(l, index, arg_of(l, n, i), depth + (i >= inside));
    }
}

/* Goes through a list, or may: what is looked up, or computed from a few values, is not worth a place. */
static bool is_heavy(const node *n)
{
    const op_info *o = &op_table[n->op];
    switch ((cql_op)n->op) {
    case OP_FunctionRef:
    case OP_Retrieve:
    case OP_Query:
    case OP_ForEach:
    case OP_Filter:
    case OP_Repeat:
    case OP_Aggregate:
    case OP_Sort:
    case OP_ExpandValueSet:
    case OP_InValueSet:
    case OP_AnyInValueSet:
    case OP_InCodeSystem:
    case OP_AnyInCodeSystem:
    case OP_Subsumes:
    case OP_SubsumedBy:
        return true;
    default:
        break;
    }
    for (uint32_t i = 0; o->op && i < n->count; i++) {
        if (op_kinds(o, i) != K_ALL && op_kinds(o, i) & K(LIST)) {
            return true;
        }
    }
    return false;
}

static void find_uses(levels *l, uint32_t index)
{
    const node *n = &l->p->nodes[index];
    bool slot = n->op == OP_OperandRef || n->op == OP_AliasRef || n->op == OP_QueryLetRef || n->op == OP_Current ||
                n->op == OP_Iteration || n->op == OP_Total;
    uint64_t uses = slot ? (uint64_t)1 << l->slot_level[n->a] : 0;
    bool heavy = is_heavy(n);
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t arg = arg_of(l, n, i);
        uses |= arg == CQL_NONE ? 0 : l->uses[arg];
        heavy = heavy || (arg != CQL_NONE && l->heavy[arg]);
    }
    l->uses[index] = uses & (((uint64_t)2 << l->depth[index]) - 1);
    l->heavy[index] = heavy;
}

static uint32_t deepest(uint64_t uses)
{
    return uses == 0 ? 0 : 63u - (uint32_t)__builtin_clzll(uses);
}

static bool is_part(const node *n)
{
    return n->op >= OP_QuerySource && n->op <= OP_QuerySort;
}

static bool is_steady(const levels *l, uint32_t index)
{
    return l->heavy[index] && !is_part(&l->p->nodes[index]) && deepest(l->uses[index]) < l->depth[index];
}

/* Not where the whole that it is an operand of is remembered as long. */
static void remember(levels *l, body *b, uint32_t index)
{
    uint32_t parent = l->parent[index], level = deepest(l->uses[index]);
    bool covered = parent != CQL_NONE && l->depth[parent] == l->depth[index] && is_steady(l, parent) &&
                   deepest(l->uses[parent]) == level;
    if (is_steady(l, index) && !covered && b->memos < UINT16_MAX) {
        l->p->nodes[index].memo = (uint16_t)++b->memos;
        l->p->nodes[index].memo_level = (uint8_t)level;
    }
}

static void forget_body(cql_program *p, const body *b)
{
    for (uint32_t i = b->first; i <= b->root; i++) {
        p->nodes[i].memo = 0;
        p->nodes[i].memo_level = p->nodes[i].loop = 0;
    }
}

static void find_in_body(arena *a, levels *l, body *b)
{
    forget_body(l->p, b);
    b->memos = 0;
    arena_mark mark = arena_get_mark(a);
    l->slot_level = ARENA_ARRAY(a, (size_t)b->slots + 1, uint8_t);
    l->failed = false;
    for (uint32_t i = b->root + 1; i > b->first && !l->failed; i--) {
        place_operands(l, i - 1);
    }
    for (uint32_t i = b->first; i <= b->root && !l->failed; i++) {
        find_uses(l, i);
    }
    for (uint32_t i = b->first; i <= b->root && !l->failed; i++) {
        remember(l, b, i);
    }
    if (l->failed || b->memos == 0) {
        forget_body(l->p, b);
        b->memos = 0;
    }
    arena_rewind(a, mark);
}

void program_find_invariants(arena *a, cql_program *p)
{
    arena_mark mark = arena_get_mark(a);
    levels l = { .p = p,
                 .depth = ARENA_ARRAY(a, p->node_count, uint8_t),
                 .parent = ARENA_ARRAY(a, p->node_count, uint32_t),
                 .uses = ARENA_ARRAY(a, p->node_count, uint64_t),
                 .heavy = ARENA_ARRAY(a, p->node_count, bool) };
    for (uint32_t i = 0; i < p->node_count; i++) {
        l.parent[i] = CQL_NONE;
    }
    for (uint32_t i = 0; i < p->body_count; i++) {
        if (p->bodies[i].root != CQL_NONE) {
            find_in_body(a, &l, &p->bodies[i]);
        }
    }
    arena_rewind(a, mark);
}
