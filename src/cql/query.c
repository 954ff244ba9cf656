/* SPDX-License-Identifier: Apache-2.0 */
/* Queries: rows of the sources one after the other (the last source turning fastest), then let, with and without,
 * where, return or aggregate, and sort. */
#include "cql/run.h"

typedef struct query {
    const node **sources, **lets, **relationships;
    const node *where, *give, *aggregate;
    const node **sorts;
    uint32_t source_count, let_count, relationship_count, sort_count;
    bool scalar; /* no source is a list: the answer is one row or null */
    bool given;  /* some source is not null */
    value_vec rows;
    cql_value total; /* of the aggregate */
} query;

static query query_of(run *r, const node *n)
{
    query q = { 0 };
    const node **parts = ARENA_ARRAY(r->a, n->count, const node *);
    uint32_t first[4] = { 0 };
    for (uint32_t i = 0; i < n->count; i++) {
        const node *part = parts[i] = &r->p->nodes[r->p->args[n->args + i]];
        switch ((cql_op)part->op) {
        case OP_QuerySource:
            q.source_count++;
            break;
        case OP_QueryLet:
            first[1] = q.let_count++ ? first[1] : i;
            break;
        case OP_QueryWith:
        case OP_QueryWithout:
            first[2] = q.relationship_count++ ? first[2] : i;
            break;
        case OP_QueryWhere:
            q.where = part;
            break;
        case OP_QueryReturn:
            q.give = part;
            break;
        case OP_QueryAggregate:
            q.aggregate = part;
            break;
        case OP_QuerySort:
            first[3] = q.sort_count++ ? first[3] : i;
            break;
        default:
            break;
        }
    }
    q.sources = parts;
    q.lets = parts + first[1];
    q.relationships = parts + first[2];
    q.sorts = parts + first[3];
    return q;
}

static bool related(run *r, const node *relationship)
{
    cql_value list = eval_arg(r, relationship, 0);
    bool found = false;
    const cql_value *at = list.kind == CQL_LIST ? list.as.list : &list;
    uint32_t count = list.kind == CQL_LIST ? list.n : cql_is_null(list) ? 0 : 1;
    for (uint32_t i = 0; i < count && !found && !r->error; i++) {
        loop_next(r, relationship);
        r->frame[relationship->a] = at[i];
        found = truth_of(eval_arg(r, relationship, 1)) == TRUTH_TRUE;
    }
    return found == (relationship->op == OP_QueryWith);
}

/* What a row is when nothing says otherwise: the element, or a tuple of all aliases. */
static cql_value row_itself(run *r, const query *q)
{
    if (q->source_count == 1) {
        return r->frame[q->sources[0]->a];
    }
    str *names = ARENA_ARRAY(r->a, q->source_count, str);
    cql_value *values = ARENA_ARRAY(r->a, q->source_count, cql_value);
    for (uint32_t i = 0; i < q->source_count; i++) {
        names[i] = r->p->texts[q->sources[i]->b];
        values[i] = r->frame[q->sources[i]->a];
    }
    return value_tuple(r->a, names, values, q->source_count);
}

static void take_lets(run *r, const query *q)
{
    for (uint32_t i = 0; i < q->let_count; i++) {
        r->frame[q->lets[i]->a] = eval_arg(r, q->lets[i], 0);
    }
}

static void take_row(run *r, query *q)
{
    take_lets(r, q);
    for (uint32_t i = 0; i < q->relationship_count; i++) {
        if (!related(r, q->relationships[i])) {
            return;
        }
    }
    if (q->where && truth_of(eval_arg(r, q->where, 0)) != TRUTH_TRUE) {
        return;
    }
    if (q->aggregate && !(q->aggregate->flags & FLAG_DISTINCT)) {
        r->frame[q->aggregate->a] = q->total;
        q->total = eval_arg(r, q->aggregate, 1);
        return;
    }
    *VEC_PUSH(r->a, &q->rows) = q->give ? eval_arg(r, q->give, 0) : row_itself(r, q);
}

static void each_source(run *r, query *q, uint32_t i)
{
    if (r->error) {
        return;
    }
    if (i == q->source_count) {
        take_row(r, q);
        return;
    }
    const node *source = q->sources[i];
    cql_value v = eval_arg(r, source, 0);
    q->given = q->given || !cql_is_null(v);
    if (v.kind != CQL_LIST) {
        bool list_absent = cql_is_null(v) && r->p->types[source->type].form == TYPE_LIST;
        q->scalar = q->scalar && !list_absent;
        if (!cql_is_null(v)) {
            loop_next(r, source);
            r->frame[source->a] = v;
            r->frame[source->a + 1] = cql_integer(0);
            each_source(r, q, i + 1);
        }
        return;
    }
    q->scalar = false;
    arena_enter(r->a);
    for (uint32_t k = 0; k < v.n && !r->error; k++) {
        loop_next(r, source);
        r->frame[source->a] = v.as.list[k];
        r->frame[source->a + 1] = cql_integer((int32_t)k);
        each_source(r, q, i + 1);
    }
    arena_exit(r->a);
}

/* Sources behind one without rows have not been looked at. */
static bool all_null(run *r, const query *q)
{
    bool null = !q->given;
    for (uint32_t i = 1; i < q->source_count && null; i++) {
        null = cql_is_null(eval_arg(r, q->sources[i], 0));
    }
    return null;
}

/* A distinct aggregate runs over the rows without repeats. */
static void aggregate_rows(run *r, query *q, const value_vec *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const cql_value row = rows->at[i];
        r->frame[q->sources[0]->a + 1] = cql_integer((int32_t)i);
        for (uint32_t k = 0; k < q->source_count; k++) {
            loop_next(r, q->sources[k]);
            r->frame[q->sources[k]->a] = q->source_count == 1 ? row : row.as.tuple->values[k];
        }
        take_lets(r, q);
        r->frame[q->aggregate->a] = q->total;
        q->total = eval_arg(r, q->aggregate, 1);
    }
}

static void without_repeats(run *r, value_vec *rows)
{
    value_vec kept = { 0 };
    for (size_t i = 0; i < rows->count; i++) {
        value_push_new(r, &kept, rows->at[i]);
    }
    *rows = kept;
}

static void sort_rows(run *r, const node *const *sorts, uint32_t keys, value_vec *rows)
{
    uint32_t count = (uint32_t)rows->count;
    cql_value *values = ARENA_ARRAY(r->a, size_mul(r->a, count, keys), cql_value);
    bool *descending = ARENA_ARRAY(r->a, keys, bool);
    for (uint32_t k = 0; k < keys; k++) {
        descending[k] = sorts[k]->flags == SORT_DESCENDING;
        for (uint32_t i = 0; i < count; i++) {
            loop_next(r, sorts[k]);
            r->frame[sorts[k]->a] = rows->at[i];
            values[(size_t)i * keys + k] = eval_arg(r, sorts[k], 0);
        }
    }
    cql_value *sorted = ARENA_ARRAY(r->a, count, cql_value);
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = rows->at[i];
    }
    value_sort_list(r, sorted, values, count, keys, descending);
    rows->at = sorted;
}

FORM_FN(form_query)
{
    query q = query_of(r, n);
    q.scalar = true;
    if (q.aggregate) {
        q.total = eval_arg(r, q.aggregate, 0);
    }
    each_source(r, &q, 0);
    if (all_null(r, &q) || r->error) {
        return cql_null();
    }
    if (q.aggregate) {
        if (q.aggregate->flags & FLAG_DISTINCT) {
            without_repeats(r, &q.rows);
            aggregate_rows(r, &q, &q.rows);
        }
        return q.total;
    }
    if (q.give && q.give->flags & FLAG_DISTINCT) {
        without_repeats(r, &q.rows);
    }
    if (q.sort_count > 0) {
        sort_rows(r, q.sorts, q.sort_count, &q.rows);
    }
    if (q.scalar) {
        return q.rows.count > 0 ? q.rows.at[0] : cql_null();
    }
    return value_of_vec(&q.rows);
}

/* ---- what gives a name to each element ---- the slot after the element's holds its number */

static cql_value with_element(run *r, const node *n, cql_value element, uint32_t number, uint32_t arg)
{
    loop_next(r, n);
    r->frame[n->a] = element;
    r->frame[n->a + 1] = cql_integer((int32_t)number);
    return eval_arg(r, n, arg);
}

FORM_FN(form_for_each)
{
    cql_value list = eval_arg(r, n, 0);
    if (list.kind != CQL_LIST) {
        return cql_null();
    }
    cql_value *made = ARENA_ARRAY(r->a, list.n, cql_value);
    for (uint32_t i = 0; i < list.n; i++) {
        made[i] = with_element(r, n, list.as.list[i], i, 1);
    }
    return cql_list(made, list.n);
}

FORM_FN(form_filter)
{
    cql_value list = eval_arg(r, n, 0);
    value_vec kept = { 0 };
    if (list.kind != CQL_LIST) {
        return cql_null();
    }
    for (uint32_t i = 0; i < list.n; i++) {
        if (truth_of(with_element(r, n, list.as.list[i], i, 1)) == TRUTH_TRUE) {
            *VEC_PUSH(r->a, &kept) = list.as.list[i];
        }
    }
    return value_of_vec(&kept);
}

/* What the elements give, what that gives, and so on, each value once. One that is no list is a list of one. */
FORM_FN(form_repeat)
{
    cql_value of = eval_arg(r, n, 0);
    value_vec found = { 0 };
    if (cql_is_null(of)) {
        return cql_null();
    }
    const cql_value *at = of.kind == CQL_LIST ? of.as.list : &of;
    uint32_t count = of.kind == CQL_LIST ? of.n : 1;
    for (size_t i = 0; i < count + found.count && !r->error; i++) {
        cql_value made = with_element(r, n, i < count ? at[i] : found.at[i - count], (uint32_t)i, 1);
        for (uint32_t k = 0; made.kind == CQL_LIST && k < made.n; k++) {
            value_push_new(r, &found, made.as.list[k]);
        }
        if (made.kind != CQL_LIST) {
            value_push_new(r, &found, made);
        }
    }
    return r->error ? cql_null() : value_of_vec(&found);
}

FORM_FN(form_aggregate)
{
    cql_value list = eval_arg(r, n, 0), total = eval_arg(r, n, 1);
    if (list.kind != CQL_LIST) {
        return cql_null();
    }
    for (uint32_t i = 0; i < list.n && !r->error; i++) {
        r->frame[n->b] = total;
        total = with_element(r, n, list.as.list[i], i, 2);
    }
    return total;
}

FORM_FN(form_sort)
{
    cql_value list = eval_arg(r, n, 0);
    if (list.kind != CQL_LIST) {
        return cql_null();
    }
    const node **sorts = ARENA_ARRAY(r->a, n->count - 1, const node *);
    value_vec rows = { 0 };
    for (uint32_t i = 1; i < n->count; i++) {
        sorts[i - 1] = &r->p->nodes[r->p->args[n->args + i]];
    }
    for (uint32_t i = 0; i < list.n; i++) {
        *VEC_PUSH(r->a, &rows) = list.as.list[i];
    }
    sort_rows(r, sorts, n->count - 1, &rows);
    return value_of_vec(&rows);
}
