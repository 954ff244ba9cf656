/* SPDX-License-Identifier: Apache-2.0 */
#include "record/terminology.h"

#include <stdlib.h>

#include "record/parts.h"
#include "record/systems.h"

typedef VEC(cql_code) code_vec;

/* One of those for all, counted out when they were closed. */
typedef struct counted {
    const json *root;
    cql_kind kind;
    str url, version, why;
    const cql_codes *codes;       /* NULL: it cannot be, why */
    uint32_t place;               /* in the order read */
    bool done;
} counted;

/* Either of a record, or of what was read for all; then, closed, by kind and url. */
struct terminology {
    arena *a;
    const record *record;
    const terminology *beneath;
    VEC(counted) all;
    bool closed;
};

/* The value sets that include the one being looked into: none includes itself. */
typedef struct chain { const json *root; const struct chain *outer; } chain;

/* A resource of the record that was counted out for the question: however many include it, once. */
typedef struct remembered { const json *root; const cql_codes *codes; } remembered;
typedef VEC(remembered) memory;

/* One question for codes: where they are looked for, whose memory, what was in the way, and what is known by now. */
typedef struct asking {
    const terminology *of;
    arena *a;
    str *why;
    memory *known;
} asking;

static const cql_codes *codes_of(const asking *q, cql_kind kind, str url, str version, const chain *outer);

/* The first thing found to be in the way is told. other: the url that what speaks of, or empty. */
static bool in_the_way(const asking *q, const json *root, const char *what, str other)
{
    if (str_empty(*q->why)) {
        str url = json_get_text(root, "url");
        *q->why = str_empty(other) ? arena_printf(q->a, "'%.*s' %s", STR_ARG(url), what)
                                   : arena_printf(q->a, "'%.*s' %s '%.*s'", STR_ARG(url), what, STR_ARG(other));
    }
    return false;
}

/* ---- reading for all ---- */

terminology *terminology_make(arena *a)
{
    terminology *t = ARENA_NEW(a, terminology);
    t->a = a;
    return t;
}

static bool is_kind(str type, cql_kind *kind)
{
    *kind = str_is(type, "ValueSet") ? CQL_VALUE_SET : CQL_CODE_SYSTEM;
    return *kind == CQL_VALUE_SET || str_is(type, "CodeSystem");
}

/* A code system is one system however it is spelled; a value set has the url that it has. */
static str url_of(cql_kind kind, str url)
{
    return kind == CQL_CODE_SYSTEM ? system_canonical(url) : url;
}

nl_status terminology_read(terminology *t, str name, const char *bytes, size_t n, nl_error *err)
{
    CHECK(!t->closed);
    record *r = record_make(t->a);
    str copy = arena_str(t->a, (str){ bytes, n });
    TRY(record_read(r, name, copy.p, copy.n, err));
    char label[160];
    snprintf(label, sizeof label, "%.*s", STR_ARG(name));
    for (size_t i = 0; i < r->findings.count; i++) {
        const finding *f = &r->findings.at[i];
        if (str_is(f->code, "bad-line")) {   /* of a patient's data the rest would do; here what is lost would be lost for all */
            return fail_at(err, NL_E_SYNTAX, label, f->place.line, 0, "this line is not JSON");
        }
    }
    for (size_t i = 0; i < r->read.count; i++) {
        const json *root = r->read.at[i]->root;
        cql_kind kind;
        if (is_kind(r->read.at[i]->type, &kind)) {
            *VEC_PUSH(t->a, &t->all) = (counted){ .root = root, .kind = kind, .url = url_of(kind, json_get_text(root, "url")),
                                                  .version = json_get_text(root, "version"), .place = (uint32_t)t->all.count };
        }
    }
    return NL_OK;
}

size_t terminology_count(const terminology *t) { return t->all.count; }

static int by_url(const void *x, const void *y)
{
    const counted *a = x, *b = y;
    int order = a->kind != b->kind ? (a->kind > b->kind) - (a->kind < b->kind) : str_cmp(a->url, b->url);
    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

/* The first with that kind and url. */
static size_t first_of(const terminology *t, cql_kind kind, str url)
{
    size_t low = 0, high = t->all.count;
    counted wanted = { .kind = kind, .url = url };
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_url(&t->all.at[middle], &wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const terminology *terminology_of_record(arena *a, const record *r, const terminology *beneath)
{
    terminology *t = terminology_make(a);
    t->record = r;
    t->beneath = beneath;
    return t;
}

/* ---- counting out ---- */

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
static bool add_expansion(const asking *q, code_vec *out, const json *root)
{
    int64_t total, offset;
    const json *expansion = json_get(root, "expansion"), *said = json_get(expansion, "total"), *from = json_get(expansion, "offset");
    add_contained(q->a, out, expansion);
    bool whole = (!from || (str_to_i64(json_text(from), &offset) && offset == 0)) &&
                 (!said || (str_to_i64(json_text(said), &total) && total <= (int64_t)out->count));
    return whole || in_the_way(q, root, "has only a part of its expansion", STR(""));
}

static void keep(arena *a, code_vec *out, const cql_codes *others, bool among)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        arena_step(a);
        if (cql_codes_hold(others, out->at[i].code, out->at[i].system) == among) {
            out->at[kept++] = out->at[i];
        }
    }
    out->count = kept;
}

static void add_all(arena *a, code_vec *out, const cql_code *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        *VEC_PUSH(a, out) = codes[i];
    }
}

/* An include or exclude: of its system the concepts named, or all of them, that are in each of its value sets as well. */
static bool add_part(const asking *q, code_vec *out, const json *part, const chain *outer)
{
    str system = json_get_text(part, "system"), version = json_get_text(part, "version");
    const json *named = json_get(part, "concept"), *sets = json_get(part, "valueSet");
    code_vec own = { 0 };
    bool begun = !str_empty(system);
    if (json_get(part, "filter")) {
        return in_the_way(q, outer->root, "selects by a filter and has no expansion", STR(""));
    }
    if (!begun && !json_is(sets, JSON_ARRAY)) {
        return in_the_way(q, outer->root, "includes or excludes what has no system", STR(""));
    }
    if (json_is(named, JSON_ARRAY)) {
        add_concepts(q->a, &own, part, system, version);
    } else if (begun) {
        const cql_codes *whole = codes_of(q, CQL_CODE_SYSTEM, system, version, outer);
        if (!whole) {
            return in_the_way(q, outer->root, "includes or excludes a code system that is not there:", system);
        }
        add_all(q->a, &own, whole->at, whole->count);
    }
    for (const json *set = json_is(sets, JSON_ARRAY) ? sets->first : NULL; set; set = set->next) {
        str of = json_text(set), url = of;
        const cql_codes *others = str_cut(&of, '|', &url) ? codes_of(q, CQL_VALUE_SET, url, of, outer) : NULL;
        if (!others) {
            return in_the_way(q, outer->root, "includes or excludes a value set that is not there:", json_text(set));
        }
        if (begun) {
            keep(q->a, &own, others, true);
        } else {
            add_all(q->a, &own, others->at, others->count);
        }
        begun = true;
    }
    add_all(q->a, out, own.at, own.count);
    return true;
}

static bool add_parts(const asking *q, code_vec *out, const json *parts, const chain *outer)
{
    bool all = !parts || json_is(parts, JSON_ARRAY) || in_the_way(q, outer->root, "has parts that are no list", STR(""));
    for (const json *i = parts && all ? parts->first : NULL; i && all; i = i->next) {
        all = add_part(q, out, i, outer);
    }
    return all;
}

static bool add_composed(const asking *q, code_vec *out, const json *root, const chain *outer)
{
    chain inner = { root, outer };
    const json *compose = json_get(root, "compose"), *include = json_get(compose, "include");
    code_vec gone = { 0 };
    if (!include) {
        return in_the_way(q, root, "does not say which codes it has", STR(""));
    }
    if (!add_parts(q, out, include, &inner) || !add_parts(q, &gone, json_get(compose, "exclude"), &inner)) {
        return false;
    }
    keep(q->a, out, cql_codes_make(q->a, gone.at, (uint32_t)gone.count), false);
    return true;
}

static bool add_codes(const asking *q, code_vec *out, cql_kind kind, const json *root, const chain *outer)
{
    if (kind == CQL_CODE_SYSTEM) {
        add_concepts(q->a, out, root, json_get_text(root, "url"), json_get_text(root, "version"));
        return str_is(json_get_text(root, "content"), "complete") || in_the_way(q, root, "is not given whole", STR(""));
    }
    for (const chain *c = outer; c; c = c->outer) {
        if (c->root == root) {
            return in_the_way(q, root, "includes itself", STR(""));
        }
    }
    return json_get(root, "expansion") ? add_expansion(q, out, root) : add_composed(q, out, root, outer);
}

static const cql_codes *counted_out(const asking *q, cql_kind kind, const json *root, const chain *outer)
{
    code_vec out = { 0 };
    const cql_codes *made = NULL;
    arena_enter(q->a);
    if (add_codes(q, &out, kind, root, outer)) {
        made = cql_codes_make(q->a, out.at, (uint32_t)out.count);
    }
    arena_exit(q->a);
    return made;
}

static bool is_version(str version, str wanted)
{
    return str_empty(wanted) || str_eq(version, wanted);
}

static const cql_codes *counted_once(const asking *q, cql_kind kind, const json *root, const chain *outer)
{
    for (size_t i = 0; i < q->known->count; i++) {
        arena_step(q->a);
        if (q->known->at[i].root == root) {
            return q->known->at[i].codes;
        }
    }
    const cql_codes *codes = counted_out(q, kind, root, outer);
    *VEC_PUSH(q->a, q->known) = (remembered){ root, codes };
    return codes;
}

static const cql_codes *codes_of_record(const asking *q, cql_kind kind, str url, str version, const chain *outer)
{
    const resource *const *found;
    size_t n = record_find(q->of->record, kind == CQL_VALUE_SET ? STR("ValueSet") : STR("CodeSystem"), STR(""), STR(""), &found);
    const cql_codes *codes = NULL;
    for (size_t i = 0; i < n && !codes; i++) {
        const json *root = found[i]->root;
        arena_step(q->a);
        if (str_eq(url_of(kind, json_get_text(root, "url")), url) && is_version(json_get_text(root, "version"), version)) {
            codes = counted_once(q, kind, root, outer);
        }
    }
    return codes;
}

/* Each is counted out once, however many include it. */
static void count_out(const terminology *t, counted *c, const chain *outer)
{
    asking q = { .of = t, .a = t->a, .why = &c->why };
    if (!c->done) {
        c->codes = counted_out(&q, c->kind, c->root, outer);
        c->done = true;
    }
}

static const cql_codes *codes_of(const asking *q, cql_kind kind, str url, str version, const chain *outer)
{
    const terminology *t = q->of;
    const cql_codes *codes = NULL;
    url = url_of(kind, url);
    if (t->record) {
        codes = codes_of_record(q, kind, url, version, outer);
    }
    for (size_t i = first_of(t, kind, url); i < t->all.count && !codes; i++) {
        counted *c = &t->all.at[i];
        if (c->kind != kind || !str_eq(c->url, url)) {
            break;
        }
        if (is_version(c->version, version)) {
            if (!t->closed) {
                count_out(t, c, outer);
            }
            codes = c->codes;
            *q->why = str_empty(*q->why) ? c->why : *q->why;
        }
    }
    if (!codes && t->beneath) {
        codes = codes_of(&(asking){ .of = t->beneath, .a = q->a, .why = q->why }, kind, url, version, outer);
    }
    return codes;
}

void terminology_close(terminology *t)
{
    CHECK(!t->closed);
    if (t->all.count > 0) {
        qsort(t->all.at, t->all.count, sizeof *t->all.at, by_url);
    }
    for (size_t i = 0; i < t->all.count; i++) {
        count_out(t, &t->all.at[i], NULL);
    }
    t->closed = true;
}

const cql_codes *terminology_codes(const terminology *t, arena *a, cql_kind kind, str url, str version, str *why)
{
    memory known = { 0 };
    *why = STR("");
    return codes_of(&(asking){ t, a, why, &known }, kind, url, version, NULL);
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

static truth nests(arena *a, const json *root, str above, str below)
{
    const json *top = nests_by_kind(root) && !has_parent_property(root) ? find_concept(a, root, above) : NULL;
    if (!top || !find_concept(a, root, below)) {
        return TRUTH_UNKNOWN;
    }
    return find_concept(a, top, below) ? TRUTH_TRUE : TRUTH_FALSE;
}

truth terminology_subsumes(const terminology *t, arena *a, str system, str version, str above, str below)
{
    const resource *const *found;
    size_t n = t->record ? record_find(t->record, STR("CodeSystem"), STR(""), STR(""), &found) : 0;
    truth known = TRUTH_UNKNOWN;
    system = system_canonical(system);
    for (size_t i = 0; i < n && known == TRUTH_UNKNOWN; i++) {
        const json *root = found[i]->root;
        if (str_eq(system_canonical(json_get_text(root, "url")), system) && is_version(json_get_text(root, "version"), version)) {
            known = nests(a, root, above, below);
        }
    }
    for (size_t i = first_of(t, CQL_CODE_SYSTEM, system); i < t->all.count && known == TRUTH_UNKNOWN; i++) {
        const counted *c = &t->all.at[i];
        if (c->kind != CQL_CODE_SYSTEM || !str_eq(c->url, system)) {
            break;
        }
        known = is_version(c->version, version) ? nests(a, c->root, above, below) : TRUTH_UNKNOWN;
    }
    return known == TRUTH_UNKNOWN && t->beneath ? terminology_subsumes(t->beneath, a, system, version, above, below) : known;
}
