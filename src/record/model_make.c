/* SPDX-License-Identifier: Apache-2.0 */
/* Elements of FHIR that a library makes, as JSON of the form a record has; what an element holds; what it stands for. */
#include "cql/datetime.h"
#include "record/model_fhir.h"
#include "record/model_table.h"

/* ---- making ---- */

/* A System value as the text of a primitive; NULL: no primitive holds it. */
static json *scalar(arena *a, cql_value v)
{
    char text[40], digits[DECIMAL_TEXT];
    switch ((cql_kind)v.kind) {
    case CQL_BOOLEAN:
        return json_boolean(a, v.as.b);
    case CQL_INTEGER:
        return value_is_range(v) ? NULL : json_integer(a, v.as.i);
    case CQL_LONG:
        return json_integer(a, v.as.i);
    case CQL_DECIMAL:
        return json_number(a, arena_str(a, decimal_write(value_units(v), 0, digits)));
    case CQL_STRING:
        return json_string(a, value_str(v));
    case CQL_DATE:
    case CQL_TIME:
        return json_string(a, arena_str(a, moment_write(moment_of(v), text)));
    case CQL_DATETIME: {
        str s = arena_str(a, moment_write(moment_of(v), text));
        return json_string(a, str_ends(s, STR("T")) ? str_head(s, s.n - 1) : s);
    }
    default:
        return NULL;
    }
}

/* An element in its two halves: what stands under its name and what under _name. Either may be NULL. */
typedef struct halves {
    json *own, *beside;
} halves;

static bool split(arena *a, cql_value v, halves *out)
{
    *out = (halves){ 0 };
    if (v.kind != CQL_ITEM) {
        out->own = scalar(a, v);
        return out->own != NULL;
    }
    const json *n = v.as.p;
    bool primitive = v.n != 0 && fhir_type_at(v.n)->kind != CQL_NULL, only_beside = primitive && json_is(n, JSON_OBJECT);
    const json *with = primitive && !only_beside && n->parent ? model_fhir_beside(n) : NULL;
    out->own = only_beside ? NULL : json_copy(a, n);
    out->beside = only_beside ? json_copy(a, n) : with ? json_copy(a, with) : NULL;
    return true;
}

static void put_halves(arena *a, json *object, str key, halves h)
{
    if (h.own) {
        json_put_key(object, key, h.own);
    }
    if (h.beside) {
        json_put_key(object, arena_printf(a, "_%.*s", STR_ARG(key)), h.beside);
    }
}

static bool put_list(arena *a, json *object, str key, cql_value list)
{
    json *own = json_new(a, JSON_ARRAY), *beside = json_new(a, JSON_ARRAY);
    bool any_beside = false;
    for (uint32_t i = 0; i < list.n; i++) {
        halves h;
        if (cql_is_null(list.as.list[i])) {
            continue;
        }
        if (!split(a, list.as.list[i], &h)) {
            return false;
        }
        any_beside = any_beside || h.beside;
        json_push(own, h.own ? h.own : json_new(a, JSON_NULL));
        json_push(beside, h.beside ? h.beside : json_new(a, JSON_NULL));
    }
    if (own->count > 0) {
        put_halves(a, object, key, (halves){ own, any_beside ? beside : NULL });
    }
    return true;
}

/* "value" of a Quantity is valueQuantity; empty: no choice of the element is of that type. */
static str member_name(arena *a, const fhir_element *e, str name, cql_value v)
{
    cql_value one = v.kind == CQL_LIST && v.n > 0 ? v.as.list[0] : v;
    if (e->choice_count == 0) {
        return name;
    }
    if (one.kind != CQL_ITEM) {
        return (str){ 0 };
    }
    str of = fhir_type_name(one.n);
    char first = of.p[0] >= 'a' && of.p[0] <= 'z' ? (char)(of.p[0] - 'a' + 'A') : of.p[0];
    str made = arena_printf(a, "%.*s%c%.*s", STR_ARG(name), first, STR_ARG(str_from(of, 1)));
    return fhir_choice_of_member(e, made) != 0 ? made : (str){ 0 };
}

static bool fits(const fhir_element *e, cql_value v)
{
    const cql_value *at = v.kind == CQL_LIST ? v.as.list : &v;
    for (uint32_t i = 0; i < (v.kind == CQL_LIST ? v.n : 1); i++) {
        bool item = at[i].kind == CQL_ITEM;
        bool good = cql_is_null(at[i]) || e->choice_count > 0 || (e->type == 0 ? at[i].kind == e->kind : item && fhir_type_is(at[i].n, e->type));
        if (!good) {
            return false;
        }
    }
    return (v.kind == CQL_LIST) == e->is_list;
}

static cql_value make_object(arena *a, uint32_t type, const str *names, const cql_value *values, uint32_t count)
{
    json *object = json_new(a, JSON_OBJECT);
    if (fhir_type_is(type, fhir_type_number(STR("Resource")))) {
        json_put(object, "resourceType", json_string(a, fhir_type_name(type)));
    }
    for (uint32_t i = 0; i < count; i++) {
        const fhir_element *e = fhir_element_of(type, names[i]);
        halves h;
        if (cql_is_null(values[i])) {
            continue;
        }
        str key = e && fits(e, values[i]) ? member_name(a, e, names[i], values[i]) : (str){ 0 };
        if (key.n == 0 || (e->is_list && !put_list(a, object, key, values[i])) ||
            (!e->is_list && !split(a, values[i], &h))) {
            return cql_null();
        }
        if (!e->is_list) {
            put_halves(a, object, key, h);
        }
    }
    return cql_item(object, type);
}

/* The value of a primitive; its id and extensions stand beside it, in an object that nobody else sees. */
static cql_value make_primitive(arena *a, uint32_t type, const str *names, const cql_value *values, uint32_t count)
{
    json *holder = json_new(a, JSON_OBJECT), *beside = json_new(a, JSON_OBJECT), *own = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (cql_is_null(values[i])) {
            continue;
        }
        if (str_is(names[i], "value")) {
            own = values[i].kind == fhir_type_at(type)->kind ? scalar(a, values[i]) : NULL;
            if (!own) {
                return cql_null();
            }
            continue;
        }
        const fhir_element *e = fhir_element_of(fhir_type_number(STR("Element")), names[i]);
        halves h;
        bool good = e && fits(e, values[i]) && (e->is_list ? put_list(a, beside, names[i], values[i]) : split(a, values[i], &h));
        if (!good) {
            return cql_null();
        }
        if (!e->is_list) {
            put_halves(a, beside, names[i], h);
        }
    }
    if (own) {
        json_put(holder, "value", own);
    }
    if (!own || beside->count > 0) {
        json_put(holder, "_value", beside);
    }
    return cql_item(own ? own : beside, type);
}

cql_value model_fhir_new(const cql_model *m, arena *a, uint32_t type, const str *names, const cql_value *values, uint32_t count)
{
    (void)m;
    return fhir_type_at(type)->kind != CQL_NULL ? make_primitive(a, type, names, values, count)
                                                : make_object(a, type, names, values, count);
}

/* ---- what an element holds ---- */

typedef VEC(cql_value) item_vec;

static void add_property(const cql_model *m, arena *a, cql_value item, str name, item_vec *out)
{
    cql_value v = m->property(m, a, item, name, (cql_expected){ 0 });
    for (uint32_t i = 0; v.kind == CQL_LIST && i < v.n; i++) {
        *VEC_PUSH(a, out) = v.as.list[i];
    }
    if (v.kind != CQL_LIST && !cql_is_null(v)) {
        *VEC_PUSH(a, out) = v;
    }
}

static bool asked_before(const str *names, size_t count, str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(names[i], name)) {
            return true;
        }
    }
    return false;
}

uint32_t model_fhir_children(const cql_model *m, arena *a, cql_value item, const cql_value **out)
{
    item_vec found = { 0 };
    VEC(str) names = { 0 };
    const json *n = item.as.p;
    if (item.n != 0 && fhir_type_at(item.n)->kind != CQL_NULL) {
        add_property(m, a, item, STR("value"), &found);
        add_property(m, a, item, STR("id"), &found);
        add_property(m, a, item, STR("extension"), &found);
    }
    bool whole = item.n != 0 && fhir_type_at(item.n)->kind == CQL_NULL && json_is(n, JSON_OBJECT);
    for (const json *x = whole ? n->first : NULL; x; x = x->next) {
        uint32_t type;
        bool underscore = x->key.n > 1 && x->key.p[0] == '_';
        const fhir_element *e = fhir_element_of_member(item.n, underscore ? str_from(x->key, 1) : x->key, &type);
        if (e && !asked_before(names.at, names.count, fhir_element_name(e))) {
            *VEC_PUSH(a, &names) = fhir_element_name(e);
            add_property(m, a, item, fhir_element_name(e), &found);
        }
    }
    *out = found.at;
    return (uint32_t)found.count;
}

/* ---- what it stands for ---- */

static cql_value date_time_of(const cql_model *m, arena *a, cql_value item, str name)
{
    cql_value v = m->property(m, a, item, name, (cql_expected){ 0 });
    return v.kind == CQL_ITEM ? model_fhir_plain(m, a, v) : v;
}

/* A Period without a start began at any time; one without an end may go on for ever. */
cql_value model_fhir_plain(const cql_model *m, arena *a, cql_value item)
{
    if (item.n == 0) {
        return cql_null();
    }
    if (fhir_type_at(item.n)->kind != CQL_NULL) {
        return m->property(m, a, item, STR("value"), (cql_expected){ 0 });
    }
    if (!fhir_type_is(item.n, fhir_type_number(STR("Period")))) {
        return cql_null();
    }
    cql_value low = date_time_of(m, a, item, STR("start")), high = date_time_of(m, a, item, STR("end"));
    return cql_is_null(low) && cql_is_null(high)
               ? cql_null()
               : value_interval(a, (cql_interval){ low, high, true, true, CQL_DATETIME });
}
