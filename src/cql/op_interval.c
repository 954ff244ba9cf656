/* SPDX-License-Identifier: Apache-2.0 */
/* Intervals, and the operators they share with points and lists. A closed end without a value is the end of the type;
 * an open end without one is unknown, and so is whatever hangs on it. */
#include "cql/run.h"

/* ---- points ---- */

static bool decimal_step(decimal d, int by, decimal *out)
{
    return (by > 0 ? d < decimal_greatest() : d > -decimal_greatest()) && decimal_add(d, by, out);
}

static cql_value stepped(run *r, cql_value v, int by)
{
    decimal d;
    moment m;
    switch ((cql_kind)v.kind) {
    case CQL_INTEGER:
        return value_is_range(v) || v.as.i + by > INT32_MAX || v.as.i + by < INT32_MIN
                   ? cql_null()
                   : cql_integer((int32_t)(v.as.i + by));
    case CQL_LONG:
        return (by > 0 ? v.as.i == INT64_MAX : v.as.i == INT64_MIN) ? cql_null() : value_long(v.as.i + by);
    case CQL_DECIMAL:
        return decimal_step(value_units(v), by, &d) ? value_decimal(r->a, d) : cql_null();
    case CQL_QUANTITY:
        return decimal_step(v.as.quantity->value, by, &d) ? value_quantity(r->a, d, v.as.quantity->unit) : cql_null();
    case CQL_DATE:
    case CQL_DATETIME:
    case CQL_TIME:
        m = moment_of(v);
        return moment_step(&m, by) ? moment_value(m) : cql_null();
    default:
        return cql_null();
    }
}

cql_value point_successor(run *r, cql_value v)
{
    return stepped(r, v, 1);
}
cql_value point_predecessor(run *r, cql_value v)
{
    return stepped(r, v, -1);
}

static cql_value end_of_kind(run *r, cql_kind kind, bool greatest, str unit)
{
    cql_value end;
    switch (kind) {
    case CQL_INTEGER:
        return cql_integer(greatest ? INT32_MAX : INT32_MIN);
    case CQL_LONG:
        return value_long(greatest ? INT64_MAX : INT64_MIN);
    case CQL_DECIMAL:
        return value_decimal(r->a, greatest ? decimal_greatest() : -decimal_greatest());
    case CQL_QUANTITY:
        return value_quantity(r->a, greatest ? decimal_greatest() : -decimal_greatest(), unit);
    case CQL_DATETIME:
        end = greatest ? moment_greatest(kind) : moment_least(kind);
        end.small = r->now.offset;
        return end;
    case CQL_DATE:
    case CQL_TIME:
        return greatest ? moment_greatest(kind) : moment_least(kind);
    default:
        return cql_null();
    }
}

FORM_FN(form_least)
{
    return end_of_kind(r, (cql_kind)r->p->types[n->a].kind, false, STR("1"));
}
FORM_FN(form_greatest)
{
    return end_of_kind(r, (cql_kind)r->p->types[n->a].kind, true, STR("1"));
}

static str unit_of(const cql_interval *i)
{
    return i->low.kind == CQL_QUANTITY    ? i->low.as.quantity->unit
           : i->high.kind == CQL_QUANTITY ? i->high.as.quantity->unit
                                          : STR("1");
}

cql_value interval_start(run *r, const cql_interval *i)
{
    if (cql_is_null(i->low)) {
        return i->low_closed ? end_of_kind(r, i->point, false, unit_of(i)) : cql_null();
    }
    return i->low_closed ? i->low : point_successor(r, i->low);
}

cql_value interval_end(run *r, const cql_interval *i)
{
    if (cql_is_null(i->high)) {
        return i->high_closed ? end_of_kind(r, i->point, true, unit_of(i)) : cql_null();
    }
    return i->high_closed ? i->high : point_predecessor(r, i->high);
}

/* A point is an interval of one. */
static cql_value start_of(run *r, cql_value v)
{
    return v.kind == CQL_INTERVAL ? interval_start(r, v.as.interval) : v;
}
static cql_value end_of(run *r, cql_value v)
{
    return v.kind == CQL_INTERVAL ? interval_end(r, v.as.interval) : v;
}

/* "null as Integer" says what it would be. */
static cql_kind kind_meant(const run *r, uint32_t index)
{
    const node *n = index == CQL_NONE ? NULL : &r->p->nodes[index];
    return n && n->op == OP_As ? (cql_kind)r->p->types[n->a].kind : CQL_NULL;
}

FORM_FN(form_interval)
{
    cql_interval i = { .low = eval_arg(r, n, 0), .high = eval_arg(r, n, 1) };
    truth low = truth_of(eval_arg(r, n, 2)), high = truth_of(eval_arg(r, n, 3));
    i.low_closed = node_arg(r, n, 2) == CQL_NONE ? (n->flags & FLAG_LOW_CLOSED) != 0 : low == TRUTH_TRUE;
    i.high_closed = node_arg(r, n, 3) == CQL_NONE ? (n->flags & FLAG_HIGH_CLOSED) != 0 : high == TRUTH_TRUE;
    const type *t = &r->p->types[n->type];
    i.point = !cql_is_null(i.low)        ? (cql_kind)i.low.kind
              : !cql_is_null(i.high)     ? (cql_kind)i.high.kind
              : t->form == TYPE_INTERVAL ? (cql_kind)r->p->types[t->parts[0]].kind
                                         : kind_meant(r, node_arg(r, n, 0));
    if (cql_is_null(i.low) && cql_is_null(i.high) && i.point == CQL_NULL) {
        return cql_null();
    }
    if (((1u << i.point) & (K_POINT | K(NULL))) == 0 || (!cql_is_null(i.high) && (cql_kind)i.high.kind != i.point)) {
        return run_fail(r, n, "from a %s to a %s", cql_kind_name((cql_kind)i.low.kind),
                        cql_kind_name((cql_kind)i.high.kind)); /* the types in a file may lie */
    }
    order o = value_order(r, i.low, i.high, P_NONE);
    if (o == ORDER_AFTER || (o == ORDER_SAME && (!i.low_closed || !i.high_closed))) {
        return run_fail(r, n, "the low end of the interval is past its high end");
    }
    return value_interval(r->a, i);
}

/* ---- three-valued comparison of ends ---- */

typedef enum relation { IS_BEFORE = 1, IS_SAME = 2, IS_AFTER = 4 } relation;

static truth related(run *r, cql_value x, cql_value y, int wanted, precision p)
{
    order o = value_order(r, x, y, p);
    int is = o == ORDER_BEFORE ? IS_BEFORE : o == ORDER_SAME ? IS_SAME : IS_AFTER;
    return o == ORDER_UNKNOWN ? TRUTH_UNKNOWN : (is & wanted) ? TRUTH_TRUE : TRUTH_FALSE;
}

static truth both(truth a, truth b)
{
    return a == TRUTH_FALSE || b == TRUTH_FALSE ? TRUTH_FALSE
           : a == TRUTH_TRUE && b == TRUTH_TRUE ? TRUTH_TRUE
                                                : TRUTH_UNKNOWN;
}

static truth either(truth a, truth b)
{
    return truth_not(both(truth_not(a), truth_not(b)));
}
static precision of(const node *n)
{
    return (precision)n->precision;
}

OP_FN(op_before)
{
    return value_truth(related(r, end_of(r, v[0]), start_of(r, v[1]), IS_BEFORE, of(n)));
}
OP_FN(op_after)
{
    return value_truth(related(r, start_of(r, v[0]), end_of(r, v[1]), IS_AFTER, of(n)));
}
OP_FN(op_same_or_before)
{
    return value_truth(related(r, end_of(r, v[0]), start_of(r, v[1]), IS_BEFORE | IS_SAME, of(n)));
}
OP_FN(op_same_or_after)
{
    return value_truth(related(r, start_of(r, v[0]), end_of(r, v[1]), IS_AFTER | IS_SAME, of(n)));
}

OP_FN(op_same_as)
{
    return value_truth(both(related(r, start_of(r, v[0]), start_of(r, v[1]), IS_SAME, of(n)),
                            related(r, end_of(r, v[0]), end_of(r, v[1]), IS_SAME, of(n))));
}

static truth overlaps(run *r, const cql_value *v, precision p)
{
    return both(related(r, start_of(r, v[0]), end_of(r, v[1]), IS_BEFORE | IS_SAME, p),
                related(r, end_of(r, v[0]), start_of(r, v[1]), IS_AFTER | IS_SAME, p));
}

OP_FN(op_overlaps)
{
    return value_truth(overlaps(r, v, of(n)));
}

OP_FN(op_overlaps_before)
{
    return value_truth(both(related(r, start_of(r, v[0]), start_of(r, v[1]), IS_BEFORE, of(n)), overlaps(r, v, of(n))));
}

OP_FN(op_overlaps_after)
{
    return value_truth(both(related(r, end_of(r, v[0]), end_of(r, v[1]), IS_AFTER, of(n)), overlaps(r, v, of(n))));
}

/* What comes right after: the next year for "meets year of", else the next point. */
static cql_value next_after(run *r, cql_value end, precision p)
{
    bool is_moment = ((1u << end.kind) & K_TIMES) != 0;
    if (p == P_NONE || !is_moment) {
        return point_successor(r, end);
    }
    moment m = moment_of(end);
    return moment_add(&m, 1, p) ? moment_value(m) : cql_null();
}

static truth meets_before(run *r, cql_value x, cql_value y, precision p)
{
    cql_value end = end_of(r, x), next = next_after(r, end, p);
    bool coarse = p != P_NONE && ((1u << end.kind) & K_TIMES) != 0 && moment_of(end).precision < p;
    if (!cql_is_null(end) && (coarse || cql_is_null(next))) {
        /* Nothing follows the end of the type; what follows an uncertain end is not known, nor the day after a year. */
        return coarse || value_is_range(end) ? TRUTH_UNKNOWN : TRUTH_FALSE;
    }
    if (related(r, start_of(r, x), end_of(r, y), IS_AFTER, p) == TRUTH_TRUE) {
        return TRUTH_FALSE; /* x lies behind y, whatever their open ends are */
    }
    return related(r, next, start_of(r, y), IS_SAME, p);
}

OP_FN(op_meets_before)
{
    return value_truth(meets_before(r, v[0], v[1], of(n)));
}
OP_FN(op_meets_after)
{
    return value_truth(meets_before(r, v[1], v[0], of(n)));
}
OP_FN(op_meets)
{
    return value_truth(either(meets_before(r, v[0], v[1], of(n)), meets_before(r, v[1], v[0], of(n))));
}

OP_FN(op_starts)
{
    return value_truth(both(related(r, start_of(r, v[0]), start_of(r, v[1]), IS_SAME, of(n)),
                            related(r, end_of(r, v[0]), end_of(r, v[1]), IS_BEFORE | IS_SAME, of(n))));
}

OP_FN(op_ends)
{
    return value_truth(both(related(r, start_of(r, v[0]), start_of(r, v[1]), IS_AFTER | IS_SAME, of(n)),
                            related(r, end_of(r, v[0]), end_of(r, v[1]), IS_SAME, of(n))));
}

/* ---- in and includes ---- */

/* Against an open end the point itself is compared, at the precision asked for. */
static truth inside(run *r, const cql_interval *i, cql_value x, precision p)
{
    truth low = cql_is_null(i->low) && i->low_closed
                    ? TRUTH_TRUE
                    : related(r, x, i->low, i->low_closed ? IS_AFTER | IS_SAME : IS_AFTER, p);
    truth high = cql_is_null(i->high) && i->high_closed
                     ? TRUTH_TRUE
                     : related(r, x, i->high, i->high_closed ? IS_BEFORE | IS_SAME : IS_BEFORE, p);
    return both(low, high);
}

/* Two lists or two intervals; the types in a file may lie. */
static bool alike(run *r, const node *n, cql_value x, cql_value y)
{
    if (cql_is_null(x) || cql_is_null(y) || x.kind == y.kind) {
        return true;
    }
    (void)run_fail(r, n, "one operand is a %s, the other a %s", cql_kind_name((cql_kind)x.kind), cql_kind_name((cql_kind)y.kind));
    return false;
}

static bool is_list_at(run *r, const node *n, uint32_t arg, cql_value v)
{
    return v.kind == CQL_LIST || (cql_is_null(v) && arg_of_list(r, n, arg));
}

static cql_value contains(run *r, const node *n, cql_value whole, uint32_t whole_arg, cql_value x, bool proper)
{
    if (is_list_at(r, n, whole_arg, whole)) {
        return cql_is_null(whole) ? cql_boolean(false) : list_contains(r, whole, x, proper);
    }
    if (whole.kind != CQL_INTERVAL || cql_is_null(x)) {
        return cql_is_null(whole) && !cql_is_null(x) && !proper ? cql_boolean(false) : cql_null();
    }
    truth t = inside(r, whole.as.interval, x, of(n));
    if (proper) {
        t = both(t, both(related(r, start_of(r, whole), x, IS_BEFORE, of(n)),
                         related(r, end_of(r, whole), x, IS_AFTER, of(n))));
    }
    return value_truth(t);
}

OP_FN(op_contains)
{
    return contains(r, n, v[0], 0, v[1], false);
}
OP_FN(op_in)
{
    return contains(r, n, v[1], 1, v[0], false);
}
OP_FN(op_proper_contains)
{
    return contains(r, n, v[0], 0, v[1], true);
}
OP_FN(op_proper_in)
{
    return contains(r, n, v[1], 1, v[0], true);
}

static cql_value includes(run *r, const node *n, cql_value whole, uint32_t whole_arg, cql_value part, bool proper)
{
    if (part.kind != CQL_LIST && part.kind != CQL_INTERVAL && !cql_is_null(part)) {
        return contains(r, n, whole, whole_arg, part, proper);
    }
    if (cql_is_null(whole) || cql_is_null(part) || !alike(r, n, whole, part)) {
        return cql_null();
    }
    if (whole.kind == CQL_LIST) {
        return list_includes(r, whole, part, proper);
    }
    cql_value a = start_of(r, whole), b = end_of(r, whole), c = start_of(r, part), d = end_of(r, part);
    truth t = both(related(r, a, c, IS_BEFORE | IS_SAME, of(n)), related(r, b, d, IS_AFTER | IS_SAME, of(n)));
    if (proper) {
        t = both(t, either(related(r, a, c, IS_BEFORE, of(n)), related(r, b, d, IS_AFTER, of(n))));
    }
    return value_truth(t);
}

OP_FN(op_includes)
{
    return includes(r, n, v[0], 0, v[1], false);
}
OP_FN(op_included_in)
{
    return includes(r, n, v[1], 1, v[0], false);
}
OP_FN(op_proper_includes)
{
    return includes(r, n, v[0], 0, v[1], true);
}
OP_FN(op_proper_included_in)
{
    return includes(r, n, v[1], 1, v[0], true);
}

/* ---- what they give ---- */

OP_FN(op_start)
{
    return start_of(r, v[0]);
}
OP_FN(op_end)
{
    return end_of(r, v[0]);
}

OP_FN(op_width)
{
    if ((1u << v[0].as.interval->point) & (K_TIMES | K(STRING))) {
        return run_fail(r, n, "an interval of %s has no width", cql_kind_name(v[0].as.interval->point));
    }
    cql_value ends[2] = { end_of(r, v[0]), start_of(r, v[0]) };
    return cql_is_null(ends[0]) || cql_is_null(ends[1]) ? cql_null() : op_subtract(r, n, ends);
}

/* One more than the width: how many points lie in it, both ends counted. */
OP_FN(op_size)
{
    cql_value ends[2] = { end_of(r, v[0]), start_of(r, v[0]) };
    if ((1u << v[0].as.interval->point) & (K_TIMES | K(STRING))) {
        return run_fail(r, n, "an interval of %s has no size", cql_kind_name(v[0].as.interval->point));
    }
    if (cql_is_null(ends[0]) || cql_is_null(ends[1])) {
        return cql_null();
    }
    cql_value width = op_subtract(r, n, ends);
    decimal d;
    switch ((cql_kind)width.kind) { /* past the maximum of a Decimal, which has no successor, there is more to hold */
    case CQL_DECIMAL:
        return decimal_add(value_units(width), 1, &d) ? value_decimal(r->a, d) : cql_null();
    case CQL_QUANTITY:
        return decimal_add(width.as.quantity->value, 1, &d) ? value_quantity(r->a, d, width.as.quantity->unit) : cql_null();
    default:
        return point_successor(r, width);
    }
}

OP_FN(op_point_from)
{
    cql_value low = start_of(r, v[0]), high = end_of(r, v[0]);
    return value_equal(r, low, high) == TRUTH_TRUE ? low : run_fail(r, n, "the interval holds more than one point");
}

static cql_value with_ends(run *r, const cql_interval *low, const cql_interval *high)
{
    cql_kind point = !cql_is_null(low->low)     ? (cql_kind)low->low.kind /* a Date may have met a DateTime */
                     : !cql_is_null(high->high) ? (cql_kind)high->high.kind
                     : low->point != CQL_NULL   ? low->point
                                                : high->point;
    return value_interval(r->a, (cql_interval){ low->low, high->high, low->low_closed, high->high_closed, point });
}

OP_FN(op_union)
{
    if (!alike(r, n, v[0], v[1])) {
        return cql_null();
    }
    bool lists = is_list_at(r, n, 0, v[0]) || is_list_at(r, n, 1, v[1]);
    if (lists) {
        return list_union(r, v[0].kind == CQL_LIST ? v[0] : cql_list(NULL, 0),
                          v[1].kind == CQL_LIST ? v[1] : cql_list(NULL, 0));
    }
    if (cql_is_null(v[0]) || cql_is_null(v[1])) {
        return cql_null();
    }
    const cql_interval *x = v[0].as.interval, *y = v[1].as.interval;
    truth meet = either(meets_before(r, v[0], v[1], P_NONE), meets_before(r, v[1], v[0], P_NONE));
    if (either(overlaps(r, v, P_NONE), meet) != TRUTH_TRUE) {
        return cql_null();
    }
    order low = value_order(r, start_of(r, v[0]), start_of(r, v[1]), P_NONE),
          high = value_order(r, end_of(r, v[0]), end_of(r, v[1]), P_NONE);
    if (low == ORDER_UNKNOWN || high == ORDER_UNKNOWN) {
        return cql_null();
    }
    return with_ends(r, low == ORDER_AFTER ? y : x, high == ORDER_BEFORE ? y : x);
}

OP_FN(op_intersect)
{
    if (!alike(r, n, v[0], v[1])) {
        return cql_null();
    }
    if (v[0].kind == CQL_LIST) {
        return list_select(r, v[0], v[1], true);
    }
    const cql_interval *x = v[0].as.interval, *y = v[1].as.interval;
    if (overlaps(r, v, P_NONE) == TRUTH_FALSE) {
        return cql_null();
    }
    static const cql_interval unknown_ends = { .point = CQL_NULL };
    order low = value_order(r, start_of(r, v[0]), start_of(r, v[1]), P_NONE),
          high = value_order(r, end_of(r, v[0]), end_of(r, v[1]), P_NONE);
    const cql_interval *l = low == ORDER_UNKNOWN ? &unknown_ends : low == ORDER_BEFORE ? y : x;
    const cql_interval *h = high == ORDER_UNKNOWN ? &unknown_ends : high == ORDER_AFTER ? y : x;
    if (l == &unknown_ends && h == &unknown_ends) {
        return cql_null();
    }
    return with_ends(r, l, h);
}

static cql_value interval_except(run *r, const cql_value *v)
{
    cql_value a = start_of(r, v[0]), b = end_of(r, v[0]), c = start_of(r, v[1]), d = end_of(r, v[1]);
    const cql_interval *x = v[0].as.interval, *y = v[1].as.interval;
    truth overlap = overlaps(r, v, P_NONE);
    if (overlap != TRUTH_TRUE) {
        return overlap == TRUTH_FALSE ? v[0] : cql_null();
    }
    truth before = related(r, a, c, IS_BEFORE, P_NONE), after = related(r, b, d, IS_AFTER, P_NONE);
    if (before == TRUTH_TRUE && after == TRUTH_FALSE) {
        cql_value high = y->low_closed ? point_predecessor(r, y->low) : y->low;
        return value_interval(r->a, (cql_interval){ x->low, high, x->low_closed, true, x->point });
    }
    if (before == TRUTH_FALSE && after == TRUTH_TRUE) {
        cql_value low = y->high_closed ? point_successor(r, y->high) : y->high;
        return value_interval(r->a, (cql_interval){ low, x->high, true, x->high_closed, x->point });
    }
    return cql_null();
}

OP_FN(op_except)
{
    if (!alike(r, n, v[0], v[1])) {
        return cql_null();
    }
    if (is_list_at(r, n, 0, v[0])) {
        return cql_is_null(v[0]) ? cql_null()
                                 : list_select(r, v[0], v[1].kind == CQL_LIST ? v[1] : cql_list(NULL, 0), false);
    }
    return cql_is_null(v[0]) || cql_is_null(v[1]) ? cql_null() : interval_except(r, v);
}

/* Whether the next interval begins no later than `per` after the end so far; without per, right after it. */
static bool joins(run *r, const node *n, cql_value end, cql_value start, cql_value per)
{
    if (cql_is_null(end) || cql_is_null(start)) {
        return false;
    }
    if (related(r, start, end, IS_BEFORE | IS_SAME, P_NONE) == TRUTH_TRUE) {
        return true;
    }
    cql_value limit = point_successor(r, end);
    if (per.kind == CQL_QUANTITY) {
        bool whole = end.kind == CQL_INTEGER || end.kind == CQL_LONG; /* what lies past the greatest is no limit */
        decimal amount = whole ? decimal_truncate(per.as.quantity->value) : per.as.quantity->value;
        cql_value from = whole ? value_decimal(r->a, decimal_of(value_is_range(end) ? end.as.range.low : end.as.i)) : end;
        cql_value by = from.kind == CQL_DECIMAL ? value_decimal(r->a, amount) : per;
        limit = op_add(r, n, (cql_value[]){ from, by });
    }
    return related(r, start, limit, IS_BEFORE | IS_SAME, P_NONE) == TRUTH_TRUE;
}

OP_FN(op_collapse)
{
    value_vec kept = { 0 }, keys = { 0 }, out = { 0 };
    for (uint32_t i = 0; i < v[0].n; i++) {
        if (v[0].as.list[i].kind == CQL_INTERVAL) {
            *VEC_PUSH(r->a, &kept) = v[0].as.list[i];
            *VEC_PUSH(r->a, &keys) = start_of(r, v[0].as.list[i]);
        }
    }
    value_sort_list(r, kept.at, keys.at, (uint32_t)kept.count, 1, (const bool[]){ false });
    for (size_t i = 0; i < kept.count; i++) {
        cql_value *last = out.count ? &out.at[out.count - 1] : NULL, next = kept.at[i];
        if (!last || !joins(r, n, end_of(r, *last), start_of(r, next), v[1])) {
            *VEC_PUSH(r->a, &out) = next;
            continue;
        }
        const cql_interval *x = last->as.interval, *y = next.as.interval;
        bool all = cql_is_null(x->high) && x->high_closed; /* nothing is further */
        bool further = !all && (cql_is_null(end_of(r, next)) || /* nobody knows how far */
                                related(r, end_of(r, next), end_of(r, *last), IS_AFTER, P_NONE) == TRUTH_TRUE);
        *last = with_ends(r, cql_is_null(y->low) && y->low_closed ? y : x, further ? y : x);
    }
    return value_of_vec(&out);
}
