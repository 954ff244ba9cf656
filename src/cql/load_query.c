/* SPDX-License-Identifier: Apache-2.0 */
/* How what goes over rows becomes nodes: retrieves, queries, and the operators that give a name to each element. */
#include "cql/load.h"

/* ---- data ---- */

static void known_codes(compiler *c, uint32_t retrieve_node, const json *e)
{
    const json *codes = json_get(e, "codes"), *one = json_get(codes, "operand");
    str name = c->types.at[c->nodes.at[retrieve_node].b].name;
    ptrdiff_t brace = str_find_char(name, '}');
    cql_retrieve shown = { .type = str_from(name, (size_t)(brace + 1)),
                           .library = c->p->libraries[c->library].name,
                           .line = c->line };
    bool known = str_is(json_get_text(codes, "type"), "ToList") && str_is(json_get_text(one, "type"), "CodeRef");
    if (known) {
        uint32_t i = load_find_code(c, one);
        if (i == CQL_NONE) {
            return;
        }
        shown.system = c->codes.at[i].system;
        shown.code = c->codes.at[i].code;
    }
    *VEC_PUSH(c->a, &c->retrieves) = (retrieve){ shown, retrieve_node };
}

static bool has_members(const json *e, const char *field)
{
    const json *x = json_get(e, field);
    return x && (x->type != JSON_ARRAY || x->count > 0);
}

/* What a retrieve says in attributes, as texts in this order. */
static const char *const retrieve_texts[RETRIEVE_TEXTS] = {
    [RETRIEVE_CODE] = "codeProperty",         [RETRIEVE_COMPARATOR] = "codeComparator",
    [RETRIEVE_DATE] = "dateProperty",         [RETRIEVE_DATE_LOW] = "dateLowProperty",
    [RETRIEVE_DATE_HIGH] = "dateHighProperty", [RETRIEVE_ID] = "idProperty",
};

static bool retrieve_is_plain(compiler *c, const json *e)
{
    static const char *const unsupported[] = { "context",     "contextProperty", "contextSearch", "idSearch",
                                               "codeSearch",  "dateSearch",      "include",       "codeFilter",
                                               "dateFilter",  "otherFilter",     "valueSetProperty" };
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++) {
        if (has_members(e, unsupported[i])) {
            load_fail(c, "a Retrieve with %s is not supported", unsupported[i]);
            return false;
        }
    }
    str comparator = json_get_text(e, "codeComparator");
    if (comparator.n > 0 && !str_is(comparator, "in") && !str_is(comparator, "~") && !str_is(comparator, "=")) {
        load_fail(c, "a Retrieve with the codeComparator '%.*s' is not supported", STR_ARG(comparator));
        return false;
    }
    bool one = has_members(e, "dateProperty"), two = has_members(e, "dateLowProperty") && has_members(e, "dateHighProperty");
    if (has_members(e, "dateRange") && one == two) {
        load_fail(c, "a Retrieve with dateRange names neither one date nor a first and a last one");
        return false;
    }
    if (has_members(e, "id") && !has_members(e, "idProperty")) {
        load_fail(c, "a Retrieve with id names no idProperty");
        return false;
    }
    return true;
}

/* Codes, dates, id. */
uint32_t load_retrieve(compiler *c, const json *e, cql_op op)
{
    if (!retrieve_is_plain(c, e)) {
        return CQL_NONE;
    }
    uint32_t t = type_named(c, json_get_text(e, "dataType"));
    if (t == CQL_NONE || c->types.at[t].form != TYPE_MODEL) {
        return load_fail(c, "a Retrieve needs a type of the data model");
    }
    uint32_t args[3] = { load(c, json_get(e, "codes")), load(c, json_get(e, "dateRange")), load(c, json_get(e, "id")) };
    uint32_t first = (uint32_t)c->texts.count;
    for (size_t i = 0; i < RETRIEVE_TEXTS; i++) {
        load_text(c, json_get_text(e, retrieve_texts[i]));
    }
    uint32_t n = with_a(c, load_finish(c, e, op, args, 3), first, t);
    if (n != CQL_NONE) {
        known_codes(c, n, e);
    }
    return c->failed ? CQL_NONE : n;
}

/* ---- queries ---- */

typedef VEC(uint32_t) parts;

static void add_part(compiler *c, parts *to, const json *e, cql_op op, const uint32_t *args, uint32_t count, uint32_t a,
                     uint32_t b, uint8_t flags)
{
    uint32_t n = with_flags(c, with_a(c, load_finish(c, e, op, args, count), a, b), flags);
    if (n != CQL_NONE) {
        *VEC_PUSH(c->a, to) = n;
    }
}

static const json *first_of(const json *e, const char *field)
{
    const json *list = json_get(e, field);
    return list ? list->first : NULL;
}

static void load_sources(compiler *c, parts *to, const json *e)
{
    for (const json *s = first_of(e, "source"); s && !c->failed; s = s->next) {
        uint32_t arg = load_needed(c, json_get(s, "expression"), "expression");
        str alias = json_get_text(s, "alias");
        uint32_t slot = load_slot_counted(c, alias);
        add_part(c, to, s, OP_QuerySource, &arg, 1, slot, load_text(c, alias), 0);
        c->index_slot = s->next || s->index > 0 ? CQL_NONE : slot + 1; /* rows of several sources have no number */
    }
    for (const json *l = first_of(e, "let"); l && !c->failed; l = l->next) {
        uint32_t arg = load_needed(c, json_get(l, "expression"), "expression");
        uint32_t slot = load_slot_new(c, json_get_text(l, "identifier"));
        add_part(c, to, l, OP_QueryLet, &arg, 1, slot, 0, 0);
    }
}

static void load_relationships(compiler *c, parts *to, const json *e)
{
    for (const json *r = first_of(e, "relationship"); r && !c->failed; r = r->next) {
        str form = json_get_text(r, "type");
        if (!str_is(form, "With") && !str_is(form, "Without")) {
            load_fail(c, "the relationship %.*s is not supported", STR_ARG(form));
            return;
        }
        uint32_t args[2];
        args[0] = load_needed(c, json_get(r, "expression"), "expression");
        uint32_t slot = load_slot_new(c, json_get_text(r, "alias"));
        args[1] = load_needed(c, json_get(r, "suchThat"), "suchThat");
        c->scope.count--;
        add_part(c, to, r, str_is(form, "With") ? OP_QueryWith : OP_QueryWithout, args, 2, slot, 0, 0);
    }
}

static void load_results(compiler *c, parts *to, const json *e)
{
    const json *where = json_get(e, "where"), *give = json_get(e, "return"), *aggregate = json_get(e, "aggregate");
    if (where) {
        uint32_t arg = load(c, where);
        add_part(c, to, where, OP_QueryWhere, &arg, 1, 0, 0, 0);
    }
    if (give) {
        uint32_t arg = load_needed(c, json_get(give, "expression"), "expression");
        add_part(c, to, give, OP_QueryReturn, &arg, 1, 0, 0,
                 json_bool(json_get(give, "distinct"), true) ? FLAG_DISTINCT : 0);
    }
    if (aggregate) {
        uint32_t args[2];
        args[0] = load(c, json_get(aggregate, "starting"));
        uint32_t slot = load_slot_new(c, json_get_text(aggregate, "identifier"));
        uint32_t outer = c->total_slot;
        c->total_slot = slot;
        args[1] = load_needed(c, json_get(aggregate, "expression"), "expression");
        c->total_slot = outer;
        c->scope.count--;
        add_part(c, to, aggregate, OP_QueryAggregate, args, 2, slot, 0,
                 json_bool(json_get(aggregate, "distinct"), false) ? FLAG_DISTINCT : 0);
    }
}

static void load_sort(compiler *c, parts *to, const json *holder)
{
    uint32_t outer = c->sorted_slot;
    for (const json *by = first_of(holder, "by"); by && !c->failed; by = by->next) {
        str form = json_get_text(by, "type"), direction = json_get_text(by, "direction");
        uint32_t slot = c->slots++, key = CQL_NONE;
        c->sorted_slot = slot;
        if (str_is(form, "ByExpression")) {
            key = load_needed(c, json_get(by, "expression"), "expression");
        } else if (str_is(form, "ByColumn")) {
            key = load_property_chain(c, by, load_slot_node(c, slot), json_get_text(by, "path"));
        } else if (str_is(form, "ByDirection")) {
            key = load_slot_node(c, slot);
        } else {
            load_fail(c, "the sort %.*s is not supported", STR_ARG(form));
        }
        bool descending = str_is(direction, "desc") || str_is(direction, "descending");
        add_part(c, to, by, OP_QuerySort, &key, 1, slot, 0, descending ? SORT_DESCENDING : SORT_ASCENDING);
    }
    c->sorted_slot = outer;
}

uint32_t load_query(compiler *c, const json *e, cql_op op)
{
    parts p = { 0 };
    size_t outer = c->scope.count;
    uint32_t outer_index = c->index_slot;
    load_sources(c, &p, e);
    load_relationships(c, &p, e);
    load_results(c, &p, e);
    c->scope.count = outer;
    c->index_slot = outer_index;
    load_sort(c, &p, json_get(e, "sort"));
    if (p.count == 0 || !first_of(e, "source")) {
        return load_fail(c, "a Query has no source");
    }
    if (json_get(e, "return") && json_get(e, "aggregate")) {
        return load_fail(c, "a Query returns its rows or aggregates them, not both");
    }
    return load_finish(c, e, op, p.at, (uint32_t)p.count);
}

/* ---- what gives a name to each element ---- */

static str scope_name(const json *e)
{
    str name = json_get_text(e, "scope");
    return name.n ? name : STR("$this");
}

uint32_t load_for_each(compiler *c, const json *e, cql_op op)
{
    uint32_t args[2], outer = c->index_slot;
    args[0] = load_needed(c, json_get(e, "source"), "source");
    uint32_t slot = load_slot_counted(c, scope_name(e));
    c->index_slot = slot + 1;
    args[1] = load_needed(c, json_get(e, op == OP_Filter ? "condition" : "element"), "what is asked of each");
    c->index_slot = outer;
    c->scope.count--;
    return with_a(c, load_finish(c, e, op, args, 2), slot, 0);
}

/* The elements, or of each what the path names. */
uint32_t load_aggregated(compiler *c, const json *e)
{
    uint32_t args[2] = { load_needed(c, json_get(e, "source"), "source"), CQL_NONE };
    str path = json_get_text(e, "path");
    if (path.n == 0) {
        return args[0];
    }
    uint32_t slot = load_slot_counted(c, STR(""));
    args[1] = load_property_chain(c, NULL, load_slot_node(c, slot), path);
    c->scope.count--;
    return with_a(c, load_finish(c, NULL, OP_ForEach, args, 2), slot, 0);
}

uint32_t load_aggregate(compiler *c, const json *e, cql_op op)
{
    uint32_t args[3], outer_index = c->index_slot, outer_total = c->total_slot;
    args[0] = load_aggregated(c, e);
    args[1] = load(c, json_get(e, "initialValue"));
    uint32_t slot = load_slot_counted(c, STR("$this"));
    c->index_slot = slot + 1;
    c->total_slot = c->slots++;
    uint32_t total = c->total_slot;
    args[2] = load_needed(c, json_get(e, "iteration"), "iteration");
    c->index_slot = outer_index;
    c->total_slot = outer_total;
    c->scope.count--;
    return with_a(c, load_finish(c, e, op, args, 3), slot, total);
}

uint32_t load_sorted(compiler *c, const json *e, cql_op op)
{
    parts p = { 0 };
    *VEC_PUSH(c->a, &p) = load_needed(c, json_get(e, "source"), "source");
    load_sort(c, &p, e);
    if (p.count < 2) {
        return load_fail(c, "a Sort has nothing to sort by");
    }
    return load_finish(c, e, op, p.at, (uint32_t)p.count);
}

static uint32_t slot_or_fail(compiler *c, const json *e, cql_op op, uint32_t slot)
{
    if (slot == CQL_NONE) {
        return load_fail(c, "%s stands where nothing is counted or added up", op_table[op].name);
    }
    return with_a(c, load_finish(c, e, op, NULL, 0), slot, 0);
}

uint32_t load_current(compiler *c, const json *e, cql_op op)
{
    bool sorting = c->sorted_slot != CQL_NONE && json_get_text(e, "scope").n == 0;
    return slot_or_fail(c, e, op, sorting ? c->sorted_slot : load_find_slot(c, scope_name(e)));
}

uint32_t load_iteration(compiler *c, const json *e, cql_op op)
{
    return slot_or_fail(c, e, op, c->index_slot);
}

uint32_t load_total(compiler *c, const json *e, cql_op op)
{
    return slot_or_fail(c, e, op, c->total_slot);
}
