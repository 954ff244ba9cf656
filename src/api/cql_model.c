/* SPDX-License-Identifier: Apache-2.0 */
/* A data model of the host as the engine asks for one. Codes are compared here, so that a host only lists its rows. */
#include "api/cql_handles.h"
#include "cql/model.h"

/* An item that explanations name: made when first asked for, and the same one then on. */
typedef struct named_item {
    const void *element;
    uint32_t type;
    const json *root;
} named_item;

typedef struct host_model {
    cql_model m;
    nl_cql_model host;
    void *data;
    arena *a;
    const cql_program *p;
    VEC(str) type_names;          /* by number, less 1 */
    named_item *named;            /* by address; room is a power of two, half of it free */
    uint32_t named_count, room;
    const terminology *shared;    /* what the host itself does not have; or NULL */
} host_model;

static host_model *self_of(const cql_model *m)
{
    return m->self;
}

bool nl_cql_give_json(nl_cql_answer *to, nl_str text)
{
    return answer_json(to->inside, text);
}

bool nl_cql_give_text(nl_cql_answer *to, nl_str text)
{
    return answer_text(to->inside, text);
}

bool nl_cql_give_item(nl_cql_answer *to, const void *item, uint32_t of_type)
{
    return answer_item(to->inside, item, of_type);
}

static uint32_t type_of_name(const cql_model *m, str qualified)
{
    host_model *h = self_of(m);
    uint32_t number = h->host.type(h->data, qualified);
    ptrdiff_t brace = str_find_char(qualified, '}');
    while (number > 0 && number <= UINT16_MAX && h->type_names.count < number) {
        *VEC_PUSH(h->a, &h->type_names) = STR("");
    }
    if (number > 0 && number <= h->type_names.count) {
        h->type_names.at[number - 1] = str_from(qualified, (size_t)(brace + 1));
    }
    return number;
}

static cql_value property(const cql_model *m, arena *a, cql_value item, str name, cql_expected expected)
{
    host_model *h = self_of(m);
    cql_answer inside = answer_make(a, h->p, expected.declared > 0 ? expected.declared - 1 : CQL_NONE);
    nl_cql_answer to = { &inside };
    inside.items = true;
    h->host.property(h->data, item.as.p, item.n, name, &to);
    return answer_value(&inside);
}

/* ---- rows ---- */

static bool is_wanted(const cql_retrieval *q, const cql_code *c)
{
    uint32_t from = 0;
    for (const cql_code *w = cql_codes_next(q->codes, c->code, &from); w; w = cql_codes_next(q->codes, c->code, &from)) {
        bool alike = !c->system.p || str_eq(c->system, w->system);
        if (alike && (!q->exact || (str_eq(c->version, w->version) && str_eq(c->display, w->display)))) {
            return true;
        }
    }
    return false;
}

/* A Code, a Concept, a String (which has no system) or a list of these. */
static bool matches(arena *a, const cql_retrieval *q, cql_value v)
{
    bool found = false;
    arena_enter(a);
    if (v.kind == CQL_CODE) {
        found = is_wanted(q, v.as.code);
    } else if (v.kind == CQL_STRING) {
        found = is_wanted(q, &(cql_code){ .code = { v.as.s, v.n } });
    }
    for (uint32_t i = 0; v.kind == CQL_CONCEPT && i < v.as.concept->count && !found; i++) {
        found = is_wanted(q, &v.as.concept->codes[i]);
    }
    for (uint32_t i = 0; v.kind == CQL_LIST && i < v.n && !found; i++) {
        found = matches(a, q, v.as.list[i]);
    }
    arena_exit(a);
    return found;
}

static uint32_t retrieve(const cql_model *m, arena *a, const cql_retrieval *q, const cql_value **rows)
{
    host_model *h = self_of(m);
    cql_answer inside = answer_make(a, h->p, CQL_NONE);
    nl_cql_answer to = { &inside };
    uint32_t kept = 0;
    inside.items = true;
    h->host.rows(h->data, q->type_number, &to);
    (void)answer_value(&inside); /* leaves when a limit was met */
    for (size_t i = 0; i < inside.given.count; i++) {
        cql_value row = inside.given.at[i];
        arena_step(a);
        bool wanted = row.kind == CQL_ITEM;
        if (wanted && q->filtered) {
            cql_value code = property(m, a, row, q->code_property, (cql_expected){ 0 });
            wanted = matches(a, q, code);
        }
        if (wanted) {
            inside.given.at[kept++] = row;
        }
    }
    *rows = inside.given.at;
    return kept;
}

static bool is(const cql_model *m, cql_value item, uint32_t of_type)
{
    host_model *h = self_of(m);
    return item.n == of_type || (h->host.is && h->host.is(h->data, item.n, of_type));
}

/* ---- names ---- */

static str name_of(const cql_model *m, cql_value item)
{
    host_model *h = self_of(m);
    cql_answer inside = answer_make(h->a, h->p, CQL_NONE);
    nl_cql_answer to = { &inside };
    if (h->host.name) {
        h->host.name(h->data, item.as.p, item.n, &to);
    }
    cql_value v = answer_value(&inside);
    return v.kind == CQL_STRING ? (str){ v.as.s, v.n } : STR("");
}

static void write(const cql_model *m, buf *out, cql_value item)
{
    str name = name_of(m, item);
    json *shown = json_new(out->a, JSON_OBJECT);
    json_put(shown, "Item", str_empty(name) ? json_integer(out->a, item.n) : json_string(out->a, name));
    json_write(out, shown, JSON_COMPACT);
}

static named_item *slot_of(host_model *h, const void *element, uint32_t of_type)
{
    uint32_t i = (uint32_t)(((uintptr_t)element >> 4) * 2654435761u) & (h->room - 1);
    while (h->named[i].root && (h->named[i].element != element || h->named[i].type != of_type)) {
        i = (i + 1) & (h->room - 1);
    }
    return &h->named[i];
}

static void grow(host_model *h)
{
    named_item *before = h->named;
    uint32_t count = h->room;
    h->room = count ? 2 * count : 16;
    h->named = ARENA_ARRAY(h->a, h->room, named_item);
    for (uint32_t i = 0; i < count; i++) {
        if (before[i].root) {
            *slot_of(h, before[i].element, before[i].type) = before[i];
        }
    }
}

/* What an explanation names the item by; a host without names has none. */
static const json *root(const cql_model *m, cql_value item)
{
    host_model *h = self_of(m);
    if (!h->host.name) {
        return NULL;
    }
    if (2 * (h->named_count + 1) > h->room) {
        grow(h);
    }
    named_item *slot = slot_of(h, item.as.p, item.n);
    if (!slot->root) {
        json *o = json_new(h->a, JSON_OBJECT);
        bool known = item.n > 0 && item.n <= h->type_names.count;
        json_put(o, "resourceType", json_string(h->a, known ? h->type_names.at[item.n - 1] : STR("")));
        json_put(o, "id", json_string(h->a, name_of(m, item)));
        *slot = (named_item){ item.as.p, item.n, o };
        h->named_count++;
    }
    return slot->root;
}

/* ---- vocabularies ---- */

static const cql_codes *codes_of(const cql_model *m, arena *a, cql_kind kind, str url, str version, str *why)
{
    host_model *h = self_of(m);
    cql_answer inside = answer_make(a, h->p, CQL_NONE);
    nl_cql_answer to = { &inside };
    if (h->host.codes) {
        h->host.codes(h->data, url, version, &to);
    }
    (void)answer_value(&inside);
    cql_code *found = ARENA_ARRAY(a, inside.given.count, cql_code);
    uint32_t count = 0;
    for (size_t i = 0; i < inside.given.count; i++) {
        if (inside.given.at[i].kind != CQL_CODE) {
            return NULL;
        }
        found[count++] = *inside.given.at[i].as.code;
    }
    if (count > 0 || inside.wrong) {
        return inside.wrong ? NULL : cql_codes_make(a, found, count);
    }
    return h->shared ? terminology_codes(h->shared, a, kind, url, version, why) : NULL;
}

static truth subsumes(const cql_model *m, arena *a, str system, str version, str above, str below)
{
    const terminology *shared = self_of(m)->shared;
    return shared ? terminology_subsumes(shared, a, system, version, above, below) : TRUTH_UNKNOWN;
}

const cql_model *cql_host_model(arena *a, const cql_program *p, const nl_cql_model *host, void *data, const terminology *shared)
{
    host_model *h = ARENA_NEW(a, host_model);
    h->host = *host;
    h->data = data;
    h->a = a;
    h->p = p;
    h->shared = shared;
    h->m = (cql_model){ .self = h, .type = type_of_name, .retrieve = retrieve, .property = property, .is = is, .root = root, .write = write,
                        .codes = codes_of, .subsumes = subsumes };
    return &h->m;
}
