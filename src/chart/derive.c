/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/derive.h"
#include "chart/suspects.h"

#include <stdlib.h>

static arena *arena_of(const chart *c) { return record_arena(c->record); }

static str joined(const chart *c, const char *kind, const char *name)
{
    str base = terms_base(c->terms);
    return arena_printf(arena_of(c), "%.*s/%s/%s", STR_ARG(base), kind, name);
}

str derive_code_system(const chart *c, const char *name) { return joined(c, "CodeSystem", name); }
str derive_structure(const chart *c, const char *name) { return joined(c, "StructureDefinition", name); }

json *derive_coding(chart *c, const char *code_system, str code)
{
    arena *a = arena_of(c);
    json *coding = json_new(a, JSON_OBJECT);
    json_put(coding, "system", json_string(a, derive_code_system(c, code_system)));
    json_put(coding, "code", json_string(a, code));
    return coding;
}

static json *concept_of(chart *c, const char *code_system, str code, str text)
{
    arena *a = arena_of(c);
    json *concept = json_new(a, JSON_OBJECT);
    json_push(json_put(concept, "coding", json_new(a, JSON_ARRAY)), derive_coding(c, code_system, code));
    if (!str_empty(text)) {
        json_put(concept, "text", json_string(a, text));
    }
    return concept;
}

static json *reference_to(chart *c, str reference)
{
    arena *a = arena_of(c);
    json *r = json_new(a, JSON_OBJECT);
    json_put(r, "reference", json_string(a, reference));
    return r;
}

str derive_reference(chart *c, const resource *r)
{
    if (!r) {
        return STR("");
    }
    if (str_empty(r->id)) {
        return r->full_url;
    }
    return arena_printf(arena_of(c), "%.*s/%.*s", STR_ARG(r->type), STR_ARG(r->id));
}

json *derive_subject(chart *c) { return reference_to(c, derive_reference(c, record_patient(c->record))); }

json *derive_extension(chart *c, json *of, const char *name)
{
    arena *a = arena_of(c);
    const json *there = json_get(of, "extension");
    json *list = NULL;
    for (json *n = of->first; n && there; n = n->next) {
        list = n == there ? n : list;
    }
    list = list ? list : json_put(of, "extension", json_new(a, JSON_ARRAY));
    json *e = json_push(list, json_new(a, JSON_OBJECT));
    json_put(e, "url", json_string(a, derive_structure(c, name)));
    return e;
}

typedef struct origin { const resource *of; uint32_t place; } origin;

static int origin_order(const void *x, const void *y)
{
    const origin *a = x, *b = y;
    if (a->of != b->of) {
        return a->of < b->of ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

/* The resources of the elements, each at its first place; at every other place NULL. */
static const resource **origins_of(chart *c, const json *const *sources, uint32_t count)
{
    origin *list = ARENA_ARRAY(arena_of(c), count + 1, origin);
    const resource **first = ARENA_ARRAY(arena_of(c), count + 1, const resource *);
    for (uint32_t i = 0; i < count; i++) {
        list[i] = (origin){ record_of(c->record, sources[i]), i };
    }
    if (count > 0) {
        qsort(list, count, sizeof *list, origin_order);
    }
    for (uint32_t i = 0; i < count; i++) {
        first[list[i].place] = i > 0 && list[i - 1].of == list[i].of ? NULL : list[i].of;
    }
    return first;
}

static void add_sources(chart *c, json *root, const json *const *sources, uint32_t source_count)
{
    const resource **origins = origins_of(c, sources, source_count);
    for (uint32_t i = 0; i < source_count; i++) {
        str reference = origins[i] ? derive_reference(c, origins[i]) : STR("");
        if (!str_empty(reference)) {
            json_put(derive_extension(c, root, "derived-from"), "valueReference", reference_to(c, reference));
        }
    }
}

json *derive_resource(chart *c, const char *type, str id, const json *const *sources, uint32_t source_count)
{
    arena *a = arena_of(c);
    json *root = json_new(a, JSON_OBJECT);
    json_put(root, "resourceType", json_string(a, str_of(type)));
    json_put(root, "id", json_string(a, id));
    json *meta = json_put(root, "meta", json_new(a, JSON_OBJECT));
    json_push(json_put(meta, "tag", json_new(a, JSON_ARRAY)), derive_coding(c, "tag", STR("derived")));
    add_sources(c, root, sources, source_count);
    return root;
}

static json *quantity(chart *c, str number, str comparator, str unit)
{
    arena *a = arena_of(c);
    json *q = json_new(a, JSON_OBJECT);
    json_put(q, "value", json_number(a, number));
    if (!str_empty(comparator)) {
        json_put(q, "comparator", json_string(a, comparator));
    }
    json_put(q, "unit", json_string(a, unit));
    json_put(q, "system", json_string(a, STR("http://unitsofmeasure.org")));
    json_put(q, "code", json_string(a, unit));
    return q;
}

static void put_value(chart *c, json *o, const fact_result *f)
{
    arena *a = arena_of(c);
    if (!str_empty(f->absent)) {
        json *reason = json_put(o, "dataAbsentReason", json_new(a, JSON_OBJECT));
        json *coding = json_push(json_put(reason, "coding", json_new(a, JSON_ARRAY)), json_new(a, JSON_OBJECT));
        json_put(coding, "system", json_string(a, STR("http://terminology.hl7.org/CodeSystem/data-absent-reason")));
        json_put(coding, "code", json_string(a, f->absent));
        if (!str_empty(f->text)) {
            json_put(reason, "text", json_string(a, f->text));
        }
        return;
    }
    int64_t number = 0;
    switch (f->fact->kind) {
    case FACT_WORD:
        json_put(o, "valueCodeableConcept", concept_of(c, "word", f->word, f->text));
        break;
    case FACT_QUANTITY:
        json_put(o, "valueQuantity", quantity(c, f->word, f->comparator, f->fact->unit));
        break;
    case FACT_INTEGER:
        CHECK(str_to_i64(f->word, &number));
        json_put(o, "valueInteger", json_integer(a, number));
        break;
    case FACT_BOOLEAN:
        json_put(o, "valueBoolean", json_boolean(a, str_is(f->word, "true")));
        break;
    case FACT_DATE:
        break;
    }
}

static void put_parts(chart *c, json *o, const fact_result *f)
{
    arena *a = arena_of(c);
    json *components = NULL;
    for (uint32_t i = 0; i < f->part_count; i++) {
        if (str_is(f->parts[i].part, "value")) {
            continue;
        }
        components = components ? components : json_put(o, "component", json_new(a, JSON_ARRAY));
        json *part = json_push(components, json_new(a, JSON_OBJECT));
        json_put(part, "code", concept_of(c, "part", f->parts[i].part, STR("")));
        if (str_empty(f->parts[i].unit)) {
            json_put(part, "valueCodeableConcept", concept_of(c, "word", f->parts[i].word, f->parts[i].text));
        } else {
            json_put(part, "valueQuantity", quantity(c, f->parts[i].word, STR(""), f->parts[i].unit));
        }
    }
}

/* What an adverse event is laid to goes with whatever is read from it. */
static void put_suspects(chart *c, json *o, const fact_result *f)
{
    const resource **origins = origins_of(c, f->sources, f->source_count);
    for (uint32_t i = 0; i < f->source_count; i++) {
        if (origins[i] && str_is(origins[i]->type, "AdverseEvent")) {
            suspects_put(c, o, origins[i]->root);
        }
    }
}

const resource *derive_fact(chart *c, const fact_result *f)
{
    arena *a = arena_of(c);
    CHECK(f->fact != NULL);
    CHECK(f->fact->kind == FACT_DATE || !str_empty(f->word) || !str_empty(f->absent));
    str id = arena_printf(a, "nl-%zu", record_derived_count(c->record) + 1);
    json *o = derive_resource(c, "Observation", id, f->sources, f->source_count);
    json_put(o, "status", json_string(a, STR("final")));
    char name[16];
    snprintf(name, sizeof name, "%.*s", STR_ARG(f->fact->system));
    json_put(o, "code", concept_of(c, name, f->fact->code, f->fact->label));
    json_put(o, "subject", derive_subject(c));
    if (f->when.precision != DATE_NONE) {
        char day[11];
        json_put(o, "effectiveDateTime", json_string(a, arena_str(a, date_write(f->when, day))));
    }
    put_value(c, o, f);
    if (f->set) {
        json *note = json_push(json_put(o, "note", json_new(a, JSON_ARRAY)), json_new(a, JSON_OBJECT));
        json_put(note, "text", json_string(a, STR("set for this question; not in the record")));
    }
    if (!str_empty(f->method)) {
        json_put(o, "method", concept_of(c, "word", f->method, STR("")));
    }
    if (!str_empty(f->specimen)) {
        json_put(o, "specimen", reference_to(c, f->specimen));
    }
    put_parts(c, o, f);
    put_suspects(c, o, f);
    return record_append(c->record, o, f->when, f->sources, f->source_count);
}
