/* SPDX-License-Identifier: Apache-2.0 */
/* The codes of value sets and code systems that came with the record. */
#include "record/model_fhir.h"
#include "record/systems.h"

typedef VEC(cql_code) code_vec;

static void add_code(arena *a, code_vec *out, const json *concept, str system, str version)
{
    str code = json_get_text(concept, "code"), display = json_get_text(concept, "display");
    if (!str_empty(code)) {
        *VEC_PUSH(a, out) = (cql_code){ code, system_canonical(system), str_empty(version) ? (str){ 0 } : version,
                                        str_empty(display) ? (str){ 0 } : display };
    }
}

/* Entries may hold entries; an abstract one only groups. */
static void add_contained(arena *a, code_vec *out, const json *holder)
{
    const json *list = json_get(holder, "contains");
    arena_enter(a);
    for (const json *c = json_is(list, JSON_ARRAY) ? list->first : NULL; c; c = c->next) {
        if (!json_bool(json_get(c, "abstract"), false)) {
            add_code(a, out, c, json_get_text(c, "system"), json_get_text(c, "version"));
        }
        add_contained(a, out, c);
    }
    arena_exit(a);
}

static void add_concepts(arena *a, code_vec *out, const json *holder, str system, str version)
{
    const json *list = json_get(holder, "concept");
    arena_enter(a);
    for (const json *c = json_is(list, JSON_ARRAY) ? list->first : NULL; c; c = c->next) {
        add_code(a, out, c, system, version);
        add_concepts(a, out, c, system, version);
    }
    arena_exit(a);
}

static bool add_expansion(arena *a, code_vec *out, const json *expansion)
{
    int64_t total;
    const json *said = json_get(expansion, "total");
    add_contained(a, out, expansion);
    return !said || (str_to_i64(json_text(said), &total) && total <= (int64_t)out->count);
}

static bool add_composed(arena *a, code_vec *out, const json *compose)
{
    const json *list = json_get(compose, "include");
    if (!json_is(list, JSON_ARRAY) || json_get(compose, "exclude")) {
        return false;
    }
    for (const json *i = list->first; i; i = i->next) {
        if (json_get(i, "filter") || json_get(i, "valueSet") || !json_is(json_get(i, "concept"), JSON_ARRAY)) {
            return false;
        }
        add_concepts(a, out, i, json_get_text(i, "system"), json_get_text(i, "version"));
    }
    return true;
}

static bool add_codes(arena *a, code_vec *out, cql_kind kind, const json *root)
{
    if (kind == CQL_CODE_SYSTEM) {
        add_concepts(a, out, root, json_get_text(root, "url"), json_get_text(root, "version"));
        return str_is(json_get_text(root, "content"), "complete");
    }
    const json *expansion = json_get(root, "expansion");
    return expansion ? add_expansion(a, out, expansion) : add_composed(a, out, json_get(root, "compose"));
}

bool model_fhir_codes(const cql_model *m, arena *a, cql_kind kind, str url, str version, const cql_code **codes,
                      uint32_t *count)
{
    const resource *const *found;
    str type = kind == CQL_VALUE_SET ? STR("ValueSet") : STR("CodeSystem");
    size_t n = record_find(m->self, type, STR(""), STR(""), &found);
    for (size_t i = 0; i < n; i++) {
        const json *root = found[i]->root;
        code_vec out = { 0 };
        bool named = str_eq(json_get_text(root, "url"), url) &&
                     (str_empty(version) || str_eq(json_get_text(root, "version"), version));
        if (named && add_codes(a, &out, kind, root)) {
            *codes = out.at;
            *count = (uint32_t)out.count;
            return true;
        }
    }
    return false;
}

/* ---- subsumption ---- */

static const json *find_concept(arena *a, const json *holder, str code)
{
    const json *list = json_get(holder, "concept"), *found = NULL;
    arena_enter(a);
    for (const json *c = json_is(list, JSON_ARRAY) ? list->first : NULL; c && !found; c = c->next) {
        arena_step(a);
        found = str_eq(json_get_text(c, "code"), code) ? c : find_concept(a, c, code);
    }
    arena_exit(a);
    return found;
}

static bool nests_by_kind(const json *root)
{
    return str_is(json_get_text(root, "content"), "complete") && str_is(json_get_text(root, "hierarchyMeaning"), "is-a") &&
           !json_get(root, "supplements");
}

/* Parents given as properties would be a second hierarchy: a system with any is not read. */
static bool has_parent_property(const json *root)
{
    const json *list = json_get(root, "property");
    for (const json *p = json_is(list, JSON_ARRAY) ? list->first : NULL; p; p = p->next) {
        str code = json_get_text(p, "code");
        if (str_is(code, "parent") || str_is(code, "child") || str_is(code, "subsumedBy")) {
            return true;
        }
    }
    return false;
}

truth model_fhir_subsumes(const cql_model *m, arena *a, str system, str version, str above, str below)
{
    const resource *const *found;
    size_t n = record_find(m->self, STR("CodeSystem"), STR(""), STR(""), &found);
    for (size_t i = 0; i < n; i++) {
        const json *root = found[i]->root;
        bool named = str_eq(system_canonical(json_get_text(root, "url")), system_canonical(system)) &&
                     (str_empty(version) || str_eq(json_get_text(root, "version"), version));
        if (!named || !nests_by_kind(root) || has_parent_property(root)) {
            continue;
        }
        const json *top = find_concept(a, root, above);
        if (top && find_concept(a, root, below)) {
            return find_concept(a, top, below) ? TRUTH_TRUE : TRUTH_FALSE;
        }
    }
    return TRUTH_UNKNOWN;
}
