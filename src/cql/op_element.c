/* SPDX-License-Identifier: Apache-2.0 */
/* What a value is made of: Children, and Descendents all the way down, parents before their children. */
#include "cql/run.h"

static void add(run *r, value_vec *out, cql_value v)
{
    if (v.kind == CQL_LIST) {
        arena_enter(r->a);
        for (uint32_t i = 0; i < v.n; i++) {
            add(r, out, v.as.list[i]);
        }
        arena_exit(r->a);
    } else if (!cql_is_null(v)) {
        *VEC_PUSH(r->a, out) = v;
    }
}

static void add_text(run *r, value_vec *out, str s)
{
    add(r, out, s.p ? cql_string(s) : cql_null());
}

static void add_quantity(run *r, value_vec *out, const cql_quantity *q)
{
    add(r, out, value_quantity(r->a, q->value, q->unit));
}

static void add_elements(run *r, const node *n, cql_value item, value_vec *out)
{
    const cql_value *at = NULL;
    if (!r->m || !r->m->children) {
        (void)run_fail(r, n, "the data model does not list what its elements hold");
        return;
    }
    uint32_t count = r->m->children(r->m, r->a, item, &at);
    for (uint32_t i = 0; i < count; i++) {
        add(r, out, at[i]);
    }
}

static void add_children(run *r, const node *n, cql_value v, value_vec *out)
{
    switch ((cql_kind)v.kind) {
    case CQL_TUPLE:
        for (uint32_t i = 0; i < v.as.tuple->count; i++) {
            add(r, out, v.as.tuple->values[i]);
        }
        return;
    case CQL_LIST:
        for (uint32_t i = 0; i < v.n; i++) {
            arena_enter(r->a);
            add_children(r, n, v.as.list[i], out);
            arena_exit(r->a);
        }
        return;
    case CQL_QUANTITY:
        add(r, out, value_decimal(r->a, v.as.quantity->value));
        add_text(r, out, v.as.quantity->unit);
        return;
    case CQL_RATIO:
        add_quantity(r, out, &v.as.ratio->numerator);
        add_quantity(r, out, &v.as.ratio->denominator);
        return;
    case CQL_CODE:
        add_text(r, out, v.as.code->code);
        add_text(r, out, v.as.code->system);
        add_text(r, out, v.as.code->version);
        add_text(r, out, v.as.code->display);
        return;
    case CQL_CONCEPT:
        for (uint32_t i = 0; i < v.as.concept->count; i++) {
            add(r, out, (cql_value){ .kind = CQL_CODE, .as.code = &v.as.concept->codes[i] });
        }
        add_text(r, out, v.as.concept->display);
        return;
    case CQL_INTERVAL:
        add(r, out, v.as.interval->low);
        add(r, out, v.as.interval->high);
        add(r, out, cql_boolean(v.as.interval->low_closed));
        add(r, out, cql_boolean(v.as.interval->high_closed));
        return;
    case CQL_ITEM:
        add_elements(r, n, v, out);
        return;
    default:
        return;
    }
}

OP_FN(op_children)
{
    value_vec out = { 0 };
    add_children(r, n, v[0], &out);
    return value_of_vec(&out);
}

OP_FN(op_descendents)
{
    value_vec out = { 0 };
    add_children(r, n, v[0], &out);
    for (size_t i = 0; i < out.count; i++) {
        arena_step(r->a);
        add_children(r, n, out.at[i], &out);
    }
    return value_of_vec(&out);
}
