/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON, as cql_write makes it, back into a value of a type known beforehand: what a host gives a parameter. */
#include "cql/run.h"

static bool read_quantity(arena *a, const json *from, cql_quantity *out)
{
    const json *pair = json_get(from, "Quantity");
    cql_value number = cql_read(a, CQL_DECIMAL, json_text(json_at(pair, 0)));
    const json *unit = json_at(pair, 1);
    if (!json_is(pair, JSON_ARRAY) || pair->count != 2 || cql_is_null(number) || !json_is(unit, JSON_STRING)) {
        return false;
    }
    *out = (cql_quantity){ value_units(number), unit->text };
    return true;
}

static str member(const json *object, const char *name)
{
    const json *n = json_get(object, name);
    return json_is(n, JSON_STRING) ? n->text : (str){ 0 };
}

static bool read_code(const json *members, cql_code *out)
{
    if (!json_is(json_get(members, "code"), JSON_STRING)) {
        return false;
    }
    *out = (cql_code){ member(members, "code"), member(members, "system"), member(members, "version"), member(members, "display") };
    return true;
}

static bool read_concept(arena *a, const json *from, cql_value *out)
{
    const json *members = json_get(from, "Concept"), *codes = json_get(members, "codes");
    if (!json_is(codes, JSON_ARRAY)) {
        return false;
    }
    cql_concept *c = ARENA_NEW(a, cql_concept);
    cql_code *at = ARENA_ARRAY(a, codes->count, cql_code);
    for (const json *one = codes->first; one; one = one->next) {
        if (!read_code(one, &at[c->count++])) {
            return false;
        }
    }
    c->codes = at;
    c->display = member(members, "display");
    *out = (cql_value){ .kind = CQL_CONCEPT, .as.concept = c };
    return true;
}

static bool read_ratio(arena *a, const json *from, cql_value *out)
{
    const json *pair = json_get(from, "Ratio");
    cql_ratio *ratio = ARENA_NEW(a, cql_ratio);
    if (!json_is(pair, JSON_ARRAY) || pair->count != 2 || !read_quantity(a, json_at(pair, 0), &ratio->numerator) ||
        !read_quantity(a, json_at(pair, 1), &ratio->denominator)) {
        return false;
    }
    *out = (cql_value){ .kind = CQL_RATIO, .as.ratio = ratio };
    return true;
}

/* Those written as text: a number, {"Long":"5"}, {"Date":"2012-01"}. */
static bool read_scalar(arena *a, cql_kind kind, const json *from, cql_value *out)
{
    bool number = kind == CQL_INTEGER || kind == CQL_DECIMAL;
    const json *text = number ? from : json_get(from, cql_kind_name(kind));
    if (!json_is(text, number ? JSON_NUMBER : JSON_STRING)) {
        return false;
    }
    *out = cql_read(a, kind, text->text);
    return !cql_is_null(*out);
}

static bool read_system(arena *a, cql_kind kind, const json *from, cql_value *out)
{
    cql_quantity q;
    cql_code code;
    switch (kind) {
    case CQL_BOOLEAN:
        *out = cql_boolean(from->type == JSON_TRUE);
        return from->type == JSON_TRUE || from->type == JSON_FALSE;
    case CQL_STRING:
        *out = cql_string(from->text);
        return from->type == JSON_STRING;
    case CQL_INTEGER:
    case CQL_LONG:
    case CQL_DECIMAL:
    case CQL_DATE:
    case CQL_DATETIME:
    case CQL_TIME:
        return read_scalar(a, kind, from, out);
    case CQL_QUANTITY:
        if (!read_quantity(a, from, &q)) {
            return false;
        }
        *out = value_quantity(a, q.value, q.unit);
        return true;
    case CQL_CODE:
        if (!read_code(json_get(from, "Code"), &code)) {
            return false;
        }
        *out = value_code(a, code);
        return true;
    case CQL_CONCEPT:
        return read_concept(a, from, out);
    case CQL_RATIO:
        return read_ratio(a, from, out);
    default:
        return false;
    }
}

static bool read_interval(arena *a, const cql_program *p, const type *t, const json *from, cql_value *out)
{
    const json *parts = json_get(from, "Interval");
    str open = json_text(json_at(parts, 0)), close = json_text(json_at(parts, 3));
    cql_interval i = { .low_closed = str_is(open, "["), .high_closed = str_is(close, "]") };
    if (!json_is(parts, JSON_ARRAY) || parts->count != 4 || !(i.low_closed || str_is(open, "(")) ||
        !(i.high_closed || str_is(close, ")")) || !value_read(a, p, t->parts[0], json_at(parts, 1), &i.low) ||
        !value_read(a, p, t->parts[0], json_at(parts, 2), &i.high)) {
        return false;
    }
    order o = value_order(NULL, i.low, i.high, P_NONE);
    if (o == ORDER_AFTER || (o == ORDER_SAME && !(i.low_closed && i.high_closed))) {
        return false;
    }
    i.point = p->types[t->parts[0]].form == TYPE_SYSTEM ? (cql_kind)p->types[t->parts[0]].kind : CQL_NULL;
    *out = value_interval(a, i);
    return true;
}

static bool read_list(arena *a, const cql_program *p, const type *t, const json *from, cql_value *out)
{
    cql_value *items = ARENA_ARRAY(a, from->count, cql_value);
    uint32_t count = 0;
    if (!json_is(from, JSON_ARRAY)) {
        return false;
    }
    for (const json *one = from->first; one; one = one->next) {
        if (!value_read(a, p, t->parts[0], one, &items[count++])) {
            return false;
        }
    }
    *out = cql_list(items, count);
    return true;
}

static bool read_tuple(arena *a, const cql_program *p, const type *t, const json *from, cql_value *out)
{
    const json *members = json_get(from, "Tuple");
    cql_value *values = ARENA_ARRAY(a, t->name_count, cql_value);
    uint32_t known = 0;
    if (!json_is(members, JSON_OBJECT)) {
        return false;
    }
    for (uint32_t i = 0; i < t->name_count; i++) {
        const json *one = json_find(members, t->names[i]);
        known += one ? 1 : 0;
        if (one && !value_read(a, p, t->parts[i], one, &values[i])) {
            return false;
        }
    }
    *out = value_tuple(a, t->names, values, t->name_count);
    return known == members->count;
}

static bool read_choice(arena *a, const cql_program *p, const type *t, const json *from, cql_value *out)
{
    for (uint32_t i = 0; i < t->count; i++) {
        if (value_read(a, p, t->parts[i], from, out)) {
            return true;
        }
    }
    return false;
}

/* By its form alone: a number without a point is an Integer. */
bool value_read_any(arena *a, const json *from, cql_value *out)
{
    static const cql_kind kinds[] = { CQL_BOOLEAN,  CQL_STRING, CQL_INTEGER,  CQL_DECIMAL, CQL_LONG, CQL_DATE,
                                      CQL_DATETIME, CQL_TIME,   CQL_QUANTITY, CQL_RATIO,   CQL_CODE, CQL_CONCEPT };
    *out = cql_null();
    bool good = json_is(from, JSON_NULL);
    if (json_is(from, JSON_ARRAY)) {
        cql_value *items = ARENA_ARRAY(a, from->count, cql_value);
        uint32_t count = 0;
        good = true;
        arena_enter(a);
        for (const json *one = from->first; one && good; one = one->next) {
            good = value_read_any(a, one, &items[count++]);
        }
        arena_exit(a);
        *out = cql_list(items, count);
    }
    for (size_t i = 0; from && i < sizeof kinds / sizeof *kinds && !good; i++) {
        good = read_system(a, kinds[i], from, out);
    }
    return good;
}

bool value_read(arena *a, const cql_program *p, uint32_t type_index, const json *from, cql_value *out)
{
    const type *t = &p->types[type_index];
    *out = cql_null();
    if (!from) {
        return false;
    }
    if (from->type == JSON_NULL) {
        return true;
    }
    arena_enter(a);
    bool good = false;
    switch ((type_form)t->form) {
    case TYPE_SYSTEM:
        good = t->kind == CQL_NULL ? value_read_any(a, from, out) : read_system(a, (cql_kind)t->kind, from, out);
        break;
    case TYPE_INTERVAL:
        good = read_interval(a, p, t, from, out);
        break;
    case TYPE_LIST:
        good = read_list(a, p, t, from, out);
        break;
    case TYPE_TUPLE:
        good = read_tuple(a, p, t, from, out);
        break;
    case TYPE_CHOICE:
        good = read_choice(a, p, t, from, out);
        break;
    case TYPE_MODEL:
        break;
    }
    arena_exit(a);
    return good;
}

cql_value value_placed(run *r, cql_value v)
{
    if (r->now.offset == 0) { /* as read */
        return v;
    }
    arena_enter(r->a);
    if (v.kind == CQL_DATETIME && moment_of(v).floating) {
        v.small = r->now.offset;
    } else if (v.kind == CQL_INTERVAL) {
        cql_interval i = *v.as.interval;
        i.low = value_placed(r, i.low);
        i.high = value_placed(r, i.high);
        v = value_interval(r->a, i);
    } else if (v.kind == CQL_LIST || v.kind == CQL_TUPLE) {
        uint32_t count = v.kind == CQL_LIST ? v.n : v.as.tuple->count;
        const cql_value *from = v.kind == CQL_LIST ? v.as.list : v.as.tuple->values;
        cql_value *at = ARENA_ARRAY(r->a, count, cql_value);
        for (uint32_t i = 0; i < count; i++) {
            at[i] = value_placed(r, from[i]);
        }
        v = v.kind == CQL_LIST ? cql_list(at, count) : value_tuple(r->a, v.as.tuple->names, at, count);
    }
    arena_exit(r->a);
    return v;
}
