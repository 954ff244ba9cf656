/* SPDX-License-Identifier: Apache-2.0 */
/* The codes of value sets and code systems that came with the record. */
#include "record/model_fhir.h"
#include "record/systems.h"

typedef VEC(cql_code) code_vec;

/* The value sets that include the one being looked into: none includes itself. */
typedef struct chain { const json *root; const struct chain *outer; } chain;

static bool codes_of(const cql_model *m, arena *a, cql_kind kind, str url, str version, const chain *outer, const cql_code **codes,
                     uint32_t *count);

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

/* A page of an expansion is not the whole. */
static bool add_expansion(arena *a, code_vec *out, const json *expansion)
{
    int64_t total, offset;
    const json *said = json_get(expansion, "total"), *from = json_get(expansion, "offset");
    add_contained(a, out, expansion);
    return (!from || (str_to_i64(json_text(from), &offset) && offset == 0)) &&
           (!said || (str_to_i64(json_text(said), &total) && total <= (int64_t)out->count));
}

static bool is_among(arena *a, const cql_code *code, const cql_code *codes, size_t count)
{
    arena_step(a);
    for (size_t i = 0; i < count; i++) {
        if (str_eq(code->code, codes[i].code) && str_eq(code->system, codes[i].system)) {
            return true;
        }
    }
    return false;
}

static void keep(arena *a, code_vec *out, const cql_code *codes, size_t count, bool among)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        if (is_among(a, &out->at[i], codes, count) == among) {
            out->at[kept++] = out->at[i];
        }
    }
    out->count = kept;
}

/* An include or exclude: of its system the concepts named, or all of them, that are in each of its value sets as well. */
static bool add_part(const cql_model *m, arena *a, code_vec *out, const json *part, const chain *outer)
{
    str system = json_get_text(part, "system"), version = json_get_text(part, "version");
    const json *named = json_get(part, "concept"), *sets = json_get(part, "valueSet");
    const cql_code *codes;
    uint32_t count;
    code_vec own = { 0 };
    bool begun = !str_empty(system);
    if (json_get(part, "filter") || (!begun && !json_is(sets, JSON_ARRAY))) {
        return false;
    }
    if (json_is(named, JSON_ARRAY)) {
        add_concepts(a, &own, part, system, version);
    } else if (begun) {
        if (!codes_of(m, a, CQL_CODE_SYSTEM, system, version, outer, &codes, &count)) {
            return false;
        }
        for (uint32_t i = 0; i < count; i++) {
            *VEC_PUSH(a, &own) = codes[i];
        }
    }
    for (const json *set = json_is(sets, JSON_ARRAY) ? sets->first : NULL; set; set = set->next) {
        str of = json_text(set), url;
        if (!str_cut(&of, '|', &url) || !codes_of(m, a, CQL_VALUE_SET, url, of, outer, &codes, &count)) {
            return false;
        }
        for (uint32_t i = 0; !begun && i < count; i++) {
            *VEC_PUSH(a, &own) = codes[i];
        }
        if (begun) {
            keep(a, &own, codes, count, true);
        }
        begun = true;
    }
    for (size_t i = 0; i < own.count; i++) {
        *VEC_PUSH(a, out) = own.at[i];
    }
    return true;
}

static bool add_parts(const cql_model *m, arena *a, code_vec *out, const json *parts, const chain *outer)
{
    bool all = !parts || json_is(parts, JSON_ARRAY);
    for (const json *i = parts && all ? parts->first : NULL; i && all; i = i->next) {
        all = add_part(m, a, out, i, outer);
    }
    return all;
}

static bool add_composed(const cql_model *m, arena *a, code_vec *out, const json *compose, const chain *outer)
{
    code_vec gone = { 0 };
    if (!json_get(compose, "include") || !add_parts(m, a, out, json_get(compose, "include"), outer) ||
        !add_parts(m, a, &gone, json_get(compose, "exclude"), outer)) {
        return false;
    }
    keep(a, out, gone.at, gone.count, false);
    return true;
}

static bool add_codes(const cql_model *m, arena *a, code_vec *out, cql_kind kind, const json *root, const chain *outer)
{
    if (kind == CQL_CODE_SYSTEM) {
        add_concepts(a, out, root, json_get_text(root, "url"), json_get_text(root, "version"));
        return str_is(json_get_text(root, "content"), "complete");
    }
    for (const chain *c = outer; c; c = c->outer) {
        if (c->root == root) {
            return false;
        }
    }
    const json *expansion = json_get(root, "expansion");
    chain inner = { root, outer };
    return expansion ? add_expansion(a, out, expansion) : add_composed(m, a, out, json_get(root, "compose"), &inner);
}

static bool codes_of(const cql_model *m, arena *a, cql_kind kind, str url, str version, const chain *outer, const cql_code **codes,
                     uint32_t *count)
{
    const resource *const *found;
    str type = kind == CQL_VALUE_SET ? STR("ValueSet") : STR("CodeSystem");
    size_t n = record_find(m->self, type, STR(""), STR(""), &found);
    bool held = false;
    arena_enter(a);
    for (size_t i = 0; i < n && !held; i++) {
        const json *root = found[i]->root;
        code_vec out = { 0 };
        bool named = str_eq(json_get_text(root, "url"), url) &&
                     (str_empty(version) || str_eq(json_get_text(root, "version"), version));
        held = named && add_codes(m, a, &out, kind, root, outer);
        if (held) {
            *codes = out.at;
            *count = (uint32_t)out.count;
        }
    }
    arena_exit(a);
    return held;
}

bool model_fhir_codes(const cql_model *m, arena *a, cql_kind kind, str url, str version, const cql_code **codes,
                      uint32_t *count)
{
    return codes_of(m, a, kind, url, version, NULL, codes, count);
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
