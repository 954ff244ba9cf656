/* SPDX-License-Identifier: Apache-2.0 */
#include "cql/value.h"
#include "cql/datetime.h"
#include "cql/model.h"

const char *cql_kind_name(cql_kind k)
{
    static const char *const names[CQL_KIND_COUNT] = { "Any",    "Boolean", "Integer",  "Long",     "Decimal",
                                                       "String", "Date",    "DateTime", "Time",     "Quantity",
                                                       "Ratio",  "Code",    "Concept",  "Interval", "List",
                                                       "Tuple",  "Vocabulary", "ValueSet", "CodeSystem", "item" };
    return k < CQL_KIND_COUNT ? names[k] : "?";
}

cql_value cql_string(str s)
{
    CHECK(s.n < UINT32_MAX);
    return (cql_value){ .kind = CQL_STRING, .n = (uint32_t)s.n, .as.s = s.p ? s.p : "" };
}

cql_value value_decimal(arena *a, decimal d)
{
    if (d >= INT64_MIN && d <= INT64_MAX) {
        return (cql_value){ .kind = CQL_DECIMAL, .as.i = (int64_t)d };
    }
    cql_decimal *wide = ARENA_NEW(a, cql_decimal);
    wide->units = d;
    return (cql_value){ .kind = CQL_DECIMAL, .flag = 1, .as.decimal = wide };
}

cql_value value_long(int64_t i)
{
    return (cql_value){ .kind = CQL_LONG, .as.i = i };
}

cql_value value_range(int64_t low, int64_t high)
{
    if (low > high) {
        int64_t t = low;
        low = high;
        high = t;
    }
    if (low < INT32_MIN || high > INT32_MAX) {
        return cql_null();
    }
    if (low == high) {
        return cql_integer((int32_t)low);
    }
    return (cql_value){ .kind = CQL_INTEGER, .flag = 1, .as.range = { (int32_t)low, (int32_t)high } };
}

cql_value value_quantity(arena *a, decimal value, str unit)
{
    cql_quantity *q = ARENA_NEW(a, cql_quantity);
    *q = (cql_quantity){ value, unit };
    return (cql_value){ .kind = CQL_QUANTITY, .as.quantity = q };
}

cql_value value_code(arena *a, cql_code c)
{
    cql_code *code = ARENA_NEW(a, cql_code);
    *code = c;
    return (cql_value){ .kind = CQL_CODE, .as.code = code };
}

cql_value value_interval(arena *a, cql_interval i)
{
    cql_interval *made = ARENA_NEW(a, cql_interval);
    *made = i;
    return (cql_value){ .kind = CQL_INTERVAL, .as.interval = made };
}

cql_value value_tuple(arena *a, const str *names, const cql_value *values, uint32_t count)
{
    cql_tuple *t = ARENA_NEW(a, cql_tuple);
    *t = (cql_tuple){ names, values, count };
    return (cql_value){ .kind = CQL_TUPLE, .as.tuple = t };
}

cql_value value_vocabulary(arena *a, cql_kind kind, cql_vocabulary v)
{
    cql_vocabulary *made = ARENA_NEW(a, cql_vocabulary);
    *made = v;
    return (cql_value){ .kind = (uint8_t)kind, .as.vocabulary = made };
}

/* ---- reading ---- */

static cql_value read_integer(cql_kind kind, str text)
{
    int64_t i;
    str digits = text.n > 0 && text.p[0] == '+' ? str_from(text, 1) : text;
    if (digits.n > 0 && digits.p[digits.n - 1] == 'L' && kind == CQL_LONG) {
        digits.n--;
    }
    if (!str_to_i64(digits, &i) || (kind == CQL_INTEGER && (i < INT32_MIN || i > INT32_MAX))) {
        return cql_null();
    }
    return kind == CQL_INTEGER ? cql_integer((int32_t)i) : value_long(i);
}

cql_value cql_read(arena *a, cql_kind kind, str text)
{
    decimal d;
    int scale;
    moment m;
    switch (kind) {
    case CQL_BOOLEAN:
        return str_is(text, "true") ? cql_boolean(true) : str_is(text, "false") ? cql_boolean(false) : cql_null();
    case CQL_INTEGER:
    case CQL_LONG:
        return read_integer(kind, text);
    case CQL_STRING:
        return cql_string(text);
    case CQL_DECIMAL: {
        if (!decimal_read(text, &d, &scale, NULL)) {
            return cql_null();
        }
        cql_value v = value_decimal(a, d);
        v.small = (int16_t)scale;
        return v;
    }
    case CQL_DATE:
    case CQL_DATETIME:
    case CQL_TIME:
        return moment_read(kind, text, &m) ? moment_value(m) : cql_null();
    default:
        return cql_null();
    }
}

/* ---- writing ---- */

static void write_string(buf *out, str s)
{
    buf_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\') {
            buf_printf(out, "\\%c", c);
        } else if (c < 0x20) {
            const char *short_form = c == '\n'   ? "\\n"
                                     : c == '\t' ? "\\t"
                                     : c == '\r' ? "\\r"
                                     : c == '\b' ? "\\b"
                                     : c == '\f' ? "\\f"
                                                 : NULL;
            if (short_form) {
                buf_add(out, str_of(short_form));
            } else {
                buf_printf(out, "\\u%04x", c);
            }
        } else {
            buf_char(out, (char)c);
        }
    }
    buf_char(out, '"');
}

static void write_decimal(buf *out, decimal d)
{
    char text[DECIMAL_TEXT];
    buf_add(out, decimal_write(d, 0, text));
}

static void write_quantity(buf *out, const cql_quantity *q)
{
    buf_add(out, STR("{\"Quantity\":["));
    write_decimal(out, q->value);
    buf_char(out, ',');
    write_string(out, q->unit);
    buf_add(out, STR("]}"));
}

static void write_code(buf *out, const cql_code *c)
{
    static const char *const names[4] = { "code", "display", "system", "version" };
    const str fields[4] = { c->code, c->display, c->system, c->version };
    const char *between = "";
    buf_char(out, '{');
    for (int i = 0; i < 4; i++) {
        if (fields[i].p) {
            buf_printf(out, "%s\"%s\":", between, names[i]);
            write_string(out, fields[i]);
            between = ",";
        }
    }
    buf_char(out, '}');
}

static void write_vocabulary(buf *out, cql_value v)
{
    static const char *const names[3] = { "id", "name", "version" };
    const str fields[3] = { v.as.vocabulary->id, v.as.vocabulary->name, v.as.vocabulary->version };
    const char *between = "";
    buf_printf(out, "{\"%s\":{", cql_kind_name((cql_kind)v.kind));
    for (int i = 0; i < 3; i++) {
        if (fields[i].p) {
            buf_printf(out, "%s\"%s\":", between, names[i]);
            write_string(out, fields[i]);
            between = ",";
        }
    }
    buf_add(out, STR("}}"));
}

static void write_concept(buf *out, const cql_concept *c)
{
    buf_add(out, STR("{\"Concept\":{\"codes\":["));
    for (uint32_t i = 0; i < c->count; i++) {
        buf_add(out, i ? STR(",") : STR(""));
        write_code(out, &c->codes[i]);
    }
    buf_char(out, ']');
    if (c->display.p) {
        buf_add(out, STR(",\"display\":"));
        write_string(out, c->display);
    }
    buf_add(out, STR("}}"));
}

static void write_list(buf *out, cql_value v, const cql_model *m)
{
    buf_char(out, '[');
    for (uint32_t i = 0; i < v.n; i++) {
        buf_add(out, i ? STR(",") : STR(""));
        value_write(out, v.as.list[i], m);
    }
    buf_char(out, ']');
}

/* Elements in the order of their names, so that equal tuples write the same. */
static void write_tuple(buf *out, const cql_tuple *t, const cql_model *m)
{
    buf_add(out, STR("{\"Tuple\":{"));
    str last = { 0 };
    for (uint32_t written = 0; written < t->count; written++) {
        uint32_t next = UINT32_MAX;
        for (uint32_t i = 0; i < t->count; i++) {
            bool later = written == 0 || str_cmp(t->names[i], last) > 0;
            if (later && (next == UINT32_MAX || str_cmp(t->names[i], t->names[next]) < 0)) {
                next = i;
            }
        }
        if (next == UINT32_MAX) {
            break;
        }
        last = t->names[next];
        buf_add(out, written ? STR(",") : STR(""));
        write_string(out, last);
        buf_char(out, ':');
        value_write(out, t->values[next], m);
    }
    buf_add(out, STR("}}"));
}

static void write_interval(buf *out, const cql_interval *i, const cql_model *m)
{
    buf_printf(out, "{\"Interval\":[\"%s\",", i->low_closed ? "[" : "(");
    value_write(out, i->low, m);
    buf_char(out, ',');
    value_write(out, i->high, m);
    buf_printf(out, ",\"%s\"]}", i->high_closed ? "]" : ")");
}

void value_write(buf *out, cql_value v, const cql_model *m)
{
    char text[40];
    arena_enter(out->a);
    switch ((cql_kind)v.kind) {
    case CQL_NULL:
    case CQL_KIND_COUNT:
        buf_add(out, STR("null"));
        break;
    case CQL_BOOLEAN:
        buf_add(out, v.as.b ? STR("true") : STR("false"));
        break;
    case CQL_INTEGER:
        if (value_is_range(v)) {
            buf_printf(out, "{\"Uncertainty\":[%d,%d]}", (int)v.as.range.low, (int)v.as.range.high);
        } else {
            buf_printf(out, "%lld", (long long)v.as.i);
        }
        break;
    case CQL_LONG:
        buf_printf(out, "{\"Long\":\"%lld\"}", (long long)v.as.i);
        break;
    case CQL_DECIMAL:
        write_decimal(out, value_units(v));
        break;
    case CQL_STRING:
        write_string(out, value_str(v));
        break;
    case CQL_DATE:
    case CQL_DATETIME:
    case CQL_TIME:
        buf_printf(out, "{\"%s\":", cql_kind_name((cql_kind)v.kind));
        write_string(out, moment_write(moment_of(v), text));
        buf_char(out, '}');
        break;
    case CQL_QUANTITY:
        write_quantity(out, v.as.quantity);
        break;
    case CQL_RATIO:
        buf_add(out, STR("{\"Ratio\":["));
        write_quantity(out, &v.as.ratio->numerator);
        buf_char(out, ',');
        write_quantity(out, &v.as.ratio->denominator);
        buf_add(out, STR("]}"));
        break;
    case CQL_CODE:
        buf_add(out, STR("{\"Code\":"));
        write_code(out, v.as.code);
        buf_char(out, '}');
        break;
    case CQL_CONCEPT:
        write_concept(out, v.as.concept);
        break;
    case CQL_INTERVAL:
        write_interval(out, v.as.interval, m);
        break;
    case CQL_LIST:
        write_list(out, v, m);
        break;
    case CQL_TUPLE:
        write_tuple(out, v.as.tuple, m);
        break;
    case CQL_VOCABULARY:
    case CQL_VALUE_SET:
    case CQL_CODE_SYSTEM:
        write_vocabulary(out, v);
        break;
    case CQL_ITEM:
        if (m && m->write) {
            m->write(m, out, v);
        } else {
            buf_printf(out, "{\"Item\":%u}", v.n);
        }
        break;
    }
    arena_exit(out->a);
}
