/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/suspects.h"

#include "chart/derive.h"
#include "chart/entry.h"
#include "terms/drugs.h"

enum { SUSPECT_DRUGS_MAX = 8 };
typedef struct suspect { uint32_t drugs[SUSPECT_DRUGS_MAX]; size_t count; str text; bool no_drug; } suspect;

static const json *first_of(const json *n) { return json_is(n, JSON_ARRAY) ? n->first : n; }
static const json *next_of(const json *n) { return n->parent && json_is(n->parent, JSON_ARRAY) ? n->next : NULL; }

static void name_by_text(const chart *c, str text, suspect *s)
{
    s->text = str_empty(s->text) ? text : s->text;
    if (s->count == 0) {
        s->count = drugs_of_text(c->terms->drugs, record_arena(c->record), text, s->drugs, SUSPECT_DRUGS_MAX);
    }
}

/* Codes first, then the words beside them. */
static void name_by_concept(const chart *c, const json *concept, suspect *s)
{
    const json *list = json_get(concept, "coding");
    for (const json *k = list ? list->first : NULL; k && s->count == 0; k = k->next) {
        const uint32_t *which;
        size_t n = drugs_of_code(c->terms->drugs, terms_system(c->terms, json_get_text(k, "system")), json_get_text(k, "code"), &which);
        for (size_t i = 0; i < n && i < SUSPECT_DRUGS_MAX; i++) {
            s->drugs[s->count++] = which[i];
        }
    }
    name_by_text(c, json_get_text(concept, "text"), s);
    for (const json *k = list ? list->first : NULL; k; k = k->next) {
        name_by_text(c, json_get_text(k, "display"), s);
    }
}

static suspect suspect_of(const chart *c, const json *entity)
{
    suspect s = { 0 };
    const json *reference = json_get(entity, "instance"), *target = record_target(c->record, reference);
    const json *by_reference = record_target(c->record, json_get(target, "medicationReference"));
    name_by_concept(c, json_get(target, "medicationCodeableConcept"), &s);
    name_by_concept(c, json_get(by_reference, "code"), &s);
    name_by_concept(c, json_get(target, "code"), &s);
    for (const json *used = first_of(json_get(target, "usedCode")); used; used = next_of(used)) {
        name_by_concept(c, used, &s);
    }
    name_by_text(c, json_get_text(reference, "display"), &s);
    str type = json_get_text(target, "resourceType");
    s.no_drug = s.count == 0 && (str_is(type, "Procedure") || str_is(type, "Device"));
    return s;
}

bool suspect_is_cleared(const chart *c, const json *entity)
{
    bool cleared = false, suspected = false;
    for (const json *n = first_of(json_get(entity, "causality")); n; n = next_of(n)) {
        const json *said[] = { json_get(n, "assessment"), json_get(n, "productRelatedness") };
        for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
            bool no = said[i] && str_is(word_of_value(c, said[i], STR("causality")).word, "unlikely");
            cleared = cleared || no;
            suspected = suspected || (said[i] && !no);
        }
    }
    return cleared && !suspected;
}

static void put_class(chart *c, json *codings, str code) { json_push(codings, derive_coding(c, "drug-class", code)); }

void suspects_put(chart *c, json *derived, const json *adverse_event)
{
    arena *a = record_arena(c->record);
    for (const json *n = first_of(json_get(adverse_event, "suspectEntity")); n; n = next_of(n)) {
        suspect s = suspect_of(c, n);
        json *concept = json_put(derive_extension(c, derived, suspect_is_cleared(c, n) ? "not-laid-to" : "laid-to"), "valueCodeableConcept", json_new(a, JSON_OBJECT));
        json *codings = json_put(concept, "coding", json_new(a, JSON_ARRAY));
        for (size_t i = 0; i < s.count; i++) {
            const drug *d = &c->terms->drugs->at[s.drugs[i]];
            json_push(codings, derive_coding(c, "drug", d->name));
            for (uint32_t k = 0; k < d->classes.count; k++) {
                put_class(c, codings, d->classes.at[k]);
            }
        }
        if (s.count == 0) {
            put_class(c, codings, s.no_drug ? STR("none") : STR("unknown"));
        }
        if (!str_empty(s.text)) {
            json_put(concept, "text", json_string(a, s.text));
        }
    }
}
