/* Goes through a resource by the types of FHIR and says once what has not the form FHIR gives it: the data model then
 * answers null there, whoever asks. Members that FHIR does not know are nobody's business. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "record/model_table.h"
#include "record/odd.h"

enum { SHOWN_PER_RESOURCE = 20 };

typedef struct checking {
    record *r;
    const resource *x;
    uint32_t shown;
} checking;

static bool two_digits(str s, size_t at, int most)
{
    return at + 2 <= s.n && s.p[at] >= '0' && s.p[at] <= '9' && s.p[at + 1] >= '0' && s.p[at + 1] <= '9' &&
           (s.p[at] - '0') * 10 + s.p[at + 1] - '0' <= most;
}

/* hh:mm with whatever follows. */
static bool is_time(str s) { return two_digits(s, 0, 23) && s.n > 2 && s.p[2] == ':' && two_digits(s, 3, 59); }

static bool is_value(const json *n, cql_kind kind)
{
    date d;
    str text = json_text(n);
    ptrdiff_t time = str_find_char(text, 'T');
    switch (kind) {
    case CQL_BOOLEAN: return json_is(n, JSON_TRUE) || json_is(n, JSON_FALSE);
    case CQL_INTEGER: return json_is(n, JSON_NUMBER) && str_find_char(text, '.') < 0;
    case CQL_DECIMAL: return json_is(n, JSON_NUMBER);
    case CQL_DATE: return json_is(n, JSON_STRING) && time < 0 && date_read(text, &d);
    case CQL_DATETIME:
        return json_is(n, JSON_STRING) && date_read(text, &d) &&
               (time < 0 || is_time(str_from(text, (size_t)time + 1)));
    case CQL_TIME: return json_is(n, JSON_STRING) && is_time(text);
    default: return json_is(n, JSON_STRING);
    }
}

static const char *expected_of(cql_kind kind)
{
    switch (kind) {
    case CQL_BOOLEAN: return "true or false";
    case CQL_INTEGER: return "a whole number";
    case CQL_DECIMAL: return "a number";
    case CQL_DATE:
    case CQL_DATETIME: return "a date that exists";
    case CQL_TIME: return "a time of day";
    default: return "a text";
    }
}

static void bad(checking *c, const json *n, const char *wanted)
{
    if (c->shown >= SHOWN_PER_RESOURCE) {
        return;
    }
    for (size_t i = c->r->findings.count; i > 0 && c->r->findings.at[i - 1].about == c->x; i--) {
        if (c->r->findings.at[i - 1].at == n) { /* another look has said it already */
            return;
        }
    }
    c->shown++;
    const json *named = n;
    while (named && str_empty(named->key)) {
        named = named->parent;
    }
    str key = named ? named->key : STR("");
    finding_about(c->r, "bad-value", c->x, n, "%.*s: %.*s should be %s and is not; it was not read.",
                  STR_ARG(c->x->type), STR_ARG(key), wanted);
}

static void check_object(checking *c, const json *object, uint32_t type);

static void check_one(checking *c, const json *n, const fhir_element *e, uint32_t type)
{
    cql_kind kind = type != 0 ? (cql_kind)fhir_type_at(type)->kind : (cql_kind)e->kind;
    if (json_is(n, JSON_NULL)) {
        return; /* in a list of primitives: only extensions are known */
    }
    if (kind != CQL_NULL) {
        if (!is_value(n, kind)) {
            bad(c, n, expected_of(kind));
        }
        return;
    }
    if (json_is(n, JSON_OBJECT)) {
        uint32_t own = fhir_type_number(json_get_text(n, "resourceType"));
        check_object(c, n, own != 0 ? own : type);
        return;
    }
    bool old_status = json_is(n, JSON_STRING) && type == fhir_type_number(STR("CodeableConcept"));
    if (type != 0 && !old_status) {
        bad(c, n, "an object");
    }
}

/* Recursion is bounded by the depth to which JSON is read. */
static void check_object(checking *c, const json *object, uint32_t type)
{
    for (const json *m = object->first; m; m = m->next) {
        uint32_t member_type = 0;
        const fhir_element *e = fhir_element_of_member(type, m->key, &member_type);
        if (!e) {
            continue;
        }
        if (!json_is(m, JSON_ARRAY)) {
            check_one(c, m, e, member_type);
            continue;
        }
        if (!e->is_list && m->count > 1) {
            bad(c, m, "one value");
            continue;
        }
        for (const json *one = m->first; one; one = one->next) {
            check_one(c, one, e, member_type);
        }
    }
}

void check_forms(record *r, const resource *x)
{
    checking c = { .r = r, .x = x };
    uint32_t type = fhir_type_number(x->type);
    if (type == 0) {
        finding_about(r, "unknown-type", x, NULL,
                      "\"%.*s\" is not a type of resource in FHIR R4; it was kept and not read.",
                      STR_ARG(text_head(x->type, 60)));
        return;
    }
    check_object(&c, x->root, type);
}
