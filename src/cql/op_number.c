/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic. What does not fit its type is null, as CQL says of overflow. */
#include "cql/run.h"

static bool is_times(cql_value v)
{
    return v.kind == CQL_DATE || v.kind == CQL_DATETIME || v.kind == CQL_TIME;
}
static decimal as_decimal(cql_value v)
{
    return v.kind == CQL_DECIMAL ? value_units(v) : decimal_of(v.as.i);
}
typedef bool pair_fn(decimal a, decimal b, decimal *out);

static cql_value of_pair(run *r, pair_fn *fn, decimal a, decimal b)
{
    decimal d;
    return fn(a, b, &d) ? value_decimal(r->a, d) : cql_null();
}

static cql_value integer_or_null(decimal d)
{
    return d >= INT32_MIN && d <= INT32_MAX ? cql_integer((int32_t)d) : cql_null();
}

/* Integers and Longs by their own limits. */
static cql_value whole(cql_kind kind, decimal d)
{
    if (kind == CQL_INTEGER) {
        return integer_or_null(d);
    }
    return d >= INT64_MIN && d <= INT64_MAX ? value_long((int64_t)d) : cql_null();
}

static bool is_whole(cql_value v)
{
    return v.kind == CQL_INTEGER || v.kind == CQL_LONG;
}

/* The sum or product of Integers alone, or of Longs alone, at least one; false: it is of something else. Only the outcome has to
 * fit, not what it goes through on the way. */
bool number_fold_whole(cql_value list, bool product, cql_value *out)
{
    const decimal most = (decimal)1 << 63;
    decimal total = product ? 1 : 0;
    bool past = false, zero = false;   /* of a product: past the Longs for good, but by a zero */
    for (uint32_t i = 0; i < list.n; i++) {
        cql_value x = list.as.list[i];
        if (!is_whole(x) || value_is_range(x) || x.kind != list.as.list[0].kind) {
            return false;
        }
        if (!product) {
            total += x.as.i;
        } else if (x.as.i == 0) {
            zero = true;
        } else if (!past) {
            total *= x.as.i;
            past = total > most || total < -most;
        }
    }
    if (list.n == 0) {
        return false;
    }
    *out = whole((cql_kind)list.as.list[0].kind, zero ? 0 : total);
    return true;
}

/* ---- ranges: an Integer known only to lie between two ---- */

static int64_t low_of(cql_value v)
{
    return value_is_range(v) ? v.as.range.low : v.as.i;
}
static int64_t high_of(cql_value v)
{
    return value_is_range(v) ? v.as.range.high : v.as.i;
}

/* A Long may be the other operand, so ends are worked out with room. */
static cql_value range_of(decimal low, decimal high)
{
    bool fits = low >= INT32_MIN && high <= INT32_MAX;
    return fits ? value_range((int64_t)low, (int64_t)high) : cql_null();
}

static cql_value range_product(cql_value x, cql_value y)
{
    const decimal p[4] = { (decimal)low_of(x) * low_of(y), (decimal)low_of(x) * high_of(y), (decimal)high_of(x) * low_of(y),
                           (decimal)high_of(x) * high_of(y) };
    decimal low = p[0], high = p[0];
    for (int i = 1; i < 4; i++) {
        low = p[i] < low ? p[i] : low;
        high = p[i] > high ? p[i] : high;
    }
    return range_of(low, high);
}

static bool has_range(cql_value x, cql_value y)
{
    return value_is_range(x) || value_is_range(y);
}

/* ---- dates ---- */

static cql_value shift(run *r, const node *n, cql_value when, const cql_quantity *by, bool back)
{
    precision unit = quantity_calendar_unit(by->unit);
    if (unit == P_NONE) {
        return run_fail(r, n, "the unit %.*s is no duration", STR_ARG(by->unit));
    }
    if (unit <= P_MONTH && precision_of_unit(by->unit) == P_NONE) { /* no calendar has these */
        return run_fail(r, n, "the unit %.*s has a length of its own; years or months of the calendar are wanted", STR_ARG(by->unit));
    }
    if (when.kind == CQL_DATE && unit > P_DAY && unit != P_WEEK) {
        return run_fail(r, n, "a Date has no %ss", precision_name(unit));
    }
    decimal amount = decimal_truncate(by->value) / DECIMAL_ONE;
    if (unit == P_SECOND && by->value % DECIMAL_ONE != 0) { /* seconds may have a fraction */
        unit = P_MILLISECOND;
        amount = by->value / (DECIMAL_ONE / 1000);
    }
    moment m = moment_of(when);
    if (amount > INT64_MAX / 2 || amount < INT64_MIN / 2) {
        return cql_null();
    }
    if (m.kind == CQL_TIME) { /* the clock goes round */
        static const int64_t ms[8] = { 0, 0, 0, 0, 3600000, 60000, 1000, 1 };
        amount = unit >= P_HOUR && unit <= P_MILLISECOND ? amount % (86400000 / ms[unit]) : amount;
        moment direct = m;
        if (moment_add(&direct, back ? -(int64_t)amount : (int64_t)amount, unit)) {
            return moment_value(direct);
        }
        amount = unit >= P_HOUR && unit <= P_MILLISECOND
                     ? (amount > 0 ? amount - 86400000 / ms[unit] : amount + 86400000 / ms[unit])
                     : amount;
    }
    if (!moment_add(&m, back ? -(int64_t)amount : (int64_t)amount, unit)) {
        return run_fail(r, n, "the result is outside the calendar");
    }
    return moment_value(m);
}

/* ---- the operators ---- */

OP_FN(op_add)
{
    if (is_times(v[0]) && v[1].kind == CQL_QUANTITY) {
        return shift(r, n, v[0], v[1].as.quantity, false);
    }
    if (v[0].kind == CQL_QUANTITY && v[1].kind == CQL_QUANTITY) {
        return quantity_sum(r, v[0].as.quantity, v[1].as.quantity, false);
    }
    if (v[0].kind == CQL_STRING && v[1].kind == CQL_STRING) {
        return op_concatenate(r, n, v);
    }
    if (has_range(v[0], v[1]) && is_whole(v[0]) && is_whole(v[1])) {
        return range_of((decimal)low_of(v[0]) + low_of(v[1]), (decimal)high_of(v[0]) + high_of(v[1]));
    }
    if (is_whole(v[0]) && v[0].kind == v[1].kind) {
        return whole((cql_kind)v[0].kind, (decimal)v[0].as.i + v[1].as.i);
    }
    bool decimals = v[0].kind == CQL_DECIMAL && v[1].kind == CQL_DECIMAL;
    return decimals ? of_pair(r, decimal_add, value_units(v[0]), value_units(v[1])) : cql_null();
}

OP_FN(op_subtract)
{
    if (is_times(v[0]) && v[1].kind == CQL_QUANTITY) {
        return shift(r, n, v[0], v[1].as.quantity, true);
    }
    if (v[0].kind == CQL_QUANTITY && v[1].kind == CQL_QUANTITY) {
        return quantity_sum(r, v[0].as.quantity, v[1].as.quantity, true);
    }
    if (has_range(v[0], v[1]) && is_whole(v[0]) && is_whole(v[1])) {
        return range_of((decimal)low_of(v[0]) - high_of(v[1]), (decimal)high_of(v[0]) - low_of(v[1]));
    }
    if (is_whole(v[0]) && v[0].kind == v[1].kind) {
        return whole((cql_kind)v[0].kind, (decimal)v[0].as.i - v[1].as.i);
    }
    bool decimals = v[0].kind == CQL_DECIMAL && v[1].kind == CQL_DECIMAL;
    return decimals ? of_pair(r, decimal_subtract, value_units(v[0]), value_units(v[1])) : cql_null();
}

static cql_quantity plain_quantity(cql_value v)
{
    return v.kind == CQL_QUANTITY ? *v.as.quantity : (cql_quantity){ as_decimal(v), STR("1") };
}

static bool is_factor(cql_value v)
{
    return is_whole(v) || v.kind == CQL_DECIMAL || v.kind == CQL_QUANTITY;
}

OP_FN(op_multiply)
{
    if (!is_factor(v[0]) || !is_factor(v[1])) { /* elements of a Product, which may be of any type */
        return cql_null();
    }
    if (has_range(v[0], v[1])) {
        return is_whole(v[0]) && is_whole(v[1]) ? range_product(v[0], v[1]) : cql_null();
    }
    if (v[0].kind == CQL_QUANTITY || v[1].kind == CQL_QUANTITY) {
        cql_quantity x = plain_quantity(v[0]), y = plain_quantity(v[1]);
        return quantity_product(r, &x, &y);
    }
    if (is_whole(v[0]) && v[0].kind == v[1].kind) {
        return whole((cql_kind)v[0].kind, (decimal)v[0].as.i * v[1].as.i);
    }
    return of_pair(r, decimal_multiply, as_decimal(v[0]), as_decimal(v[1]));
}

OP_FN(op_divide)
{
    if (v[0].kind == CQL_QUANTITY || v[1].kind == CQL_QUANTITY) {
        cql_quantity x = plain_quantity(v[0]), y = plain_quantity(v[1]);
        return quantity_quotient(r, &x, &y);
    }
    if (has_range(v[0], v[1])) {
        return run_fail(r, n, "a number that is not certain cannot be divided");
    }
    return of_pair(r, decimal_divide, as_decimal(v[0]), as_decimal(v[1]));
}

static cql_value divide_whole(run *r, const node *n, const cql_value *v, pair_fn *fn)
{
    decimal d = 0;
    if (v[0].kind == CQL_QUANTITY && v[1].kind == CQL_QUANTITY) {
        cql_quantity same;
        if (!quantity_multiplies(v[0].as.quantity, v[1].as.quantity) ||
            !quantity_convert(v[1].as.quantity, v[0].as.quantity->unit, &same) ||
            !fn(v[0].as.quantity->value, same.value, &d)) {
            return cql_null();
        }
        return value_quantity(r->a, d, v[0].as.quantity->unit);
    }
    if (v[0].kind == CQL_QUANTITY || v[1].kind == CQL_QUANTITY) {
        return cql_null();   /* no overload has one of each */
    }
    if (has_range(v[0], v[1])) {
        return run_fail(r, n, "a number that is not certain cannot be divided");
    }
    if (!fn(as_decimal(v[0]), as_decimal(v[1]), &d)) {
        return cql_null();
    }
    return is_whole(v[0]) && v[0].kind == v[1].kind ? whole((cql_kind)v[0].kind, d / DECIMAL_ONE)
                                                    : value_decimal(r->a, d);
}

OP_FN(op_truncated_divide)
{
    return divide_whole(r, n, v, decimal_quotient);
}
OP_FN(op_modulo)
{
    return divide_whole(r, n, v, decimal_remainder);
}

OP_FN(op_power)
{
    decimal d = 0;
    if (has_range(v[0], v[1]) || !decimal_power(as_decimal(v[0]), as_decimal(v[1]), &d)) {
        return cql_null();
    }
    if (is_whole(v[0]) && v[0].kind == v[1].kind && v[1].as.i >= 0) {
        return whole((cql_kind)v[0].kind, d / DECIMAL_ONE);
    }
    return value_decimal(r->a, d);
}

static cql_value negated(run *r, cql_value v)
{
    switch ((cql_kind)v.kind) {
    case CQL_INTEGER:
        return value_is_range(v) ? value_range(-(int64_t)v.as.range.high, -(int64_t)v.as.range.low)
                                 : integer_or_null(-(decimal)v.as.i);
    case CQL_LONG:
        return whole(CQL_LONG, -(decimal)v.as.i);
    case CQL_DECIMAL: {
        cql_value d = value_decimal(r->a, -value_units(v));
        d.small = v.small;
        return d;
    }
    case CQL_QUANTITY:
        return value_quantity(r->a, -v.as.quantity->value, v.as.quantity->unit);
    default:
        return cql_null();
    }
}

OP_FN(op_negate)
{
    return negated(r, v[0]);
}

OP_FN(op_abs)
{
    bool negative = v[0].kind == CQL_QUANTITY ? v[0].as.quantity->value < 0
                    : value_is_range(v[0])    ? v[0].as.range.high < 0
                                              : as_decimal(v[0]) < 0;
    if (value_is_range(v[0]) && v[0].as.range.low < 0 && !negative) {
        return cql_null();
    }
    return negative ? negated(r, v[0]) : v[0];
}

OP_FN(op_ceiling)
{
    return integer_or_null(decimal_ceiling(as_decimal(v[0])) / DECIMAL_ONE);
}
OP_FN(op_floor)
{
    return integer_or_null(decimal_floor(as_decimal(v[0])) / DECIMAL_ONE);
}
OP_FN(op_truncate)
{
    return integer_or_null(decimal_truncate(as_decimal(v[0])) / DECIMAL_ONE);
}

OP_FN(op_round)
{
    int64_t digits = v[1].kind == CQL_INTEGER ? v[1].as.i : 0;
    if (value_is_range(v[1]) || digits < 0) {
        return cql_null();
    }
    decimal d = decimal_round(as_decimal(v[0]), digits > DECIMAL_DIGITS ? DECIMAL_DIGITS : (int)digits);
    return decimal_fits(d) ? value_decimal(r->a, d) : cql_null();
}

OP_FN(op_exp)
{
    decimal d = 0;
    if (!decimal_exp(as_decimal(v[0]), &d)) {
        return run_fail(r, n, "the result is beyond what a Decimal holds");
    }
    return value_decimal(r->a, d);
}

OP_FN(op_ln)
{
    decimal d = 0;
    if (as_decimal(v[0]) == 0) {
        return run_fail(r, n, "there is no logarithm of zero");
    }
    return decimal_ln(as_decimal(v[0]), &d) ? value_decimal(r->a, d) : cql_null();
}

OP_FN(op_log)
{
    return of_pair(r, decimal_log, as_decimal(v[0]), as_decimal(v[1]));
}

OP_FN(op_predecessor)
{
    cql_value p = point_predecessor(r, v[0]);
    return cql_is_null(p) ? run_fail(r, n, "there is nothing before the least value") : p;
}

OP_FN(op_successor)
{
    cql_value p = point_successor(r, v[0]);
    return cql_is_null(p) ? run_fail(r, n, "there is nothing after the greatest value") : p;
}

/* ---- precision ---- */

static int digits_shown(const moment *m)
{
    static const int shown[8] = { 0, 4, 6, 8, 10, 12, 14, 17 };
    return shown[m->precision] - (m->kind == CQL_TIME ? 8 : 0);
}

OP_FN(op_precision)
{
    if (v[0].kind == CQL_DECIMAL) {
        return cql_integer(v[0].small);
    }
    moment m = moment_of(v[0]);
    return cql_integer(digits_shown(&m));
}

static cql_value boundary(run *r, const cql_value *v, bool high)
{
    bool is_time = v[0].kind == CQL_TIME;
    int64_t top = v[0].kind == CQL_DECIMAL ? 8 : v[0].kind == CQL_DATE ? 8 : is_time ? 9 : 17;
    int64_t wanted = v[1].kind == CQL_INTEGER ? v[1].as.i : top;
    if (value_is_range(v[1]) || wanted < 0 || wanted > top) {
        return cql_null();
    }
    if (v[0].kind == CQL_DECIMAL) {
        decimal step = DECIMAL_ONE, d = value_units(v[0]);
        for (int i = 0; i < v[0].small; i++) {
            step /= 10;
        }
        decimal unit = DECIMAL_ONE;
        for (int64_t i = 0; i < wanted; i++) {
            unit /= 10;
        }
        bool away = (d < 0) != high; /* the bound away from zero ends in nines */
        decimal out = d + (away && step > unit ? (high ? step - unit : unit - step) : 0);
        out -= out % unit;
        return decimal_fits(out) ? value_decimal(r->a, out) : cql_null();
    }
    moment m = high ? moment_high(moment_of(v[0])) : moment_low(moment_of(v[0]));
    for (int p = is_time ? P_HOUR : P_YEAR; p <= P_MILLISECOND; p++) {
        moment cut = moment_truncate(m, (precision)p);
        if (digits_shown(&cut) == wanted) {
            return moment_value(cut);
        }
    }
    return cql_null();
}

OP_FN(op_low_boundary)
{
    return boundary(r, v, false);
}
OP_FN(op_high_boundary)
{
    return boundary(r, v, true);
}
