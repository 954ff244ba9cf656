/* SPDX-License-Identifier: Apache-2.0 */
#include "record/model_fhir.h"

#include <stdlib.h>

#include "record/model_table.h"
#include "record/systems.h"

#define FHIR_NAMESPACE "{http://hl7.org/fhir}"

typedef struct fhir_model {
    cql_model m;
    const record *record;
    const terminology *terms;
} fhir_model;

static const fhir_model *self_of(const cql_model *m) { return m->self; }

static uint32_t type_of_name(const cql_model *m, str qualified)
{
    str prefix = STR(FHIR_NAMESPACE);
    return str_starts(qualified, prefix) ? fhir_type_number(str_from(qualified, prefix.n)) : 0;
}

/* ---- retrieving ---- */

static bool same_coding(const json *coding, const cql_code *wanted, bool exact)
{
    str code = json_get_text(coding, "code"), system = system_canonical(json_get_text(coding, "system"));
    return !str_empty(code) && str_eq(code, wanted->code) && str_eq(system, system_canonical(wanted->system)) &&
           (!exact || (str_eq(json_get_text(coding, "version"), wanted->version) &&
                       str_eq(json_get_text(coding, "display"), wanted->display)));
}

static bool is_wanted(const json *coding, const cql_retrieval *q)
{
    str code = json_get_text(coding, "code");
    uint32_t from = 0;
    for (const cql_code *c = cql_codes_next(q->codes, code, &from); c; c = cql_codes_next(q->codes, code, &from)) {
        if (same_coding(coding, c, q->exact)) {
            return true;
        }
    }
    return false;
}

static bool has_code(const json *concept, const cql_retrieval *q)
{
    const json *codings = json_get(concept, "coding");
    bool many = json_is(codings, JSON_ARRAY);
    for (const json *c = many ? codings->first : codings; c; c = many ? c->next : NULL) {
        if (is_wanted(c, q)) {
            return true;
        }
    }
    return false;
}

/* A plain code has no system of its own: its element says which one is meant. */
static bool has_plain_code(const json *element, const cql_retrieval *q)
{
    uint32_t from = 0;
    return json_is(element, JSON_STRING) && cql_codes_next(q->codes, element->text, &from) != NULL;
}

static bool is_indexed(str element)
{
    return str_empty(element) || str_is(element, "code") || str_is(element, "medication") ||
           str_is(element, "vaccineCode");
}

static int by_row(const void *x, const void *y)
{
    const resource *a = *(const resource *const *)x, *b = *(const resource *const *)y;
    return (a->row > b->row) - (a->row < b->row);
}

static uint32_t unique_rows(const resource **rows, uint32_t count)
{
    uint32_t kept = 0;
    qsort(rows, count, sizeof *rows, by_row);
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || rows[kept - 1] != rows[i]) {
            rows[kept++] = rows[i];
        }
    }
    return kept;
}

static bool is_wanted_code(const void *with, str system, str code)
{
    const cql_retrieval *q = with;
    uint32_t from = 0;
    for (const cql_code *c = cql_codes_next(q->codes, code, &from); c; c = cql_codes_next(q->codes, code, &from)) {
        if (str_eq(system_canonical(c->system), system)) {
            return true;
        }
    }
    return false;
}

/* The rows with any of the codes, in record order: of few codes each is looked for among the rows, of few rows each among the codes. */
static uint32_t find_any(const record *r, arena *a, const cql_retrieval *q, const resource *const **out)
{
    const resource *const *found;
    const cql_code *codes = q->codes->at;
    if (q->codes->count == 1) {
        return (uint32_t)record_find(r, q->type, codes[0].system, codes[0].code, out);
    }
    VEC(const resource *) rows = { 0 };
    size_t all = record_find(r, q->type, STR(""), STR(""), &found);
    if (q->codes->slots && all < q->codes->count) {
        for (size_t k = 0; k < all; k++) {
            if (record_carries(r, found[k], is_wanted_code, q)) {
                *VEC_PUSH(a, &rows) = found[k];
            }
        }
        *out = rows.at;
        return (uint32_t)rows.count;
    }
    for (uint32_t i = 0; i < q->codes->count; i++) {
        size_t n = record_find(r, q->type, codes[i].system, codes[i].code, &found);
        for (size_t k = 0; k < n; k++) {
            *VEC_PUSH(a, &rows) = found[k];
        }
    }
    *out = rows.at;
    return rows.count > 0 ? unique_rows(rows.at, (uint32_t)rows.count) : 0;
}

/* ---- properties ---- */

static const json *member_with_underscore(const json *object, str name)
{
    for (const json *n = json_is(object, JSON_OBJECT) ? object->first : NULL; n; n = n->next) {
        if (n->key.n == name.n + 1 && n->key.p[0] == '_' && str_eq(str_from(n->key, 1), name)) {
            return n;
        }
    }
    return NULL;
}

/* What stands beside a primitive under _name: its id and extensions. */
const json *model_fhir_beside(const json *n)
{
    if (json_is(n->parent, JSON_ARRAY)) {
        return json_at(member_with_underscore(n->parent->parent, n->parent->key), n->index);
    }
    return member_with_underscore(n->parent, n->key);
}

static cql_value system_value(arena *a, cql_kind kind, const json *n)
{
    if (kind == CQL_BOOLEAN) {
        return json_is(n, JSON_TRUE) || json_is(n, JSON_FALSE) ? cql_boolean(n->type == JSON_TRUE) : cql_null();
    }
    bool number = kind == CQL_INTEGER || kind == CQL_LONG || kind == CQL_DECIMAL;
    if (!json_is(n, number ? JSON_NUMBER : JSON_STRING) || str_empty(str_trim(n->text))) {
        return cql_null();
    }
    if (kind == CQL_STRING) { /* a code system is one system however it is spelled */
        return cql_string(str_is(n->key, "system") ? system_canonical(n->text) : n->text);
    }
    return cql_read(a, kind, str_trim(n->text));
}

/* A status that FHIR before R4 wrote as a plain text, in the form it has now. Beside the tree: its parent knows nothing
 * of it. */
static const json *concept_of_text(arena *a, const json *n)
{
    static const struct {
        const char *resource, *element, *system;
    } systems[] = {
        { "Condition", "clinicalStatus", "http://terminology.hl7.org/CodeSystem/condition-clinical" },
        { "Condition", "verificationStatus", "http://terminology.hl7.org/CodeSystem/condition-ver-status" },
        { "AllergyIntolerance", "clinicalStatus", "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical" },
        { "AllergyIntolerance", "verificationStatus",
          "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification" },
    };
    str resource_type = json_get_text(n->parent, "resourceType");
    json *concept = json_new(a, JSON_OBJECT);
    json_put(concept, "text", json_string(a, n->text));
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        if (str_is(resource_type, systems[i].resource) && str_is(n->key, systems[i].element)) {
            json *coding = json_push(json_put(concept, "coding", json_new(a, JSON_ARRAY)), json_new(a, JSON_OBJECT));
            json_put(coding, "system", json_string(a, str_of(systems[i].system)));
            json_put(coding, "code", json_string(a, n->text));
        }
    }
    concept->key = n->key;
    concept->parent = n->parent;
    return concept;
}

/* One element of that type as a value; null when it has not the form of one. */
static cql_value one(arena *a, const json *n, uint32_t type, cql_kind kind)
{
    if (!n || json_is(n, JSON_ARRAY)) {
        return cql_null();
    }
    if (kind != CQL_NULL) {
        return system_value(a, kind, n);
    }
    if (json_is(n, JSON_OBJECT) && (type == 0 || fhir_type_is(type, fhir_type_number(STR("Resource"))))) {
        uint32_t own = fhir_type_number(json_get_text(n, "resourceType"));
        type = own != 0 ? own : type;
    }
    if (type == 0) {
        return cql_null();
    }
    bool primitive = fhir_type_at(type)->kind != CQL_NULL, object = json_is(n, JSON_OBJECT);
    if (primitive) {
        bool only_extensions = object && n->key.n > 0 && n->key.p[0] == '_';
        return !object || only_extensions || (json_is(n->parent, JSON_ARRAY) && str_starts(n->parent->key, STR("_")))
                   ? (json_is(n, JSON_NULL) ? cql_null() : cql_item(n, type))
                   : cql_null();
    }
    if (json_is(n, JSON_STRING) && type == fhir_type_number(STR("CodeableConcept"))) {
        n = concept_of_text(a, n);
        object = true;
    }
    return object ? cql_item(n, type) : cql_null();
}

static cql_value many(arena *a, const json *n, uint32_t type, cql_kind kind)
{
    bool list = json_is(n, JSON_ARRAY);
    cql_value *items = ARENA_ARRAY(a, list ? n->count : 1, cql_value);
    uint32_t count = 0;
    for (const json *c = list ? n->first : n; c; c = list ? c->next : NULL) {
        const json *with = json_is(c, JSON_NULL) ? model_fhir_beside(c) : NULL; /* null where only extensions are known */
        cql_value v = one(a, with ? with : c, type, kind);
        if (!cql_is_null(v)) {
            items[count++] = v;
        }
    }
    return count > 0 ? cql_list(items, count) : cql_null();
}

static cql_value choice(arena *a, const json *object, const fhir_element *e, bool is_list)
{
    for (const json *n = object->first; n; n = n->next) {
        bool underscore = n->key.n > 0 && n->key.p[0] == '_';
        str key = underscore ? str_from(n->key, 1) : n->key;
        uint32_t type = fhir_choice_of_member(e, key);
        if (type == 0 || (underscore && json_find(object, key))) {
            continue;
        }
        cql_value v = is_list ? many(a, n, type, CQL_NULL)
                              : one(a, json_is(n, JSON_ARRAY) && n->count == 1 ? n->first : n, type, CQL_NULL);
        if (!cql_is_null(v)) {
            return v;
        }
    }
    return cql_null();
}

/* id, extension and value of a primitive. */
static cql_value of_primitive(arena *a, const json *n, cql_kind kind, str name, cql_expected expected)
{
    if (str_is(name, "value")) {
        return json_is(n, JSON_OBJECT) ? cql_null()
                                       : system_value(a, expected.kind != CQL_NULL ? expected.kind : kind, n);
    }
    const json *with = json_is(n, JSON_OBJECT) ? n : model_fhir_beside(n);
    const fhir_element *e = fhir_element_of(fhir_type_number(STR("Element")), name);
    const json *member = json_find(with, name);
    return !e || !member ? cql_null()
           : e->is_list  ? many(a, member, e->type, (cql_kind)e->kind)
                         : one(a, member, e->type, (cql_kind)e->kind);
}

static cql_value property(const cql_model *m, arena *a, cql_value item, str name, cql_expected expected)
{
    (void)m;
    const json *n = item.kind == CQL_ITEM ? item.as.p : NULL;
    if (!n) {
        return cql_null();
    }
    cql_kind primitive = item.n != 0 ? (cql_kind)fhir_type_at(item.n)->kind : CQL_NULL;
    if (primitive != CQL_NULL) {
        return of_primitive(a, n, primitive, name, expected);
    }
    const fhir_element *e = fhir_element_of(item.n, name);
    bool is_list = e ? e->is_list : expected.is_list;
    if (e && e->choice_count > 0 && json_is(n, JSON_OBJECT)) {
        return choice(a, n, e, is_list);
    }
    const json *member = json_find(n, name);
    if (!member || json_is(member, JSON_NULL)) {
        member = member_with_underscore(n, name);
    }
    uint32_t type = e && e->type != 0 ? e->type : expected.type;
    cql_kind kind = e ? (cql_kind)e->kind : expected.kind;
    if (!member) {
        return cql_null();
    }
    if (is_list) {
        return many(a, member, type, kind);
    }
    return one(a, json_is(member, JSON_ARRAY) && member->count == 1 ? member->first : member, type, kind);
}

/* ---- rows ---- */

/* For code elements that the record does not index: a CodeableConcept, a Coding, a code, one of a choice, or a list of them; path:
 * from v on. */
static bool matches(const cql_model *m, arena *a, cql_value v, str path, const cql_retrieval *q)
{
    str name;
    bool found = false;
    if (v.kind == CQL_LIST) {
        for (uint32_t i = 0; i < v.n && !found; i++) {
            found = matches(m, a, v.as.list[i], path, q);
        }
        return found;
    }
    if (v.kind != CQL_ITEM) {
        return false;
    }
    if (str_cut(&path, '.', &name)) {
        return matches(m, a, property(m, a, v, name, (cql_expected){ 0 }), path, q);
    }
    const json *n = v.as.p;
    if (v.n != 0 && fhir_type_at(v.n)->kind != CQL_NULL) {
        return has_plain_code(n, q);
    }
    return is_wanted(n, q) || has_code(n, q);
}

static uint32_t retrieve(const cql_model *m, arena *a, const cql_retrieval *q, const cql_value **rows)
{
    const record *r = self_of(m)->record;
    uint32_t number = q->type_number != 0 ? q->type_number : fhir_type_number(q->type), kept = 0;
    str element = !str_empty(q->code_property) || number == 0 ? q->code_property : fhir_type_code_path(number);
    const resource *const *found;
    bool indexed = q->filtered && !q->exact && is_indexed(element);
    uint32_t count = indexed ? find_any(r, a, q, &found) : (uint32_t)record_find(r, q->type, STR(""), STR(""), &found);
    cql_value *items = ARENA_ARRAY(a, count, cql_value);
    for (uint32_t i = 0; i < count; i++) {
        cql_value row = cql_item(found[i]->root, number);
        if (indexed || !q->filtered || matches(m, a, row, element, q)) {
            items[kept++] = row;
        }
    }
    *rows = items;
    return kept;
}

/* ---- types, equality, origin ---- */

static bool is(const cql_model *m, cql_value item, uint32_t type)
{
    (void)m;
    return item.kind == CQL_ITEM && item.n != 0 && type != 0 && fhir_type_is(item.n, type);
}

static bool equal(const cql_model *m, cql_value x, cql_value y)
{
    return x.n == y.n && json_equal(record_arena(self_of(m)->record), x.as.p, y.as.p);
}

static const json *root(const cql_model *m, cql_value item)
{
    const resource *x = item.kind == CQL_ITEM ? record_of(self_of(m)->record, item.as.p) : NULL;
    return x ? x->root : NULL;
}

/* By its type and content. */
static void write_content(const cql_model *m, buf *out, cql_value item)
{
    (void)m;
    const json *n = item.as.p;
    json *shown = json_new(out->a, JSON_OBJECT), *content = json_copy(out->a, n);
    json_put(shown, "FHIR", json_string(out->a, item.n ? fhir_type_name(item.n) : STR("")));
    if (n->type < JSON_ARRAY) { /* a primitive has its text in an element of its own */
        json_put(json_put(shown, "value", json_new(out->a, JSON_OBJECT)), "value", content);
    } else {
        json_put(shown, "value", content);
    }
    json_write(out, shown, JSON_COMPACT);
}

/* A resource by its type and id, anything else by its type and content. */
static void write(const cql_model *m, buf *out, cql_value item)
{
    str type = json_get_text(item.as.p, "resourceType"), id = json_get_text(item.as.p, "id");
    if (str_empty(type)) {
        write_content(m, out, item);
        return;
    }
    json *shown = json_new(out->a, JSON_OBJECT);
    json_put(shown, "FHIR", json_string(out->a, arena_printf(out->a, "%.*s/%.*s", STR_ARG(type), STR_ARG(id))));
    json_write(out, shown, JSON_COMPACT);
}

/* ---- value sets and code systems ---- */

static const cql_codes *codes_of(const cql_model *m, arena *a, cql_kind kind, str url, str version, str *why)
{
    return terminology_codes(self_of(m)->terms, a, kind, url, version, why);
}

static truth subsumes(const cql_model *m, arena *a, str system, str version, str above, str below)
{
    return terminology_subsumes(self_of(m)->terms, a, system, version, above, below);
}

const cql_model *model_fhir_make(arena *a, const record *r, const terminology *shared)
{
    fhir_model *f = ARENA_NEW(a, fhir_model);
    f->record = r;
    f->terms = terminology_of_record(a, r, shared);
    f->m = (cql_model){ .self = f,
                        .type = type_of_name,
                        .retrieve = retrieve,
                        .property = property,
                        .is = is,
                        .equal = equal,
                        .root = root,
                        .write = write,
                        .content = write_content,
                        .codes = codes_of,
                        .subsumes = subsumes,
                        .children = model_fhir_children,
                        .plain = model_fhir_plain,
                        .make = model_fhir_new };
    return &f->m;
}
