/* SPDX-License-Identifier: Apache-2.0 */
/* Making, taking apart and measuring dates and times. The clock is the as-of moment of the run. */
#include "cql/run.h"

static cql_value made(run *r, const node *n, cql_kind kind, uint32_t fields)
{
    moment m = { .kind = (uint8_t)kind };
    uint32_t from = kind == CQL_TIME ? 3 : 0;
    bool ended = false;
    for (uint32_t i = 0; i < fields; i++) {
        cql_value v = eval_arg(r, n, i);
        if (v.kind != CQL_INTEGER || value_is_range(v)) {
            ended = true;
        } else if (!ended) {
            m.at[from + i] = (int32_t)v.as.i;
            m.precision = (uint8_t)(from + i + 1);
        }
    }
    if (m.precision == P_NONE || r->error) {
        return cql_null();
    }
    cql_value offset = kind == CQL_DATETIME ? eval_arg(r, n, 7) : cql_null();
    m.floating = kind == CQL_DATETIME && cql_is_null(offset);
    m.offset = m.floating ? r->now.offset : 0;
    if (offset.kind == CQL_DECIMAL) {
        decimal minutes = value_units(offset) * 60 / DECIMAL_ONE;
        m.offset = minutes > -1000 && minutes < 1000 ? (int16_t)minutes : 1000;
    }
    return moment_valid(&m) ? moment_value(m) : run_fail(r, n, "there is no such date or time");
}

FORM_FN(form_date)
{
    return made(r, n, CQL_DATE, 3);
}
FORM_FN(form_date_time)
{
    return made(r, n, CQL_DATETIME, 7);
}
FORM_FN(form_time)
{
    return made(r, n, CQL_TIME, 4);
}
FORM_FN(form_today)
{
    moment m = r->now;
    m.kind = CQL_DATE;
    m.precision = P_DAY;
    m.offset = 0;
    return moment_value(m);
}

FORM_FN(form_now)
{
    moment m = r->now;
    m.kind = CQL_DATETIME;
    m.precision = P_MILLISECOND;
    return moment_value(m);
}

FORM_FN(form_time_of_day)
{
    moment m = r->now;
    m.kind = CQL_TIME;
    m.precision = P_MILLISECOND;
    m.offset = 0;
    return moment_value(m);
}

OP_FN(op_date_from)
{
    moment m = moment_truncate(moment_of(v[0]), P_DAY);
    m.kind = CQL_DATE;
    m.offset = 0;
    m.floating = false;
    return moment_value(m);
}

OP_FN(op_time_from)
{
    moment m = moment_at(moment_of(v[0]), r->now.offset);
    m.kind = CQL_TIME;
    m.offset = 0;
    m.floating = false;
    return m.precision < P_HOUR ? cql_null() : moment_value(m);
}

OP_FN(op_offset_from)
{
    return value_decimal(r->a, (decimal)v[0].small * DECIMAL_ONE / 60);
}

OP_FN(op_component_from)
{
    moment m = moment_of(v[0]);
    precision p = (precision)n->precision;
    bool there = p != P_NONE && p <= P_MILLISECOND && p <= m.precision && (m.kind != CQL_TIME || p >= P_HOUR);
    return there ? cql_integer(m.at[p - 1]) : cql_null();
}

static cql_value between(const run *r, const node *n, const cql_value *v, bool boundaries)
{
    int64_t low, high;
    if (!moment_between(moment_of(v[0]), moment_of(v[1]), (precision)n->precision, boundaries, r->now.offset, &low, &high)) {
        return cql_null();
    }
    return value_range(low, high);
}

OP_FN(op_duration_between)
{
    return between(r, n, v, false);
}
OP_FN(op_difference_between)
{
    return between(r, n, v, true);
}
OP_FN(op_age)
{
    return between(r, n, (cql_value[]){ v[0], v[0].kind == CQL_DATE ? form_today(r, n) : form_now(r, n) }, false);
}
