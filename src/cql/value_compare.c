/* SPDX-License-Identifier: Apache-2.0 */
/* The four ways CQL compares: equal (three-valued), equivalent (two-valued), in order (three-valued), and the same (for
 * sets, where two nulls are one). */
#include "cql/run.h"

static bool is_number(cql_value v)
{
    return v.kind == CQL_INTEGER || v.kind == CQL_LONG || v.kind == CQL_DECIMAL;
}
static bool is_moment(cql_value v)
{
    return v.kind == CQL_DATE || v.kind == CQL_DATETIME || v.kind == CQL_TIME;
}
/* A time of day and a day have nothing in common, whatever the fields they are packed in. */
static bool on_one_calendar(cql_value x, cql_value y)
{
    return is_moment(x) && is_moment(y) && (x.kind == CQL_TIME) == (y.kind == CQL_TIME);
}
static decimal as_decimal(cql_value v)
{
    return v.kind == CQL_DECIMAL ? value_units(v) : decimal_of(v.as.i);
}

static void bounds(cql_value v, int64_t *low, int64_t *high)
{
    *low = value_is_range(v) ? v.as.range.low : v.as.i;
    *high = value_is_range(v) ? v.as.range.high : v.as.i;
}

static order order_numbers(cql_value x, cql_value y)
{
    if (!value_is_range(x) && !value_is_range(y)) {
        return (order)decimal_cmp(as_decimal(x), as_decimal(y));
    }
    int64_t xl, xh, yl, yh;
    if (x.kind == CQL_DECIMAL || y.kind == CQL_DECIMAL) {
        return ORDER_UNKNOWN;
    }
    bounds(x, &xl, &xh);
    bounds(y, &yl, &yh);
    return xh < yl ? ORDER_BEFORE : xl > yh ? ORDER_AFTER : ORDER_UNKNOWN;
}

/* With the same fields meant at the same offset, the packed fields are in order as they are. */
static bool packed_alike(cql_value x, cql_value y)
{
    return is_moment(x) && x.kind == y.kind && moment_fields(x) == moment_fields(y) && x.small == y.small;
}

static order order_packed(cql_value x, cql_value y)
{
    return x.as.i < y.as.i ? ORDER_BEFORE : x.as.i > y.as.i ? ORDER_AFTER : ORDER_SAME;
}

order value_order(run *r, cql_value x, cql_value y, precision to)
{
    if (to == P_NONE && packed_alike(x, y)) {
        return order_packed(x, y);
    }
    if (is_number(x) && is_number(y)) {
        return order_numbers(x, y);
    }
    if (on_one_calendar(x, y)) {
        return moment_order(moment_of(x), moment_of(y), to, r ? r->now.offset : 0);
    }
    if (x.kind != y.kind) {
        return ORDER_UNKNOWN;
    }
    if (x.kind == CQL_STRING) {
        int o = str_cmp(value_str(x), value_str(y));
        return o < 0 ? ORDER_BEFORE : o > 0 ? ORDER_AFTER : ORDER_SAME;
    }
    return x.kind == CQL_QUANTITY ? quantity_order(x.as.quantity, y.as.quantity) : ORDER_UNKNOWN;
}

static truth both(truth a, truth b)
{
    return a == TRUTH_FALSE || b == TRUTH_FALSE ? TRUTH_FALSE
           : a == TRUTH_TRUE && b == TRUTH_TRUE ? TRUTH_TRUE
                                                : TRUTH_UNKNOWN;
}

static truth truth_if(bool b)
{
    return b ? TRUTH_TRUE : TRUTH_FALSE;
}

/* Of parts: two that are absent are alike. */
static truth equal_part(run *r, cql_value x, cql_value y)
{
    return cql_is_null(x) && cql_is_null(y) ? TRUTH_TRUE : value_equal(r, x, y);
}

static truth equal_lists(run *r, cql_value x, cql_value y)
{
    truth t = truth_if(x.n == y.n);
    for (uint32_t i = 0; i < x.n && t != TRUTH_FALSE; i++) {
        t = both(t, equal_part(r, x.as.list[i], y.as.list[i]));
    }
    return t;
}

static cql_value tuple_element(const cql_tuple *t, str name)
{
    for (uint32_t i = 0; i < t->count; i++) {
        if (str_eq(t->names[i], name)) {
            return t->values[i];
        }
    }
    return cql_null();
}

/* The first element that is not equal settles it. */
static truth equal_tuples(run *r, const cql_tuple *x, const cql_tuple *y)
{
    truth t = truth_if(x->count == y->count);
    for (uint32_t i = 0; i < x->count && t == TRUTH_TRUE; i++) {
        t = equal_part(r, x->values[i], tuple_element(y, x->names[i]));
    }
    return t;
}

static truth equal_intervals(run *r, const cql_interval *x, const cql_interval *y)
{
    return both(value_equal(r, interval_start(r, x), interval_start(r, y)),
                value_equal(r, interval_end(r, x), interval_end(r, y)));
}

static truth equal_text(str a, str b)
{
    return !a.p && !b.p ? TRUTH_TRUE : !a.p || !b.p ? TRUTH_UNKNOWN : truth_if(str_eq(a, b));
}

static truth equal_codes(const cql_code *x, const cql_code *y)
{
    return both(both(equal_text(x->code, y->code), equal_text(x->system, y->system)),
                both(equal_text(x->version, y->version), equal_text(x->display, y->display)));
}

static truth equal_concepts(const cql_concept *x, const cql_concept *y)
{
    truth t = both(truth_if(x->count == y->count), equal_text(x->display, y->display));
    for (uint32_t i = 0; i < x->count && t != TRUTH_FALSE; i++) {
        t = both(t, equal_codes(&x->codes[i], &y->codes[i]));
    }
    return t;
}

static truth truth_of_order(order o)
{
    return o == ORDER_UNKNOWN ? TRUTH_UNKNOWN : truth_if(o == ORDER_SAME);
}

static bool same_item(run *r, cql_value x, cql_value y)
{
    return x.as.p == y.as.p || (r->m && r->m->equal && r->m->equal(r->m, x, y));
}

static truth equal_kinds(run *r, cql_value x, cql_value y)
{
    switch ((cql_kind)x.kind) {
    case CQL_BOOLEAN:
        return truth_if(x.as.b == y.as.b);
    case CQL_RATIO:
        return both(truth_of_order(quantity_order(&x.as.ratio->numerator, &y.as.ratio->numerator)),
                    truth_of_order(quantity_order(&x.as.ratio->denominator, &y.as.ratio->denominator)));
    case CQL_CODE:
        return equal_codes(x.as.code, y.as.code);
    case CQL_CONCEPT:
        return equal_concepts(x.as.concept, y.as.concept);
    case CQL_INTERVAL:
        return equal_intervals(r, x.as.interval, y.as.interval);
    case CQL_LIST:
        return equal_lists(r, x, y);
    case CQL_VALUE_SET:
    case CQL_CODE_SYSTEM:
        return both(equal_text(x.as.vocabulary->id, y.as.vocabulary->id),
                    equal_text(x.as.vocabulary->version, y.as.vocabulary->version));
    case CQL_TUPLE:
        return equal_tuples(r, x.as.tuple, y.as.tuple);
    case CQL_ITEM:
        return truth_if(same_item(r, x, y));
    default:
        return truth_of_order(value_order(r, x, y, P_NONE));
    }
}

truth value_equal(run *r, cql_value x, cql_value y)
{
    arena_step(r->a);
    if (cql_is_null(x) || cql_is_null(y)) {
        return TRUTH_UNKNOWN;
    }
    if (x.kind != y.kind) {
        bool ordered = (is_number(x) && is_number(y)) || on_one_calendar(x, y);
        return ordered ? truth_of_order(value_order(r, x, y, P_NONE)) : TRUTH_FALSE;
    }
    arena_enter(r->a);
    truth t = equal_kinds(r, x, y);
    arena_exit(r->a);
    return t;
}

bool value_same(run *r, cql_value x, cql_value y)
{
    return cql_is_null(x) || cql_is_null(y) ? x.kind == y.kind : value_equal(r, x, y) == TRUTH_TRUE;
}

/* ---- equivalent ---- */

/* Case does not count, and any white space is as good as another. */
static bool equivalent_text(str a, str b)
{
    size_t i = 0;
    if (a.n != b.n) {
        return false;
    }
    for (; i < a.n; i++) {
        char x = a.p[i], y = b.p[i];
        bool blank_x = x == ' ' || (x >= '\t' && x <= '\r'), blank_y = y == ' ' || (y >= '\t' && y <= '\r');
        if (x != y && !(blank_x && blank_y) && !str_eq_nocase((str){ &x, 1 }, (str){ &y, 1 })) {
            return false;
        }
    }
    return true;
}

static int digits_of(cql_value v)
{
    if (v.kind != CQL_DECIMAL) {
        return 0;
    }
    char text[DECIMAL_TEXT];
    str s = decimal_write(value_units(v), 0, text);
    ptrdiff_t point = str_find_char(s, '.');
    return point < 0 ? 0 : (int)(s.n - (size_t)point - 1);
}

static bool equivalent_numbers(cql_value x, cql_value y)
{
    if (value_is_range(x) || value_is_range(y)) {
        return false;
    }
    if (x.kind != CQL_DECIMAL || y.kind != CQL_DECIMAL) {
        return as_decimal(x) == as_decimal(y);
    }
    int i = digits_of(x), j = digits_of(y), least = i < j ? i : j;
    return decimal_round(as_decimal(x), least) == decimal_round(as_decimal(y), least);
}

static bool equivalent_codes(const cql_code *x, const cql_code *y)
{
    return x->code.p && y->code.p && str_eq(x->code, y->code) && (x->system.p != NULL) == (y->system.p != NULL) &&
           str_eq(x->system, y->system);
}

static bool equivalent_concepts(const cql_code *x, uint32_t m, const cql_code *y, uint32_t n)
{
    for (uint32_t i = 0; i < m; i++) {
        for (uint32_t k = 0; k < n; k++) {
            if (equivalent_codes(&x[i], &y[k])) {
                return true;
            }
        }
    }
    return false;
}

/* The same ratio: the products across are the same quantity. Where units have no product, the same units and numbers. */
static bool equivalent_ratios(run *r, const cql_ratio *x, const cql_ratio *y)
{
    cql_value a = quantity_product(r, &x->numerator, &y->denominator), b = quantity_product(r, &y->numerator, &x->denominator);
    if (a.kind == CQL_QUANTITY && b.kind == CQL_QUANTITY) {
        return quantity_equivalent(a.as.quantity, b.as.quantity);
    }
    return quantity_equivalent(&x->numerator, &y->numerator) && quantity_equivalent(&x->denominator, &y->denominator);
}

static bool equivalent_tuples(run *r, const cql_tuple *x, const cql_tuple *y)
{
    for (uint32_t i = 0; i < x->count; i++) {
        if (!value_equivalent(r, x->values[i], tuple_element(y, x->names[i]))) {
            return false;
        }
    }
    return x->count == y->count;
}

static bool equivalent_lists(run *r, cql_value x, cql_value y)
{
    for (uint32_t i = 0; i < x.n && x.n == y.n; i++) {
        if (!value_equivalent(r, x.as.list[i], y.as.list[i])) {
            return false;
        }
    }
    return x.n == y.n;
}

static bool equivalent_kinds(run *r, cql_value x, cql_value y)
{
    switch ((cql_kind)x.kind) {
    case CQL_STRING:
        return equivalent_text(value_str(x), value_str(y));
    case CQL_CODE:
        return equivalent_codes(x.as.code, y.as.code);
    case CQL_CONCEPT:
        return equivalent_concepts(x.as.concept->codes, x.as.concept->count, y.as.concept->codes, y.as.concept->count);
    case CQL_RATIO:
        return equivalent_ratios(r, x.as.ratio, y.as.ratio);
    case CQL_QUANTITY:
        return quantity_equivalent(x.as.quantity, y.as.quantity);
    case CQL_INTERVAL:
        return value_equivalent(r, interval_start(r, x.as.interval), interval_start(r, y.as.interval)) &&
               value_equivalent(r, interval_end(r, x.as.interval), interval_end(r, y.as.interval));
    case CQL_LIST:
        return equivalent_lists(r, x, y);
    case CQL_TUPLE:
        return equivalent_tuples(r, x.as.tuple, y.as.tuple);
    default:
        return value_equal(r, x, y) == TRUTH_TRUE;
    }
}

bool value_equivalent(run *r, cql_value x, cql_value y)
{
    arena_step(r->a);
    if (cql_is_null(x) || cql_is_null(y)) {
        return x.kind == y.kind;
    }
    if (is_number(x) && is_number(y)) {
        return equivalent_numbers(x, y);
    }
    if (x.kind == CQL_CODE && y.kind == CQL_CONCEPT) {
        return equivalent_concepts(x.as.code, 1, y.as.concept->codes, y.as.concept->count);
    }
    if (x.kind == CQL_CONCEPT && y.kind == CQL_CODE) {
        return equivalent_concepts(x.as.concept->codes, x.as.concept->count, y.as.code, 1);
    }
    if (x.kind != y.kind) {
        return false;
    }
    arena_enter(r->a);
    bool same = equivalent_kinds(r, x, y);
    arena_exit(r->a);
    return same;
}

/* ---- a total order ---- */

int value_sort(run *r, cql_value x, cql_value y)
{
    arena_step(r->a);
    if (cql_is_null(x) || cql_is_null(y)) {
        return (int)!cql_is_null(x) - (int)!cql_is_null(y);
    }
    if (packed_alike(x, y)) {
        return (int)order_packed(x, y);
    }
    if (on_one_calendar(x, y)) {
        return moment_sort(moment_of(x), moment_of(y));
    }
    order o = value_order(r, x, y, P_NONE);
    return o == ORDER_UNKNOWN ? (int)x.kind - (int)y.kind : (int)o;
}

/* ---- types ---- */

/* The same elements, each of its type or null. */
static bool tuple_is(run *r, const cql_tuple *tuple, const type *t)
{
    bool is = tuple->count == t->name_count;
    for (uint32_t i = 0; is && i < t->name_count; i++) {
        uint32_t at = 0;
        while (at < tuple->count && !str_eq(tuple->names[at], t->names[i])) {
            at++;
        }
        is = at < tuple->count && (cql_is_null(tuple->values[at]) || value_is(r, tuple->values[at], t->parts[i]));
    }
    return is;
}

static bool is_of(run *r, cql_value v, uint32_t index)
{
    const type *t = &r->p->types[index];
    switch ((type_form)t->form) {
    case TYPE_SYSTEM:
        return t->kind == CQL_NULL || t->kind == v.kind ||
               (t->kind == CQL_VOCABULARY && (v.kind == CQL_VALUE_SET || v.kind == CQL_CODE_SYSTEM));
    case TYPE_MODEL:
        return v.kind == CQL_ITEM && r->model_types[index] != 0 && r->m->is(r->m, v, r->model_types[index]);
    case TYPE_TUPLE:
        return v.kind == CQL_TUPLE && tuple_is(r, v.as.tuple, t);
    case TYPE_INTERVAL: {
        if (v.kind != CQL_INTERVAL) {
            return false;
        }
        const type *point = &r->p->types[t->parts[0]];
        return point->kind == CQL_NULL || v.as.interval->point == CQL_NULL || point->kind == v.as.interval->point;
    }
    case TYPE_LIST:
        for (uint32_t i = 0; v.kind == CQL_LIST && i < v.n; i++) {
            if (!cql_is_null(v.as.list[i]) && !value_is(r, v.as.list[i], t->parts[0])) {
                return false;
            }
        }
        return v.kind == CQL_LIST;
    case TYPE_CHOICE:
        for (uint32_t i = 0; i < t->count; i++) {
            if (value_is(r, v, t->parts[i])) {
                return true;
            }
        }
        return false;
    }
    return false;
}

bool value_is(run *r, cql_value v, uint32_t index)
{
    arena_step(r->a);
    if (cql_is_null(v)) {
        return false;
    }
    arena_enter(r->a);
    bool is = is_of(r, v, index);
    arena_exit(r->a);
    return is;
}
