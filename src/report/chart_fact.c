/* SPDX-License-Identifier: Apache-2.0 */
#include "report/chart_fact.h"

#include "chart/amount.h"

/* A quantity as written: comparator, digits, unit. */
static str quantity(arena *a, const json *q)
{
    str unit = json_get_text(q, "unit");
    unit = str_empty(unit) ? json_get_text(q, "code") : unit;
    return amount_words(a, json_get_text(q, "comparator"), json_get_text(q, "value"), unit);
}

static str value_of(arena *a, const json *o)
{
    const json *concept = json_get(o, "valueCodeableConcept"), *q = json_get(o, "valueQuantity");
    str value = concept ? json_text(json_path(concept, "coding.0.code")) : q ? quantity(a, q) : STR("");
    const json *plain = json_get(o, "valueInteger");
    plain = plain ? plain : json_get(o, "valueString");
    if (plain) {
        value = json_text(plain);
    }
    const json *yes = json_get(o, "valueBoolean");
    if (yes) {
        value = json_bool(yes, false) ? STR("yes") : STR("no");
    }
    const json *components = json_get(o, "component");
    for (const json *c = components ? components->first : NULL; c; c = c->next) {
        const json *part = json_get(c, "valueQuantity");
        if (part) {
            value = arena_printf(a, "%.*s%s%.*s", STR_ARG(value), str_empty(value) ? "" : ", ", STR_ARG(quantity(a, part)));
        }
    }
    if (str_empty(value)) {   /* a fact that only happened, or one that is known to be unknown */
        return json_get(o, "dataAbsentReason") ? STR("") : STR("recorded");
    }
    return value;
}

static chart_fact fact_of(arena *a, const plan *p, const resource *r)
{
    const json *o = r->root;
    chart_fact f = { .of = r };
    f.code = json_text(json_path(o, "code.coding.0.code"));
    const fact_def *def = terms_fact(p->chart->terms, f.code);
    str system = json_text(json_path(o, "code.coding.0.system"));
    for (size_t i = system.n; i > 0; i--) {
        if (system.p[i - 1] == '/') {
            system = str_from(system, i);
            break;
        }
    }
    f.system = def ? def->system : system;
    f.label = def && !str_empty(def->label) ? def->label : f.code;
    f.value = value_of(a, o);
    f.text = json_text(json_path(o, "valueCodeableConcept.text"));
    f.method = json_text(json_path(o, "method.coding.0.code"));
    f.specimen = json_text(json_path(o, "specimen.reference"));
    return f;
}

uint32_t chart_facts(arena *a, const plan *p, const chart_fact **out)
{
    const record *r = p->chart->record;
    VEC(chart_fact) found = { 0 };
    for (size_t i = 0; i < record_count(r); i++) {
        const resource *x = record_at(r, i);
        if (x->derived && !x->hidden && str_is(x->type, "Observation")) {
            *VEC_PUSH(a, &found) = fact_of(a, p, x);
        }
    }
    *out = found.at;
    return (uint32_t)found.count;
}
