/* SPDX-License-Identifier: Apache-2.0 */
/* From one type to another. What cannot be converted is null. */
#include "cql/run.h"
#include "ucum/ucum.h"

OP_FN(op_to_boolean)
{
    static const char *const yes[] = { "true", "t", "yes", "y", "1" }, *const no[] = { "false", "f", "no", "n", "0" };
    if (v[0].kind == CQL_BOOLEAN) {
        return v[0];
    }
    if (v[0].kind == CQL_STRING) {
        for (size_t i = 0; i < 5; i++) {
            if (str_eq_nocase(value_str(v[0]), str_of(yes[i])) || str_eq_nocase(value_str(v[0]), str_of(no[i]))) {
                return cql_boolean(str_eq_nocase(value_str(v[0]), str_of(yes[i])));
            }
        }
        return cql_null();
    }
    decimal d = v[0].kind == CQL_DECIMAL ? value_units(v[0]) : decimal_of(v[0].as.i);
    return d == 0 || d == DECIMAL_ONE ? cql_boolean(d != 0) : cql_null();
}

static size_t digits_from(str text, size_t at)
{
    size_t end = at;
    while (end < text.n && text.p[end] >= '0' && text.p[end] <= '9') {
        end++;
    }
    return end - at;
}

/* How much of the text is a number as CQL writes one, (+|-)?#0(.0#)?; 0: it does not begin with one. */
static size_t number_length(str text, bool fraction)
{
    size_t sign = text.n > 0 && (text.p[0] == '+' || text.p[0] == '-') ? 1 : 0, whole = digits_from(text, sign);
    size_t n = whole > 0 ? sign + whole : 0;
    size_t after = fraction && n > 0 && n < text.n && text.p[n] == '.' ? digits_from(text, n + 1) : 0;
    return after > 0 ? n + 1 + after : n;
}

static cql_value read_number(run *r, cql_kind kind, str text)
{
    bool whole = text.n > 0 && number_length(text, kind == CQL_DECIMAL) == text.n;
    return whole ? cql_read(r->a, kind, text) : cql_null();
}

static cql_value to_whole(run *r, cql_value v, cql_kind kind)
{
    switch ((cql_kind)v.kind) {
    case CQL_BOOLEAN:
        return kind == CQL_INTEGER ? cql_integer(v.as.b) : value_long(v.as.b);
    case CQL_STRING:
        return read_number(r, kind, value_str(v));
    case CQL_INTEGER:
        return kind == CQL_INTEGER || value_is_range(v) ? v : value_long(v.as.i);
    case CQL_LONG:
        return kind == CQL_LONG                             ? v
               : v.as.i >= INT32_MIN && v.as.i <= INT32_MAX ? cql_integer((int32_t)v.as.i)
                                                            : cql_null();
    default:
        return cql_null();
    }
}

OP_FN(op_to_integer)
{
    return to_whole(r, v[0], CQL_INTEGER);
}
OP_FN(op_to_long)
{
    return to_whole(r, v[0], CQL_LONG);
}

OP_FN(op_to_decimal)
{
    switch ((cql_kind)v[0].kind) {
    case CQL_DECIMAL:
        return v[0];
    case CQL_BOOLEAN:
        return value_decimal(r->a, decimal_of(v[0].as.b));
    case CQL_INTEGER:
        return value_is_range(v[0]) ? cql_null() : value_decimal(r->a, decimal_of(v[0].as.i));
    case CQL_LONG:
        return value_decimal(r->a, decimal_of(v[0].as.i));
    case CQL_STRING:
        return read_number(r, CQL_DECIMAL, value_str(v[0]));
    default:
        return cql_null();
    }
}

static str quantity_text(run *r, const cql_quantity *q)
{
    char text[DECIMAL_TEXT];
    str d = decimal_write(q->value, 0, text);
    bool calendar = precision_of_unit(q->unit) != P_NONE;
    return calendar ? arena_printf(r->a, "%.*s %.*s", STR_ARG(d), STR_ARG(q->unit))
                    : arena_printf(r->a, "%.*s '%.*s'", STR_ARG(d), STR_ARG(q->unit));
}

OP_FN(op_to_string)
{
    char text[DECIMAL_TEXT];
    switch ((cql_kind)v[0].kind) {
    case CQL_STRING:
        return v[0];
    case CQL_BOOLEAN:
        return cql_string(v[0].as.b ? STR("true") : STR("false"));
    case CQL_INTEGER:
    case CQL_LONG:
        return value_is_range(v[0]) ? cql_null() : cql_string(arena_printf(r->a, "%lld", (long long)v[0].as.i));
    case CQL_DECIMAL:
        return cql_string(arena_str(r->a, decimal_write(value_units(v[0]), 1, text)));
    case CQL_DATE:
    case CQL_DATETIME:
    case CQL_TIME: {
        moment m = moment_of(v[0]);
        str s = arena_str(r->a, moment_write(m, text));
        size_t drop = m.kind != CQL_DATETIME ? 0 : m.precision <= P_DAY ? 1 : m.floating ? 6 : 0; /* "T", "+00:00" */
        return cql_string(str_head(s, s.n - drop));
    }
    case CQL_QUANTITY:
        return cql_string(quantity_text(r, v[0].as.quantity));
    case CQL_RATIO: {
        str a = quantity_text(r, &v[0].as.ratio->numerator), b = quantity_text(r, &v[0].as.ratio->denominator);
        return cql_string(arena_printf(r->a, "%.*s:%.*s", STR_ARG(a), STR_ARG(b)));
    }
    default:
        return cql_null();
    }
}

OP_FN(op_to_date)
{
    return v[0].kind == CQL_STRING     ? cql_read(r->a, CQL_DATE, value_str(v[0]))
           : v[0].kind == CQL_DATETIME ? op_date_from(r, n, v)
                                       : v[0];
}

OP_FN(op_to_date_time)
{
    if (v[0].kind == CQL_STRING) { /* the T of a literal without a time is no part of ISO 8601 */
        str text = value_str(v[0]);
        return str_ends(text, STR("T")) ? cql_null() : value_placed(r, cql_read(r->a, CQL_DATETIME, text));
    }
    return date_time_of(r, v[0]);
}

OP_FN(op_to_time)
{
    return v[0].kind == CQL_STRING     ? cql_read(r->a, CQL_TIME, value_str(v[0]))
           : v[0].kind == CQL_DATETIME ? op_time_from(r, n, v)
                                       : v[0];
}

/* "5.5 'mg'", "5.5'mg'", "5 days", "5"; the unit is one of UCUM, or of the calendar. */
static cql_value read_quantity(run *r, str text)
{
    size_t n = number_length(text, true);
    cql_value d = read_number(r, CQL_DECIMAL, str_head(text, n));
    str unit = str_trim(str_from(text, n));
    ucum_unit known;
    bool quoted = unit.n >= 2 && unit.p[0] == '\'' && unit.p[unit.n - 1] == '\'';
    if (quoted) {
        unit = (str){ unit.p + 1, unit.n - 2 };
    }
    if (cql_is_null(d) || (unit.n > 0 && precision_of_unit(unit) == P_NONE && !(quoted && ucum_parse(unit, &known)))) {
        return cql_null();
    }
    return value_quantity(r->a, value_units(d), unit.n > 0 ? unit : STR("1"));
}

OP_FN(op_to_quantity)
{
    switch ((cql_kind)v[0].kind) {
    case CQL_QUANTITY:
        return v[0];
    case CQL_STRING:
        return read_quantity(r, value_str(v[0]));
    case CQL_RATIO:
        return quantity_quotient(r, &v[0].as.ratio->numerator, &v[0].as.ratio->denominator);
    default: {
        cql_value d = op_to_decimal(r, n, v);
        return cql_is_null(d) ? d : value_quantity(r->a, value_units(d), STR("1"));
    }
    }
}

OP_FN(op_to_concept)
{
    if (v[0].kind == CQL_CONCEPT) {
        return v[0];
    }
    uint32_t count = v[0].kind == CQL_LIST ? v[0].n : 1, kept = 0;
    const cql_value *from = v[0].kind == CQL_LIST ? v[0].as.list : v;
    cql_code *codes = ARENA_ARRAY(r->a, count, cql_code);
    for (uint32_t i = 0; i < count; i++) {
        if (from[i].kind == CQL_CODE) {
            codes[kept++] = *from[i].as.code;
        }
    }
    cql_concept *c = ARENA_NEW(r->a, cql_concept);
    *c = (cql_concept){ codes, kept, kept == 1 && v[0].kind == CQL_CODE ? codes[0].display : (str){ 0 } };
    return (cql_value){ .kind = CQL_CONCEPT, .as.concept = c };
}

/* "1:128", "5 'mg' : 10 'mL'" */
OP_FN(op_to_ratio)
{
    str rest = v[0].kind == CQL_STRING ? value_str(v[0]) : STR(""), first;
    if (v[0].kind != CQL_STRING || !str_cut(&rest, ':', &first) || !rest.p) {
        return v[0].kind == CQL_RATIO ? v[0] : cql_null();
    }
    cql_value x = read_quantity(r, str_trim(first)), y = read_quantity(r, str_trim(rest));
    if (cql_is_null(x) || cql_is_null(y)) {
        return cql_null();
    }
    cql_ratio *ratio = ARENA_NEW(r->a, cql_ratio);
    *ratio = (cql_ratio){ *x.as.quantity, *y.as.quantity };
    return (cql_value){ .kind = CQL_RATIO, .as.ratio = ratio };
}

/* ---- conversion to a type that is named ---- */

/* From these kinds to that one. */
static const struct {
    cql_kind to;
    uint32_t from;
    op_fn *op;
} conversions[] = {
    { CQL_BOOLEAN, K(BOOLEAN) | K(STRING) | K_NUMBER, op_to_boolean },
    { CQL_INTEGER, K(BOOLEAN) | K(STRING) | K(INTEGER) | K(LONG), op_to_integer },
    { CQL_LONG, K(BOOLEAN) | K(STRING) | K(INTEGER) | K(LONG), op_to_long },
    { CQL_DECIMAL, K(BOOLEAN) | K(STRING) | K_NUMBER, op_to_decimal },
    { CQL_STRING, K_POINT | K(BOOLEAN) | K(RATIO), op_to_string },
    { CQL_DATE, K(STRING) | K(DATE) | K(DATETIME), op_to_date },
    { CQL_DATETIME, K(STRING) | K(DATE) | K(DATETIME), op_to_date_time },
    { CQL_TIME, K(STRING) | K(TIME) | K(DATETIME), op_to_time },
    { CQL_QUANTITY, K(STRING) | K_AMOUNT | K(RATIO), op_to_quantity },
    { CQL_RATIO, K(STRING) | K(RATIO), op_to_ratio },
    { CQL_CONCEPT, K(CODE) | K(CONCEPT) | K(LIST), op_to_concept },
};

static cql_value converted(run *r, const node *n, cql_value v, cql_kind to)
{
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
        if (conversions[i].to == to) {
            return (1u << v.kind) & conversions[i].from ? conversions[i].op(r, n, &v) : cql_null();
        }
    }
    return v.kind == to ? v : cql_null();
}

OP_FN(op_converts)
{
    static const cql_kind kinds[] = { CQL_BOOLEAN, CQL_INTEGER,  CQL_LONG, CQL_DECIMAL,  CQL_STRING,
                                      CQL_DATE,    CQL_DATETIME, CQL_TIME, CQL_QUANTITY, CQL_RATIO };
    return cql_boolean(!cql_is_null(converted(r, n, v[0], kinds[n->op - OP_ConvertsToBoolean])));
}

FORM_FN(form_convert)
{
    cql_value v = eval_arg(r, n, 0);
    if (cql_is_null(v)) {
        return v;
    }
    cql_value made = converted(r, n, v, (cql_kind)r->p->types[n->a].kind);
    return n->op == OP_CanConvert ? cql_boolean(!cql_is_null(made)) : made;
}

OP_FN(op_can_convert_quantity)
{
    cql_quantity q;
    bool fit = v[0].kind == CQL_QUANTITY && v[1].kind == CQL_STRING;
    return fit ? cql_boolean(quantity_convert(v[0].as.quantity, value_str(v[1]), &q)) : cql_null();
}

OP_FN(op_convert_quantity)
{
    cql_quantity q;
    bool fit =
        v[0].kind == CQL_QUANTITY && v[1].kind == CQL_STRING && quantity_convert(v[0].as.quantity, value_str(v[1]), &q);
    return fit ? value_quantity(r->a, q.value, q.unit) : cql_null();
}
