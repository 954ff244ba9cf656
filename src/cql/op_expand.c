/* SPDX-License-Identifier: Apache-2.0 */
/* Expand: intervals cut into pieces of one size, as far as whole pieces fit. Ends are taken at the precision of the
 * size: what is finer is cut off, a whole number holds all the fractions of it, and a date coarser than the size gives
 * no piece. An interval without an end has no number of pieces: null. */
#include "cql/run.h"

typedef struct cutting {
    run *r;
    const cql_interval *from;
    cql_value low, high;
    bool points; /* the start of each piece instead of the piece */
    value_vec out;
} cutting;

static void add_piece(cutting *c, cql_value low, cql_value high)
{
    arena_step(c->r->a);
    cql_interval piece = { low, high, true, true, (cql_kind)low.kind };
    *VEC_PUSH(c->r->a, &c->out) = c->points ? low : value_interval(c->r->a, piece);
}

/* ---- numbers ---- */

/* The unit of the last digit: 0.01 of 1.25, 1 of 10. */
static decimal grain_of(decimal d)
{
    decimal grain = DECIMAL_ONE;
    while (grain > 1 && d % grain != 0) {
        grain /= 10;
    }
    return grain;
}

static decimal cut_to(decimal d, decimal grain)
{
    decimal rest = d % grain;
    return d - (rest < 0 ? rest + grain : rest);
}

static bool number_at(cql_value v, str unit, decimal *out)
{
    cql_quantity q;
    switch ((cql_kind)v.kind) {
    case CQL_INTEGER:
    case CQL_LONG:
        *out = decimal_of(v.as.i);
        return !value_is_range(v);
    case CQL_DECIMAL:
        *out = value_units(v);
        return true;
    case CQL_QUANTITY:
        if (!quantity_convert(v.as.quantity, unit, &q)) {
            return false;
        }
        *out = q.value;
        return true;
    default:
        return false;
    }
}

static cql_value number_value(run *r, cql_kind kind, decimal d, decimal grain, str unit)
{
    bool whole = grain == DECIMAL_ONE;
    return kind == CQL_QUANTITY           ? value_quantity(r->a, d, unit)
           : kind == CQL_INTEGER && whole ? cql_integer((int32_t)(d / DECIMAL_ONE))
           : kind == CQL_LONG && whole    ? value_long((int64_t)(d / DECIMAL_ONE))
                                          : value_decimal(r->a, d);
}

static bool cut_numbers(cutting *c, const cql_quantity *per)
{
    cql_kind kind = c->from->point;
    decimal low, high, grain = grain_of(per->value), end;
    if (per->value <= 0 || (kind != CQL_QUANTITY && !str_is(per->unit, "1")) || !number_at(c->low, per->unit, &low) ||
        !number_at(c->high, per->unit, &high)) {
        return false;
    }
    if (kind == CQL_INTEGER || kind == CQL_LONG) {
        high += DECIMAL_ONE - grain;
    }
    low = cut_to(low, grain);
    high = cut_to(high, grain);
    while (decimal_add(low, per->value - grain, &end) && end <= high) {
        add_piece(c, number_value(c->r, kind, low, grain, per->unit), number_value(c->r, kind, end, grain, per->unit));
        low += per->value;
    }
    return true;
}

/* ---- dates and times ---- */

static bool cut_moments(cutting *c, const cql_quantity *per)
{
    precision p = quantity_calendar_unit(per->unit);
    moment low = moment_of(c->low), high = moment_of(c->high);
    if (p == P_NONE || per->value <= 0 || per->value % DECIMAL_ONE != 0 || per->value > decimal_of(INT32_MAX) ||
        (c->from->point == CQL_TIME && (p < P_HOUR || p == P_WEEK))) {
        return false;
    }
    int64_t amount = (int64_t)(per->value / DECIMAL_ONE) * (p == P_WEEK ? 7 : 1);
    p = p == P_WEEK ? P_DAY : p;
    if (low.precision < p || high.precision < p) {
        return true;
    }
    low = moment_truncate(low, p);
    high = moment_truncate(high, p);
    for (bool more = true; more; more = moment_add(&low, amount, p)) {
        moment end = low;
        if (!moment_add(&end, amount - 1, p) || moment_order(end, high, P_NONE, low.offset) > ORDER_SAME) {
            break;
        }
        add_piece(c, moment_value(low), moment_value(end));
    }
    return true;
}

/* ---- the size nobody gave ---- a step of the coarser of the two ends */

static cql_quantity own_size(cql_value low, cql_value high)
{
    static const char *const units[] = { "1", "year", "month", "day", "hour", "minute", "second", "millisecond" };
    cql_quantity size = { DECIMAL_ONE, STR("1") };
    if ((1u << low.kind) & K_TIMES) {
        uint8_t p = moment_of(low).precision, q = moment_of(high).precision;
        size.unit = str_of(units[p < q ? p : q]);
    } else if (low.kind == CQL_DECIMAL) {
        for (int digits = low.small < high.small ? low.small : high.small; digits > 0; digits--) {
            size.value /= 10;
        }
    } else if (low.kind == CQL_QUANTITY) {
        decimal a = grain_of(low.as.quantity->value), b = grain_of(high.as.quantity->value);
        size = (cql_quantity){ a > b ? a : b, low.as.quantity->unit };
    }
    return size;
}

OP_FN(op_expand)
{
    cutting c = { .r = r, .points = v[0].kind == CQL_INTERVAL };
    cql_value list = c.points ? cql_list(v, 1) : op_collapse(r, n, (cql_value[]){ v[0], cql_null() });
    for (uint32_t i = 0; i < list.n; i++) {
        const cql_interval *from = c.from = list.as.list[i].as.interval;
        if (cql_is_null(from->low) || from->low.kind != from->high.kind) {
            return cql_null();
        }
        c.low = interval_start(r, from);
        c.high = interval_end(r, from);
        if (cql_is_null(c.low) || cql_is_null(c.high)) {
            return cql_null();
        }
        cql_quantity size = v[1].kind == CQL_QUANTITY ? *v[1].as.quantity : own_size(from->low, from->high);
        bool times = ((1u << from->point) & K_TIMES) != 0;
        if (!(times ? cut_moments(&c, &size) : cut_numbers(&c, &size))) {
            return cql_null();
        }
    }
    return value_of_vec(&c.out);
}
