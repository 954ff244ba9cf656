/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and aggregates. Aggregates pass over nulls, as CQL says: what must not lose an unknown asks for it by name. */
#include "cql/run.h"

static bool find_same(run *r, cql_value list, cql_value x, uint32_t *at)
{
    for (uint32_t i = 0; i < list.n; i++) {
        if (value_same(r, list.as.list[i], x)) {
            *at = i;
            return true;
        }
    }
    return false;
}

void value_push_new(run *r, value_vec *v, cql_value x)
{
    uint32_t at;
    if (!find_same(r, value_of_vec(v), x, &at)) {
        *VEC_PUSH(r->a, v) = x;
    }
}

/* ---- sorting: a stable merge of row numbers by their keys ---- */

typedef struct sorting {
    run *r;
    const cql_value *keys;
    uint32_t key_count;
    const bool *descending;
} sorting;

static int compare_rows(const sorting *s, uint32_t x, uint32_t y)
{
    for (uint32_t k = 0; k < s->key_count; k++) {
        int o = value_sort(s->r, s->keys[(size_t)x * s->key_count + k], s->keys[(size_t)y * s->key_count + k]);
        if (o != 0) {
            return s->descending[k] ? -o : o;
        }
    }
    return 0;
}

static void merge(const sorting *s, const uint32_t *from, uint32_t *to, uint32_t start, uint32_t middle, uint32_t end)
{
    uint32_t i = start, j = middle;
    for (uint32_t k = start; k < end; k++) {
        bool first = i < middle && (j >= end || compare_rows(s, from[i], from[j]) <= 0);
        to[k] = first ? from[i++] : from[j++];
    }
}

void value_sort_list(run *r, cql_value *at, const cql_value *keys, uint32_t count, uint32_t key_count,
                     const bool *descending)
{
    sorting s = { r, keys, key_count, descending };
    uint32_t *from = ARENA_ARRAY(r->a, count, uint32_t), *to = ARENA_ARRAY(r->a, count, uint32_t);
    cql_value *copy = ARENA_ARRAY(r->a, count, cql_value);
    for (uint32_t i = 0; i < count; i++) {
        from[i] = i;
        copy[i] = at[i];
    }
    for (uint64_t width = 1; width < count; width *= 2) {
        for (uint64_t start = 0; start < count; start += 2 * width) {
            uint64_t middle = start + width < count ? start + width : count,
                     end = start + 2 * width < count ? start + 2 * width : count;
            merge(&s, from, to, (uint32_t)start, (uint32_t)middle, (uint32_t)end);
        }
        uint32_t *t = from;
        from = to;
        to = t;
    }
    for (uint32_t i = 0; i < count; i++) {
        at[i] = copy[from[i]];
    }
}

/* ---- of one list ---- */

OP_FN(op_exists)
{
    for (uint32_t i = 0; v[0].kind == CQL_LIST && i < v[0].n; i++) {
        if (!cql_is_null(v[0].as.list[i])) {
            return cql_boolean(true);
        }
    }
    return cql_boolean(false);
}

OP_FN(op_first)
{
    return v[0].kind == CQL_LIST && v[0].n > 0 ? v[0].as.list[0] : cql_null();
}
OP_FN(op_last)
{
    return v[0].kind == CQL_LIST && v[0].n > 0 ? v[0].as.list[v[0].n - 1] : cql_null();
}
OP_FN(op_to_list)
{
    cql_value *one = ARENA_NEW(r->a, cql_value);
    *one = v[0];
    return cql_list(one, cql_is_null(v[0]) ? 0 : 1);
}

OP_FN(op_singleton_from)
{
    if (v[0].kind == CQL_LIST && v[0].n > 1) {
        return run_fail(r, n, "the list has %u elements", v[0].n);
    }
    return op_first(r, n, v);
}

/* The list without its nulls. */
static cql_value present(run *r, cql_value list)
{
    cql_value *kept = ARENA_ARRAY(r->a, list.n, cql_value);
    uint32_t count = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        if (!cql_is_null(list.as.list[i])) {
            kept[count++] = list.as.list[i];
        }
    }
    return cql_list(kept, count);
}

OP_FN(op_count)
{
    return cql_integer(v[0].kind == CQL_LIST ? (int32_t)present(r, v[0]).n : 0);
}

static cql_value fold(run *r, const node *n, cql_value list, op_fn *fn)
{
    cql_value all = present(r, list), total = all.n > 0 ? all.as.list[0] : cql_null();
    for (uint32_t i = 1; i < all.n && !cql_is_null(total); i++) {
        arena_step(r->a);
        total = fn(r, n, (cql_value[]){ total, all.as.list[i] });
    }
    return total;
}

OP_FN(op_sum)
{
    cql_value sum;
    return number_fold_whole(present(r, v[0]), false, &sum) ? sum : fold(r, n, v[0], op_add);
}
OP_FN(op_product)
{
    cql_value product;
    return number_fold_whole(present(r, v[0]), true, &product) ? product : fold(r, n, v[0], op_multiply);
}

static cql_value divided(run *r, cql_value total, uint32_t count)
{
    decimal d;
    if (total.kind == CQL_QUANTITY) {
        return decimal_divide(total.as.quantity->value, decimal_of(count), &d)
                   ? value_quantity(r->a, d, total.as.quantity->unit)
                   : cql_null();
    }
    return total.kind == CQL_DECIMAL && decimal_divide(value_units(total), decimal_of(count), &d)
               ? value_decimal(r->a, d)
               : cql_null();
}

OP_FN(op_avg)
{
    uint32_t count = present(r, v[0]).n;
    return count == 0 ? cql_null() : divided(r, fold(r, n, v[0], op_add), count);
}

/* An element that cannot be placed among the others (partial dates, other dimensions) makes the answer unknown. */
static cql_value extreme(run *r, cql_value list, order wanted)
{
    cql_value all = present(r, list), best = all.n > 0 ? all.as.list[0] : cql_null();
    for (uint32_t i = 1; i < all.n; i++) {
        arena_step(r->a);
        order o = value_order(r, all.as.list[i], best, P_NONE);
        if (o == ORDER_UNKNOWN) {
            return cql_null();
        }
        best = o == wanted ? all.as.list[i] : best;
    }
    return best;
}

OP_FN(op_min)
{
    return extreme(r, v[0], ORDER_BEFORE);
}
OP_FN(op_max)
{
    return extreme(r, v[0], ORDER_AFTER);
}

OP_FN(op_median)
{
    cql_value all = present(r, v[0]);
    if (all.n == 0) {
        return cql_null();
    }
    cql_value *sorted = ARENA_ARRAY(r->a, all.n, cql_value);
    memcpy(sorted, all.as.list, all.n * sizeof *sorted);
    value_sort_list(r, sorted, all.as.list, all.n, 1, (const bool[]){ false });
    for (uint32_t i = 1; i < all.n; i++) {
        if (value_order(r, sorted[i - 1], sorted[i], P_NONE) == ORDER_UNKNOWN) {
            return cql_null();
        }
    }
    if (all.n % 2 == 1) {
        return sorted[all.n / 2];
    }
    return divided(r, op_add(r, n, (cql_value[]){ sorted[all.n / 2 - 1], sorted[all.n / 2] }), 2);
}

OP_FN(op_mode)
{
    cql_value all = present(r, v[0]), best = cql_null();
    uint32_t most = 0;
    for (uint32_t i = 0; i < all.n; i++) {
        uint32_t count = 0;
        for (uint32_t k = 0; k < all.n; k++) {
            count += i == k || value_same(r, all.as.list[i], all.as.list[k]);
        }
        if (count > most || (count == most && value_sort(r, all.as.list[i], best) < 0)) {
            most = count;
            best = all.as.list[i];
        }
    }
    return best;
}

/* A Decimal, or a Quantity in this unit. */
static bool amount_in(cql_value v, str unit, decimal *out)
{
    cql_quantity q = { 0 };
    bool is_amount = v.kind == CQL_DECIMAL || (v.kind == CQL_QUANTITY && quantity_convert(v.as.quantity, unit, &q));
    *out = v.kind == CQL_DECIMAL ? value_units(v) : q.value;
    return is_amount;
}

/* Of Quantities in the unit of the first, which CQL gives a variance as well. */
static cql_value spread(run *r, cql_value list, uint32_t less, bool root)
{
    decimal d;
    cql_value all = present(r, list);
    str unit = all.n > 0 && all.as.list[0].kind == CQL_QUANTITY ? all.as.list[0].as.quantity->unit : STR("");
    decimal *amounts = ARENA_ARRAY(r->a, all.n, decimal);
    for (uint32_t i = 0; i < all.n; i++) {
        if (!amount_in(all.as.list[i], unit, &amounts[i])) {
            return cql_null();
        }
    }
    if (all.n <= less || !decimal_variance(amounts, all.n, all.n - less, root, &d)) {
        return cql_null();
    }
    return unit.n > 0 ? value_quantity(r->a, d, unit) : value_decimal(r->a, d);
}

OP_FN(op_variance)
{
    return spread(r, v[0], 1, false);
}
OP_FN(op_std_dev)
{
    return spread(r, v[0], 1, true);
}
OP_FN(op_population_variance)
{
    return spread(r, v[0], 0, false);
}
OP_FN(op_population_std_dev)
{
    return spread(r, v[0], 0, true);
}

/* The n-th root of the product. A product below zero has no root but the first. */
OP_FN(op_geometric_mean)
{
    cql_value all = present(r, v[0]);
    decimal *sizes = ARENA_ARRAY(r->a, all.n, decimal);
    bool negative = false;
    for (uint32_t i = 0; i < all.n; i++) {
        if (all.as.list[i].kind != CQL_DECIMAL) {
            return cql_null();
        }
        decimal one = value_units(all.as.list[i]);
        if (one == 0 || all.n == 1) {
            return value_decimal(r->a, one);
        }
        negative ^= one < 0;
        sizes[i] = one < 0 ? -one : one;
    }
    decimal d;
    return all.n > 0 && !negative && decimal_geometric_mean(sizes, all.n, &d) ? value_decimal(r->a, d) : cql_null();
}

OP_FN(op_all_true)
{
    for (uint32_t i = 0; v[0].kind == CQL_LIST && i < v[0].n; i++) {
        if (truth_of(v[0].as.list[i]) == TRUTH_FALSE) {
            return cql_boolean(false);
        }
    }
    return cql_boolean(true);
}

OP_FN(op_any_true)
{
    for (uint32_t i = 0; v[0].kind == CQL_LIST && i < v[0].n; i++) {
        if (truth_of(v[0].as.list[i]) == TRUTH_TRUE) {
            return cql_boolean(true);
        }
    }
    return cql_boolean(false);
}

OP_FN(op_distinct)
{
    value_vec kept = { 0 };
    for (uint32_t i = 0; i < v[0].n; i++) {
        value_push_new(r, &kept, v[0].as.list[i]);
    }
    return value_of_vec(&kept);
}

OP_FN(op_flatten)
{
    value_vec flat = { 0 };
    for (uint32_t i = 0; v[0].kind == CQL_LIST && i < v[0].n; i++) {
        cql_value x = v[0].as.list[i];
        for (uint32_t k = 0; x.kind == CQL_LIST && k < x.n; k++) {
            *VEC_PUSH(r->a, &flat) = x.as.list[k];
        }
        if (x.kind != CQL_LIST && !cql_is_null(x)) {
            *VEC_PUSH(r->a, &flat) = x;
        }
    }
    return value_of_vec(&flat);
}

OP_FN(op_index_of)
{
    uint32_t at;
    return v[0].kind != CQL_LIST ? cql_null() : cql_integer(find_same(r, v[0], v[1], &at) ? (int32_t)at : -1);
}

OP_FN(op_slice)
{
    if (value_is_range(v[1]) || value_is_range(v[2])) {
        return cql_null();
    }
    bool to_end = v[2].kind != CQL_INTEGER;
    int64_t from = v[1].kind == CQL_INTEGER ? v[1].as.i : 0, to = to_end ? (int64_t)v[0].n : v[2].as.i;
    to = to > (int64_t)v[0].n ? (int64_t)v[0].n : to;
    if (from < 0 || to <= from) {
        return cql_list(NULL, 0);
    }
    return cql_list(v[0].as.list + from, (uint32_t)(to - from));
}

/* ---- of two lists, for the operators lists share with intervals ---- */

/* x in list: an element that may or may not be the same leaves it unknown. */
static truth contains(run *r, cql_value list, cql_value x)
{
    truth t = TRUTH_FALSE;
    for (uint32_t i = 0; i < list.n && t != TRUTH_TRUE; i++) {
        cql_value e = list.as.list[i];
        if (cql_is_null(x) || cql_is_null(e)) {
            t = cql_is_null(x) && cql_is_null(e) ? TRUTH_TRUE : cql_is_null(x) ? TRUTH_UNKNOWN : t;
            continue;
        }
        truth same = value_equal(r, e, x);
        t = same == TRUTH_FALSE ? t : same;
    }
    return t;
}

cql_value list_contains(run *r, cql_value list, cql_value x, bool proper)
{
    truth t = contains(r, list, x), others = TRUTH_FALSE;
    if (!proper) {
        return value_truth(t);
    }
    t = cql_is_null(x) && t == TRUTH_UNKNOWN ? TRUTH_FALSE : t;
    for (uint32_t i = 0; i < list.n && others != TRUTH_TRUE; i++) {
        if (!value_same(r, list.as.list[i], x)) {
            others = cql_is_null(list.as.list[i]) ? TRUTH_UNKNOWN : TRUTH_TRUE;
        }
    }
    return t == TRUTH_TRUE ? value_truth(others) : value_truth(t);
}

cql_value list_includes(run *r, cql_value list, cql_value part, bool proper)
{
    truth t = TRUTH_TRUE;
    for (uint32_t i = 0; i < part.n && t != TRUTH_FALSE; i++) {
        truth c = contains(r, list, part.as.list[i]);
        c = cql_is_null(part.as.list[i]) && c == TRUTH_UNKNOWN ? TRUTH_FALSE : c; /* a null is the same as a null only */
        t = c == TRUTH_TRUE ? t : c;
    }
    if (!proper || t != TRUTH_TRUE) {
        return value_truth(t);
    }
    t = TRUTH_FALSE; /* larger: something is in it that the part does not have */
    for (uint32_t i = 0; i < list.n && t != TRUTH_TRUE; i++) {
        truth c = contains(r, part, list.as.list[i]);
        bool is_new = c == TRUTH_FALSE || (cql_is_null(list.as.list[i]) && c == TRUTH_UNKNOWN);
        t = is_new ? TRUTH_TRUE : c == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : t;
    }
    return value_truth(t);
}

cql_value list_union(run *r, cql_value x, cql_value y)
{
    value_vec all = { 0 };
    for (uint32_t i = 0; i < x.n; i++) {
        value_push_new(r, &all, x.as.list[i]);
    }
    for (uint32_t i = 0; i < y.n; i++) {
        value_push_new(r, &all, y.as.list[i]);
    }
    return value_of_vec(&all);
}

cql_value list_select(run *r, cql_value x, cql_value y, bool in_both)
{
    value_vec kept = { 0 };
    uint32_t at;
    for (uint32_t i = 0; i < x.n; i++) {
        if (find_same(r, y, x.as.list[i], &at) == in_both) {
            value_push_new(r, &kept, x.as.list[i]);
        }
    }
    return value_of_vec(&kept);
}

/* Every tuple of the one list with every tuple of the other; the second's element where both have one of that name. */
static cql_value joined(run *r, const cql_tuple *x, const cql_tuple *y)
{
    str *names = ARENA_ARRAY(r->a, (size_t)x->count + y->count, str);
    cql_value *values = ARENA_ARRAY(r->a, (size_t)x->count + y->count, cql_value);
    uint32_t count = 0;
    for (; count < y->count; count++) {
        names[count] = y->names[count];
        values[count] = y->values[count];
    }
    for (uint32_t i = 0; i < x->count; i++) {
        bool there = false;
        for (uint32_t k = 0; k < y->count && !there; k++) {
            there = str_eq(x->names[i], y->names[k]);
        }
        if (!there) {
            names[count] = x->names[i];
            values[count++] = x->values[i];
        }
    }
    return value_tuple(r->a, names, values, count);
}

OP_FN(op_times)
{
    value_vec out = { 0 };
    for (uint32_t i = 0; i < v[0].n; i++) {
        for (uint32_t k = 0; k < v[1].n; k++) {
            cql_value x = v[0].as.list[i], y = v[1].as.list[k];
            if (x.kind != CQL_TUPLE || y.kind != CQL_TUPLE) {
                return run_fail(r, n, "an element is no tuple");
            }
            arena_step(r->a);
            *VEC_PUSH(r->a, &out) = joined(r, x.as.tuple, y.as.tuple);
        }
    }
    return value_of_vec(&out);
}
