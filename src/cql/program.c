/* SPDX-License-Identifier: Apache-2.0 */
/* The program as bytes, and the check that makes any bytes harmless: after program_link every index points into its
 * array, every operand stands before its node inside the same body, and what a form expects in a and b is there. What
 * can still loop (calls, defines that need each other) is bounded by depth, steps and the state of cells. */
#include "cql/run.h"

const op_info op_table[OP_COUNT_ALL] = {
#define OP(name, fields, least, most, nulls, kinds, fn) { #name, fields, least, most, nulls, kinds, fn, NULL },
#define FORM(name, load, least, most, fn) { #name, "", least, most, NULLS_OWN, K_ALL, NULL, fn },
#include "cql/ops.def"
};

/* ---- archive ---- */

static void ar_node(ar *x, node *n)
{
    ar_u16(x, &n->op);
    ar_u8(x, &n->precision);
    ar_u8(x, &n->flags);
    ar_u32(x, &n->type);
    ar_u32(x, &n->args);
    ar_u32(x, &n->count);
    ar_u32(x, &n->a);
    ar_u32(x, &n->b);
    ar_u32(x, &n->line);
    ar_u32(x, &n->column);
    ar_u32(x, &n->line_end);
    ar_u32(x, &n->column_end);
}

/* Codes and displays that are absent stay absent. */
static void ar_optional(ar *x, str *s)
{
    bool there = s->p != NULL;
    ar_bool(x, &there);
    if (there) {
        ar_str(x, s);
    } else {
        *s = (str){ 0 };
    }
}

static void ar_code(ar *x, cql_code *c)
{
    ar_optional(x, &c->code);
    ar_optional(x, &c->system);
    ar_optional(x, &c->version);
    ar_optional(x, &c->display);
}

static void ar_type(ar *x, type *t)
{
    ar_u8(x, &t->form);
    ar_u8(x, &t->kind);
    ar_str(x, &t->name);
    AR_ARRAY(x, t->parts, t->count, 4, ar_u32);
    AR_ARRAY(x, t->names, t->name_count, 4, ar_str);
}

static void ar_body(ar *x, body *b)
{
    ar_u8(x, &b->kind);
    ar_u32(x, &b->library);
    ar_str(x, &b->name);
    ar_u32(x, &b->line);
    ar_u32(x, &b->type);
    ar_u32(x, &b->first);
    ar_u32(x, &b->root);
    ar_u32(x, &b->slots);
    ar_u32(x, &b->operands);
    ar_u32(x, &b->operand_types);
}

static void ar_library(ar *x, library *l)
{
    ar_str(x, &l->name);
    ar_str(x, &l->file);
    ar_str(x, &l->text);
}

static void ar_retrieve(ar *x, retrieve *r)
{
    ar_str(x, &r->shown.type);
    ar_str(x, &r->shown.system);
    ar_str(x, &r->shown.code);
    ar_str(x, &r->shown.library);
    ar_u32(x, &r->shown.line);
    ar_u32(x, &r->node);
}

static void ar_literal(ar *x, literal *l)
{
    ar_u8(x, &l->kind);
    ar_str(x, &l->text);
    ar_str(x, &l->unit);
}

void cql_program_ar(ar *x, cql_program **at)
{
    if (!x->writing) {
        *at = ARENA_NEW(x->a, cql_program);
    }
    cql_program *p = *at;
    ar_tag(x, 0x324c5143); /* "CQL2" */
    ar_tag(x, OP_COUNT_ALL);
    AR_ARRAY(x, p->nodes, p->node_count, 44, ar_node);
    AR_ARRAY(x, p->args, p->arg_count, 4, ar_u32);
    AR_ARRAY(x, p->texts, p->text_count, 4, ar_str);
    AR_ARRAY(x, p->codes, p->code_count, 4, ar_code);
    AR_ARRAY(x, p->lists, p->list_count, 4, ar_u32);
    AR_ARRAY(x, p->types, p->type_count, 14, ar_type);
    AR_ARRAY(x, p->bodies, p->body_count, 37, ar_body);
    AR_ARRAY(x, p->libraries, p->library_count, 12, ar_library);
    AR_ARRAY(x, p->retrieves, p->retrieve_count, 24, ar_retrieve);
    AR_ARRAY(x, p->literals, p->literal_count, 9, ar_literal);
    ar_u32(x, &p->define_count);
    ar_u32(x, &p->parameter_count);
    ar_tag(x, 0x434c5143);
    if (!x->writing && (x->bad || !program_link(x->a, p))) {
        x->bad = true;
        *p = (cql_program){ 0 };
    }
}

/* ---- checking ---- */

cql_value literal_value(arena *a, const literal *l)
{
    cql_value v = cql_null();
    decimal d;
    bool exact;
    switch (l->kind) {
    case CQL_STRING:
        return cql_string(l->text);
    case CQL_DECIMAL:
    case CQL_QUANTITY:
        if (!decimal_read(l->text, &d, NULL, &exact) || d > decimal_max() / 10 || d < -decimal_max() / 10 ||
            (!exact && l->kind == CQL_DECIMAL)) { /* a Quantity's excess digits are rounded */
            return cql_null();
        }
        v = cql_read(a, CQL_DECIMAL, l->text);
        return l->kind == CQL_DECIMAL ? v : value_quantity(a, d, l->unit);
    case CQL_BOOLEAN:
    case CQL_INTEGER:
    case CQL_LONG:
    case CQL_DATE:
    case CQL_DATETIME:
    case CQL_TIME:
        return cql_read(a, (cql_kind)l->kind, l->text);
    default:
        return cql_null();
    }
}

static bool types_hold(const cql_program *p)
{
    for (uint32_t i = 0; i < p->type_count; i++) {
        const type *t = &p->types[i];
        for (uint32_t k = 0; k < t->count; k++) {
            if (t->parts[k] >= i) {
                return false;
            }
        }
        bool one = t->form == TYPE_LIST || t->form == TYPE_INTERVAL;
        if (t->form > TYPE_TUPLE || t->kind >= CQL_KIND_COUNT || (one && t->count != 1) ||
            (t->form == TYPE_TUPLE && t->name_count != t->count)) {
            return false;
        }
    }
    return true;
}

static bool run_of(uint32_t start, uint32_t count, uint32_t limit)
{
    return start <= limit && count <= limit - start;
}

static bool operands_hold(const cql_program *p, const body *b)
{
    bool hold = run_of(b->operand_types, b->operands, p->list_count);
    for (uint32_t i = 0; i < b->operands && hold; i++) {
        hold = p->lists[b->operand_types + i] < p->type_count;
    }
    return hold;
}

/* Bodies own runs of nodes one after the other. */
static bool bodies_hold(const cql_program *p)
{
    uint32_t next = 0;
    if (p->define_count > p->body_count || p->parameter_count > p->body_count - p->define_count) {
        return false;
    }
    for (uint32_t i = 0; i < p->body_count; i++) {
        const body *b = &p->bodies[i];
        uint8_t kind = i < p->define_count                        ? BODY_DEFINE
                       : i < p->define_count + p->parameter_count ? BODY_PARAMETER
                                                                  : BODY_FUNCTION;
        if (b->kind != kind || b->library >= p->library_count || b->type >= p->type_count || b->operands > b->slots ||
            (kind != BODY_FUNCTION && b->operands > 0) || !operands_hold(p, b) || b->slots > UINT16_MAX || b->first != next) {
            return false;
        }
        if (b->root == CQL_NONE) {
            if (kind == BODY_DEFINE) {
                return false;
            }
            continue;
        }
        if (b->root >= p->node_count || b->root < b->first) {
            return false;
        }
        for (uint32_t n = b->first; n <= b->root; n++) {
            p->body_of[n] = i;
        }
        next = b->root + 1;
    }
    return next == p->node_count;
}

static bool concept_holds(const cql_program *p, const node *n)
{
    if (n->b >= p->list_count || !run_of(n->a, n->b + 1, p->list_count) ||
        p->lists[n->a] >= p->text_count) {
        return false;
    }
    for (uint32_t i = 1; i <= n->b; i++) {
        if (p->lists[n->a + i] >= p->code_count) {
            return false;
        }
    }
    return true;
}

static bool query_holds(const cql_program *p, const node *n)
{
    uint16_t before = OP_QuerySource;
    bool returns = false;
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t part = p->args[n->args + i];
        if (part == CQL_NONE) {
            return false;
        }
        uint16_t op = p->nodes[part].op;
        if (op < OP_QuerySource || op > OP_QuerySort || (i == 0 && op != OP_QuerySource) ||
            (op < before && !(op == OP_QueryWith && before == OP_QueryWithout)) || (returns && op == OP_QueryAggregate)) {
            return false;
        }
        returns = returns || op == OP_QueryReturn;
        before = op;
    }
    return true;
}

static bool sort_holds(const cql_program *p, const node *n)
{
    for (uint32_t i = 1; i < n->count; i++) {
        uint32_t part = p->args[n->args + i];
        if (part == CQL_NONE || p->nodes[part].op != OP_QuerySort) {
            return false;
        }
    }
    return true;
}

static bool calls_hold(const cql_program *p, const node *n)
{
    bool hold = true;
    for (uint32_t i = n->a; i <= n->a + n->b && hold; i++) {
        const body *b = &p->bodies[i];
        hold = b->kind == BODY_FUNCTION && b->operands == n->count && (b->root != CQL_NONE || b->external);
    }
    return hold;
}

static bool form_holds(const cql_program *p, const node *n)
{
    const body *own = &p->bodies[p->body_of[n - p->nodes]];
    switch ((cql_op)n->op) {
    case OP_Literal:
    case OP_Quantity:
        return n->a < p->literal_count;
    case OP_Code:
    case OP_CodeRef:
        return n->a < p->code_count;
    case OP_Concept:
    case OP_ConceptRef:
        return concept_holds(p, n);
    case OP_ValueSetRef:
    case OP_CodeSystemRef:
        return run_of(n->a, 3, p->text_count);
    case OP_ExpressionRef:
    case OP_ParameterRef:
        return n->a < p->define_count + p->parameter_count;
    case OP_FunctionRef:
        return n->b < p->body_count && run_of(n->a, n->b + 1, p->body_count) && calls_hold(p, n);
    case OP_OperandRef:
    case OP_AliasRef:
    case OP_QueryLetRef:
    case OP_Current:
    case OP_Iteration:
    case OP_Total:
    case OP_QueryLet:
    case OP_QueryWith:
    case OP_QueryWithout:
    case OP_QueryAggregate:
    case OP_QuerySort:
        return n->a < own->slots;
    case OP_ForEach:
    case OP_Filter:
    case OP_Repeat:
        return run_of(n->a, 2, own->slots);
    case OP_Aggregate:
        return run_of(n->a, 2, own->slots) && n->b < own->slots;
    case OP_QuerySource:
        return run_of(n->a, 2, own->slots) && n->b < p->text_count;
    case OP_Query:
        return query_holds(p, n);
    case OP_Sort:
        return sort_holds(p, n);
    case OP_IdentifierRef:
    case OP_Property:
        return n->a < p->text_count;
    case OP_Tuple:
        return run_of(n->a, n->count, p->text_count);
    case OP_Instance:
        return run_of(n->a, n->count, p->text_count) && n->b < p->type_count;
    case OP_Retrieve:
        return run_of(n->a, RETRIEVE_TEXTS, p->text_count) && n->b < p->type_count && p->types[n->b].form == TYPE_MODEL;
    case OP_As:
    case OP_Is:
    case OP_Convert:
    case OP_CanConvert:
    case OP_MinValue:
    case OP_MaxValue:
        return n->a < p->type_count;
    case OP_Case:
        return n->count % 2 == 0;
    default:
        return true;
    }
}

static bool node_holds(const cql_program *p, uint32_t i)
{
    const node *n = &p->nodes[i];
    if (n->op >= OP_COUNT_ALL || n->type >= p->type_count || n->precision > P_WEEK ||
        !run_of(n->args, n->count, p->arg_count)) {
        return false;
    }
    const op_info *o = &op_table[n->op];
    if ((n->count > o->most && o->most != ANY_COUNT) || (o->op ? n->count != o->most : n->count < o->least)) {
        return false;
    }
    uint32_t first = p->bodies[p->body_of[i]].first;
    for (uint32_t k = 0; k < n->count; k++) {
        uint32_t arg = p->args[n->args + k];
        if (arg != CQL_NONE && (arg >= i || arg < first)) {
            return false;
        }
    }
    return form_holds(p, n);
}

/* ---- what each body can read ---- */

/* Sets of retrieves are joined body by body; with so many at most, a step stays a step. */
enum { RETRIEVES_MAX = 4096 };

static bool join_reads(uint64_t *to, const uint64_t *from, size_t words)
{
    bool grew = false;
    for (size_t i = 0; i < words; i++) {
        grew = grew || (from[i] & ~to[i]) != 0;
        to[i] |= from[i];
    }
    return grew;
}

static void close_reads(arena *a, cql_program *p)
{
    size_t words = (p->retrieve_count + 63) / 64;
    uint64_t *sets = ARENA_ARRAY(a, size_mul(a, p->body_count, words), uint64_t);
    for (uint32_t i = 0; i < p->retrieve_count; i++) {
        sets[p->body_of[p->retrieves[i].node] * words + i / 64] |= (uint64_t)1 << (i % 64);
    }
    for (bool grew = true; grew && words > 0;) {
        grew = false;
        for (uint32_t n = 0; n < p->node_count; n++) {
            uint16_t op = p->nodes[n].op;
            bool refers = op == OP_ExpressionRef || op == OP_ParameterRef || op == OP_FunctionRef;
            uint32_t last = p->nodes[n].a + (op == OP_FunctionRef ? p->nodes[n].b : 0);
            for (uint32_t b = p->nodes[n].a; refers && b <= last; b++) {
                arena_step(a);
                grew = join_reads(&sets[p->body_of[n] * words], &sets[b * words], words) || grew;
            }
        }
    }
    for (uint32_t i = 0; i < p->body_count; i++) {
        body *b = &p->bodies[i];
        size_t count = 0;
        for (size_t w = 0; w < words; w++) {
            count += (size_t)__builtin_popcountll(sets[i * words + w]);
        }
        b->reads = ARENA_ARRAY(a, count, const cql_retrieve *);
        b->read_count = 0;
        for (uint32_t k = 0; k < p->retrieve_count; k++) {
            if (sets[i * words + k / 64] >> (k % 64) & 1) {
                b->reads[b->read_count++] = &p->retrieves[k].shown;
            }
        }
    }
}

/* So that a clause is quoted without reading its library from the top. */
static void find_lines(arena *a, library *l)
{
    VEC(uint32_t) lines = { 0 };
    for (str rest = l->text; rest.n > 0;) {
        *VEC_PUSH(a, &lines) = (uint32_t)(rest.p - l->text.p);
        ptrdiff_t end = str_find_char(rest, '\n');
        rest = str_from(rest, end < 0 ? rest.n : (size_t)end + 1);
    }
    l->lines = lines.at;
    l->line_count = (uint32_t)lines.count;
}

static bool reads_data(uint16_t op)
{
    return op == OP_Retrieve || op == OP_ValueSetRef || op == OP_CodeSystemRef || op == OP_Subsumes || op == OP_SubsumedBy;
}

bool program_link(arena *a, cql_program *p)
{
    p->body_of = ARENA_ARRAY(a, p->node_count, uint32_t);
    p->values = ARENA_ARRAY(a, p->literal_count, cql_value);
    if (p->retrieve_count > RETRIEVES_MAX || !types_hold(p) || !bodies_hold(p)) {
        return false;
    }
    for (uint32_t i = 0; i < p->node_count; i++) {
        if (!node_holds(p, i)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < p->retrieve_count; i++) {
        if (p->retrieves[i].node >= p->node_count || !reads_data(p->nodes[p->retrieves[i].node].op)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < p->literal_count; i++) {
        p->values[i] = literal_value(a, &p->literals[i]);
        if (cql_is_null(p->values[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < p->library_count; i++) {
        find_lines(a, &p->libraries[i]);
    }
    close_reads(a, p);
    program_find_invariants(a, p);
    return true;
}

/* ---- asking ---- */

uint32_t cql_find_define(const cql_program *p, str lib, str name)
{
    for (uint32_t i = 0; i < p->define_count; i++) {
        if (str_eq(p->bodies[i].name, name) && str_eq(p->libraries[p->bodies[i].library].name, lib)) {
            return i;
        }
    }
    return CQL_NONE;
}

uint32_t cql_define_count(const cql_program *p)
{
    return p->define_count;
}

cql_define_info cql_define(const cql_program *p, uint32_t define)
{
    CHECK(define < p->define_count);
    const body *b = &p->bodies[define];
    const library *l = &p->libraries[b->library];
    const type *t = &p->types[b->type];
    bool system = t->form == TYPE_SYSTEM;
    return (cql_define_info){ l->name, b->name, l->file, b->line, system && t->kind == CQL_BOOLEAN,
                              system && (t->kind == CQL_DECIMAL || t->kind == CQL_QUANTITY) };
}

size_t cql_reads(const cql_program *p, uint32_t define, const cql_retrieve *const **out)
{
    CHECK(define < p->define_count);
    *out = p->bodies[define].reads;
    return p->bodies[define].read_count;
}
